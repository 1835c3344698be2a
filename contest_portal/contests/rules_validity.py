"""Whether a category's rules make sense together: each contradiction named by its path, in the office's words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from contest_portal.contests.bounds import bound_problems
from contest_portal.contests.file_kinds import FILE_KINDS
from contest_portal.contests.list_columns import COLUMN_KEYS, FIELD_PREFIX
from contest_portal.contests.rules import CategoryRules, ExtraField, SlotRules
from contest_portal.contests.rules_codec import Path, RuleProblem, unknown_key
from contest_portal.core.text import N_, Message

CRITERIA_SUM = 100
_CODE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_NUMBER_CODE = re.compile(r"[A-Z0-9]{1,6}")
_STAGE_CODE = re.compile(r"[A-Z0-9]{1,4}")


def category_problems(rules: CategoryRules) -> list[RuleProblem]:
    """Everything in the rules that contradicts itself or cannot be; an empty list means the rules can be used."""
    return [
        *bound_problems(rules.to_dict()),
        *_name_problems(rules),
        *_people_problems(rules),
        *_stage_problems(rules),
        *_day_and_count_problems(rules),
        *_quota_problems(rules),
        *_discipline_problems(rules),
        *(problem for index, slot in enumerate(rules.slots) for problem in _slot_problems(rules, slot, index)),
        *(problem for index, field in enumerate(rules.fields) for problem in _field_problems(rules, field, index)),
        *_criteria_problems(rules),
        *_column_problems(rules),
    ]


def _column_problems(rules: CategoryRules) -> Iterator[RuleProblem]:
    known = [*COLUMN_KEYS, *(f"{FIELD_PREFIX}{field.code}" for field in rules.fields)]
    for index, column in enumerate(rules.list_columns):
        if column.key not in known:
            yield RuleProblem(("list_columns", index, "key"), unknown_key(column.key, known))


def _problem(path: Path, source: str, **params: object) -> RuleProblem:
    return RuleProblem(path, Message.of(source, **params))


def _name_problems(rules: CategoryRules) -> Iterator[RuleProblem]:
    for key in ("code", "name", "measure"):
        if not getattr(rules, key).strip():
            yield _problem((key,), N_("「%(key)s」不能为空"), key=key)
    for key in ("code", "number_code"):
        if not _NUMBER_CODE.fullmatch(getattr(rules, key)):
            yield _problem(
                (key,),
                N_("「%(key)s」的值「%(value)s」应为 1 至 6 个大写字母或数字"),
                key=key,
                value=getattr(rules, key),
            )


def _people_problems(rules: CategoryRules) -> Iterator[RuleProblem]:
    authors, tutors = rules.authors, rules.tutors
    for key, low, high in (
        ("authors", authors.minimum, authors.maximum),
        ("tutors", tutors.minimum, tutors.maximum),
    ):
        if low > high:
            yield _problem((key,), N_("人数下限 %(low)s 大于上限 %(high)s"), low=low, high=high)
    if rules.applicant_kind == "group":
        if authors.maximum:
            yield _problem(("authors", "maximum"), N_("以群体名义申报的类别不列作者，作者人数上限应为 0"))
    elif authors.minimum < 1:
        yield _problem(("authors", "minimum"), N_("作者至少 1 名，现在的下限是 %(low)s"), low=authors.minimum)
    if rules.applicant_kind in ("pupil", "teacher") and authors.maximum > 1:
        yield _problem(
            ("authors", "maximum"),
            N_("申报者为个人的类别只能有 1 名作者，现在的上限是 %(high)s"),
            high=authors.maximum,
        )


def _stage_problems(rules: CategoryRules) -> Iterator[RuleProblem]:
    if not rules.stage_groups:
        yield _problem(("stage_groups",), N_("至少要有一个学段组"))
    yield from _repeats(("stage_groups",), [group.code for group in rules.stage_groups])
    owner: dict[str, str] = {}
    for index, group in enumerate(rules.stage_groups):
        path: Path = ("stage_groups", index)
        if not _STAGE_CODE.fullmatch(group.code):
            yield _problem(
                (*path, "code"),
                N_("「%(key)s」的值「%(value)s」应为 1 至 4 个大写字母或数字"),
                key="code",
                value=group.code,
            )
        if rules.applicant_kind == "teacher" and group.stages:
            yield _problem(path, N_("教师类别的组别不分学段，请把 stages 留空"))
        if rules.applicant_kind != "teacher" and not group.stages:
            yield _problem(path, N_("学段组「%(name)s」没有写明包含哪些学段"), name=group.name)
        for stage in group.stages:
            if stage in owner:
                yield _problem(
                    path,
                    N_("学段「%(stage)s」同时在「%(one)s」和「%(other)s」两组，只能在一组"),
                    stage=stage,
                    one=owner[stage],
                    other=group.name,
                )
            owner[stage] = group.name


def _day_and_count_problems(rules: CategoryRules) -> Iterator[RuleProblem]:
    age, window = rules.age, rules.completion
    if age and age.min_years is not None and age.max_years is not None and age.min_years > age.max_years:
        yield _problem(("age",), N_("年龄下限 %(low)s 大于上限 %(high)s"), low=age.min_years, high=age.max_years)
    if window and window.from_on > window.to_on:
        yield _problem(
            ("completion",), N_("完成时间的起点 %(low)s 晚于终点 %(high)s"), low=window.from_on, high=window.to_on
        )
    wanted = "teacher" if rules.applicant_kind == "teacher" else "student"
    for index, limit in enumerate(rules.limits):
        if limit.whom != wanted:
            yield _problem(
                ("limits", index),
                N_("这一类别的作者是%(who)s，whom 应写 %(wanted)s"),
                who=Message.of(N_("教师") if wanted == "teacher" else N_("学生")),
                wanted=wanted,
            )
    yield from _repeats(("limits",), [limit.key for limit in rules.limits])


def _quota_problems(rules: CategoryRules) -> Iterator[RuleProblem]:
    classes = rules.school_quota.classes if rules.school_quota else ()
    for index, one in enumerate(classes):
        if one.school_class in {earlier.school_class for earlier in classes[:index]}:
            yield _problem(("school_quota", "classes", index), N_("「%(name)s」的名额定了两次"), name=one.name)


def _discipline_problems(rules: CategoryRules) -> Iterator[RuleProblem]:
    for index, listed in enumerate(rules.disciplines):
        path: Path = ("disciplines", index)
        if not listed.items:
            yield _problem(path, N_("%(label)s表「%(name)s」是空的"), label=rules.discipline_label, name=listed.name)
        for item in sorted({item for item in listed.items if listed.items.count(item) > 1}):
            yield _problem(path, N_("「%(item)s」在同一张表里写了两次"), item=item)
        for group in listed.stage_groups:
            if not rules.stage_group(group):
                yield _problem(
                    path,
                    N_("没有代码为「%(code)s」的学段组，可用的有：%(known)s"),
                    code=group,
                    known="、".join(one.code for one in rules.stage_groups),
                )


def _slot_problems(rules: CategoryRules, slot: SlotRules, index: int) -> Iterator[RuleProblem]:
    path: Path = ("slots", index)
    if index == 0:
        yield from _repeats(("slots",), [one.code for one in rules.slots])
    yield from _code_problem((*path, "code"), slot.code)
    if not slot.kinds:
        yield _problem((*path, "kinds"), N_("材料项「%(label)s」没有写明可交的文件类型"), label=slot.label)
    for kind in slot.kinds:
        if kind not in FILE_KINDS:
            yield RuleProblem((*path, "kinds"), unknown_key(kind, FILE_KINDS))
    if slot.aspect and min(slot.aspect.width, slot.aspect.height) <= 0:
        yield _problem((*path, "aspect"), N_("画面比例的宽和高都应大于 0"))
    if slot.min_seconds is not None and slot.max_seconds is not None and slot.min_seconds > slot.max_seconds:
        yield _problem(
            path, N_("影片时长下限 %(low)s 秒大于上限 %(high)s 秒"), low=slot.min_seconds, high=slot.max_seconds
        )
    if slot.required_when is not None and not any(
        field.code == slot.required_when and field.kind == "bool" for field in rules.fields
    ):
        yield _problem(
            (*path, "required_when"), N_("「%(code)s」不是本类别中的一个是/否填报项"), code=slot.required_when
        )


def _field_problems(rules: CategoryRules, field: ExtraField, index: int) -> Iterator[RuleProblem]:
    path: Path = ("fields", index)
    if index == 0:
        yield from _repeats(("fields",), [one.code for one in rules.fields])
    yield from _code_problem((*path, "code"), field.code)
    if field.kind == "choice" and len(set(field.choices)) < 2:
        yield _problem((*path, "choices"), N_("选择项「%(label)s」至少要有两个不同的选项"), label=field.label)
    if field.kind != "choice" and field.choices:
        yield _problem((*path, "choices"), N_("「%(label)s」不是选择项，不能写选项"), label=field.label)
    if field.minimum is not None and field.maximum is not None and field.minimum > field.maximum:
        yield _problem(path, N_("「%(label)s」的下限大于上限"), label=field.label)
    if field.not_before is not None and not any(
        one.code == field.not_before and one.kind == "date" and one is not field for one in rules.fields
    ):
        yield _problem((*path, "not_before"), N_("「%(code)s」不是另一个日期填报项"), code=field.not_before)


def _criteria_problems(rules: CategoryRules) -> Iterator[RuleProblem]:
    yield from _repeats(("criteria",), [criterion.code for criterion in rules.criteria])
    for index, criterion in enumerate(rules.criteria):
        yield from _code_problem(("criteria", index, "code"), criterion.code)
    total = sum(criterion.max_points for criterion in rules.criteria)
    if total != CRITERIA_SUM:
        yield _problem(
            ("criteria",), N_("评分项合计 %(total)s 分，应为 %(wanted)s 分"), total=total, wanted=CRITERIA_SUM
        )


def _code_problem(path: Path, code: str) -> Iterator[RuleProblem]:
    if not _CODE.fullmatch(code):
        yield _problem(
            path, N_("代码「%(code)s」应以小写字母开头，只用小写字母、数字、- 和 _，不超过 40 个字符"), code=code
        )


def _repeats(path: Path, codes: Iterable[str]) -> Iterator[RuleProblem]:
    seen: set[str] = set()
    for index, code in enumerate(codes):
        if code in seen:
            yield _problem((*path, index), N_("代码「%(code)s」用了两次，每项的代码要不同"), code=code)
        seen.add(code)
