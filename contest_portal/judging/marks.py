"""A score sheet's marks: what a judge typed, checked against the rubric, and their total out of 100. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence

from contest_portal.contests.rules import Criterion
from contest_portal.core.text import N_, Message
from contest_portal.judging.rubrics import points_of

Mark = int | float
FULL = 100
_LONGEST_DRAFT = 12
_NUMBER = re.compile(r"\d{1,4}(\.\d*)?")


def plain(value: object) -> str:
    """What was typed, full-width digits and spaces mended."""
    return "" if value is None else unicodedata.normalize("NFKC", str(value)).strip().replace("。", ".")


def draft_of(typed: Mapping[str, object], rubric: Sequence[Criterion]) -> dict[str, str]:
    """What a draft keeps: the texts as they were typed, right or not yet, for the rubric's criteria alone."""
    texts = {one.code: plain(typed.get(one.code))[:_LONGEST_DRAFT] for one in rubric}
    return {code: text for code, text in texts.items() if text}


def draft_problems(typed: Mapping[str, object], rubric: Sequence[Criterion]) -> dict[str, Message]:
    """What is already wrong in a draft, by criterion; a mark not given yet is not wrong."""
    given = draft_of(typed, rubric)
    return {code: message for code, message in check_marks(given, rubric)[1] if code in given}


def check_marks(
    typed: Mapping[str, object], rubric: Sequence[Criterion]
) -> tuple[dict[str, Mark], list[tuple[str, Message]]]:
    """(marks by criterion, what is wrong by criterion): every criterion 0 to its most, at most one decimal."""
    marks: dict[str, Mark] = {}
    problems: list[tuple[str, Message]] = []
    for one in rubric:
        mark = _mark(plain(typed.get(one.code)), one)
        if isinstance(mark, Message):
            problems.append((one.code, mark))
        else:
            marks[one.code] = mark
    return marks, problems


def _mark(text: str, criterion: Criterion) -> Mark | Message:
    if not text:
        return Message.of(N_("请为「%(name)s」评分。"), name=criterion.name)
    if not _NUMBER.fullmatch(text):
        return Message.of(N_("「%(name)s」的分数「%(text)s」不是数字。"), name=criterion.name, text=text[:20])
    if len(text.partition(".")[2].rstrip("0")) > 1:
        return Message.of(N_("「%(name)s」最多一位小数，现为 %(text)s。"), name=criterion.name, text=text)
    value = float(text)
    if value > criterion.max_points:
        return Message.of(
            N_("「%(name)s」应为 0–%(most)s 分，现为 %(text)s。"),
            name=criterion.name,
            most=criterion.max_points,
            text=text,
        )
    return int(value) if value.is_integer() else round(value, 1)


def total_of(marks: Mapping[str, Mark], rubric: Sequence[Criterion]) -> float:
    """The total out of 100: the sum of the marks, scaled where the rubric's points do not sum to 100."""
    most = points_of(rubric)
    points = paper_total({one.code: marks[one.code] for one in rubric})
    return points if most == FULL else round(points * FULL / most, 4)


def paper_total(marks: Mapping[str, Mark]) -> float:
    """The sum of the marks as it is written on a paper sheet, not scaled."""
    return sum(round(float(mark) * 10) for mark in marks.values()) / 10
