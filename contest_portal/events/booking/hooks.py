"""What booking does when planning changes an event or a session; registered at import."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from contest_portal.core.clock import local, now
from contest_portal.core.database import Work, db
from contest_portal.core.i18n import minute
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, BookingPlace, Waiting
from contest_portal.events.booking.places import empty_all, gate, session_words
from contest_portal.events.booking.queries.affected import affected
from contest_portal.events.booking.services.history import Done, change_state, change_states, note, note_each
from contest_portal.events.booking.services.office_acts import cancel_all
from contest_portal.events.booking.services.parties import free_keys_of
from contest_portal.events.booking.services.settling import QUEUED, end_queueing, is_queued, ring, withdraw_offer
from contest_portal.events.booking.services.telling import tell_school, tell_schools
from contest_portal.events.planning.capacity_advice import advise_on_capacity
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.signals import capacity_raised, event_cancelled, session_cancelled, session_moved


@event_cancelled.connect
def _event_cancelled(event: Event, *, work: Work, why: str, **_more: Any) -> None:
    cancel_all(work, event, why)


@capacity_raised.connect
def _capacity_raised(session: EventSession, *, work: Work, **_more: Any) -> None:
    work.session.flush()
    ring(work, gate(session.event_id), [session.id])


@session_moved.connect
def _session_moved(session: EventSession, *, work: Work, **_more: Any) -> None:
    event = work.session.get_one(Event, session.event_id)
    parties = _parties_in(session.id)
    details = {"session": session.number, "at": minute(session.starts_at)}
    note_each(work, [Done(one, "session_moved", details) for one in parties])
    title = Message.of(N_("「%(event)s」第 %(number)s 场的时间或地点有变动"), event=event.title, number=session.number)
    body = Message.of(
        N_("现为 %(at)s，%(place)s。请核对；不合适的可在预约页改场或取消。"),
        at=minute(session.starts_at),
        place=session.place or event.venue,
    )
    tell_schools(work, parties, title, body)


@session_cancelled.connect
def _session_cancelled(session: EventSession, *, work: Work, why: str, **_more: Any) -> None:
    """Whoever has places there loses them and may choose another session; the rest of a course goes on."""
    work.session.flush()
    event = gate(session.event_id)
    freed = _empty_queue(work, event, session, why)
    parties = _parties_in(session.id)
    if event.is_course:
        empty_all(work, parties, session_id=session.id)
        note_each(work, [Done(one, "part_cancelled", {"session": session.number}) for one in parties])
    else:
        freed += empty_all(work, parties)
        _displace(work, parties, session, why)
    title = Message.of(N_("「%(event)s」%(session)s取消了"), event=event.title, session=str(session_words(session)))
    body = Message.of(
        N_("原因：%(why)s")
        if event.is_course
        else N_("原因：%(why)s。贵校的预约还在，请打开预约页另选一场；不来的请取消。"),
        why=why,
    )
    tell_schools(work, parties, title, body)
    ring(work, event, [one for one in freed if one != session.id])


def _displace(work: Work, parties: Sequence[Booking], session: EventSession, why: str) -> None:
    held = [one for one in parties if one.state == "held"]
    for booking in held:
        booking.held_until = None
    change_states(work, [(one, "let_go", {}) for one in held])
    change_states(work, [(one, "displace", _lost(session, why)) for one in parties if one not in held])
    free_keys_of(work, held)


def _lost(session: EventSession, why: str) -> dict[str, Any]:
    """What the history of a party says of the session that it lost (queries/displaced.py)."""
    return {"session": session.number, "at": f"{local(session.starts_at):%m-%d %H:%M}", "why": why}


def _empty_queue(work: Work, event: Event, session: EventSession, why: str) -> list[int]:
    rows = db.session.execute(
        select(Waiting, Booking)
        .join(Booking, Booking.id == Waiting.booking_id)
        .where(Waiting.session_id == session.id, Waiting.state.in_(QUEUED))
        .order_by(Waiting.id)
        .execution_options(populate_existing=True)
    ).all()
    freed: list[int] = []
    for row, booking in rows:
        freed += withdraw_offer(event, row)
        row.state, row.ended_at = "left", now()
        work.session.flush()
        if is_queued(booking):
            note(work, booking, "queue_cancelled", session=session.number)
        else:
            end_queueing(work, booking, "left")
            change_state(work, booking, "displace", queued=True, **_lost(session, why))
        title = Message.of(N_("「%(event)s」候补的场次取消了"), event=event.title)
        tell_school(work, booking, title)
    return freed


def _parties_in(session_id: int) -> Sequence[Booking]:
    return db.session.scalars(
        select(Booking)
        .join(BookingPlace, BookingPlace.booking_id == Booking.id)
        .where(BookingPlace.session_id == session_id)
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    ).all()


@advise_on_capacity
def _advice(session: EventSession, capacity: int, most_parties: int | None) -> list[Message]:
    """The parties that would have to go, later ones first, each with where there is room for it."""
    lines = []
    for one in affected(session, capacity, most_parties):
        where = N_("第 %(numbers)s 场有空位") if one.alternatives else N_("其他场次都没有足够的空位")
        numbers = "、".join(str(other.number) for other in one.alternatives)
        lines.append(
            Message.of(
                N_("%(school)s（%(code)s，%(people)s 人）：%(where)s。"),
                school=one.school,
                code=one.booking.code,
                people=one.people,
                where=Message.of(where, numbers=numbers),
            )
        )
    return lines
