"""Who did not come to an interview, and who came after all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.text import N_, Message
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.interview_models import InterviewSession, InterviewSlot
from contest_portal.judging.models import Assignment, Round, RoundEntry
from contest_portal.judging.queries.absences import absences, noted_absences
from contest_portal.judging.queries.planning import seats_of_round
from contest_portal.judging.queries.reassigning import overruled_pairs
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.queries.unfinished import waiting_papers
from contest_portal.judging.services.interviews import facts_of, require_interviews


@dataclass(frozen=True)
class Absence:
    """What became of a work's tasks: how many were set aside or are on again, and which judges' stay off, and why."""

    slot: InterviewSlot
    tasks: int
    kept_off: Sequence[Message] = ()


def note_absence(actor: Actor, round_id: int, slot_id: int, *, absent: bool) -> Absence:
    """A team did not come: its tasks not done are off; or it came after all: they are on again, but for judges who have
    left or must keep away by now.

    Raises NotFound, Conflict once the round is closed, and for a work that was withdrawn or taken out meanwhile.
    """
    with unit_of_work(actor, "judging.note_absence") as work:
        row = locked(Round, round_id)
        require_interviews(row)
        if row.state != "open":
            raise Conflict("judging.round_state", N_("这个评审轮次的状态已经改变，不能再做这项操作。请刷新页面查看。"))
        slot = _own_slot(work, row, slot_id)
        before, slot.absent = slot.absent, absent
        done = Absence(slot, 0)
        if absent and not before:
            done = _set_aside(work, row, slot)
        elif before and not absent:
            done = _take_up(work, row, slot)
        work.record(
            row,
            action="judging.note_absence",
            before={"absent": before},
            after={
                "absent": absent,
                "entry": slot.round_entry.entry_id,
                "tasks": done.tasks,
                "kept_off": len(done.kept_off),
            },
        )
    return done


def _own_slot(work: Work, row: Round, slot_id: int) -> InterviewSlot:
    slot = work.session.scalar(
        select(InterviewSlot)
        .join(InterviewSession, InterviewSession.id == InterviewSlot.session_id)
        .where(InterviewSession.round_id == row.id, InterviewSlot.id == slot_id)
        .options(joinedload(InterviewSlot.round_entry).joinedload(RoundEntry.entry))
    )
    if slot is None:
        raise NotFound
    return slot


def _set_aside(work: Work, row: Round, slot: InterviewSlot) -> Absence:
    """The work's tasks that nobody has done, on paper either, are off; which ones is noted, so that no other comes back with them."""
    entry_id = slot.round_entry.entry_id
    tasks = work.session.scalars(
        select(Assignment).where(
            Assignment.round_id == row.id,
            Assignment.entry_id == entry_id,
            Assignment.state == "todo",
            Assignment.id.not_in(waiting_papers(row.id)),
        )
    ).all()
    for task in tasks:
        task.state = "void"
        task.version += 1
    _keep(row, {**_noted(row), str(entry_id): [task.id for task in tasks]})
    return Absence(slot, len(tasks))


def _take_up(work: Work, row: Round, slot: InterviewSlot) -> Absence:
    """The tasks that were set aside for the work are on again, those that are still off and may be."""
    entry_id = slot.round_entry.entry_id
    if entry_id not in absences(row):
        raise Conflict("judging.entry_out", N_("这件作品已经撤回或取消了评审资格，不能改为到场。"))
    noted = _noted(row)
    tasks = work.session.scalars(
        select(Assignment)
        .where(Assignment.id.in_(noted.pop(str(entry_id))), Assignment.state == "void")
        .options(joinedload(Assignment.judge))
        .order_by(Assignment.id)
    ).all()
    seated = {judge.id for _seat, judge in seats_of_round(row.id)}
    found = conflicts_between(ties_of_judges([task.judge for task in tasks]), ties_of_entries([entry_id]))
    overruled = overruled_pairs(row.id)
    kept_off = []
    for task in tasks:
        pair = (task.judge_id, entry_id)
        reason = found.get(pair) if pair not in overruled else None
        if task.judge_id not in seated:
            reason = Message(N_("已退出本轮"))
        if reason is not None:
            kept_off.append(Message.of(N_("%(name)s（%(reason)s）"), name=task.judge.name, reason=reason))
            continue
        task.state = "todo"
        task.version += 1
    _keep(row, noted)
    return Absence(slot, len(tasks) - len(kept_off), kept_off)


def _noted(row: Round) -> dict[str, Sequence[int]]:
    return {str(entry_id): tasks for entry_id, tasks in noted_absences(row).items()}


def _keep(row: Round, noted: dict[str, Sequence[int]]) -> None:
    row.plan_facts = {**row.plan_facts, "interviews": {**facts_of(row), "absent": noted}}
