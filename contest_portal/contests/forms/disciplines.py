"""The form of a category's discipline lists."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, SelectMultipleField, StringField, TextAreaField

from contest_portal.contests.forms.rules import RowForm, RulesForm, lines
from contest_portal.contests.forms.validators import at_most, required
from contest_portal.contests.rules import CategoryRules, DisciplineList
from contest_portal.contests.rules_editing import code_for


class DisciplineRow(RowForm):
    """A list of disciplines."""

    key_field = "items"

    name = StringField(_l("表的名称"), [required(), at_most(60)])
    version = StringField(_l("版本"), [at_most(20)])
    stage_groups = SelectMultipleField(_l("用于组别"), choices=[], validate_choice=False)
    items = TextAreaField(_l("条目"), [required()])
    code = HiddenField()


class DisciplinesForm(RulesForm):
    """The discipline lists."""

    discipline_label = StringField(_l("在页面上的称呼"), [required(), at_most(20)], description=_l("如：学科、学科类"))
    disciplines = FieldList(FormField(DisciplineRow))

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> DisciplinesForm:
        rows = [
            {
                "name": one.name,
                "version": one.version,
                "stage_groups": list(one.stage_groups),
                "items": "\n".join(one.items),
                "code": one.code,
            }
            for one in rules.disciplines
        ]
        return cls(data={"discipline_label": rules.discipline_label, "disciplines": rows, "version": version})

    def offer_groups(self, rules: CategoryRules) -> None:
        """The stage groups that a list may be for."""
        for entry in self.disciplines.entries:
            entry.form.stage_groups.choices = [(group.code, group.name) for group in rules.stage_groups]

    def applied_to(self, rules: CategoryRules) -> CategoryRules:
        rows = self.used_rows("disciplines")
        taken = {row.code.data for row in rows if row.code.data}
        lists = []
        for row in rows:
            code = row.code.data or code_for(row.name.data, taken)
            taken.add(code)
            lists.append(
                DisciplineList(
                    code,
                    row.name.data.strip(),
                    row.version.data.strip(),
                    lines(row.items.data),
                    tuple(row.stage_groups.data or ()),
                )
            )
        return replace(rules, disciplines=tuple(lists), discipline_label=self.discipline_label.data.strip())
