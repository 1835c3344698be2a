"""Submitted sheets of judges who must keep away from the work by now: those that count, and those set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import joinedload

from contest_portal.core.database import db
from contest_portal.core.text import Message
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.models import Assignment, Judge, Round, ScoreSheet
from contest_portal.judging.queries.reassigning import overruled_judges
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.sheet_models import SetAside


@dataclass(frozen=True)
class TouchedSheet:
    """A sheet that counts although its judge must keep away from the work, and why the judge must."""

    task: Assignment
    total: float
    reason: Message


def touched_sheets(judge: Judge) -> list[TouchedSheet]:
    """The judge's in open rounds, but for those that a leader has allowed: a constant number of statements and one for
    each such sheet."""
    rows = db.session.execute(
        select(Assignment, ScoreSheet.total)
        .join(ScoreSheet, and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current))
        .join(Round, Round.id == Assignment.round_id)
        .where(Assignment.judge_id == judge.id, Assignment.state == "submitted", Round.state == "open")
        .order_by(Assignment.round_id, Assignment.id)
        .options(joinedload(Assignment.entry), joinedload(Assignment.round))
    ).all()
    found = conflicts_between(ties_of_judges([judge]), ties_of_entries([task.entry_id for task, _total in rows]))
    return [
        TouchedSheet(task, total, found[judge.id, task.entry_id])
        for task, total in rows
        if (judge.id, task.entry_id) in found and judge.id not in overruled_judges(task.round_id, task.entry_id)
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
