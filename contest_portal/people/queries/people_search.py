"""People of one school by what a person types: part of the name, or the first letters of its pinyin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from contest_portal.core.database import db
from contest_portal.core.sealing import person_digest
from contest_portal.core.text import Message
from contest_portal.people.grades import grade_name
from contest_portal.people.id_number import normalise_id_number
from contest_portal.people.models import Student, Teacher
from contest_portal.people.phones import normal_mobile

MOST_FOUND = 50


@dataclass(frozen=True)
class Hit:
    """Somebody found: `about` tells people of the same name apart (年级 and class, or subject)."""

    id: int
    name: str
    about: tuple[Message | str, ...]


def search_students(school_id: int, text: str, limit: int = 10) -> list[Hit]:
    """The school's pupils on the roster whose name or pinyin initials match, in the order of grades and classes."""
    rows = db.session.execute(
        select(Student.id, Student.name, Student.grade, Student.class_name)
        .where(Student.school_id == school_id, Student.state == "active", named(Student, text))
        .order_by(Student.grade, Student.class_name, Student.id)
        .limit(min(limit, MOST_FOUND))
    )
    return [Hit(row.id, row.name, (grade_name(row.grade), row.class_name)) for row in rows]


def search_teachers(school_id: int, text: str, limit: int = 10) -> list[Hit]:
    """The school's teachers on the roster whose name or pinyin initials match."""
    rows = db.session.execute(
        select(Teacher.id, Teacher.name, Teacher.subject, Teacher.job_title)
        .where(Teacher.school_id == school_id, Teacher.state == "active", named(Teacher, text))
        .order_by(Teacher.initials, Teacher.name, Teacher.id)
        .limit(min(limit, MOST_FOUND))
    )
    return [Hit(row.id, row.name, (row.subject or row.job_title,)) for row in rows]


def student_with_number(school_id: int, text: str) -> int | None:
    """The school's pupil with that whole ID number, also one who has left."""
    number = person_digest(normalise_id_number(text))
    return db.session.scalar(
        select(Student.id)
        .where(Student.school_id == school_id, Student.id_digest == number)
        .order_by(Student.id)
        .limit(1)
    )


def teacher_with_number(school_id: int, text: str) -> int | None:
    """The school's teacher with that whole ID number or telephone, also one who has left."""
    number, mobile = person_digest(normalise_id_number(text)), person_digest(normal_mobile(text))
    return db.session.scalar(
        select(Teacher.id)
        .where(Teacher.school_id == school_id, or_(Teacher.id_digest == number, Teacher.phone_digest == mobile))
        .order_by(Teacher.id)
        .limit(1)
    )


def named(model: type[Student | Teacher], text: str) -> ColumnElement[bool]:
    """The condition that a name or its initials match what was typed: 晓明, zxm, zx."""
    typed: Any = "".join(text.split())
    if typed.isascii() and typed.isalpha():
        return model.initials.startswith(typed.lower(), autoescape=True) | model.name.contains(
            text.strip(), autoescape=True
        )
    return model.name.contains(typed, autoescape=True)
