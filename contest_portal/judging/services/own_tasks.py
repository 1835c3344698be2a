"""A judge's task inside a verb: locked, with its round and rubric; what the round's window allows."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked
from contest_portal.core.errors import Conflict, NotFound, TooLate
from contest_portal.core.i18n import minute
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.judging.models import Assignment, Judge, Round, RoundCategory, ScoreSheet
from contest_portal.judging.rubrics import RoundCriterion, rubric_of
from contest_portal.judging.sheet_models import Reopening
from contest_portal.judging.states import LIVE, phase


@dataclass
class OwnTask:
    """The task with its round, both locked (the round shared, so that it cannot close meanwhile), and the rubric."""

    round: Round
    task: Assignment
    rubric: tuple[RoundCriterion, ...]


def own_task(work: Work, actor: Actor, task_id: int) -> OwnTask:
    """The actor's own task. Raises NotFound for another judge's, and for one that was taken away."""
    held = own_task_or_gone(work, actor, task_id)
    if not actor.is_console and held.task.state not in LIVE:
        raise NotFound
    return held


def own_task_or_gone(work: Work, actor: Actor, task_id: int) -> OwnTask:
    """A task that is the actor's own or was before it was taken away. Raises NotFound for another judge's."""
    held, account_id = _held(work, task_id)
    if not actor.is_console and (account_id is None or account_id != actor.account_id):
        raise NotFound
    return held


def held_task(work: Work, task_id: int) -> OwnTask:
    """Anybody's task, for the office's verbs on it. Raises NotFound."""
    return _held(work, task_id)[0]


def _held(work: Work, task_id: int) -> tuple[OwnTask, int | None]:
    """The task, and the account of its judge."""
    head = work.session.execute(
        select(Assignment.round_id, Judge.account_id, RoundCategory.rubric)
        .join(Judge, Judge.id == Assignment.judge_id)
        .join(Entry, Entry.id == Assignment.entry_id)
        .outerjoin(
            RoundCategory,
            (RoundCategory.round_id == Assignment.round_id) & (RoundCategory.category_id == Entry.category_id),
        )
        .where(Assignment.id == task_id)
    ).one_or_none()
    if head is None:
        raise NotFound
    row = work.session.scalars(select(Round).where(Round.id == head.round_id).with_for_update(read=True)).one()
    task = locked(Assignment, task_id)
    return OwnTask(row, task, rubric_of(head.rubric or [])), head.account_id


def check_window(row: Round) -> None:
    """Raises Conflict before the round's window and after its closing, TooLate after the window."""
    match phase(row.state, row.opens_at, row.closes_at, now()):
        case "coming":
            raise Conflict("judging.not_begun", Message.of(N_("评审将于 %(at)s 开始。"), at=minute(row.opens_at)))
        case "over":
            raise TooLate(
                "judging.too_late",
                Message.of(
                    N_("评审已于 %(at)s 截止，分数没有保存。如需补评，请联系主办单位。"), at=minute(row.closes_at)
                ),
            )
        case "closed" | "planned":
            raise Conflict("judging.round_closed", N_("本轮评审已经截止，评分不能再更改。"))


def current_sheet_of(work: Work, task: Assignment) -> ScoreSheet | None:
    """The sheet that counts for the task."""
    return work.session.scalar(select(ScoreSheet).where(ScoreSheet.assignment_id == task.id, ScoreSheet.is_current))


def reopening_of(work: Work, sheet: ScoreSheet | None) -> Reopening | None:
    """The office's leave to replace this sheet; None where there is none. A newer sheet uses it up."""
    if sheet is None:
        return None
    return work.session.scalar(
        select(Reopening)
        .where(Reopening.assignment_id == sheet.assignment_id, Reopening.sheet_version == sheet.version)
        .order_by(Reopening.id.desc())
        .limit(1)
    )
