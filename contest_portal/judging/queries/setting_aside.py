"""Submitted sheets of judges who must keep away from the work by now: those that count, and those set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.text import Message
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.models import Assignment, Judge, Round, ScoreSheet
from contest_portal.judging.queries.reassigning import overruled_judges, overruled_pairs
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.sheet_models import SetAside

STILL_DECIDED = timedelta(days=183)
"""After its closing so long a ranked round's sheets are looked at (DEFAULT): lists, objections and awards are done by then."""


@dataclass(frozen=True)
class TouchedSheet:
    """A sheet that counts although its judge must keep away from the work, and why the judge must."""

    task: Assignment
    total: float
    reason: Message


def touched_sheets(judge: Judge) -> list[TouchedSheet]:
    """The judge's, but for those that a leader has allowed: a constant number of statements and one for each such sheet. In a
    ranked round nothing is changed any more, but while its result is still being decided the office should know; who
    changes the employer years later has judged nothing wrong."""
    since = now() - STILL_DECIDED
    rows = db.session.execute(
        select(Assignment, ScoreSheet.total)
        .join(ScoreSheet, and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current))
        .join(Round, Round.id == Assignment.round_id)
        .where(
            Assignment.judge_id == judge.id,
            Assignment.state == "submitted",
            or_(Round.state != "ranked", Round.closed_at >= since),
        )
        .order_by(Assignment.round_id, Assignment.id)
        .options(joinedload(Assignment.entry), joinedload(Assignment.round))
    ).all()
    found = conflicts_between(ties_of_judges([judge]), ties_of_entries([task.entry_id for task, _total in rows]))
    return [
        TouchedSheet(task, total, found[judge.id, task.entry_id])
        for task, total in rows
        if (judge.id, task.entry_id) in found and judge.id not in overruled_judges(task.round_id, task.entry_id)
    ]


def touched_of_round(round_id: int) -> list[TouchedSheet]:
    """All judges' in one round, by judge and work: a constant number of statements."""
    own = (Assignment.round_id == round_id, Assignment.state == "submitted")
    judges = db.session.scalars(select(Judge).where(Judge.id.in_(select(Assignment.judge_id).where(*own)))).all()
    reasons = conflicts_between(ties_of_judges(judges), ties_of_entries(select(Assignment.entry_id).where(*own)))
    if not reasons:
        return []
    allowed = overruled_pairs(round_id)
    rows = db.session.execute(
        select(Assignment, ScoreSheet.total)
        .join(ScoreSheet, and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current))
        .join(Judge, Judge.id == Assignment.judge_id)
        .where(*own, Assignment.judge_id.in_({judge_id for judge_id, _entry in reasons}))
        .order_by(Judge.name, Assignment.judge_id, Assignment.entry_id)
        .options(joinedload(Assignment.entry), joinedload(Assignment.judge))
    )
    return [
        TouchedSheet(task, total, reasons[pair])
        for task, total in rows
        if (pair := (task.judge_id, task.entry_id)) in reasons and pair not in allowed
    ]


def conflict_of_task(task: Assignment) -> Message | None:
    """Why the task's judge must keep away from its work; None where there is nothing, or a leader has allowed it."""
    pair = (task.judge_id, task.entry_id)
    reason = conflicts_between(ties_of_judges([task.judge]), ties_of_entries([task.entry_id])).get(pair)
    return None if task.judge_id in overruled_judges(task.round_id, task.entry_id) else reason


def settings_aside_of(task_id: int) -> Sequence[SetAside]:
    """All that is on record for one task, the newest first: one statement."""
    return db.session.scalars(
        select(SetAside)
        .where(SetAside.assignment_id == task_id)
        .order_by(SetAside.id.desc())
        .options(joinedload(SetAside.taker))
    ).all()
