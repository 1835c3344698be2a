"""Finding a person whose data is asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import or_, select

from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import LONGEST_FILTER
from contest_portal.core.sealing import person_digest
from contest_portal.people.id_number import normalise_id_number
from contest_portal.people.models import Membership, School, Student, Teacher
from contest_portal.people.phones import normal_mobile
from contest_portal.people.privacy.registry import Person
from contest_portal.people.queries.people_search import named

MODELS: dict[str, type[Student | Teacher]] = {"student": Student, "teacher": Teacher}
MOST_FOUND = 50


@dataclass(frozen=True)
class FoundPerson:
    """Somebody found, with what tells people of one name apart."""

    kind: str
    id: int
    name: str
    school: str
    grade: int | None
    class_name: str
    state: str


def person_of(row: Student | Teacher) -> Person:
    """The person of a row of the roster, with the accounts that belong to it alone."""
    if isinstance(row, Student):
        return Person("student", row.id, row.office_id, row.school_id, row.name)
    return Person("teacher", row.id, row.office_id, row.school_id, row.name, _accounts(row.id))


def person_by(kind: str, subject_id: int) -> Person:
    """The person of that row. Raises NotFound."""
    row: Any = db.session.get(MODELS[kind], subject_id) if kind in MODELS else None
    if row is None:
        raise NotFound
    return person_of(row)


def find_persons(office_id: int, text: str) -> list[FoundPerson]:
    """Pupils and teachers of the office, also those who left: by name, whole ID number or telephone; at most 50 of each."""
    typed = "".join(text.split())
    if not typed or len(typed) > LONGEST_FILTER:  # nobody is called so, and SQLite refuses to look for more
        return []
    number = person_digest(normalise_id_number(typed))
    students = db.session.execute(
        select(Student.id, Student.name, School.name.label("school"), Student.grade, Student.class_name, Student.state)
        .join(School, School.id == Student.school_id)
        .where(Student.office_id == office_id, or_(named(Student, typed), Student.id_digest == number))
        .order_by(Student.name, Student.id)
        .limit(MOST_FOUND)
    )
    by_number = (Teacher.id_digest == number, Teacher.phone_digest == person_digest(normal_mobile(typed)))
    teachers = db.session.execute(
        select(Teacher.id, Teacher.name, School.name.label("school"), Teacher.state)
        .join(School, School.id == Teacher.school_id)
        .where(Teacher.office_id == office_id, or_(named(Teacher, typed), *by_number))
        .order_by(Teacher.name, Teacher.id)
        .limit(MOST_FOUND)
    )
    return [
        *(
            FoundPerson("student", one.id, one.name, one.school, one.grade, one.class_name, one.state)
            for one in students
        ),
        *(FoundPerson("teacher", one.id, one.name, one.school, None, "", one.state) for one in teachers),
    ]


def _accounts(teacher_id: int) -> tuple[int, ...]:
    """Accounts that act for this teacher and in no other place; of others only the one membership is the teacher's."""
    own: Sequence[int] = db.session.scalars(
        select(Membership.account_id).where(Membership.teacher_id == teacher_id).order_by(Membership.account_id)
    ).all()
    elsewhere = set(
        db.session.scalars(
            select(Membership.account_id).where(
                Membership.account_id.in_(own),
                or_(Membership.teacher_id.is_(None), Membership.teacher_id != teacher_id),
            )
        )
    )
    return tuple(one for one in dict.fromkeys(own) if one not in elsewhere)
