"""A submitted sheet is given back to its judge: the judge asks, the office decides, each with a reason.

The sheet goes on counting until the judge submits a new version; a leave that nobody used changes nothing.
"""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.judging.links import requests_of_round, task_page
from contest_portal.judging.models import Assignment, Judge, Round, ScoreSheet
from contest_portal.judging.services.own_tasks import current_sheet_of, own_task, reopening_of
from contest_portal.judging.services.reassigning import locked_task
from contest_portal.judging.services.relations import checked_why
from contest_portal.judging.sheet_models import Reopening
from contest_portal.people.queries.recipients import staff_of


def ask_to_reopen(actor: Actor, task_id: int, why: str) -> Assignment:
    """The judge asks the office for leave to change a submitted sheet.

    Raises NotFound, Invalid without a reason, Conflict when nothing is submitted, the round is over, or leave is given.
    """
    why = checked_why(why)
    with unit_of_work(actor, "judging.ask_to_reopen") as work:
        own = own_task(work, actor, task_id)
        _require_sheet(work, own.round, own.task)
        before, own.task.asks_to_reopen = own.task.asks_to_reopen, why
        own.task.version += 1
        work.record(own.task, after={"asks_to_reopen": True}, why=why)
        if not before:
            number = own.task.entry.number or ""
            title = Message.of(N_("评委申请修改 %(number)s 的评分，请处理"), number=number)
            body = Message.of(N_("申请理由：%(why)s"), why=why)
            staff = staff_of(own.round.contest.office_id)
            notify(work, staff, title, body, url=requests_of_round(own.round.id))
    return own.task


def reopen_sheet(actor: Actor, task_id: int, why: str) -> Reopening:
    """The office lets the judge submit a new version of a sheet. What was submitted counts until then.

    Raises NotFound, Invalid without a reason, Conflict when nothing is submitted, the round is over, or leave is given.
    """
    why = checked_why(why)
    with unit_of_work(actor, "judging.reopen_sheet") as work:
        row, task = locked_task(task_id)
        sheet = _require_sheet(work, row, task)
        leave = Reopening(
            assignment_id=task.id,
            sheet_version=sheet.version,
            why=why,
            reopened_by=actor.account_id,
            reopened_at=now(),
        )
        work.session.add(leave)
        task.asks_to_reopen = ""
        task.version += 1
        work.record(leave, after={"task": task.id, "sheet_version": sheet.version, "total": sheet.total}, why=why)
        _tell_judge(work, task, N_("%(number)s 的评分已退回给您修改"), why)
    return leave


def decline_reopening(actor: Actor, task_id: int, why: str) -> Assignment:
    """The office leaves the sheet as it is. Raises NotFound, Invalid without a reason, Conflict when nobody asks."""
    why = checked_why(why)
    with unit_of_work(actor, "judging.decline_reopening") as work:
        _row, task = locked_task(task_id)
        if not task.asks_to_reopen:
            raise Conflict("judging.nothing_asked", N_("这项申请已经处理过了。"))
        task.asks_to_reopen = ""
        task.version += 1
        work.record(task, before={"asks_to_reopen": True}, after={"asks_to_reopen": False}, why=why)
        _tell_judge(work, task, N_("您修改 %(number)s 评分的申请没有获准"), why)
    return task


def _require_sheet(work: Work, row: Round, task: Assignment) -> ScoreSheet:
    """The sheet that is to be replaced."""
    if row.state != "open":
        raise Conflict("judging.round_closed", N_("本轮评审已经截止，评分不能再更改。"))
    sheet = current_sheet_of(work, task)
    if task.state != "submitted" or sheet is None:
        raise Conflict("judging.not_submitted", N_("这件作品还没有提交评分，可以直接修改。"))
    if reopening_of(work, sheet) is not None:
        raise Conflict("judging.reopened", N_("这份评分已经退回修改，等待评委重新提交。"))
    return sheet


def _tell_judge(work: Work, task: Assignment, title: str, why: str) -> None:
    account_id = work.session.scalar(select(Judge.account_id).where(Judge.id == task.judge_id))
    if account_id is not None:
        said = Message.of(title, number=task.entry.number or "")
        notify(work, [account_id], said, Message.of(N_("理由：%(why)s"), why=why), url=task_page(task.id))
