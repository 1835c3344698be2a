"""What one row of a roster says once it is read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contest_portal.people.id_number import Sex


@dataclass(frozen=True, slots=True)
class StudentValues:
    """A pupil. Empty texts are empty cells; sex and birth date come from the ID number where their cells are empty."""

    name: str
    id_number: str
    sex: Sex
    birth_on: date
    ethnic_group: str
    grade: int
    class_name: str
    guardian_phone: str


@dataclass(frozen=True, slots=True)
class TeacherValues:
    """A teacher, known by ID number or telephone number, one of which is there."""

    name: str
    id_number: str
    phone: str
    sex: Sex | None
    birth_on: date | None
    ethnic_group: str
    position: str
    job_title: str
    subject: str


PersonValues = StudentValues | TeacherValues


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One person's row. `values` is None when something in it is wrong; `name` is shown all the same."""

    sheet: str
    row_number: int
    name: str
    values: PersonValues | None
