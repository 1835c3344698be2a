"""Whom a contest day's news goes to, and whom a team can be made of."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.events.contest_days.models import Team
from contest_portal.people.models import Membership, Student, Teacher


def accounts_of_teams(group_id: int) -> list[int]:
    """Who entered the group's teams, their schools' managers, and their coaches where they have an account."""
    teams = select(Team.school_id, Team.created_by, Team.coach_id).where(
        Team.group_id == group_id, Team.state == "registered"
    )
    rows = db.session.execute(teams).all()
    accounts = db.session.scalars(
        select(Membership.account_id).where(
            Membership.is_active,
            (Membership.school_id.in_({row.school_id for row in rows}) & (Membership.role == str(Role.SCHOOL_MANAGER)))
            | Membership.teacher_id.in_({row.coach_id for row in rows}),
        )
    )
    return sorted({*accounts, *(row.created_by for row in rows if row.created_by)})


def coaches(school_id: int) -> list[tuple[int, str]]:
    """(id, name with subject) of the school's teachers, by the sound of their names."""
    rows = db.session.execute(
        select(Teacher.id, Teacher.name, Teacher.subject)
        .where(Teacher.school_id == school_id, Teacher.state == "active")
        .order_by(Teacher.initials, Teacher.name, Teacher.id)
    )
    return [(row.id, f"{row.name}（{row.subject}）" if row.subject else row.name) for row in rows]


def pupils(school_id: int, student_ids: Sequence[int]) -> list[Student]:
    """These pupils of the school, in this order."""
    found = {
        one.id: one
        for one in db.session.scalars(
            select(Student).where(Student.school_id == school_id, Student.id.in_(list(student_ids)))
        )
    }
    return [found[one] for one in dict.fromkeys(student_ids) if one in found]
