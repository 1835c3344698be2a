"""Reads of runs and results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.database import db
from contest_portal.events.contest_days.models import ContestGroup, GroupResult, Run, RunChange, Team
from contest_portal.events.contest_days.queries.starts import StartLine, starts_of
from contest_portal.events.contest_days.ranking import Ranked, RunMark, rank
from contest_portal.people.models import Account


@dataclass(frozen=True)
class RunLine:
    """A start and what its run reached, as far as it is typed; who typed it and who confirmed it."""

    start: StartLine
    run: Run | None
    typed_by: str
    confirmed_by: str


def run_lines(row: ContestGroup) -> list[RunLine]:
    """Every start of the group with its run; four statements."""
    runs = _runs(row)
    names = _names(runs.values())
    return [
        RunLine(
            start,
            found := runs.get((start.team.id, start.run)),
            names.get(found.typed_by, "") if found else "",
            names.get(found.confirmed_by or 0, "") if found else "",
        )
        for start in starts_of(row)
    ]


def open_runs(row: ContestGroup) -> tuple[int, int]:
    """(how many runs are not typed, how many typed ones are not confirmed)."""
    runs = _runs(row)
    found = [runs.get((start.team.id, start.run)) for start in starts_of(row)]
    return sum(one is None for one in found), sum(one is not None and one.confirmed_at is None for one in found)


def lines_of(row: ContestGroup) -> list[dict[str, Any]]:
    """The ranking as the public reads it: place (null without a finished run), team, school, best run, each run.

    `runs`: [outcome, score, seconds] or null, in the order of the runs. `decided_by`: see ranking.Ranked.
    """
    runs = _runs(row)
    teams = {one.team.id: one.team for one in starts_of(row)}
    ranked = rank([(team_id, _marks(runs, team_id, row.runs)) for team_id in sorted(teams)])
    return [_line(one, teams[one.team], runs, row.runs) for one in ranked]


def _marks(runs: Mapping[tuple[int, int], Run], team_id: int, count: int) -> list[RunMark]:
    found = [runs.get((team_id, number)) for number in range(1, count + 1)]
    return [RunMark(one.score, one.seconds) for one in found if one and one.outcome == "ran" and one.score is not None]


def _line(one: Ranked, team: Team, runs: Mapping[tuple[int, int], Run], count: int) -> dict[str, Any]:
    found = [runs.get((team.id, number)) for number in range(1, count + 1)]
    return {
        "place": one.place,
        "team_id": team.id,
        "team": team.name,
        "school": team.school.name,
        "score": one.marks[0].score if one.marks else None,
        "seconds": one.marks[0].seconds if one.marks else None,
        "runs": [[run.outcome, run.score, run.seconds] if run else None for run in found],
        "decided_by": one.decided_by,
    }


def _runs(row: ContestGroup) -> dict[tuple[int, int], Run]:
    found = db.session.scalars(select(Run).join(Team, Team.id == Run.team_id).where(Team.group_id == row.id))
    return {(one.team_id, one.number): one for one in found}


def _names(runs: Any) -> dict[int, str]:
    ids = {who for run in runs for who in (run.typed_by, run.confirmed_by) if who}
    rows = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    return {row.id: row.name for row in rows}


@dataclass(frozen=True)
class ChangeLine:
    """What a run said before, who had typed it and when, and why it was changed."""

    change: RunChange
    by: str


def changes_of(row: Run) -> list[ChangeLine]:
    """What the run said before, the newest first."""
    found = db.session.execute(
        select(RunChange, Account.name)
        .outerjoin(Account, Account.id == RunChange.by)
        .where(RunChange.run_id == row.id)
        .order_by(RunChange.id.desc())
    )
    return [ChangeLine(change, name or "") for change, name in found]


@dataclass(frozen=True)
class ListLine:
    """A list of results with the names of the two people."""

    result: GroupResult
    listed_by: str
    published_by: str


def lists_of(group_id: int) -> list[ListLine]:
    """The group's lists, the newest first."""
    rows = db.session.scalars(
        select(GroupResult).where(GroupResult.group_id == group_id).order_by(GroupResult.version.desc())
    ).all()
    ids = {who for row in rows for who in (row.listed_by, row.published_by) if who}
    found = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(ids)))
    names = {row.id: row.name for row in found}
    return [ListLine(row, names.get(row.listed_by, ""), names.get(row.published_by or 0, "")) for row in rows]


@dataclass(frozen=True)
class PublicResult:
    """What the public reads of a group. `corrected`: what was corrected, empty at first."""

    group: ContestGroup
    lines: Sequence[Mapping[str, Any]]
    published_at: datetime
    corrected: str


def public_results(event_id: int) -> list[PublicResult]:
    """The newest published list of each group that has one; two statements."""
    rows = db.session.scalars(
        select(GroupResult)
        .join(ContestGroup, ContestGroup.id == GroupResult.group_id)
        .where(ContestGroup.event_id == event_id, GroupResult.published_at.is_not(None))
        .order_by(GroupResult.version)
    )
    newest = {row.group_id: row for row in rows}
    groups = db.session.scalars(
        select(ContestGroup)
        .where(ContestGroup.id.in_(newest))
        .order_by(ContestGroup.starts_at, ContestGroup.id)
        .options(joinedload(ContestGroup.event))
    )
    return [
        PublicResult(
            one, newest[one.id].lines, newest[one.id].published_at or newest[one.id].listed_at, newest[one.id].note
        )
        for one in groups
    ]
