"""Who could take a task over, and what speaks against each of the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.text import N_, Message
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.models import Assignment, ConflictOverrule, Judge, RoundJudge
from contest_portal.judging.queries.planning import seats_of_round
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.states import LIVE


@dataclass(frozen=True)
class Candidate:
    """A judge of the round, the tasks the judge has, and why the judge may not take this one (None: may).

    `conflict` is what the judge must keep away for; where a leader has overruled it in writing (`is_overruled`) the
    office may give the task by hand, and nothing gives it otherwise.
    """

    judge: Judge
    seat: RoundJudge
    tasks: int
    todo: int
    obstacle: Message | None
    conflict: Message | None = None
    is_overruled: bool = False


def candidates_for(task: Assignment) -> list[Candidate]:
    """The round's judges for a task, those who may take it first, the least loaded first: eight statements."""
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
    overruled = overruled_judges(task.round_id, task.entry_id)
    found = []
    for seat, judge in seats:
        conflict = conflicts.get((judge.id, task.entry_id))
        if readers.get(judge.id) == "conflict" and conflict is None:
            conflict = Message(N_("已回避这件作品"))
        is_overruled = conflict is not None and judge.id in overruled
        obstacle = None if is_overruled else conflict
        if readers.get(judge.id) in LIVE:
            obstacle = Message(N_("已在评阅这件作品"))
        elif seat.left_at is not None:
            obstacle = Message(N_("已退出本轮"))
        elif obstacle is None and seat.category_ids and task.entry.category_id not in seat.category_ids:
            obstacle = Message(N_("不评阅该类别"))
        found.append(Candidate(judge, seat, live[judge.id], todo[judge.id], obstacle, conflict, is_overruled))
    return sorted(found, key=lambda one: (one.obstacle is not None, one.tasks, one.judge.name))


def overruled_judges(round_id: int, entry_id: int) -> set[int]:
    """The judges whom a leader lets read an entry in a round although they have a conflict."""
    return set(
        db.session.scalars(
            select(ConflictOverrule.judge_id).where(
                ConflictOverrule.round_id == round_id, ConflictOverrule.entry_id == entry_id
            )
        )
    )


def overruled_pairs(round_id: int) -> set[tuple[int, int]]:
    """(judge, entry) of all such decisions of a round."""
    rows = db.session.execute(
        select(ConflictOverrule.judge_id, ConflictOverrule.entry_id).where(ConflictOverrule.round_id == round_id)
    )
    return {(judge_id, entry_id) for judge_id, entry_id in rows}


def live_pairs(round_id: int) -> list[tuple[int, int]]:
    """(judge, entry) of the round's living tasks."""
    rows = db.session.execute(
        select(Assignment.judge_id, Assignment.entry_id).where(
            Assignment.round_id == round_id, Assignment.state.in_(LIVE)
        )
    )
    return [(judge_id, entry_id) for judge_id, entry_id in rows]
