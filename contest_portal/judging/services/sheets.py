"""A judge's verbs: keep a draft, submit a sheet, submit all that are ready, keep away from a work.

A submitted sheet stays as it is; only after the office has reopened it (services/reopening.py) does the judge submit a
new version, and until then the old one counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, FieldProblem, Invalid, Stale
from contest_portal.core.text import N_, Message
from contest_portal.judging.marks import Mark, check_marks, draft_of, total_of
from contest_portal.judging.models import Assignment, ConflictOfInterest, Judge, ScoreSheet
from contest_portal.judging.save_stamps import UNKNOWN, Stamp, kept_stamp
from contest_portal.judging.services.conflict_guard import hold_rounds_of
from contest_portal.judging.services.own_tasks import (
    OwnTask,
    check_window,
    current_sheet_of,
    own_task,
    own_task_or_gone,
    reopening_of,
)
from contest_portal.judging.services.reassigning import hand_over, locked_task, move_conflicting_tasks
from contest_portal.judging.services.relations import checked_why
from contest_portal.judging.states import task_may
from contest_portal.people.services.checked import checking

MOST_COMMENT = 1000
STALE = N_("您在另一个窗口或设备上修改过这份评分。请核对下面的分数和评语，确认后再提交。")
STALE_DRAFT = N_("您在另一个窗口或设备上修改过这份评分，请选择保留哪一处的分数。")
SUBMITTED = N_("这份评分已经提交，不能再改。需要更正的，请打开这件作品，点「申请修改」。")
GONE = N_("%(number)s 已经不由您评阅（已撤回、改派或取消），草稿没有提交。")


@dataclass(frozen=True)
class TypedSheet:
    """What a judge typed: marks by criterion, words for the entrant and words for the panel."""

    marks: Mapping[str, object]
    comment: str = ""
    panel_comment: str = ""


def save_draft(
    actor: Actor,
    task_id: int,
    seen_version: int,
    marks: Mapping[str, object],
    comment: str,
    panel_comment: str = "",
    *,
    stamp: Stamp = UNKNOWN,
) -> int:
    """Keep what the judge has typed so far, right or not yet. Gives the task's new version.

    The same save sent twice is kept once (`stamp`). Not an act that the trail needs: nothing counts before it is
    submitted. Raises NotFound, Stale when another device saved something else, TooLate, Conflict.
    """
    typed = TypedSheet(marks, comment.strip()[:MOST_COMMENT], panel_comment.strip()[:MOST_COMMENT])
    with unit_of_work(actor, "judging.save_draft") as work:
        own = own_task(work, actor, task_id)
        task, kept = own.task, kept_stamp(own.task.draft_stamp)
        draft = draft_of(marks, own.rubric)
        is_kept = (task.draft_marks, task.draft_comment, task.draft_panel_comment) == (
            draft, typed.comment, typed.panel_comment,
        )  # fmt: skip
        if is_kept or stamp.has_come(kept):
            return task.version
        check_window(own.round)
        if task.state == "submitted" and reopening_of(work, current_sheet_of(work, task)) is None:
            raise Conflict("judging.submitted", SUBMITTED)
        if task.version != seen_version and not stamp.is_same_page(kept):
            raise Stale(STALE_DRAFT)
        # Written by a statement, not as an object, since there is nothing for the trail.
        version = task.version + 1
        work.session.execute(
            update(Assignment)
            .where(Assignment.id == task.id)
            .values(
                draft_marks=draft,
                draft_comment=typed.comment,
                draft_panel_comment=typed.panel_comment,
                draft_saved_at=now(),
                draft_stamp=stamp.as_text() or task.draft_stamp,
                version=version,
                **_time_spent(task, stamp),
            )
        )
    return version


def submit_sheet(
    actor: Actor,
    task_id: int,
    seen_version: int,
    marks: Mapping[str, object],
    comment: str = "",
    panel_comment: str = "",
    *,
    stamp: Stamp = UNKNOWN,
) -> ScoreSheet:
    """Submit the marks of every criterion; after a reopening a new version, the last one counts.

    Sent again by the same page, or with the same marks, it changes nothing, even when the round has closed meanwhile; a
    sheet that was given back is a new version even so: the judge stands by it. Raises NotFound for another judge's task,
    Invalid naming each criterion, Stale when the task was changed on another device, TooLate after the window, Conflict
    when the round is not open or the sheet is submitted already.
    """
    typed = _checked(TypedSheet(marks, comment, panel_comment))
    with unit_of_work(actor, "judging.submit_sheet") as work:
        own = own_task(work, actor, task_id)
        return _submit(work, own, seen_version, typed, stamp)


@dataclass(frozen=True)
class SubmittedAll:
    """What became of sheets submitted together: how many were, and why others were not, by task."""

    done: int
    refused: Mapping[int, Message]


def submit_ready(actor: Actor, seen: Sequence[tuple[int, int]]) -> SubmittedAll:
    """Submit the drafts of these tasks (task, version as the page showed it), those that are complete.

    One that changed meanwhile, is incomplete or gone stays as it is, and the reason is told. Raises NotFound for another
    judge's task, TooLate, Conflict when the round does not take sheets.
    """
    done, refused = 0, {}
    with unit_of_work(actor, "judging.submit_ready") as work:
        for task_id, version in sorted(seen):
            own = own_task_or_gone(work, actor, task_id)
            check_window(own.round)
            if own.task.state == "submitted":
                continue  # by another page meanwhile: what was wanted is so
            if own.task.state != "todo":
                refused[task_id] = Message.of(GONE, number=own.task.entry.number or "")
                continue
            typed = TypedSheet(own.task.draft_marks, own.task.draft_comment, own.task.draft_panel_comment)
            try:
                if own.task.version != version:
                    raise Stale(N_("草稿在您打开列表以后又有改动，请核对后再提交。"))
                _submit(work, own, version, typed, UNKNOWN)
            except DomainError as error:
                refused[task_id] = error.message
            else:
                done += 1
    return SubmittedAll(done, refused)


def declare_conflict(actor: Actor, task_id: int, why: str) -> Judge | None:
    """The judge must not read this work: the task goes to another judge at once. Gives who, None when nobody is left
    (the office is told). A sheet that was submitted counts no longer; what the judge has of the work in other rounds goes
    the way of any relation. Raises NotFound, Invalid, TooLate, Conflict."""
    why = checked_why(why)
    with unit_of_work(actor, "judging.declare_conflict") as work:
        # The judge's other rounds as well: one that opens now must see what is declared.
        hold_rounds_of(work.session.scalars(select(Assignment.judge_id).where(Assignment.id == task_id)).all())
        row, task = locked_task(task_id)
        own_task(work, actor, task_id)
        check_window(row)
        if not task_may("declare", task.state, row.state):
            raise Conflict("judging.task_state", N_("这项评审任务已经改变，请回到任务列表查看。"))
        work.session.add(
            ConflictOfInterest(
                judge_id=task.judge_id,
                kind="declared",
                source="judge",
                entry_id=task.entry_id,
                why=why,
                recorded_by=actor.account_id,
                recorded_at=now(),
            )
        )
        taker = hand_over(work, row, [task], [Message(why)])[task.id]
        move_conflicting_tasks(work, task.judge, task.entry_id)
        return taker


def mark_field(code: str) -> str:
    """The name of a criterion's input on the page."""
    return f"mark_{code}"


def refuse_marks(problems: Sequence[tuple[str, Message]]) -> None:
    """Raises Invalid naming each criterion of which `check_marks` says something."""
    if problems:
        fields = [FieldProblem(mark_field(code), message) for code, message in problems]
        raise Invalid("judging.marks", problems[0][1], problems=fields)


def write_sheet(
    work: Work,
    own: OwnTask,
    marks: Mapping[str, Mark],
    typed: TypedSheet,
    *,
    source: str = "online",
    client_key: str | None = None,
) -> ScoreSheet:
    """From now on these marks, checked by the caller, count for the task; what counted before stays as a version."""
    current = current_sheet_of(work, own.task)
    if current is not None:
        current.is_current = False
        work.session.flush()
    sheet = next_sheet(work, own, current, marks, typed, source=source, client_key=client_key)
    work.session.add(sheet)
    record_sheet(work, sheet, current)
    return sheet


def next_sheet(
    work: Work,
    own: OwnTask,
    current: ScoreSheet | None,
    marks: Mapping[str, Mark],
    typed: TypedSheet,
    *,
    source: str,
    client_key: str | None = None,
) -> ScoreSheet:
    """The version after `current`, not written yet; the task is submitted with it."""
    task = own.task
    sheet = ScoreSheet(
        assignment_id=task.id,
        version=1 if current is None else current.version + 1,
        is_current=True,
        marks=dict(marks),
        total=total_of(marks, own.rubric),
        comment=typed.comment,
        panel_comment=typed.panel_comment,
        source=source,
        client_key=client_key,
        seconds_spent=task.seconds_spent,
        submitted_by=work.actor.account_id,
        submitted_at=now(),
    )
    task.state, task.draft_marks = "submitted", draft_of(marks, own.rubric)
    task.draft_comment, task.draft_panel_comment = typed.comment, typed.panel_comment
    task.asks_to_reopen = ""
    task.version += 1
    return sheet


def record_sheet(work: Work, sheet: ScoreSheet, before: ScoreSheet | None) -> None:
    """Note that from now on the sheet counts, instead of `before`."""
    after = {"task": sheet.assignment_id, "version": sheet.version, "total": sheet.total, "source": sheet.source}
    earlier = {} if before is None else {"version": before.version, "total": before.total}
    work.record(sheet, action="judging.submit_sheet", before=earlier, after=after)


def _submit(work: Work, own: OwnTask, seen_version: int, typed: TypedSheet, stamp: Stamp) -> ScoreSheet:
    task, kept = own.task, kept_stamp(own.task.draft_stamp)
    clean, problems = check_marks(typed.marks, own.rubric)
    current = current_sheet_of(work, task)
    if not problems and (sheet := _already_in(work, own.task, current, clean, typed, stamp)):
        return sheet
    check_window(own.round)
    if task.state == "submitted" and reopening_of(work, current) is None:
        raise Conflict("judging.submitted", SUBMITTED)
    refuse_marks(problems)
    is_newer = task.version != seen_version and not stamp.is_same_page(kept)
    sent = (draft_of(typed.marks, own.rubric), typed.comment, typed.panel_comment)
    if is_newer and (task.draft_marks, task.draft_comment, task.draft_panel_comment) != sent:
        raise Stale(STALE)
    if not task_may("submit" if task.state == "todo" else "correct", task.state, own.round.state):
        raise Conflict("judging.task_state", N_("这项评审任务已经改变，请回到任务列表查看。"))
    for name, value in _time_spent(task, stamp).items():
        setattr(task, name, value)
    if stamp.device:
        task.draft_stamp = stamp.as_text()
    return write_sheet(work, own, clean, typed, client_key=_free_key(work, task, stamp))


def _already_in(
    work: Work,
    task: Assignment,
    current: ScoreSheet | None,
    clean: Mapping[str, Mark],
    typed: TypedSheet,
    stamp: Stamp,
) -> ScoreSheet | None:
    """The sheet that this act made before and that counts: the same page's, or one that says exactly the same, unless
    the office has given it back since. A task given anew has none."""
    if task.state != "submitted":
        return None
    wanted = (dict(clean), typed.comment, typed.panel_comment)
    if stamp.device:
        sent = _sheet_of_page(work, task, stamp)
        if sent is not None and (sent.marks, sent.comment, sent.panel_comment) == wanted:
            return sent
    if current is None or reopening_of(work, current) is not None:
        return None
    return current if (current.marks, current.comment, current.panel_comment) == wanted else None


def _sheet_of_page(work: Work, task: Assignment, stamp: Stamp) -> ScoreSheet | None:
    return work.session.scalar(
        select(ScoreSheet).where(ScoreSheet.assignment_id == task.id, ScoreSheet.client_key == stamp.device)
    )


def _free_key(work: Work, task: Assignment, stamp: Stamp) -> str | None:
    """The page's name for the new sheet; none where the page, gone back to, has made an earlier version already."""
    if not stamp.device or _sheet_of_page(work, task, stamp) is not None:
        return None
    return stamp.device


def _checked(typed: TypedSheet) -> TypedSheet:
    with checking("judging.comment") as check:
        comment = check.text(typed.comment, "comment", MOST_COMMENT, label=N_("给作者的评语"))
        panel_comment = check.text(typed.panel_comment, "panel_comment", MOST_COMMENT, label=N_("给评审组的意见"))
    return replace(typed, comment=comment, panel_comment=panel_comment)


def _time_spent(task: Assignment, stamp: Stamp) -> dict[str, datetime | int]:
    """When the judge first had the work in view, and the seconds since, no more of them than have passed."""
    moment = now()
    added = stamp.seconds_since(kept_stamp(task.draft_stamp))
    first = task.first_opened_at or moment - timedelta(seconds=added)
    passed = int((moment - first).total_seconds())
    return {"first_opened_at": first, "seconds_spent": min(task.seconds_spent + added, max(passed, task.seconds_spent))}
