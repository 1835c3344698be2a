"""What an accepted roster writes: new people, changed people, in a handful of statements whatever its size."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import insert, select, update

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.sealing import person_digest
from contest_portal.people.initials import initials_of
from contest_portal.people.models import School, Student, Teacher
from contest_portal.people.queries.known_people import persons_behind
from contest_portal.people.roster import RowOutcome, StudentValues, TeacherValues
from contest_portal.people.services.enrolments import sync_enrolments


def write_students(school: School, outcomes: Sequence[RowOutcome], school_year: int) -> None:
    """Pupils who are new, changed or still there; every one of them is enrolled in the school year."""
    moment = now()
    fresh = [
        student_row(school, outcome.row.values, school_year, moment)
        for outcome in outcomes
        if outcome.kind in {"new", "doubtful"} and isinstance(outcome.row.values, StudentValues)
    ]
    if fresh:
        db.session.execute(insert(Student), fresh)
    _update(
        Student,
        (
            {
                "id": outcome.person_id,
                **changed_columns(outcome.changes),
                "school_year": school_year,
                "updated_at": moment,
            }
            for outcome in outcomes
            if outcome.kind == "changed"
        ),
    )
    behind = set(
        db.session.scalars(select(Student.id).where(Student.school_id == school.id, Student.school_year != school_year))
    )
    unchanged = (one.person_id for one in outcomes if one.kind == "unchanged")
    _update(Student, ({"id": person_id, "school_year": school_year} for person_id in unchanged if person_id in behind))
    sync_enrolments(school.id, school_year)


def write_teachers(school: School, outcomes: Sequence[RowOutcome]) -> None:
    """Teachers who are new or changed. Who is known at another school stays one person under one key."""
    moment = now()
    fresh_outcomes = [outcome for outcome in outcomes if outcome.kind in {"new", "doubtful"}]
    keys = same_persons(fresh_outcomes)
    fresh = [
        teacher_row(school, outcome.row.values, keys.get(outcome.person_id or 0), moment)
        for outcome in fresh_outcomes
        if isinstance(outcome.row.values, TeacherValues)
    ]
    if fresh:
        db.session.execute(insert(Teacher), fresh)
    _update(
        Teacher,
        (
            {"id": outcome.person_id, **changed_columns(outcome.changes), "updated_at": moment}
            for outcome in outcomes
            if outcome.kind == "changed"
        ),
    )


def same_persons(outcomes: Sequence[RowOutcome]) -> dict[int, str]:
    """Of new teachers known at another school, the person's key: surely the same, or of the same telephone number."""
    behind = persons_behind(one.person_id for one in outcomes if one.person_id and one.other_school_id)
    found: dict[int, str] = {}
    for one in outcomes:
        key, phone_digest = behind.get(one.person_id or 0, ("", None))
        phone = one.row.values.phone if isinstance(one.row.values, TeacherValues) else ""
        if key and one.person_id and (one.kind == "new" or (phone and person_digest(phone) == phone_digest)):
            found[one.person_id] = key
    return found


def student_row(school: School, values: StudentValues, school_year: int, moment: datetime) -> dict[str, Any]:
    """The columns of a new pupil."""
    return {
        "office_id": school.office_id,
        "school_id": school.id,
        "name": values.name,
        "initials": initials_of(values.name),
        "sex": values.sex,
        "birth_on": values.birth_on,
        "ethnic_group": values.ethnic_group,
        "id_number": values.id_number or None,
        "id_digest": person_digest(values.id_number) if values.id_number else None,
        "guardian_phone": values.guardian_phone or None,
        "grade": values.grade,
        "class_name": values.class_name,
        "school_year": school_year,
        "state": "active",
        "updated_at": moment,
    }


def teacher_row(school: School, values: TeacherValues, person_key: str | None, moment: datetime) -> dict[str, Any]:
    """The columns of a new teacher; without a key of the person a new one is made."""
    return {
        "office_id": school.office_id,
        "school_id": school.id,
        "person_key": person_key or new_person_key(),
        "name": values.name,
        "initials": initials_of(values.name),
        "sex": values.sex,
        "birth_on": values.birth_on,
        "ethnic_group": values.ethnic_group,
        "id_number": values.id_number or None,
        "id_digest": person_digest(values.id_number) if values.id_number else None,
        "phone": values.phone or None,
        "phone_digest": person_digest(values.phone) if values.phone else None,
        "position": values.position,
        "job_title": values.job_title,
        "subject": values.subject,
        "state": "active",
        "updated_at": moment,
    }


def new_person_key() -> str:
    """A key that nobody has yet. `extensions["person_keys"]` may hold another source of UUIDs, as the demo's does."""
    draw: Callable[[], uuid.UUID] = current_app.extensions.get("person_keys", uuid.uuid4)
    return draw().hex


def changed_columns(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    """Field → (old, new) as the columns to write: what is derived from a field follows it."""
    columns = {name: new for name, (_old, new) in changes.items()}
    if "name" in columns:
        columns["initials"] = initials_of(columns["name"])
    if "id_number" in columns:
        columns["id_digest"] = person_digest(columns["id_number"])
    if "phone" in columns:
        columns["phone_digest"] = person_digest(columns["phone"])
    return columns


def _update(model: type[Student | Teacher], rows: Iterable[dict[str, Any]]) -> None:
    """Rows of the same columns go in one statement."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(sorted(row)), []).append(row)
    for group in groups.values():
        db.session.execute(update(model), group)
