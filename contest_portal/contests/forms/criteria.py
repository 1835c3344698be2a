"""The form of a category's rubric."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField, IntegerField, StringField, TextAreaField

from contest_portal.contests.forms.rules import RowForm, RulesForm
from contest_portal.contests.forms.validators import at_most, between, required
from contest_portal.contests.rules import CategoryRules, Criterion
from contest_portal.contests.rules_editing import code_for


class CriterionRow(RowForm):
    """A criterion of the rubric."""

    name = StringField(_l("评分项"), [required(), at_most(20)])
    max_points = IntegerField(_l("分值"), [required(), between(1, 100)])
    description = TextAreaField(_l("评委看什么"), [at_most(300)], render_kw={"rows": 2})
    code = HiddenField()


class CriteriaForm(RulesForm):
    """The rubric."""

    criteria = FieldList(FormField(CriterionRow))

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> CriteriaForm:
        return cls(data={"criteria": [vars(one) for one in rules.criteria], "version": version})

    @property
    def total(self) -> int:
        """The points typed so far."""
        return sum(entry.form.max_points.data or 0 for entry in self.criteria.entries)

    def applied_to(self, rules: CategoryRules) -> CategoryRules:
        rows = self.used_rows("criteria")
        taken = {row.code.data for row in rows if row.code.data}
        criteria = []
        for row in rows:
            code = row.code.data or code_for(row.name.data, taken)
            taken.add(code)
            criteria.append(Criterion(code, row.name.data.strip(), row.max_points.data, row.description.data.strip()))
        return replace(rules, criteria=tuple(criteria))
