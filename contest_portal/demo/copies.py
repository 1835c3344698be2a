"""Who hands in what is not his own: three entries of the demo, so that the office has something to judge. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from contest_portal.demo.originals import Original
from contest_portal.demo.plan import MAIN
from contest_portal.demo.works import WorkPlan

COPIES = (("KH", "rejected"), ("KH", "accepted"), ("CG", "accepted"))
"""Category and what becomes of the copy: a painting that is found out, one that nobody has looked at yet, and a project
whose report takes a third from another school's."""

FOUND_OUT_REASONS = ("选题雷同",)
FOUND_OUT_WORDS = "与另一所学校先提交的作品是同一张画，系翻拍后改换题目申报。"
VERDICT_WORDS = (
    "两张照片上的线条和星点完全一致，只是拍摄角度和光线不同，是同一张画。经向两校核实，原作者为先提交的学生。"
)


def with_copies(works: Iterable[WorkPlan]) -> list[WorkPlan]:
    """The same works, some of them copies of one that another school submitted before."""
    every = list(works)
    for code, fate in COPIES:
        pairs = [(first, second) for second in every for first in every if _may_copy(second, first, code, fate, every)]
        if pairs:
            first, second = min(pairs, key=lambda pair: (-_nearness(*pair), pair[1].number, pair[0].number))
            every[every.index(second)] = replace(second, original=Original(first.number, first.theme, first.sign))
    return every


def _may_copy(copy: WorkPlan, first: WorkPlan, code: str, fate: str, every: list[WorkPlan]) -> bool:
    involved = {work.original.number for work in every if work.original} | {
        work.number for work in every if work.original
    }
    return (
        copy.contest == first.contest == MAIN
        and copy.code == first.code == code
        and (copy.fate, first.fate) == (fate, "accepted")
        and copy.school != first.school
        and copy.submitted_at > first.submitted_at
        and not copy.mended
        and not copy.excused
        and not involved & {copy.number, first.number}
    )


def _nearness(first: WorkPlan, copy: WorkPlan) -> int:
    """A copy goes under a title that fits it."""
    return sum((first.theme == copy.theme, first.sign == copy.sign, first.discipline == copy.discipline))
