"""Verbs on a round while it runs: another end, reminders, closing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify, settle
from contest_portal.core.text import N_, Message
from contest_portal.judging.links import own_round
from contest_portal.judging.models import Assignment, Judge, Round
from contest_portal.judging.queries.requests import requests_of_round
from contest_portal.judging.queries.unfinished import Unfinished, unfinished_of_round
from contest_portal.judging.services.states_of_rounds import require_state, seen_round


def move_deadline(actor: Actor, round_id: int, closes_at: datetime | None, seen_version: int) -> Round:
    """Move the end of a running round; judges with tasks are told. Raises Invalid, Stale, Conflict."""
    with unit_of_work(actor, "judging.move_deadline") as work:
        row = seen_round(round_id, seen_version)
        require_state("close", row)
        if closes_at is None or closes_at <= max(now(), row.opens_at):
            raise Invalid("judging.deadline", N_("新的截止时间应晚于现在。"), field="closes_at")
        before, row.closes_at = row.closes_at, closes_at
        row.version += 1
        work.record(row, before={"closes_at": before.isoformat()}, after={"closes_at": closes_at.isoformat()})
        title = Message.of(N_("「%(round)s」评审截止时间改为 %(at)s"), round=row.name, at=minute(closes_at))
        notify(work, _waited_for(work, row), title, url=own_round(row.id))
    return row


def remind_judges(actor: Actor, round_id: int, judge_ids: Sequence[int] = ()) -> int:
    """Tell judges with unfinished tasks how many are left; all of them when none is named. Gives how many were told.

    Raises Conflict when the round is not open.
    """
    with unit_of_work(actor, "judging.remind") as work:
        row = locked(Round, round_id)
        require_state("close", row)
        statement = (
            select(Judge.account_id, func.count(Assignment.id))
            .join(Assignment, Assignment.judge_id == Judge.id)
            .where(Assignment.round_id == row.id, Assignment.state == "todo", Judge.account_id.is_not(None))
            .group_by(Judge.account_id)
        )
        if judge_ids:
            statement = statement.where(Judge.id.in_(list(judge_ids)))
        told = 0
        for account_id, count in work.session.execute(statement).all():
            title = Message.of(N_("提醒：「%(round)s」还有 %(count)s 件作品待您评审"), round=row.name, count=count)
            body = Message.of(N_("请在 %(at)s 前完成。"), at=minute(row.closes_at))
            notify(work, [account_id or 0], title, body, url=own_round(row.id))
            told += 1
        work.record(row, after={"told": told})
    return told


def close_round(actor: Actor, round_id: int, seen_version: int, *, void_unfinished: bool = False) -> Round:
    """End the round; marks can no longer change. Unfinished tasks must be voided knowingly.

    Raises Stale; Conflict `judging.unfinished` with their number, and of how many the marks are there already (typed
    from paper and not checked, complete drafts), unless `void_unfinished`; Conflict `judging.asked_to_reopen` while a
    judge waits for an answer, who could never get one afterwards.
    """
    with unit_of_work(actor, "judging.close_round") as work:
        row = seen_round(round_id, seen_version)
        require_state("close", row)
        left = unfinished_of_round(row.id)
        if left.tasks and not void_unfinished:
            raise Conflict("judging.unfinished", _told(left), field="void_unfinished")
        if asked := requests_of_round(row).asked:
            words = N_(
                "还有 %(count)s 份评分，评委申请修改，尚未答复：%(judges)s。请先在「待处理」中退回修改或不同意修改，再截止。"
            )
            judges = "、".join(dict.fromkeys(task.judge.name for task in asked))
            raise Conflict("judging.asked_to_reopen", Message.of(words, count=len(asked), judges=judges))
        work.session.execute(
            update(Assignment)
            .where(Assignment.round_id == row.id, Assignment.state == "todo")
            .values(state="void", version=Assignment.version + 1)
        )
        row.state, row.closed_at = "closed", now()
        settle(work, own_round(row.id))
        row.version += 1
        work.record(
            row, before={"state": "open"}, after={"state": "closed", "voided": left.tasks, "papers": left.papers}
        )
    return row


def _told(left: Unfinished) -> Message:
    if left.papers or left.drafts:
        words = N_(
            "还有 %(count)s 项评审任务没有完成，其中 %(papers)s 份纸质评分表已录入、没有核对，%(drafts)s 份草稿已评完、"
            "没有提交。要现在截止，请勾选「取消未完成的任务」，这些评分就不计入。"
        )
        return Message.of(words, count=left.tasks, papers=left.papers, drafts=left.drafts)
    words = N_("还有 %(count)s 项评审任务没有完成。要现在截止，请勾选「取消未完成的任务」。")
    return Message.of(words, count=left.tasks)


def _waited_for(work: Work, row: Round) -> list[int]:
    """The accounts of judges with unfinished tasks in the round."""
    ids = work.session.scalars(
        select(Judge.account_id)
        .join(Assignment, Assignment.judge_id == Judge.id)
        .where(Assignment.round_id == row.id, Assignment.state == "todo", Judge.account_id.is_not(None))
    )
    return [one for one in ids if one is not None]
