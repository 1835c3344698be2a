"""Who is known already, as the comparison of rosters wants them: a school's own people, and others by their numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.people.models import School, Student, Teacher
from contest_portal.people.roster import ExistingPerson, RosterKind

DIGESTS_AT_ONCE = 5_000  # both databases limit how many values one statement takes

_STUDENT = (
    Student.id,
    Student.school_id,
    Student.name,
    Student.id_digest,
    Student.sex,
    Student.birth_on,
    Student.ethnic_group,
    Student.grade,
    Student.class_name,
    Student.state,
)
_TEACHER = (
    Teacher.id,
    Teacher.school_id,
    Teacher.name,
    Teacher.id_digest,
    Teacher.sex,
    Teacher.birth_on,
    Teacher.ethnic_group,
    Teacher.state,
    Teacher.phone_digest,
)
_TEACHER_DETAILS: tuple[Any, ...] = (Teacher.phone, Teacher.position, Teacher.job_title, Teacher.subject)


def known_people(school: School, kind: RosterKind, digests: Iterable[str]) -> list[ExistingPerson]:
    """The school's own people, and those of the office's other schools who have one of the numbers' digests."""
    wanted = list(digests)
    return [*_own(school, kind), *_others(school, kind, wanted)]


def _own(school: School, kind: RosterKind) -> Iterator[ExistingPerson]:
    if kind == "students":
        for *values, phone in db.session.execute(
            select(*_STUDENT, Student.guardian_phone).where(Student.school_id == school.id)
        ):
            yield _student(values, {"guardian_phone": phone or ""})
        return
    for row in db.session.execute(select(*_TEACHER, *_TEACHER_DETAILS).where(Teacher.school_id == school.id)):
        phone, position, job_title, subject = row[len(_TEACHER) :]
        details: dict[str, str] = {
            "phone": phone or "",
            "position": position,
            "job_title": job_title,
            "subject": subject,
        }
        yield _teacher(row[: len(_TEACHER)], details)


def _others(school: School, kind: RosterKind, digests: list[str]) -> Iterator[ExistingPerson]:
    seen = set[int]()
    for start in range(0, len(digests), DIGESTS_AT_ONCE):
        part = digests[start : start + DIGESTS_AT_ONCE]
        statement: Any
        if kind == "students":
            statement = select(*_STUDENT).where(
                Student.office_id == school.office_id, Student.school_id != school.id, Student.id_digest.in_(part)
            )
        else:
            statement = select(*_TEACHER).where(
                Teacher.office_id == school.office_id,
                Teacher.school_id != school.id,
                Teacher.id_digest.in_(part) | Teacher.phone_digest.in_(part),
            )
        for row in db.session.execute(statement):
            if row[0] not in seen:
                seen.add(row[0])
                yield _student(row, {}) if kind == "students" else _teacher(row, {})


def _student(values: Any, details: dict[str, str]) -> ExistingPerson:
    person_id, school_id, name, id_key, sex, birth_on, ethnic_group, grade, class_name, state = values
    return ExistingPerson(
        person_id,
        school_id,
        name,
        id_key=id_key,
        sex=sex,
        birth_on=birth_on,
        ethnic_group=ethnic_group,
        grade=grade,
        class_name=class_name,
        state=state,
        details=details,
    )


def _teacher(values: Any, details: dict[str, str]) -> ExistingPerson:
    person_id, school_id, name, id_key, sex, birth_on, ethnic_group, state, phone_key = values
    return ExistingPerson(
        person_id,
        school_id,
        name,
        id_key=id_key,
        sex=sex,
        birth_on=birth_on,
        ethnic_group=ethnic_group,
        state=state,
        phone_key=phone_key,
        details=details,
    )


def persons_behind(teacher_ids: Iterable[int]) -> dict[int, tuple[str, str | None]]:
    """The key of the person behind each teacher's record, and the digest of the telephone number."""
    rows = db.session.execute(
        select(Teacher.id, Teacher.person_key, Teacher.phone_digest).where(Teacher.id.in_(list(teacher_ids)))
    )
    return {row.id: (row.person_key, row.phone_digest) for row in rows}


def school_names(school_ids: Iterable[int]) -> dict[int, str]:
    """The names of schools."""
    rows = db.session.execute(select(School.id, School.name).where(School.id.in_(set(school_ids))))
    return {row.id: row.name for row in rows}
