"""Reads of pupils: lists of a school, one pupil with the history, what an export shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from contest_portal.core.database import db, found
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.people.models import Consent, Enrolment, School, Student, Transfer
from contest_portal.people.queries.known_people import school_names
from contest_portal.people.queries.people_search import named

FILTERS = ("q", "grade", "class", "state")
EVERY_STATE = "all"


@dataclass(frozen=True)
class StudentRow:
    """A pupil in a list."""

    student: Student
    has_consent: bool


@dataclass(frozen=True)
class StudentPage:
    """One pupil with everything that the page shows. `enrolments`: (record, school's name), newest first."""

    student: Student
    school: School
    enrolments: Sequence[tuple[Enrolment, str]]
    consents: Sequence[Consent]
    transfer: Transfer | None
    transfer_school: str


@dataclass(frozen=True)
class GradeChoices:
    """The grades and classes that the school's pupils are in, for filters."""

    grades: Sequence[int]
    class_names: Sequence[str]


_consent = (
    select(Consent.id)
    .where(Consent.student_id == Student.id, Consent.withdrawn_at.is_(None))
    .correlate(Student)
    .exists()
)


def student(student_id: int) -> Student:
    """The pupil. Raises NotFound."""
    return found(Student, student_id)


def students_page(school_id: int, listing: Listing) -> Page[StudentRow]:
    """One page of the school's pupils."""
    page = paginate(_listed(school_id, listing), listing, scalars=False)
    return Page([StudentRow(*row) for row in page.rows], page.total, listing)


def students_to_export(school_id: int, listing: Listing) -> list[Student]:
    """All the pupils that the list with these filters shows."""
    return list(db.session.scalars(_listed(school_id, listing)))


def _listed(school_id: int, listing: Listing) -> Select[Any]:
    state = listing.get("state") or "active"
    statement = select(Student, _consent).where(Student.school_id == school_id)
    if state != EVERY_STATE:
        statement = statement.where(Student.state == state)
    if text := listing.get("q"):
        statement = statement.where(named(Student, text))
    if (grade := listing.get_int("grade")) is not None:
        statement = statement.where(Student.grade == grade)
    if class_name := listing.get("class"):
        statement = statement.where(Student.class_name == class_name)
    columns = {
        "": (Student.grade, Student.class_name),
        "name": (Student.initials, Student.name),
        "grade": (Student.grade, Student.class_name),
        "sex": Student.sex,
        "birth": Student.birth_on,
    }
    return sorted_by(statement, listing, columns, tie=Student.id)


def grade_choices(school_id: int) -> GradeChoices:
    """The grades and classes of the school's pupils on the roster."""
    rows = db.session.execute(
        select(Student.grade, Student.class_name)
        .where(Student.school_id == school_id, Student.state == "active")
        .distinct()
    ).all()
    classes = sorted({row.class_name for row in rows if row.class_name}, key=class_order)
    return GradeChoices(sorted({row.grade for row in rows}), classes)


def class_order(class_name: str) -> tuple[int, str]:
    """2班 before 10班, classes with a name of their own last."""
    number = re.match(r"\d+", class_name)
    return (int(number[0]) if number else 10_000, class_name)


def student_page(row: Student) -> StudentPage:
    """The pupil with history, consents and an open transfer."""
    enrolments = list(
        db.session.scalars(
            select(Enrolment)
            .where(Enrolment.student_id == row.id)
            .order_by(Enrolment.school_year.desc(), Enrolment.id.desc())
        )
    )
    consents = db.session.scalars(select(Consent).where(Consent.student_id == row.id).order_by(Consent.id.desc())).all()
    transfer = db.session.scalar(
        select(Transfer).where(Transfer.student_id == row.id, Transfer.state == "pending").order_by(Transfer.id)
    )
    names = school_names(_schools_of(enrolments, transfer))
    return StudentPage(
        row,
        found(School, row.school_id),
        [(one, names.get(one.school_id, "")) for one in enrolments],
        consents,
        transfer,
        names.get(transfer.to_school_id, "") if transfer else "",
    )


def _schools_of(enrolments: Iterable[Enrolment], transfer: Transfer | None) -> set[int]:
    return {one.school_id for one in enrolments} | ({transfer.to_school_id} if transfer else set())
