"""Changes of a category's rules, each giving new rules: put, drop and move items, adapt to another applicant."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from contest_portal.contests.rules import (
    ApplicantKind,
    AuthorRules,
    CategoryRules,
    Criterion,
    PersonLimit,
    SlotRules,
    StageGroup,
)
from contest_portal.contests.rules_codec import RuleProblem
from contest_portal.core.text import N_, Message

PUPILS_GROUPS = (
    StageGroup("X", "小学", ("小学",)),
    StageGroup("C", "初中", ("初中",)),
    StageGroup("G", "高中", ("高中",)),
)
TEACHERS_GROUPS = (StageGroup("T", "教师"),)


class Coded(Protocol):
    """Something in a list of the rules that is known by its code."""

    @property
    def code(self) -> str: ...


Item = TypeVar("Item", bound=Coded)


def put(items: Sequence[Item], item: Item) -> tuple[Item, ...]:
    """The items with the one of the same code replaced, or with a new one at the end."""
    if any(one.code == item.code for one in items):
        return tuple(item if one.code == item.code else one for one in items)
    return (*items, item)


def dropped(items: Iterable[Item], code: str) -> tuple[Item, ...]:
    """The items without the one of this code."""
    return tuple(one for one in items if one.code != code)


def moved(items: Sequence[Item], code: str, steps: int) -> tuple[Item, ...]:
    """The items with the one of this code moved by `steps` places (negative: towards the front), kept inside."""
    place = next(index for index, one in enumerate(items) if one.code == code)
    rest = list(dropped(items, code))
    rest.insert(min(max(place + steps, 0), len(rest)), items[place])
    return tuple(rest)


def code_for(label: str, taken: Iterable[str]) -> str:
    """A code for something new, from its label's pinyin: 研究报告 gives `yan-jiu-bao-gao`; unlike all in `taken`."""
    from pypinyin import Style, lazy_pinyin  # its dictionary takes 50 MB: only where somebody writes rules

    words = lazy_pinyin(label, style=Style.NORMAL, errors=_letters)
    plain = re.sub(r"[^a-z0-9]+", "-", "-".join(_joined(words))).strip("-")[:30].strip("-")
    base = plain if plain and plain[0].isalpha() else f"item-{plain}".strip("-")
    known = set(taken)
    numbers = ("" if number == 1 else f"-{number}" for number in range(1, len(known) + 2))
    return next(f"{base}{number}" for number in numbers if f"{base}{number}" not in known)


def _letters(text: str) -> Any:
    return list(text.lower())


def _joined(words: Sequence[str]) -> Iterator[str]:
    """The syllables, with neighbouring single letters and figures put together: D, V gives dv."""
    run = ""
    for word in words:
        if len(word) == 1 and word.isascii() and word.isalnum():
            run += word
            continue
        if run:
            yield run
        run = ""
        yield word
    if run:
        yield run


def with_applicant_kind(rules: CategoryRules, kind: ApplicantKind) -> CategoryRules:
    """The rules for another kind of applicant: numbers of authors, stage groups and limits follow where they must."""
    if kind == rules.applicant_kind:
        return rules
    authors = {
        "pupil": AuthorRules(1, 1),
        "teacher": AuthorRules(1, 1),
        "team_or_pupil": AuthorRules(1, 3, first_required=True),
        "group": AuthorRules(0, 0),
    }[kind]
    groups = rules.stage_groups
    if (kind == "teacher") != (rules.applicant_kind == "teacher"):
        groups = TEACHERS_GROUPS if kind == "teacher" else PUPILS_GROUPS
    return replace(
        rules,
        applicant_kind=kind,
        authors=authors,
        stage_groups=groups,
        disciplines=tuple(
            replace(one, stage_groups=tuple(code for code in one.stage_groups if code in {g.code for g in groups}))
            for one in rules.disciplines
        ),
        limits=tuple(replace(limit, whom="teacher" if kind == "teacher" else "student") for limit in rules.limits),
        age=None if kind in {"teacher", "group"} else rules.age,
    )


def new_category(code: str, name: str, number_code: str, measure: str, kind: ApplicantKind) -> CategoryRules:
    """A category to start from: one required application form, three criteria, the usual stages."""
    megabytes = 1024 * 1024
    plain = CategoryRules(
        code=code,
        name=name,
        measure=measure,
        number_code=number_code,
        applicant_kind="pupil",
        stage_groups=PUPILS_GROUPS,
        authors=AuthorRules(),
        slots=(
            SlotRules(
                "application",
                "申报书",
                ("pdf", "jpeg", "png"),
                20 * megabytes,
                required=True,
                max_files=10,
                judges_see=False,
            ),
        ),
        criteria=(
            Criterion("innovation", "创新性", 40),
            Criterion("science", "科学性", 30),
            Criterion("use", "实用性", 30),
        ),
    )
    return with_applicant_kind(plain, kind)


def with_shared_limits(rules: CategoryRules, limits: Iterable[PersonLimit]) -> CategoryRules:
    """The rules with each of their person limits that shares a key with one of `limits` replaced by it."""
    shared = {limit.key: limit for limit in limits}
    return replace(rules, limits=tuple(shared.get(limit.key, limit) for limit in rules.limits))


def sibling_problems(rules: CategoryRules, others: Iterable[CategoryRules]) -> list[RuleProblem]:
    """What two categories of one contest may not have in common: code, number code and name."""
    known = list(others)
    return [
        RuleProblem(
            (key,), Message.of(N_("「%(value)s」已用于本赛事的另一个类别，请改成不同的"), value=getattr(rules, key))
        )
        for key in ("code", "number_code", "name")
        if any(getattr(other, key) == getattr(rules, key) for other in known)
    ]
