"""People of one school by what a person types: part of the name, or the first letters of its pinyin."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from contest_portal.core.database import db
from contest_portal.core.text import Message
from contest_portal.people.grades import grade_name
from contest_portal.people.models import Student, Teacher

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


def named(model: type[Student | Teacher], text: str) -> ColumnElement[bool]:
    """The condition that a name or its initials match what was typed: 晓明, zxm, zx."""
    typed: Any = "".join(text.split())
    if typed.isascii() and typed.isalpha():
        return model.initials.startswith(typed.lower(), autoescape=True) | model.name.contains(
            text.strip(), autoescape=True
        )
    return model.name.contains(typed, autoescape=True)
