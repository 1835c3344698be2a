"""The history behind pupils' current places: a record for each school year, kept in step by two statements."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, insert, select, update

from contest_portal.core.database import db
from contest_portal.people.models import Enrolment, Student


def sync_enrolments(school_id: int, school_year: int, student_id: int | None = None) -> None:
    """Make the school's enrolments of the year say what its pupils' records say; one pupil's where given.

    Inside the caller's unit of work, after its changes are flushed.
    """
    here: tuple[ColumnElement[bool], ...] = (
        Student.school_id == school_id,
        Student.school_year == school_year,
        Student.state == "active",
    )
    if student_id is not None:
        here = (*here, Student.id == student_id)
    own = (Enrolment.school_id == school_id, Enrolment.school_year == school_year)
    moved = exists().where(
        Student.id == Enrolment.student_id,
        *here,
        (Student.grade != Enrolment.grade) | (Student.class_name != Enrolment.class_name),
    )
    db.session.execute(
        update(Enrolment)
        .where(*own, moved)
        .values(
            grade=select(Student.grade).where(Student.id == Enrolment.student_id).scalar_subquery(),
            class_name=select(Student.class_name).where(Student.id == Enrolment.student_id).scalar_subquery(),
        )
        .execution_options(synchronize_session=False)
    )
    missing = select(Student.id, Student.school_id, Student.school_year, Student.grade, Student.class_name).where(
        *here, ~exists().where(Enrolment.student_id == Student.id, *own)
    )
    db.session.execute(
        insert(Enrolment).from_select(["student_id", "school_id", "school_year", "grade", "class_name"], missing)
    )
