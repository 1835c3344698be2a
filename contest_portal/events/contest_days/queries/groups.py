"""Reads of groups and their teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.events.contest_days.models import ContestGroup, GroupResult, Run, Team, TeamMember
from contest_portal.events.planning.models import Event
from contest_portal.people.models import School, Student


def contest_day(event_id: int) -> Event:
    """The event, of kind contest day. Raises NotFound."""
    row = db.session.get(Event, event_id)
    if row is None or row.kind != "contest_day":
        raise NotFound
    return row


def group(group_id: int) -> ContestGroup:
    """The group with its event. Raises NotFound."""
    return _one(ContestGroup, group_id, joinedload(ContestGroup.event))


def team(team_id: int) -> Team:
    """The team with its group, event, school and coach. Raises NotFound."""
    options = (joinedload(Team.group).joinedload(ContestGroup.event), joinedload(Team.school), joinedload(Team.coach))
    return _one(Team, team_id, *options)


def run(run_id: int) -> Run:
    """The run with its team and group. Raises NotFound."""
    team_of = joinedload(Run.team)
    options = (team_of.joinedload(Team.group).joinedload(ContestGroup.event), team_of.joinedload(Team.school))
    return _one(Run, run_id, *options)


def _one(model: Any, object_id: int, *options: Any) -> Any:
    row = db.session.scalar(select(model).where(model.id == object_id).options(*options))
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class GroupLine:
    """A group in the list of its event: teams that are in, and how far it has come.

    `stage`: "entering", "drawn", "running", "listed" or "published".
    """

    group: ContestGroup
    teams: int
    schools: int
    stage: str


def groups_of(event_id: int) -> list[GroupLine]:
    """The event's groups in the order in which they begin; three statements."""
    rows = db.session.scalars(
        select(ContestGroup)
        .where(ContestGroup.event_id == event_id)
        .order_by(ContestGroup.starts_at, ContestGroup.id)
        .options(joinedload(ContestGroup.event))
    ).all()
    counts: Mapping[int, Any] = {
        one.group_id: one
        for one in db.session.execute(
            select(
                Team.group_id,
                func.count().label("teams"),
                func.count(func.distinct(Team.school_id)).label("schools"),
            )
            .join(ContestGroup, ContestGroup.id == Team.group_id)
            .where(ContestGroup.event_id == event_id, Team.state == "registered")
            .group_by(Team.group_id)
        )
    }
    stages = _stages([row.id for row in rows])
    return [
        GroupLine(
            row,
            counts[row.id].teams if row.id in counts else 0,
            counts[row.id].schools if row.id in counts else 0,
            stages.get(row.id) or ("drawn" if row.drawn_at else "entering"),
        )
        for row in rows
    ]


def _stages(group_ids: Sequence[int]) -> dict[int, str]:
    has_run = (
        select(Run.id).join(Team, Team.id == Run.team_id).where(Team.group_id == ContestGroup.id).exists()
    )  # fmt: skip
    open_list = (
        select(GroupResult.id)
        .where(
            GroupResult.group_id == ContestGroup.id,
            GroupResult.published_at.is_(None),
            GroupResult.withdrawn_at.is_(None),
        )
        .exists()
    )
    published = (
        select(GroupResult.id)
        .where(GroupResult.group_id == ContestGroup.id, GroupResult.published_at.is_not(None))
        .exists()
    )
    rows = db.session.execute(
        select(ContestGroup.id, has_run, open_list, published).where(ContestGroup.id.in_(group_ids))
    )
    return {
        group_id: "listed" if listed else "published" if public else "running" if running else ""
        for group_id, running, listed, public in rows
    }


def stage_of_group(row: ContestGroup) -> str:
    """How far the group has come; see GroupLine."""
    return _stages([row.id]).get(row.id) or ("drawn" if row.drawn_at else "entering")


@dataclass(frozen=True)
class TeamLine:
    """A team with its members in the order in which they were entered."""

    team: Team
    members: Sequence[Student]


def teams_of(group_id: int, *, withdrawn: bool = True) -> list[TeamLine]:
    """The group's teams by school and name."""
    statement = _teams().where(Team.group_id == group_id)
    if not withdrawn:
        statement = statement.where(Team.state == "registered")
    return _with_members(statement.order_by(Team.state, School.name, Team.name, Team.id))


def teams_of_school(school_id: int) -> list[TeamLine]:
    """The school's teams, those of the newest event first."""
    statement = _teams().where(Team.school_id == school_id)
    return _with_members(statement.order_by(Event.id.desc(), ContestGroup.starts_at, Team.id))


def _teams() -> Any:
    return (
        select(Team)
        .join(Team.group)
        .join(ContestGroup.event)
        .join(Team.school)
        .options(
            contains_eager(Team.group).contains_eager(ContestGroup.event),
            contains_eager(Team.school),
            joinedload(Team.coach),
        )
    )


def _with_members(statement: Any) -> list[TeamLine]:
    teams = db.session.scalars(statement).all()
    members: dict[int, list[Student]] = {one.id: [] for one in teams}
    rows = db.session.execute(
        select(TeamMember.team_id, Student)
        .join(Student, Student.id == TeamMember.student_id)
        .where(TeamMember.team_id.in_(members))
        .order_by(TeamMember.id)
    )
    for team_id, student in rows:
        members[team_id].append(student)
    return [TeamLine(one, members[one.id]) for one in teams]


def groups_to_enter(office_id: int) -> list[ContestGroup]:
    """The groups that a school of the office may enter now, or soon: those of public contest days before the lot."""
    return list(
        db.session.scalars(
            select(ContestGroup)
            .join(ContestGroup.event)
            .where(
                Event.office_id == office_id,
                Event.kind == "contest_day",
                Event.state == "public",
                ContestGroup.drawn_at.is_(None),
                (Event.booking_closes_at.is_(None)) | (Event.booking_closes_at >= now()),
            )
            .options(contains_eager(ContestGroup.event))
            .order_by(Event.booking_closes_at, Event.id, ContestGroup.starts_at, ContestGroup.id)
        )
    )


def schools_to_enter(office_id: int) -> list[tuple[int, str]]:
    """(id, name) of the office's schools, for whom the office may enter a team."""
    rows = db.session.execute(
        select(School.id, School.name)
        .where(School.office_id == office_id, School.state == "approved")
        .order_by(School.name)
    )
    return [(row.id, row.name) for row in rows]
