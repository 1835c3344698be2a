"""The form of the columns of a category's recommendation list."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectField, StringField

from contest_portal.contests.forms.rules import RowForm, RulesForm
from contest_portal.contests.forms.validators import at_most
from contest_portal.contests.list_columns import COLUMN_KEYS, FIELD_PREFIX
from contest_portal.contests.rules import CategoryRules, ListColumn


class ColumnRow(RowForm):
    """A column of the recommendation list."""

    key_field = "key"

    key = SelectField(_l("内容"), choices=[])
    label = StringField(_l("表头"), [at_most(30)])

    @property
    def is_blank(self) -> bool:
        return not self.key.data


class ColumnsForm(RulesForm):
    """The columns of the list that goes up."""

    list_columns = FieldList(FormField(ColumnRow))

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> ColumnsForm:
        return cls(data={"list_columns": [vars(one) for one in rules.list_columns], "version": version})

    def offer_columns(self, rules: CategoryRules) -> None:
        """What may stand in a column, the category's own fields included."""
        own = [(f"{FIELD_PREFIX}{one.code}", one.label) for one in rules.fields]
        for entry in self.list_columns.entries:
            entry.form.key.choices = [("", _l("（空）")), *((key, _l(name)) for key, name in COLUMN_KEYS.items()), *own]

    def applied_to(self, rules: CategoryRules) -> CategoryRules:
        labels = {f"{FIELD_PREFIX}{one.code}": one.label for one in rules.fields} | COLUMN_KEYS
        columns = tuple(
            ListColumn(row.key.data, row.label.data.strip() or labels.get(row.key.data, row.key.data))
            for row in self.used_rows("list_columns")
        )
        return replace(rules, list_columns=columns)
