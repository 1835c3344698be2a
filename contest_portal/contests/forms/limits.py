"""The form of the limits in a category's rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, FieldList, FormField, IntegerField, SelectField, StringField
from wtforms.validators import Optional

from contest_portal.contests.forms.rules import RowForm, RulesForm
from contest_portal.contests.forms.validators import at_most, between, required
from contest_portal.contests.rules import (
    CategoryRules,
    ClassQuota,
    CompletionWindow,
    PersonKind,
    PersonLimit,
    SchoolQuota,
)
from contest_portal.contests.rules_editing import code_for
from contest_portal.people.school_kinds import SCHOOL_CLASSES


class LimitRow(RowForm):
    """A person limit; categories of the contest with the same key count together."""

    key_field = "label"

    label = StringField(_l("计算范围"), [required(), at_most(60)])
    count = IntegerField(_l("每人最多"), [required(), between(1, 100)])
    key = SelectField(_l("与其他类别合并"), choices=[])


class ClassQuotaRow(RowForm):
    """A quota of schools of one class; a row without a number is no row."""

    key_field = "count"

    @property
    def is_blank(self) -> bool:
        return self.count.data is None and not "".join(self.count.raw_data or [])

    school_class = SelectField(_l("学校类型"), choices=[])
    count = IntegerField(_l("名额"), [required(), between(0, 10_000)])


class LimitsForm(RulesForm):
    """Entries a person, entries a school, space for a school's files, days of completion."""

    beside = {"completion": "completion_from", "school_quota": "quota_count"}

    limits = FieldList(FormField(LimitRow))
    quota_count = IntegerField(_l("每校名额"), [Optional(), between(0, 10_000)], description=_l("不填表示不限"))
    classes = FieldList(FormField(ClassQuotaRow))
    school_space_mb = IntegerField(
        _l("每校文件总量"), [Optional(), between(1, 10_000_000)], description=_l("不填表示本类别不另设限制")
    )
    completion_from = DateField(_l("最早完成日期"), [Optional()])
    completion_to = DateField(_l("最晚完成日期"), [Optional()])

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> LimitsForm:
        quota, window = rules.school_quota, rules.completion
        return cls(
            data={
                "limits": [{"label": one.label, "count": one.count, "key": one.key} for one in rules.limits],
                "quota_count": quota.count if quota else None,
                "classes": [{"school_class": one.school_class, "count": one.count} for one in quota.classes]
                if quota
                else [],
                "school_space_mb": rules.school_space_mb,
                "completion_from": window.from_on if window else None,
                "completion_to": window.to_on if window else None,
                "version": version,
            }
        )

    def offer_keys(self, rules: CategoryRules, elsewhere: list[tuple[str, str]]) -> None:
        """What a row may count together with: (key, label) of the limits of the contest's other categories."""
        shared = {key for key, _label in elsewhere}
        own = [limit.key for limit in rules.limits if limit.key not in shared]
        for entry in self.limits.entries:
            key = entry.form.key.data if entry.form.key.data in own else ""
            entry.form.key.choices = [
                (key, _l("单独计算")),
                *((one, _l("与「%(label)s」合并", label=label)) for one, label in elsewhere),
            ]

    def offer_classes(self, rules: CategoryRules) -> None:
        """A row for each class of schools: those that schools are given, and those that the rules name already."""
        known = {**SCHOOL_CLASSES, **_named_classes(rules)}
        shown = {entry.form.school_class.data for entry in self.classes.entries}
        for code in known:
            if code not in shown:
                self.classes.append_entry({"school_class": code})
        for entry in self.classes.entries:
            entry.form.school_class.choices = list(known.items())

    def validate(self, extra_validators: Any = None) -> bool:
        right = bool(super().validate(extra_validators))
        if (self.completion_from.data is None) != (self.completion_to.data is None):
            empty = self.completion_from if self.completion_from.data is None else self.completion_to
            empty.errors = [*empty.errors, _l("两个日期要一起填写，或都不填")]
            right = False
        if self.quota_count.data is None and self.used_rows("classes"):
            self.quota_count.errors = [*self.quota_count.errors, _l("另定名额前，请先填写一般学校的名额")]
            right = False
        return right

    def applied_to(self, rules: CategoryRules) -> CategoryRules:
        whom: PersonKind = "teacher" if rules.applicant_kind == "teacher" else "student"
        taken = {row.key.data for row in self.used_rows("limits") if row.key.data}
        limits = []
        for row in self.used_rows("limits"):
            key = row.key.data or code_for(f"{rules.code}-{row.label.data}", taken)
            taken.add(key)
            limits.append(PersonLimit(key, row.count.data, whom, row.label.data.strip()))
        quota, known = None, {**SCHOOL_CLASSES, **_named_classes(rules)}
        if self.quota_count.data is not None:
            quota = SchoolQuota(
                self.quota_count.data,
                tuple(
                    ClassQuota(row.school_class.data, known[row.school_class.data], row.count.data)
                    for row in self.used_rows("classes")
                ),
            )
        window = None
        if self.completion_from.data and self.completion_to.data:
            window = CompletionWindow(self.completion_from.data, self.completion_to.data)
        return replace(
            rules,
            limits=tuple(limits),
            school_quota=quota,
            school_space_mb=self.school_space_mb.data,
            completion=window,
        )


def _named_classes(rules: CategoryRules) -> dict[str, str]:
    return {one.school_class: one.name for one in rules.school_quota.classes} if rules.school_quota else {}
