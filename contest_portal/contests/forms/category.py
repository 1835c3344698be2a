"""Forms of a category's rules: each edits one part and gives new rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, NumberRange, Optional, Regexp

from contest_portal.contests.forms.rules import RowForm, RulesForm, lines
from contest_portal.contests.list_columns import COLUMN_KEYS, FIELD_PREFIX
from contest_portal.contests.rule_texts import APPLICANT_NAMES
from contest_portal.contests.rules import (
    AgeRule,
    AuthorRules,
    CategoryRules,
    ClassQuota,
    CompletionWindow,
    Criterion,
    DisciplineList,
    ListColumn,
    PersonKind,
    PersonLimit,
    SchoolQuota,
    Stage,
    StageGroup,
    SummaryRules,
    TutorRules,
)
from contest_portal.contests.rules_editing import code_for, with_applicant_kind
from contest_portal.core.forms import Form

MOST_CHARACTERS = 100_000


def required() -> InputRequired:
    return InputRequired(_l("请填写此项"))


def at_most(count: int) -> Length:
    return Length(max=count, message=_l("不能超过 %(max)d 个字"))


def between(low: int, high: int) -> NumberRange:
    return NumberRange(low, high, _l("请填写 %(min)s 至 %(max)s 之间的整数"))


def number_code() -> Regexp:
    return Regexp(r"^[A-Z0-9]{1,6}$", message=_l("请用 1 至 6 个大写字母或数字"))


APPLICANT_CHOICES = [(code, _l(name)) for code, name in APPLICANT_NAMES.items()]


class NewCategoryForm(Form):
    """A new category, after one there is or from the least there can be."""

    base = SelectField(_l("参照"), choices=[], description=_l("复制所选类别的全部规则，之后可以修改"))
    name = StringField(_l("类别名称"), [required(), at_most(100)])
    code = StringField(
        _l("类别代码"), [required(), number_code()], description=_l("用于作品编号，如 KH；1 至 6 个大写字母或数字")
    )
    measure = StringField(_l("量词"), [required(), at_most(10)], description=_l("统计和总结中使用，如：件、项、个"))
    applicant_kind = SelectField(_l("申报者"), choices=APPLICANT_CHOICES, description=_l("只在不参照其他类别时使用"))


class BasicForm(RulesForm):
    """Name, measure word, number code, applicant, title, group name, summary."""

    name = StringField(_l("类别名称"), [required(), at_most(100)])
    measure = StringField(_l("量词"), [required(), at_most(10)], description=_l("统计和总结中使用，如：件、项、个"))
    number_code = StringField(_l("编号代码"), [required(), number_code()], description=_l("写在作品编号里，如 KH"))
    applicant_kind = SelectField(
        _l("申报者"), choices=APPLICANT_CHOICES, description=_l("更改后，作者人数、学段组随之调整，请再核对")
    )
    hint = TextAreaField(_l("类别说明"), [at_most(1000)], description=_l("显示在类别名称下面，一两句话"))
    title_max_length = IntegerField(_l("题目最多字数"), [required(), between(1, 200)])
    group_name_max_length = IntegerField(
        _l("群体名称最多字数"), [required(), between(1, 100)], description=_l("申报者为群体时使用")
    )
    with_summary = BooleanField(_l("填写简介"))
    summary_label = StringField(_l("简介的名称"), [at_most(30)], description=_l("如：作品说明、内容简介"))
    summary_max_length = IntegerField(_l("简介最多字数"), [Optional(), between(1, MOST_CHARACTERS)])
    summary_required = BooleanField(_l("简介必填"))
    summary_judges_see = BooleanField(_l("评委可以看到简介"))

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> BasicForm:
        summary = rules.summary or SummaryRules()
        return cls(
            data={
                "name": rules.name,
                "measure": rules.measure,
                "number_code": rules.number_code,
                "applicant_kind": rules.applicant_kind,
                "hint": rules.hint,
                "title_max_length": rules.title_max_length,
                "group_name_max_length": rules.group_name_max_length,
                "with_summary": rules.summary is not None,
                "summary_label": summary.label,
                "summary_max_length": summary.max_length,
                "summary_required": summary.required,
                "summary_judges_see": summary.judges_see,
                "version": version,
            }
        )

    def applied_to(self, rules: CategoryRules) -> CategoryRules:
        summary = SummaryRules(
            label=self.summary_label.data.strip() or SummaryRules.label,
            max_length=self.summary_max_length.data or SummaryRules.max_length,
            required=self.summary_required.data,
            judges_see=self.summary_judges_see.data,
        )
        changed = replace(
            rules,
            name=self.name.data.strip(),
            measure=self.measure.data.strip(),
            number_code=self.number_code.data,
            hint=self.hint.data.strip(),
            title_max_length=self.title_max_length.data,
            group_name_max_length=self.group_name_max_length.data,
            summary=summary if self.with_summary.data else None,
        )
        return with_applicant_kind(changed, self.applicant_kind.data)


class PeopleForm(RulesForm):
    """Authors, tutors, ages, guardians' consent."""

    beside = {"authors": "authors_maximum", "tutors": "tutors_maximum", "age": "age_min_years"}

    authors_minimum = IntegerField(_l("作者至少"), [required(), between(0, 50)])
    authors_maximum = IntegerField(_l("作者最多"), [required(), between(0, 50)])
    first_required = BooleanField(_l("须确定 1 名第一作者"))
    same_stage = BooleanField(_l("作者须在同一学段"))
    same_county = BooleanField(_l("作者须在同一县区"))
    shares_required = BooleanField(_l("须写明各人承担的比例"), description=_l("合计 100%"))
    fixed_after_deadline = BooleanField(_l("申报截止后作者名单不再变更"))
    tutors_minimum = IntegerField(_l("辅导教师至少"), [required(), between(0, 20)])
    tutors_maximum = IntegerField(_l("辅导教师最多"), [required(), between(0, 20)])
    tutors_label = StringField(_l("辅导教师的称呼"), [required(), at_most(20)], description=_l("如：组织教师"))
    age_min_years = IntegerField(_l("年龄不小于"), [Optional(), between(1, 99)])
    age_max_years = IntegerField(_l("年龄不大于"), [Optional(), between(1, 99)])
    age_on = DateField(_l("年龄计算日"), [Optional()], description=_l("不填则按申报截止日计算"))
    consent_under_age = IntegerField(
        _l("须有监护人同意的年龄"),
        [required(), between(0, 18)],
        description=_l("不满这个周岁的学生，提交前须登记监护人同意；填 0 表示不要求"),
    )

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> PeopleForm:
        age = rules.age or AgeRule()
        return cls(
            data={
                "authors_minimum": rules.authors.minimum,
                "authors_maximum": rules.authors.maximum,
                "first_required": rules.authors.first_required,
                "same_stage": rules.authors.same_stage,
                "same_county": rules.authors.same_county,
                "shares_required": rules.authors.shares_required,
                "fixed_after_deadline": rules.authors.fixed_after_deadline,
                "tutors_minimum": rules.tutors.minimum,
                "tutors_maximum": rules.tutors.maximum,
                "tutors_label": rules.tutors.label,
                "age_min_years": age.min_years,
                "age_max_years": age.max_years,
                "age_on": age.on,
                "consent_under_age": rules.consent_under_age or 0,
                "version": version,
            }
        )

    def applied_to(self, rules: CategoryRules) -> CategoryRules:
        has_age = self.age_min_years.data is not None or self.age_max_years.data is not None
        return replace(
            rules,
            authors=AuthorRules(
                minimum=self.authors_minimum.data,
                maximum=self.authors_maximum.data,
                first_required=self.first_required.data,
                same_stage=self.same_stage.data,
                same_county=self.same_county.data,
                shares_required=self.shares_required.data,
                fixed_after_deadline=self.fixed_after_deadline.data,
            ),
            tutors=TutorRules(self.tutors_minimum.data, self.tutors_maximum.data, self.tutors_label.data.strip()),
            age=AgeRule(self.age_min_years.data, self.age_max_years.data, self.age_on.data) if has_age else None,
            consent_under_age=self.consent_under_age.data,
        )


class LimitRow(RowForm):
    """A person limit; categories of the contest with the same key count together."""

    key_field = "label"

    label = StringField(_l("计算范围"), [required(), at_most(60)])
    count = IntegerField(_l("每人最多"), [required(), between(1, 100)])
    key = SelectField(_l("与其他类别合并"), choices=[])


class ClassQuotaRow(RowForm):
    """A quota of schools of one class."""

    name = StringField(_l("学校类型名称"), [required(), at_most(30)])
    school_class = StringField(
        _l("类型代码"), [required(), Regexp(r"^[a-z][a-z0-9_-]{0,19}$", message=_l("请用小写字母开头的代码"))]
    )
    count = IntegerField(_l("名额"), [required(), between(0, 10_000)])


class LimitsForm(RulesForm):
    """Entries a person, entries a school, days of completion."""

    beside = {"completion": "completion_from", "school_quota": "quota_count"}

    limits = FieldList(FormField(LimitRow))
    quota_count = IntegerField(
        _l("每校名额"), [Optional(), between(0, 10_000)], description=_l("不填表示不限；下面可为某类学校另定名额")
    )
    classes = FieldList(FormField(ClassQuotaRow))
    completion_from = DateField(_l("最早完成日期"), [Optional()])
    completion_to = DateField(_l("最晚完成日期"), [Optional()])

    @classmethod
    def of(cls, rules: CategoryRules, version: int) -> LimitsForm:
        quota, window = rules.school_quota, rules.completion
        return cls(
            data={
                "limits": [{"label": one.label, "count": one.count, "key": one.key} for one in rules.limits],
                "quota_count": quota.count if quota else None,
                "classes": [vars(one) for one in quota.classes] if quota else [],
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
        quota = None
        if self.quota_count.data is not None:
            quota = SchoolQuota(
                self.quota_count.data,
                tuple(
                    ClassQuota(row.school_class.data, row.name.data.strip(), row.count.data)
                    for row in self.used_rows("classes")
                ),
            )
        window = None
        if self.completion_from.data and self.completion_to.data:
            window = CompletionWindow(self.completion_from.data, self.completion_to.data)
        return replace(rules, limits=tuple(limits), school_quota=quota, completion=window)


class StageGroupRow(RowForm):
    """A stage group."""

    name = StringField(_l("名称"), [required(), at_most(20)])
    code = StringField(_l("编号代码"), [required(), number_code()])
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
