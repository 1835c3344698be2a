"""Grades 1 to 12, the stages they belong to, and which of them a kind of school has. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from contest_portal.core.text import N_, Message

Stage = Literal["小学", "初中", "高中"]

GRADES_OF_KIND: Mapping[str, range] = MappingProxyType(
    {
        "primary": range(1, 7),
        "junior": range(7, 10),
        "senior": range(10, 13),
        "nine_year": range(1, 10),
        "complete": range(7, 13),
        "vocational": range(10, 13),
        "special": range(1, 13),
    }
)
"""The grades a kind of school may have (six years of primary school, three and three after it)."""

_GRADE_NAMES = (
    N_("一年级"),
    N_("二年级"),
    N_("三年级"),
    N_("四年级"),
    N_("五年级"),
    N_("六年级"),
    N_("七年级"),
    N_("八年级"),
    N_("九年级"),
    N_("高一"),
    N_("高二"),
    N_("高三"),
)
_DIGITS = {
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
    "十": 10,
    "十一": 11,
    "十二": 12,
}
_NUMBER = r"(?:1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九])"
_STAGE_FIRST_GRADE = {"小学": 1, "小": 1, "初中": 7, "初": 7, "高中": 10, "高": 10, "职高": 10, "职": 10, "中职": 10}
_GRADE = re.compile(
    rf"(?P<stage>小学|初中|高中|中职|职高|初|高|小|职)?(?P<number>{_NUMBER})(?P<word>年级|年)?(?P<class>.*)", re.DOTALL
)
_CLASS = re.compile(rf"\(?(?P<number>\d{{1,2}}|{_NUMBER}|二?十[一二三四五六七八九]?)\)?班?")
_CLASS_MAX_CHARACTERS = 20


@dataclass(frozen=True, slots=True)
class GradeReading:
    """What a cell says: the grade 1 to 12, and the class (`3班`, `阳光班`) where it names one, else an empty text."""

    grade: int
    class_name: str = ""


def parse_grade(text: str, *, kind: str | None = None) -> GradeReading | None:
    """The grade that a text means: 七年级, 7, 七, 初一, 初中一年级, 高二, 一年级(3)班, 七(3)班 …; None when it means none.

    In a school that only has later grades (`kind`), 一年级 means its own first year: 初一, 高一 or the first of a
    vocational school.
    """
    plain = _plain(text)
    found = _GRADE.fullmatch(plain)
    if not found:
        return None
    number, stage, word, rest = _number(found["number"]), found["stage"], found["word"], found["class"]
    if rest and not word and not stage and not rest.startswith("("):  # 7班 and 3A are classes, 7(3)班 is not
        return None
    grade = number
    if stage:
        first = _STAGE_FIRST_GRADE[stage]
        if number > (6 if first == 1 else 3) and not (stage in {"初中", "高中"} and stage == stage_of(number)):
            return None
        grade = number if first == 1 or number > 3 else first + number - 1
    elif kind in {"junior", "senior", "vocational"} and word and number <= 3:
        grade = GRADES_OF_KIND[kind].start + number - 1
    return GradeReading(grade, normalise_class_name(rest))


def normalise_class_name(text: str) -> str:
    """`3班` for (3)班, （三）班, 3, 03班; the name as it is for one with a name of its own (阳光班). At most 20 characters."""
    plain = _plain(text)
    found = _CLASS.fullmatch(plain)
    if found:
        return f"{_number(found['number'])}班"
    return plain[:_CLASS_MAX_CHARACTERS]


def stage_of(grade: int) -> Stage:
    """小学 for grades 1–6, 初中 for 7–9, 高中 for 10–12. Raises `ValueError` for any other."""
    if not 1 <= grade <= 12:
        raise ValueError(f"no such grade: {grade}")
    return "小学" if grade <= 6 else "初中" if grade <= 9 else "高中"


def grade_name(grade: int) -> Message:
    """七年级, 高一: the grade as lists and pages show it."""
    return Message(_GRADE_NAMES[grade - 1])


def grades_of(kind: str) -> range:
    """The grades a kind of school may have."""
    return GRADES_OF_KIND[kind]


def next_grade(grade: int, kind: str) -> int | None:
    """The grade of the next school year in the same school, or None for who leaves it as a graduate."""
    return grade + 1 if grade + 1 in GRADES_OF_KIND[kind] else None


def usual_age(grade: int) -> int:
    """Full years that most pupils have when they enter the grade: 6 in the first."""
    return grade + 5


def _plain(text: str) -> str:
    return (
        re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
        .replace("[", "(")
        .replace("]", ")")
        .replace("【", "(")
        .replace("】", ")")
    )


def _number(text: str) -> int:
    if text.isdecimal():
        return int(text)
    if text in _DIGITS:
        return _DIGITS[text]
    tens, _ten, ones = text.partition("十")
    return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
