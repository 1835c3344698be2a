"""Reads of guardians' consent."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import current_app
from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from contest_portal.core.clock import today
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.people.models import Consent, Student
from contest_portal.people.queries.people_search import named
from contest_portal.people.school_year import birthday_bound

FILTERS = ("q", "grade", "class", "consent")
IDS_AT_ONCE = 5_000

_latest = (
    select(func.max(Consent.id))
    .where(Consent.student_id == Student.id, Consent.withdrawn_at.is_(None))
    .correlate(Student)
    .scalar_subquery()
)
_given = (
    select(Consent.id)
    .where(Consent.student_id == Student.id, Consent.withdrawn_at.is_(None))
    .correlate(Student)
    .exists()
)


@dataclass(frozen=True)
class ConsentRow:
    """A pupil who needs a consent, and the living one, if any."""

    student: Student
    consent: Consent | None


@dataclass(frozen=True)
class ConsentCounts:
    """How many pupils need a consent, and for how many there is one."""

    needed: int
    given: int

    @property
    def missing(self) -> int:
        return self.needed - self.given


def has_consent(student_ids: Iterable[int]) -> set[int]:
    """Those of the pupils for whom a guardian's consent is recorded and not withdrawn."""
    ids, given = list(student_ids), set[int]()
    for start in range(0, len(ids), IDS_AT_ONCE):
        given |= set(
            db.session.scalars(
                select(Consent.student_id).where(
                    Consent.student_id.in_(ids[start : start + IDS_AT_ONCE]), Consent.withdrawn_at.is_(None)
                )
            )
        )
    return given


def taken_back() -> ColumnElement[bool]:
    """A condition on Student: guardians have taken their consent back, and none that counts stands.

    Of several the one taken back last wins over an older yes; a withdrawn no to showing, recorded by mistake, counts for
    nothing while another stands.
    """
    newest = (
        select(func.max(Consent.id))
        .where(Consent.student_id == Student.id, or_(Consent.withdrawn_at.is_(None), Consent.covers_showing))
        .correlate(Student)
        .scalar_subquery()
    )
    withdrawn = exists().where(Consent.student_id == Student.id, Consent.withdrawn_at.is_not(None))
    return and_(withdrawn, ~exists().where(Consent.id == newest, Consent.withdrawn_at.is_(None)))


def consent_of_school(consent_id: int) -> tuple[Consent, Student]:
    """The consent with its pupil, who says whose it is. Raises NotFound."""
    row = db.session.execute(
        select(Consent, Student).join(Student, Student.id == Consent.student_id).where(Consent.id == consent_id)
    ).first()
    if row is None:
        raise NotFound
    return row[0], row[1]


def consents_page(school_id: int, listing: Listing) -> Page[ConsentRow]:
    """One page of the school's pupils who are young enough to need a consent; those without one unless asked."""
    statement: Any = select(Student, Consent).outerjoin(Consent, Consent.id == _latest).where(*_young(school_id))
    wanted = listing.get("consent") or "missing"
    if wanted == "missing":
        statement = statement.where(Consent.id.is_(None))
    elif wanted == "given":
        statement = statement.where(Consent.id.is_not(None))
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
        "signed": Consent.signed_on,
    }
    page = paginate(sorted_by(statement, listing, columns, tie=Student.id), listing, scalars=False)
    return Page([ConsentRow(*row) for row in page.rows], page.total, listing)


def consent_counts(school_id: int) -> ConsentCounts:
    """How far the school has come."""
    needed = select(func.count()).select_from(Student).where(*_young(school_id))
    return ConsentCounts(db.session.scalar(needed) or 0, db.session.scalar(needed.where(_given)) or 0)


def chosen_students(school_id: int, student_ids: Sequence[int], most: int) -> list[Student]:
    """Those of the chosen pupils who are on the school's roster, in the order of classes."""
    return list(
        db.session.scalars(
            select(Student)
            .where(Student.school_id == school_id, Student.state == "active", Student.id.in_(list(student_ids)[:most]))
            .order_by(Student.grade, Student.class_name, Student.id)
        )
    )


def class_students(school_id: int, grade: int, class_name: str, most: int) -> list[Student]:
    """The young pupils of a class who have no consent yet."""
    return list(
        db.session.scalars(
            select(Student)
            .where(*_young(school_id), Student.grade == grade, Student.class_name == class_name, ~_given)
            .order_by(Student.id)
            .limit(most)
        )
    )


def consent_age() -> int:
    """Below how many full years a guardian's consent is needed."""
    age: int = current_app.config["SETTINGS"].consent_age
    return age


def needs_consent(birth_on: date) -> bool:
    """Whether somebody born on that day is young enough today to need a guardian's consent."""
    return birth_on > birthday_bound(today(), consent_age())


def _young(school_id: int) -> tuple[Any, ...]:
    bound = birthday_bound(today(), consent_age())
    return (Student.school_id == school_id, Student.state == "active", Student.birth_on > bound)
