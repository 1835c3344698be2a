"""Who could take a task over, and what speaks against each of the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.models import Assignment, Judge, RoundJudge
from contest_portal.judging.queries.planning import seats_of_round
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges

LIVE = ("todo", "submitted")


@dataclass(frozen=True)
class Candidate:
    """A judge of the round, the tasks the judge has, and why the judge may not take this one (None: may)."""

    judge: Judge
    seat: RoundJudge
    tasks: int
    todo: int
    obstacle: Message | None


def candidates_for(task: Assignment) -> list[Candidate]:
    """The round's judges for a task, those who may take it first, the least loaded first: seven statements."""
    seats = [(seat, judge) for seat, judge in seats_of_round(task.round_id) if judge.id != task.judge_id]
    conflicts = conflicts_between(ties_of_judges([judge for _seat, judge in seats]), ties_of_entries([task.entry_id]))
    live: Counter[int] = Counter()
    todo: Counter[int] = Counter()
    readers: dict[int, str] = {}
    rows = db.session.execute(
        select(Assignment.judge_id, Assignment.entry_id, Assignment.state).where(Assignment.round_id == task.round_id)
    )
    for judge_id, entry_id, state in rows:
        live[judge_id] += state in LIVE
        todo[judge_id] += state == "todo"
        if entry_id == task.entry_id:
            readers[judge_id] = state
    found = []
    for seat, judge in seats:
        obstacle = conflicts.get((judge.id, task.entry_id))
        if readers.get(judge.id) in LIVE:
            obstacle = Message(N_("已在评阅这件作品"))
        elif readers.get(judge.id) == "conflict" and obstacle is None:
            obstacle = Message(N_("已回避这件作品"))
        elif seat.category_ids and task.entry.category_id not in seat.category_ids:
            obstacle = Message(N_("不评阅该类别"))
        found.append(Candidate(judge, seat, live[judge.id], todo[judge.id], obstacle))
    return sorted(found, key=lambda one: (one.obstacle is not None, one.tasks, one.judge.name))


def live_pairs(round_id: int) -> list[tuple[int, int]]:
    """(judge, entry) of the round's living tasks."""
    rows = db.session.execute(
        select(Assignment.judge_id, Assignment.entry_id).where(
            Assignment.round_id == round_id, Assignment.state.in_(LIVE)
        )
    )
    return [(judge_id, entry_id) for judge_id, entry_id in rows]
