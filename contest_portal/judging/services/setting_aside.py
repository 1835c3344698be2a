"""The office sets a submitted sheet aside whose judge must keep away from the work after all, or counts it again.

The sheet stays on record with all its versions; while it is set aside it counts nowhere.
"""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.kept_messages import keep
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.judging.links import own_round
from contest_portal.judging.models import Assignment, Judge, Round
from contest_portal.judging.queries.requests import excluded_entries
from contest_portal.judging.queries.setting_aside import conflict_of_task, settings_aside_of
from contest_portal.judging.queries.unfinished import waiting_papers
from contest_portal.judging.services.conflict_guard import refuse_conflicts
from contest_portal.judging.services.own_tasks import current_sheet_of
from contest_portal.judging.services.plan_changes import given_by_hand
from contest_portal.judging.services.reassigning import hand_over, locked_task
from contest_portal.judging.services.relations import checked_why
from contest_portal.judging.sheet_models import SetAside
from contest_portal.judging.states import task_may


def set_sheet_aside(actor: Actor, task_id: int, why: str, *, give_on: bool) -> SetAside:
    """A submitted sheet counts no longer, since its judge must keep away from the work; `give_on`: another judge reads it
    instead, where there is one and the round is open. The judge is told.

    Raises NotFound, Invalid without a reason, Conflict when the round is ranked, nothing is submitted, or the judge
    need not keep away.
    """
    why = checked_why(why)
    with unit_of_work(actor, "judging.set_aside") as work:
        row, task = locked_task(task_id)
        sheet = current_sheet_of(work, task)
        if not task_may("set_aside", task.state, row.state) or sheet is None:
            words = N_("只有尚未排名的轮次里已经提交的评分可以改为不计入；排名固定以后，请在推荐名单中由评委会决定。")
            raise Conflict("judging.not_set_aside", words)
        reason = conflict_of_task(task)
        if reason is None:
            words = N_("这名评委无须回避这件作品，或已获准评阅，评分不能改为不计入。分数有误的，可以退回修改。")
            raise Conflict("judging.no_conflict", words)
        taker: Judge | None = None
        if give_on and row.state == "open":
            taker = hand_over(work, row, [task], [reason])[task.id]
        else:
            task.state = "conflict"
            task.version += 1
        task.asks_to_reopen = ""
        done = SetAside(
            assignment_id=task.id,
            sheet_version=sheet.version,
            conflict=keep(reason),
            why=why,
            given_to=taker.id if taker else None,
            set_by=actor.account_id,
            set_at=now(),
        )
        work.session.add(done)
        after = {"task": task.id, "sheet_version": sheet.version, "total": sheet.total, "given_to": done.given_to}
        work.record(done, before={"state": "submitted"}, after=after, why=why)
        _tell(work, task, N_("您对 %(number)s 的评分因应当回避，不再计入"), why)
    return done


def count_again(actor: Actor, task_id: int, why: str) -> bool:
    """The sheet counts again, for instance when the relation was entered by mistake and has been ended. A task that went
    to another judge is off again if nothing was written there; gives whether the other judge's stays.

    Raises NotFound, Invalid without a reason, Conflict when the round is ranked, nothing is set aside, the judge must
    still keep away, or the work is out.
    """
    why = checked_why(why)
    with unit_of_work(actor, "judging.count_again") as work:
        row, task = locked_task(task_id)
        kept = next((one for one in settings_aside_of(task.id) if one.undone_at is None), None)
        if kept is None or not task_may("count_again", task.state, row.state):
            raise Conflict("judging.nothing_set_aside", N_("这份评分没有改为不计入，或本轮已经排名。"))
        if task.entry.state != "accepted" or task.entry_id in excluded_entries(row.id):
            raise Conflict("judging.entry_out", N_("这件作品已经撤回或取消了评审资格，评分不能重新计入。"))
        refuse_conflicts(row, [(task.judge_id, task.entry_id)])
        kept.undone_why, kept.undone_by, kept.undone_at = why, actor.account_id, now()
        task.state = "submitted"
        task.version += 1
        stays = kept.given_to is not None and not _take_back(work, row, task, kept.given_to, why)
        work.record(kept, before={"state": "conflict"}, after={"state": "submitted", "other_stays": stays}, why=why)
        _tell(work, task, N_("您对 %(number)s 的评分重新计入"), why)
    return stays


def _take_back(work: Work, row: Round, task: Assignment, taker_id: int, why: str) -> bool:
    """Whether the other judge had written nothing, so that the task there is off."""
    other = work.session.scalar(
        select(Assignment).where(
            Assignment.round_id == row.id, Assignment.judge_id == taker_id, Assignment.entry_id == task.entry_id
        )
    )
    if other is None or other.state != "todo":
        return other is None or other.state != "submitted"
    if other.draft_saved_at is not None or other.id in waiting_papers(row.id):
        return False
    other.state = "void"
    other.version += 1
    work.session.add(given_by_hand(row, task.entry_id, taker_id, task.judge_id, work.actor, why))
    work.record(other, action="judging.void_task", before={"state": "todo"}, after={"state": "void"}, why=why)
    _tell(work, other, N_("%(number)s 不必再评，任务已取消"), why)
    return True


def _tell(work: Work, task: Assignment, title: str, why: str) -> None:
    account_id = work.session.scalar(select(Judge.account_id).where(Judge.id == task.judge_id))
    if account_id is not None:
        said = Message.of(title, number=task.entry.number or "")
        notify(work, [account_id], said, Message.of(N_("理由：%(why)s"), why=why), url=own_round(task.round_id))
