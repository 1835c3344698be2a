"""When a judge has time and how much: noted by the office or by the judge, and what follows for rounds that run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import local
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import NotFound
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.judging.availability import time_within
from contest_portal.judging.judge_table import MOST_TASKS
from contest_portal.judging.models import Assignment, Judge, Round, RoundJudge
from contest_portal.judging.queries.judges import judge_of_account
from contest_portal.people.queries.recipients import staff_of
from contest_portal.people.services.checked import Problems, checking


@dataclass(frozen=True)
class JudgeTime:
    """The most tasks in one round and the days with time, both included; None where nothing is said."""

    most_tasks: int | None = None
    available_from: date | None = None
    available_until: date | None = None

    @classmethod
    def of(cls, judge: Judge) -> JudgeTime:
        """As the judge's record has it."""
        return cls(judge.most_tasks, judge.available_from, judge.available_until)

    def public(self) -> dict[str, object]:
        """For the audit."""
        return {
            "most_tasks": self.most_tasks,
            "available_from": self.available_from.isoformat() if self.available_from else None,
            "available_until": self.available_until.isoformat() if self.available_until else None,
        }


def checked_time(check: Problems, time: JudgeTime) -> JudgeTime:
    """The same; what is wrong is added to `check`."""
    if time.most_tasks is not None and not 1 <= time.most_tasks <= MOST_TASKS:
        message = Message.of(N_("任务上限应为 1–%(most)s 的整数，或留空（不限）。"), most=MOST_TASKS)
        check.add("most_tasks", message)
    if time.available_from and time.available_until and time.available_until < time.available_from:
        check.add("available_until", N_("截止日期早于起始日期，请更正。"))
    return time


def change_own_time(actor: Actor, time: JudgeTime) -> Judge:
    """A judge says when there is time and for how many works. Rounds that run keep their tasks; their office is told.

    Raises Invalid, NotFound for who is no judge.
    """
    with checking("judging.own_time") as check:
        checked_time(check, time)
    with unit_of_work(actor, "judging.own_time") as work:
        known = judge_of_account(actor.account_id, actor.office_id)
        if known is None:
            raise NotFound
        judge = locked(Judge, known.id)
        before = JudgeTime.of(judge)
        judge.most_tasks = time.most_tasks
        judge.available_from, judge.available_until = time.available_from, time.available_until
        work.record(judge, before=before.public(), after=time.public())
        if time != before:
            _tell_office(work, judge)
    return judge


def _tell_office(work: Work, judge: Judge) -> None:
    """The staff learn it where the judge has a place in a round that is not over: what does not fit any more is said."""
    rounds = work.session.scalars(
        select(Round)
        .join(RoundJudge, RoundJudge.round_id == Round.id)
        .where(RoundJudge.judge_id == judge.id, RoundJudge.left_at.is_(None), Round.state.in_(["planned", "open"]))
        .order_by(Round.id)
    ).all()
    if not rounds:
        return
    first, last = min(local(one.opens_at).date() for one in rounds), max(local(one.closes_at).date() for one in rounds)
    todo = work.session.scalars(
        select(Assignment.id).where(Assignment.judge_id == judge.id, Assignment.state == "todo")
    ).all()
    title = Message.of(N_("评委%(judge)s修改了可评审时间或任务上限"), judge=judge.name)
    if time_within(judge.available_from, judge.available_until, first, last) == "all":
        body = Message.of(N_("在已安排的评审期间都有时间。现有 %(count)s 件待评作品不变。"), count=len(todo))
    else:
        body = Message.of(
            N_("与已安排的评审期间不完全相符。现有 %(count)s 件待评作品，需要时请「调整任务」。"), count=len(todo)
        )
    notify(work, staff_of(judge.office_id), title, body, url=f"/office/judges/{judge.id}")
