"""What the office does with many parties at once: priorities, and a session that becomes smaller than what is booked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound, Stale
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking
from contest_portal.events.booking.places import gate, locked_sessions, session_words
from contest_portal.events.booking.services.changing import end, end_all, move_party, require_reason
from contest_portal.events.booking.services.history import Done, note_each
from contest_portal.events.booking.services.settling import ring, settle
from contest_portal.events.booking.states import ALIVE
from contest_portal.events.planning.models import Event, EventSession

MOST_PRIORITY = 10


def set_priorities(actor: Actor, event_id: int, booking_ids: Sequence[int], priority: int, why: str) -> int:
    """Say how much these parties count in the plan, and why. Gives how many. Raises Invalid, Conflict."""
    if not 1 <= priority <= MOST_PRIORITY:
        raise Invalid(
            "events.priority",
            Message.of(N_("优先级应为 1 到 %(most)s 的整数，1 为普通。"), most=MOST_PRIORITY),
            field="priority",
        )
    why = require_reason(why) if priority > 1 else why.strip()[:200]
    with unit_of_work(actor, "events.set_priorities") as work:
        gate(event_id)
        rows = db.session.scalars(
            select(Booking)
            .where(Booking.event_id == event_id, Booking.id.in_(set(booking_ids)))
            .order_by(Booking.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).all()
        if not rows:
            raise Invalid("events.no_booking", N_("请先勾选预约。"), field="booking")
        for booking in rows:
            if booking.state not in {"wished", "unplaced"}:
                raise Conflict(
                    "events.priority_state",
                    Message.of(N_("预约 %(code)s 已经排定或结束，优先级不再起作用，没有改动。"), code=booking.code),
                )
        done = [Done(one, "priority", {"priority": priority, "why": why}, {"priority": one.priority}) for one in rows]
        for booking in rows:
            booking.priority, booking.priority_why = priority, why if priority > 1 else ""
        note_each(work, done)
    return len(rows)


def resettle(
    actor: Actor,
    session_id: int,
    seen_version: int,
    capacity: int,
    decisions: Mapping[int, int | None],
    why: str,
) -> None:
    """Set a session's capacity, and move (session id) or cancel (None) the chosen parties, all in one act.

    Raises Invalid without a reason, Conflict where more stays than there would be room for, or where a party is to go
    finds none; then nothing is changed.
    """
    if capacity < 0:
        raise Invalid("events.capacity", N_("容量不能小于 0。"), field="capacity")
    why = require_reason(why) if decisions else why.strip()
    event_id = db.session.scalar(select(EventSession.event_id).where(EventSession.id == session_id))
    if event_id is None:
        raise NotFound
    with unit_of_work(actor, "events.resettle") as work:
        event = gate(event_id)
        settle(work, event)
        session = locked(EventSession, session_id)
        if session.version != seen_version:
            raise Stale
        freed: list[int] = []
        for booking_id, target in sorted(decisions.items()):
            booking = locked(Booking, booking_id)
            if booking.event_id != event.id:
                raise NotFound
            if target is None:
                freed += end(work, event, booking, why=why, tells=True)
            else:
                freed += _move(work, event, booking, target, why)
        _set_capacity(work, session_id, capacity)
        ring(work, event, {*freed, session_id})  # more capacity is room too


def _move(work: Work, event: Event, booking: Booking, target: int, why: str) -> list[int]:
    """Move the party. Raises Conflict in words for the office, with the party's name, where the session has no room."""
    try:
        return move_party(work, event, booking, target, why=why, tells=True)
    except Conflict as error:
        if error.code not in {"events.full", "events.parties_full"}:
            raise
        session = work.session.get_one(EventSession, target)
        words = N_("%(school)s（%(code)s，%(people)s 人）放不进%(session)s。请选别的场次或取消，没有改动任何内容。")
        values = {"school": booking.school.name, "code": booking.code, "people": booking.pupils + booking.adults}
        raise Conflict(error.code, Message.of(words, session=session_words(session), **values)) from error


def cancel_all(work: Work, event: Event, why: str) -> int:
    """End every party of an event that does not take place, and tell the schools. Gives how many. The event is locked."""
    rows = db.session.scalars(
        select(Booking)
        .where(Booking.event_id == event.id, Booking.state.in_(ALIVE))
        .order_by(Booking.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    end_all(work, event, rows, why=why, tells=True)
    return len(rows)


def _set_capacity(work: Work, session_id: int, capacity: int) -> None:
    session = locked_sessions([session_id])[session_id]
    if capacity < session.taken:
        raise Conflict(
            "events.capacity_below",
            Message.of(
                N_(
                    "%(session)s还有 %(taken)s 人，比新的容量 %(capacity)s 人多 %(over)s 人。请再移走或取消一些队伍，没有改动任何内容。"
                ),
                session=session_words(session),
                taken=session.taken,
                capacity=capacity,
                over=session.taken - capacity,
            ),
        )
    before = session.capacity
    session.capacity, session.version = capacity, session.version + 1
    work.record(session, before={"capacity": before}, after={"capacity": capacity})
