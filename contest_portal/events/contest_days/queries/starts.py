"""Reads of the start list: who starts when, at which table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.database import db
from contest_portal.events.contest_days.drawing_record import order_of, problem_of
from contest_portal.events.contest_days.models import ContestGroup, Team


@dataclass(frozen=True)
class StartLine:
    """One start: the run from 1, when, at which table, which team; `shared`: its coach is needed at another table too."""

    run: int
    at: datetime
    table: int
    team: Team
    shared: bool


def starts_of(row: ContestGroup) -> list[StartLine]:
    """All starts of the group in the order of time and tables; none before the lot. Teams that withdrew are left out."""
    return _starts(row, _teams_of([row.id]))


def starts_of_event(event_id: int) -> list[tuple[ContestGroup, Sequence[StartLine]]]:
    """The groups whose lot is drawn, each with its starts; two statements."""
    groups = db.session.scalars(
        select(ContestGroup)
        .where(ContestGroup.event_id == event_id, ContestGroup.drawn_at.is_not(None))
        .order_by(ContestGroup.starts_at, ContestGroup.id)
    ).all()
    teams = _teams_of([one.id for one in groups])
    return [(one, _starts(one, [team for team in teams if team.group_id == one.id])) for one in groups]


def starts_of_teams(teams: Sequence[Team]) -> dict[int, list[StartLine]]:
    """The starts of each of these teams, whose groups are loaded; no statement."""
    found: dict[int, list[StartLine]] = {}
    for one in teams:
        found[one.id] = [line for line in _starts(one.group, [one]) if line.team.id == one.id]
    return found


def _teams_of(group_ids: Sequence[int]) -> list[Team]:
    return list(
        db.session.scalars(
            select(Team)
            .where(Team.group_id.in_(group_ids), Team.state == "registered", Team.lot.is_not(None))
            .options(joinedload(Team.school), joinedload(Team.coach))
            .order_by(Team.lot)
        )
    )


def _starts(row: ContestGroup, teams: Sequence[Team]) -> list[StartLine]:
    if row.starts_at is None or not row.drawing.get("starts"):
        return []
    order, problem = order_of(row.drawing), problem_of(row.drawing)
    place_of = {one.team: one for one in order.starts}
    lines = []
    for run in range(1, problem.runs + 1):
        for team in teams:
            place = place_of.get(team.id)
            if place is None or team.state != "registered":
                continue
            minutes = problem.start_of(run, place.slot, order.slots)
            at = row.starts_at + timedelta(minutes=minutes)
            lines.append(StartLine(run, at, place.table_in(run, problem.tables), team, team.id in order.clashes))
    return sorted(lines, key=lambda one: (one.run, one.at, one.table))
