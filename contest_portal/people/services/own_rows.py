"""The row of the roster that belongs to a teacher's account: without one nobody could name the teacher as a tutor."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked
from contest_portal.people.initials import initials_of
from contest_portal.people.models import Membership, School, Teacher
from contest_portal.people.services.roster_writing import new_person_key


def own_row(work: Work, school_id: int, name: str) -> int | None:
    """The id of the row for a teacher who joined by name: the only one of that name without an account, else a new one.

    None where several of that name have no account: then nobody can say whose row it is.
    """
    school = locked(School, school_id)
    taken = select(Membership.teacher_id).where(Membership.is_active, Membership.teacher_id.is_not(None))
    free = work.session.scalars(
        select(Teacher.id).where(
            Teacher.school_id == school.id,
            Teacher.name == name,
            Teacher.state == "active",
            Teacher.id.not_in(taken),
        )
    ).all()
    if len(free) > 1:
        return None
    return free[0] if free else _new_row(work, school, name)


def _new_row(work: Work, school: School, name: str) -> int:
    teacher = Teacher(
        office_id=school.office_id,
        school_id=school.id,
        person_key=new_person_key(),
        name=name,
        initials=initials_of(name),
        updated_at=now(),
    )
    work.session.add(teacher)
    work.record(teacher, action="people.add_teacher", after={"school_id": school.id})
    return teacher.id
