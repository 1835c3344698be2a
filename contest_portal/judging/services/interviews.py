"""Verbs on interviews: sessions, the lot, telling the teachers."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, NotFound
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.services.submission import entry_address
from contest_portal.judging.interview_models import InterviewSession, InterviewSlot
from contest_portal.judging.interviews import VERSION, Impossible, Order, draw
from contest_portal.judging.links import own_round
from contest_portal.judging.models import Assignment, Round
from contest_portal.judging.queries.absences import absences
from contest_portal.judging.queries.interviews import judges_by_entry, schedule_of, to_draw
from contest_portal.judging.queries.interviews_elsewhere import elsewhere
from contest_portal.judging.services.states_of_rounds import seen_round
from contest_portal.people.services.checked import checking

MOST_MINUTES = 240
LONGEST = timedelta(hours=16)
MOST_SEED = 2**31 - 1


@dataclass(frozen=True)
class SessionData:
    """A session as the office wants it."""

    place: str
    starts_at: datetime | None
    ends_at: datetime | None
    minutes_each: int
    panel_id: int | None = None


def add_session(actor: Actor, round_id: int, data: SessionData) -> InterviewSession:
    """A stretch of time in one place, also once the order is told: works may be moved there. Raises Invalid, Conflict
    once the round is closed."""
    with unit_of_work(actor, "judging.add_session") as work:
        row = locked(Round, round_id)
        require_changeable(row)
        clean = checked_session(row, data)
        assert clean.starts_at is not None
        assert clean.ends_at is not None
        session = InterviewSession(
            round_id=row.id,
            panel_id=clean.panel_id,
            place=clean.place,
            starts_at=clean.starts_at,
            ends_at=clean.ends_at,
            minutes_each=clean.minutes_each,
        )
        work.session.add(session)
        row.version += 1
        work.record(session, after={"round": row.id, "place": clean.place, "starts_at": clean.starts_at.isoformat()})
    return session


def drop_session(actor: Actor, round_id: int, session_id: int) -> None:
    """Take a session away; its works wait for another lot. Raises NotFound, Conflict once its order is told."""
    with unit_of_work(actor, "judging.drop_session") as work:
        row = locked(Round, round_id)
        require_changeable(row)
        own = work.session.scalars(select(InterviewSession).where(InterviewSession.round_id == row.id))
        session = next((one for one in own if one.id == session_id), None)
        if session is None:
            raise NotFound
        if session.slots:
            _require_arrangeable(row)
        work.session.delete(session)
        row.version += 1
        work.record(("interview_session", session_id), before={"round": row.id, "place": session.place})


def draw_order(actor: Actor, round_id: int, seen_version: int, *, seed: int | None = None, why: str = "") -> Order:
    """Who comes when, by lot; a lot that stands is drawn anew only with a reason. Raises Invalid saying what collides,
    Stale, Conflict before the round is open or once the order is told."""
    with unit_of_work(actor, "judging.draw_interviews") as work:
        row = seen_round(round_id, seen_version)
        _require_arrangeable(row)
        if row.state != "open":
            raise Conflict("judging.draw_early", N_("评审开始（任务分好）之后才能抽签。"))
        before = facts_of(row)
        why = " ".join(why.split())
        if before and not why:
            raise Invalid("judging.redraw_why", N_("已经抽过签。重新抽签请写明原因。"), field="why")
        lot = secrets.randbelow(MOST_SEED) if seed is None else seed
        sessions, works, places = to_draw(row)
        if not works:
            raise Conflict("judging.nobody_to_draw", N_("本轮没有需要问辩的作品。"))
        others = elsewhere(row)
        order = draw(sessions, works, lot, others)
        if isinstance(order, Impossible):
            problems = [FieldProblem("draw", reason) for reason in order.reasons]
            raise Invalid("judging.draw", order.reasons[0], problems=problems)
        _write_order(work, row, order, places)
        lots = [*before.get("lots", ()), {"seed": lot, "at": now().isoformat(), "by": actor.account_id, "why": why}]
        inputs = {
            "sessions": [
                [one.id, one.place, one.starts_at.isoformat(), one.ends_at.isoformat(), one.minutes_each, one.panel]
                for one in sessions
            ],
            "works": [[one.id, one.panel] for one in works],
            "elsewhere": [[one.id, one.place, one.starts_at.isoformat()] for one in others.sessions],
        }
        facts = {"version": VERSION, "lots": lots, "inputs": inputs, "absent": before.get("absent", {})}
        row.plan_facts = {**row.plan_facts, "interviews": facts}
        row.version += 1
        work.record(row, action="judging.draw_interviews", after={"seed": lot, "works": len(order)}, why=why)
    return order


def tell_order(actor: Actor, round_id: int, seen_version: int) -> int:
    """Make the order known: each work's teacher gets its time and place, each judge the first one. Gives how many works.

    Raises Stale, Conflict while a work waits for its slot or when it was told already.
    """
    with unit_of_work(actor, "judging.tell_interviews") as work:
        row = seen_round(round_id, seen_version)
        _require_arrangeable(row)
        schedule = schedule_of(row.id)
        if not schedule.drawn or schedule.waiting:
            words = N_("还有 %(count)s 件作品没有排定时间，请先抽签。")
            raise Conflict("judging.not_drawn", Message.of(words, count=schedule.waiting))
        for session in schedule.sessions:
            for slot in session.slots:
                _tell_teacher(work, row, session, slot)
        _tell_judges(work, row, [(session, slot) for session in schedule.sessions for slot in session.slots])
        row.plan_facts = {
            **row.plan_facts,
            "interviews": {**facts_of(row), "told_at": now().isoformat()},
        }
        row.version += 1
        work.record(row, action="judging.tell_interviews", after={"works": schedule.drawn})
    return schedule.drawn


def facts_of(row: Round) -> Mapping[str, Any]:
    """What is kept of the lots: seeds, when, by whom, why; `told_at` once the order was made known."""
    facts: Mapping[str, Any] = row.plan_facts.get("interviews", {})
    return facts


def require_interviews(row: Round) -> None:
    """Raises Conflict for a round without interviews."""
    if row.mode != "interview":
        raise Conflict("judging.no_interviews", N_("只有「展示与问辩」的轮次才安排问辩。"))


def require_changeable(row: Round) -> None:
    """Sessions and slots may change until the round is closed. Raises Conflict."""
    require_interviews(row)
    if row.state not in {"planned", "open"}:
        raise Conflict("judging.round_state", N_("这个评审轮次的状态已经改变，不能再做这项操作。请刷新页面查看。"))


def _require_arrangeable(row: Round) -> None:
    require_changeable(row)
    if facts_of(row).get("told_at"):
        words = N_("问辩安排已经通知学校，不能再抽签或删除有作品的场次。个别作品、场次可以调整，会再次通知。")
        raise Conflict("judging.order_told", words)


def checked_session(row: Round, data: SessionData) -> SessionData:
    """The session's data, tidied. Raises Invalid."""
    with checking("judging.session") as check:
        place = check.text(data.place, "place", 100, label=N_("地点"), required=True)
        if data.starts_at is None:
            check.add("starts_at", N_("请填写开始时间。"))
        if data.ends_at is None:
            check.add("ends_at", N_("请填写结束时间。"))
        if data.starts_at and data.ends_at:
            if not timedelta(0) < data.ends_at - data.starts_at <= LONGEST:
                check.add("ends_at", N_("结束时间应晚于开始时间，并在同一天内。"))
            elif not 1 <= data.minutes_each <= MOST_MINUTES:
                check.add("minutes_each", Message.of(N_("每件作品应为 1–%(most)s 分钟。"), most=MOST_MINUTES))
            elif data.ends_at - data.starts_at < timedelta(minutes=data.minutes_each):
                check.add("minutes_each", N_("这段时间还不够一件作品用，请延长时间或缩短每件的时间。"))
        if data.panel_id is not None and data.panel_id not in {panel.id for panel in row.panels}:
            check.add("panel_id", N_("请选择本轮的评审组。"))
    return SessionData(place, data.starts_at, data.ends_at, data.minutes_each, data.panel_id)


def _write_order(work: Work, row: Round, order: Order, places: Mapping[int, int]) -> None:
    """The slots, and each judge's tasks in their order. A team that did not come keeps its place, and that it did not."""
    absent = absences(row)
    own = select(InterviewSession.id).where(InterviewSession.round_id == row.id)
    work.session.execute(delete(InterviewSlot).where(InterviewSlot.session_id.in_(own)))
    work.session.add_all(
        InterviewSlot(
            session_id=slot.session,
            round_entry_id=places[entry_id],
            position=slot.position,
            starts_at=slot.starts_at,
            absent=entry_id in absent,
        )
        for entry_id, slot in order.items()
    )
    reorder_tasks(work, row, order)


def reorder_tasks(work: Work, row: Round, order: Order) -> None:
    """Each judge meets the works in the order in which they come."""
    turn = {entry_id: place for place, entry_id in enumerate(_in_time(order), 1)}
    tasks = work.session.execute(select(Assignment.id, Assignment.entry_id).where(Assignment.round_id == row.id)).all()
    work.session.execute(
        update(Assignment),
        [{"id": task.id, "position": turn[task.entry_id]} for task in tasks if task.entry_id in turn],
    )


def _in_time(order: Order) -> Collection[int]:
    return sorted(order, key=lambda entry_id: (order[entry_id].starts_at, order[entry_id].session))


def _tell_teacher(work: Work, row: Round, session: InterviewSession, slot: InterviewSlot) -> None:
    entry = slot.round_entry.entry
    if entry.created_by is None:
        return
    title = Message.of(
        N_("「%(round)s」问辩安排：%(at)s，%(place)s"), round=row.name, at=minute(slot.starts_at), place=session.place
    )
    body = Message.of(
        N_("作品《%(title)s》第 %(position)s 个上场，每件 %(minutes)s 分钟，请提前 10 分钟到场。"),
        title=entry.title,
        position=slot.position,
        minutes=session.minutes_each,
    )
    notify(work, [entry.created_by], title, body, url=entry_address(entry))


def _tell_judges(work: Work, row: Round, coming: Sequence[tuple[InterviewSession, InterviewSlot]]) -> None:
    """Each judge: how many works, when and where the first one comes."""
    in_time = sorted(coming, key=lambda pair: pair[1].starts_at)
    judges = judges_by_entry(row.id)
    first: dict[int, tuple[InterviewSession, InterviewSlot]] = {}
    count: Counter[int] = Counter()
    for session, slot in in_time:
        for account_id in judges.get(slot.round_entry.entry_id, {}).values():
            first.setdefault(account_id, (session, slot))
            count[account_id] += 1
    for account_id, (session, slot) in first.items():
        title = Message.of(
            N_("「%(round)s」问辩日程已排定：%(at)s 起，%(place)s"),
            round=row.name,
            at=minute(slot.starts_at),
            place=session.place,
        )
        body = Message.of(N_("您有 %(count)s 件作品的问辩，时间和顺序见「我的评审任务」。"), count=count[account_id])
        notify(work, [account_id], title, body, url=own_round(row.id))
