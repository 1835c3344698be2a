"""School years: which one a day belongs to, and the step of a pupil from one into another. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contest_portal.core.text import N_, Message
from contest_portal.people.grades import next_grade

FIRST_MONTH = 9


@dataclass(frozen=True, slots=True)
class Step:
    """Where a pupil stands in the new school year; a graduate keeps the last grade and its school year."""

    grade: int
    school_year: int
    state: str


def school_year_of(day: date) -> int:
    """The calendar year in which the day's school year began: it begins on 1 September."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def school_year_name(year: int) -> Message:
    """2017—2018 学年."""
    return Message.of(N_("%(first)s—%(second)s 学年"), first=year, second=year + 1)


def step_into(grade: int, school_year: int, to_year: int, kind: str) -> Step:
    """A grade up for each year between; who has no further grade in a school of that kind is a graduate."""
    reached: int | None = grade
    for year in range(school_year, to_year):
        reached = next_grade(grade, kind)
        if reached is None:
            return Step(grade, year, "graduated")
        grade = reached
    return Step(grade, to_year, "active")


def birthday_bound(day: date, age: int) -> date:
    """Whoever was born after the day given back is younger than `age` full years on `day`."""
    try:
        return day.replace(year=day.year - age)
    except ValueError:  # 29 February, and no such day in that year
        return date(day.year - age, 2, 28)
