"""A judge's verbs: keep a draft, submit or correct a sheet, keep away from a work."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select, update

from contest_portal.contests.rules import Criterion
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, NotFound, Stale, TooLate
from contest_portal.core.i18n import minute
from contest_portal.core.text import N_, Message
from contest_portal.judging.marks import check_marks, draft_of, total_of
from contest_portal.judging.models import Assignment, ConflictOfInterest, Judge, Round, RoundCategory, ScoreSheet
from contest_portal.judging.rubrics import rubric_of
from contest_portal.judging.services.reassigning import hand_over, locked_task
from contest_portal.judging.services.relations import checked_why
from contest_portal.judging.states import phase, task_may
from contest_portal.people.services.checked import checking

MOST_COMMENT = 1000
STALE = N_("您在另一个窗口或设备上修改过这份评分。请核对下面的分数，确认后再提交。")
STALE_DRAFT = N_("您在另一个窗口或设备上修改过这份评分，本页已停止自动保存。")


def save_draft(actor: Actor, task_id: int, seen_version: int, marks: Mapping[str, object], comment: str) -> int:
    """Keep what the judge has typed so far, right or not yet. Gives the task's new version.

    Not an act that the trail needs: nothing counts before it is submitted. Raises NotFound, Stale, TooLate, Conflict.
    """
    with unit_of_work(actor, "judging.save_draft") as work:
        _row, task, rubric = _writable(work, actor, task_id)
        if task.version != seen_version:
            raise Stale(STALE_DRAFT)
        version = task.version + 1
        # Written by a statement, not as an object, since there is nothing for the trail.
        work.session.execute(
            update(Assignment)
            .where(Assignment.id == task.id)
            .values(
                draft_marks=draft_of(marks, rubric),
                draft_comment=comment.strip()[:MOST_COMMENT],
                draft_saved_at=now(),
                version=version,
            )
        )
    return version


def submit_sheet(
    actor: Actor, task_id: int, seen_version: int, marks: Mapping[str, object], comment: str = ""
) -> ScoreSheet:
    """Submit the marks of every criterion, or correct them: each time a new version, the last one counts.

    The same marks again change nothing. Raises NotFound for another judge's task, Invalid naming each criterion, Stale
    when the task was changed on another device, TooLate after the window, Conflict when the round is not open.
    """
    with checking("judging.comment") as check:
        comment = check.text(comment, "comment", MOST_COMMENT, label=N_("评语"))
    with unit_of_work(actor, "judging.submit_sheet") as work:
        row, task, rubric = _writable(work, actor, task_id)
        clean, problems = check_marks(marks, rubric)
        if problems:
            raise Invalid(
                "judging.marks",
                problems[0][1],
                problems=[FieldProblem(mark_field(code), message) for code, message in problems],
            )
        current = work.session.scalar(
            select(ScoreSheet).where(ScoreSheet.assignment_id == task.id, ScoreSheet.is_current)
        )
        if current is not None and task.state == "submitted" and (current.marks, current.comment) == (clean, comment):
            return current
        if task.version != seen_version and task.draft_marks != draft_of(marks, rubric):
            raise Stale(STALE)
        if not task_may("submit" if task.state == "todo" else "correct", task.state, row.state):
            raise Conflict("judging.task_state", N_("这项评审任务已经改变，请回到任务列表查看。"))
        sheet = ScoreSheet(
            assignment_id=task.id,
            version=1,
            is_current=True,
            marks=clean,
            total=total_of(clean, rubric),
            comment=comment,
            submitted_by=actor.account_id,
            submitted_at=now(),
        )
        before = {}
        if current is not None:
            before = {"version": current.version, "total": current.total}
            current.is_current, sheet.version = False, current.version + 1
            work.session.flush()
        work.session.add(sheet)
        task.state, task.draft_marks, task.draft_comment = "submitted", draft_of(clean, rubric), comment
        task.version += 1
        work.record(sheet, before=before, after={"task": task.id, "version": sheet.version, "total": sheet.total})
    return sheet


def declare_conflict(actor: Actor, task_id: int, why: str) -> Judge | None:
    """The judge must not read this work: the task goes to another judge at once. Gives who, None when nobody is left
    (the office is told). A sheet that was submitted counts no longer. Raises NotFound, Invalid, TooLate, Conflict."""
    why = checked_why(why)
    with unit_of_work(actor, "judging.declare_conflict") as work:
        row, task = locked_task(task_id)
        _check_own(actor, task)
        _check_window(row)
        if not task_may("declare", task.state, row.state):
            raise Conflict("judging.task_state", N_("这项评审任务已经改变，请回到任务列表查看。"))
        work.session.add(
            ConflictOfInterest(
                judge_id=task.judge_id,
                kind="declared",
                entry_id=task.entry_id,
                why=why,
                recorded_by=actor.account_id,
                recorded_at=now(),
            )
        )
        return hand_over(work, row, task, Message(why))


def mark_field(code: str) -> str:
    """The name of a criterion's input on the page."""
    return f"mark_{code}"


def _writable(work: Work, actor: Actor, task_id: int) -> tuple[Round, Assignment, tuple[Criterion, ...]]:
    """The task, locked, with its round (which may not be closed meanwhile) and rubric."""
    head = work.session.execute(
        select(Assignment.round_id, Assignment.entry_id).where(Assignment.id == task_id)
    ).one_or_none()
    if head is None:
        raise NotFound
    row = work.session.scalars(select(Round).where(Round.id == head.round_id).with_for_update(read=True)).one()
    task = locked(Assignment, task_id)
    _check_own(actor, task)
    _check_window(row)
    document = work.session.scalar(
        select(RoundCategory.rubric).where(
            RoundCategory.round_id == row.id, RoundCategory.category_id == task.entry.category_id
        )
    )
    return row, task, rubric_of(document or [])


def _check_own(actor: Actor, task: Assignment) -> None:
    if actor.is_console:
        return
    judge = db.session.get_one(Judge, task.judge_id)
    if judge.account_id is None or judge.account_id != actor.account_id or task.state not in {"todo", "submitted"}:
        raise NotFound


def _check_window(row: Round) -> None:
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
