"""The form of a category's stage groups."""

from __future__ import annotations

from dataclasses import replace

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, SelectMultipleField, StringField

from contest_portal.contests.forms.rules import RowForm, RulesForm
from contest_portal.contests.forms.validators import at_most, number_code, required
from contest_portal.contests.rules import CategoryRules, Stage, StageGroup


class StageGroupRow(RowForm):
    """A stage group."""

    name = StringField(_l("名称"), [required(), at_most(20)])
    code = StringField(_l("编号代码"), [required(), number_code(4)])
    stages = SelectMultipleField(
        _l("包含学段"),
        choices=[("小学", _l("小学")), ("初中", _l("初中")), ("高中", _l("高中"))],
        validate_choice=False,
    )


class StagesForm(RulesForm):
    """The stage groups."""

    stage_groups = FieldList(FormField(StageGroupRow))

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> StagesForm:
        rows = [{"name": one.name, "code": one.code, "stages": list(one.stages)} for one in rules.stage_groups]
        return cls(data={"stage_groups": rows, "version": version})

    def applied_to(self, rules: CategoryRules) -> CategoryRules:
        order: tuple[Stage, ...] = ("小学", "初中", "高中")
        groups = tuple(
            StageGroup(
                row.code.data,
                row.name.data.strip(),
                tuple(stage for stage in order if stage in (row.stages.data or ())),
            )
            for row in self.used_rows("stage_groups")
        )
        return replace(rules, stage_groups=groups)
