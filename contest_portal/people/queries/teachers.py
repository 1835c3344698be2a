"""Reads of the teachers on a school's roster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from contest_portal.core.database import db, found
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.people.models import Membership, School, Teacher
from contest_portal.people.queries.people_search import named
from contest_portal.people.queries.students import EVERY_STATE

FILTERS = ("q", "subject", "state")

# Not correlated: read once, where the column has no index.
_account = Teacher.id.in_(select(Membership.teacher_id).where(Membership.teacher_id.is_not(None), Membership.is_active))


@dataclass(frozen=True)
class TeacherRow:
    """A teacher in a list."""

    teacher: Teacher
    has_account: bool


@dataclass(frozen=True)
class TeacherPage:
    """One teacher with everything that the page shows. `elsewhere`: the names of further schools of the same person."""

    teacher: Teacher
    school: School
    has_account: bool
    elsewhere: Sequence[str]


def teacher(teacher_id: int) -> Teacher:
    """The teacher. Raises NotFound."""
    return found(Teacher, teacher_id)


def teachers_page(school_id: int, listing: Listing) -> Page[TeacherRow]:
    """One page of the school's teachers."""
    page = paginate(_listed(school_id, listing), listing, scalars=False)
    return Page([TeacherRow(*row) for row in page.rows], page.total, listing)


def teachers_to_export(school_id: int, listing: Listing) -> list[Teacher]:
    """All the teachers that the list with these filters shows."""
    return list(db.session.scalars(_listed(school_id, listing)))


def _listed(school_id: int, listing: Listing) -> Select[Any]:
    state = listing.get("state") or "active"
    statement = select(Teacher, _account).where(Teacher.school_id == school_id)
    if state != EVERY_STATE:
        statement = statement.where(Teacher.state == state)
    if text := listing.get("q"):
        statement = statement.where(named(Teacher, text))
    if subject := listing.get("subject"):
        statement = statement.where(Teacher.subject == subject)
    columns = {
        "": (Teacher.initials, Teacher.name),
        "name": (Teacher.initials, Teacher.name),
        "subject": (Teacher.subject, Teacher.initials),
        "title": (Teacher.job_title, Teacher.initials),
    }
    return sorted_by(statement, listing, columns, tie=Teacher.id)


def subjects(school_id: int) -> list[str]:
    """The subjects of the school's teachers, for a filter."""
    rows = db.session.scalars(
        select(Teacher.subject).where(Teacher.school_id == school_id, Teacher.state == "active").distinct()
    )
    return sorted(subject for subject in rows if subject)


def teacher_page(row: Teacher) -> TeacherPage:
    """The teacher, and where else the same person teaches."""
    elsewhere = db.session.scalars(
        select(School.name)
        .join(Teacher, Teacher.school_id == School.id)
        .where(Teacher.person_key == row.person_key, Teacher.id != row.id, Teacher.state == "active")
        .order_by(School.name)
    ).all()
    has_account = db.session.scalar(
        select(Membership.id).where(Membership.teacher_id == row.id, Membership.is_active).limit(1)
    )
    return TeacherPage(row, found(School, row.school_id), has_account is not None, elsewhere)
