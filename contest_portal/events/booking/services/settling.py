"""What time does to an event: places that were kept go back, and what is free goes to who waits first.

Every verb settles its event first, so that what ran out is free for whoever comes now; the job does it each minute for
events that nobody asks for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from contest_portal.core.actor import console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, unit_of_work
from contest_portal.core.i18n import minute
from contest_portal.core.job_schedule import every_minute
from contest_portal.core.jobs import job
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, Waiting
from contest_portal.events.booking.places import count_in, empty_all, gate, locked_sessions, room_of, session_words
from contest_portal.events.booking.services.history import change_state, change_states, note
from contest_portal.events.booking.services.parties import free_keys, free_keys_of
from contest_portal.events.booking.services.telling import tell_school
from contest_portal.events.planning.models import Event, EventSession

QUEUED = ("waiting", "offered")


def settle(work: Work, event: Event) -> None:
    """Give back what was kept too long, and offer what is free. The event is locked."""
    freed = [*_lapse_holds(work, event), *_lapse_offers(work, event)]
    if freed:
        ring(work, event, freed)


def ring(work: Work, event: Event, session_ids: Iterable[int]) -> None:
    """Offer the free places of these sessions to their queues: each to the first party that fits, in order.

    Who stands ahead and does not fit is told how many places there are. For a course what is free is free in all parts.
    """
    if event.state != "public":
        return
    queues = {queue_of(event, session_id) for session_id in session_ids}
    for session_id in sorted(queues):
        _ring_one(work, event, session_id)


def queue_of(event: Event, session_id: int) -> int:
    """The session that the queue stands at: of a course the first open one, for all of them."""
    return sessions_of_party(event, session_id)[0]


def sessions_of_party(event: Event, session_id: int) -> list[int]:
    """Where a party comes that chose this session: of a course to every open session."""
    if not event.is_course:
        return [session_id]
    rows = db.session.scalars(
        select(EventSession.id)
        .where(EventSession.event_id == event.id, EventSession.state == "open")
        .order_by(EventSession.number)
    ).all()
    return list(rows) or [session_id]


def end_queueing(work: Work, booking: Booking, state: str, *, keep: int | None = None) -> list[int]:
    """The party stands in no queue any more (but `keep`); what was offered to it is free. Gives the freed sessions."""
    return end_queueing_of(work, [booking], state, keep=keep)


def end_queueing_of(work: Work, bookings: Sequence[Booking], state: str, *, keep: int | None = None) -> list[int]:
    """As `end_queueing`, for many parties of one event; statements only for each that something was offered to."""
    rows = db.session.scalars(
        select(Waiting)
        .where(
            Waiting.booking_id.in_([one.id for one in bookings]),
            Waiting.state.in_(QUEUED),
            Waiting.id != (keep or 0),
        )
        .order_by(Waiting.id)
    ).all()
    if not rows:
        return []
    event = work.session.get_one(Event, bookings[0].event_id)
    freed = []
    for row in rows:
        freed += withdraw_offer(event, row)
        row.state, row.ended_at = state, now()
    work.session.flush()
    return freed


def withdraw_offer(event: Event, row: Waiting) -> list[int]:
    """What was offered is counted out of the sessions. Gives them."""
    if row.state != "offered":
        return []
    sessions = locked_sessions(sessions_of_party(event, row.session_id))
    for session in sessions.values():
        count_in(session, -row.people, parties=-1)
    row.offered_until = None
    return sorted(sessions)


def _lapse_holds(work: Work, event: Event) -> list[int]:
    rows = db.session.scalars(
        select(Booking)
        .where(Booking.event_id == event.id, Booking.state == "held", Booking.held_until <= now())
        .order_by(Booking.id)
        .execution_options(populate_existing=True)
    ).all()
    if not rows:
        return []
    freed = empty_all(work, rows)
    free_keys_of(work, rows)
    for booking in rows:
        booking.held_until, booking.ended_why = None, "hold"
    change_states(work, [(one, "lapse", {}) for one in rows])
    return freed


def _lapse_offers(work: Work, event: Event) -> list[int]:
    rows = db.session.execute(
        select(Waiting, Booking)
        .join(Booking, Booking.id == Waiting.booking_id)
        .where(Booking.event_id == event.id, Waiting.state == "offered", Waiting.offered_until <= now())
        .order_by(Waiting.id)
        .execution_options(populate_existing=True)
    ).all()
    freed: list[int] = []
    for row, booking in rows:
        freed += withdraw_offer(event, row)
        row.state, row.ended_at = "expired", now()
        work.session.flush()
        title = Message.of(N_("「%(event)s」的候补名额逾期未确认，已转给下一所学校"), event=event.title)
        tell_school(work, booking, title)
        if is_queued(booking):
            note(work, booking, "offer_missed")
        else:
            free_keys(work, booking)
            booking.ended_why = "offer"
            change_state(work, booking, "offer_lapsed")
    return freed


def is_queued(booking: Booking) -> bool:
    """Whether the party stands in a queue of the event."""
    return (
        db.session.scalar(
            select(Waiting.id).where(Waiting.booking_id == booking.id, Waiting.state.in_(QUEUED)).limit(1)
        )
        is not None
    )


def _ring_one(work: Work, event: Event, session_id: int) -> None:
    sessions = locked_sessions(sessions_of_party(event, session_id))
    session = sessions[session_id]
    if min(one.starts_at for one in sessions.values()) <= now():
        return
    queue = db.session.execute(
        select(Waiting, Booking)
        .join(Booking, Booking.id == Waiting.booking_id)
        .where(Waiting.session_id == session_id, Waiting.state == "waiting")
        .order_by(Waiting.id)
        .execution_options(populate_existing=True)
    ).all()
    ahead: list[tuple[Waiting, Booking]] = []
    for row, booking in queue:
        room = min(room_of(one) for one in sessions.values())
        if room <= 0:
            break
        if row.people > room:
            ahead.append((row, booking))
            continue
        for larger, its_booking in ahead:
            _pass_over(work, event, session, larger, its_booking, room)
        ahead = []
        _offer(work, event, sessions, row, booking)
    room = min(room_of(one) for one in sessions.values())
    if room > 0:
        for larger, its_booking in ahead:
            _tell_of_room(work, event, session, larger, its_booking, room)
    work.session.flush()


def _offer(work: Work, event: Event, sessions: dict[int, EventSession], row: Waiting, booking: Booking) -> None:
    for one in sessions.values():
        count_in(one, row.people, parties=1)
    session = sessions[row.session_id]
    row.state, row.offered_until = "offered", _offer_ends(event, session)
    note(work, booking, "offer", session=session.number, people=row.people)
    tell_school(
        work,
        booking,
        Message.of(
            N_("候补有名额了：「%(event)s」%(session)s"), event=event.title, session=str(session_words(session))
        ),
        Message.of(
            N_("已为您保留 %(people)s 个位置，请在 %(until)s 前确认，逾期将转给下一所学校。"),
            people=row.people,
            until=minute(row.offered_until),
        ),
    )


def _offer_ends(event: Event, session: EventSession) -> datetime:
    return min(now() + timedelta(hours=event.offer_hours), session.starts_at)


def _pass_over(work: Work, event: Event, session: EventSession, row: Waiting, booking: Booking, room: int) -> None:
    """A freed place goes to a smaller party behind: whoever stands ahead is told, and keeps the place in the queue."""
    row.passed_at, row.passed_people = now(), room
    note(work, booking, "passed", session=session.number, room=room, people=row.people)
    tell_school(
        work,
        booking,
        Message.of(N_("「%(event)s」候补：空出的位置先给了后面人数较少的队伍"), event=event.title),
        Message.of(
            N_(
                "%(session)s空出 %(room)s 个位置，您的队伍 %(people)s 人坐不下。您的排队次序不变；如能减少人数，可在预约页修改。"
            ),
            session=str(session_words(session)),
            room=room,
            people=row.people,
        ),
    )


def _tell_of_room(work: Work, event: Event, session: EventSession, row: Waiting, booking: Booking, room: int) -> None:
    """There is room, though not enough for who waits: told once for each number."""
    if row.passed_people == room:
        return
    row.passed_people = room
    note(work, booking, "room", session=session.number, room=room, people=row.people)
    tell_school(
        work,
        booking,
        Message.of(N_("「%(event)s」候补：现在有 %(room)s 个空位"), event=event.title, room=room),
        Message.of(
            N_(
                "%(session)s空出 %(room)s 个位置，您的队伍是 %(people)s 人。把人数减到 %(room)s 人以内，就能得到这些位置。"
            ),
            session=str(session_words(session)),
            room=room,
            people=row.people,
        ),
    )


def events_due() -> list[int]:
    """The events in which something that was kept ran out."""
    held = select(Booking.event_id).where(Booking.state == "held", Booking.held_until <= now())
    offered = (
        select(Booking.event_id)
        .join(Waiting, Waiting.booking_id == Booking.id)
        .where(Waiting.state == "offered", Waiting.offered_until <= now())
    )
    return sorted(set(db.session.scalars(held)) | set(db.session.scalars(offered)))


def settle_due() -> int:
    """Settle every event that needs it. Gives how many."""
    due = events_due()
    for event_id in due:
        with unit_of_work(console_actor(), "events.settle") as work:
            settle(work, gate(event_id))
    return len(due)


@job("events.settle", N_("收回到时未确认的活动位置"))
def settle_job(_payload: dict[str, object]) -> None:
    """Give back what was kept too long."""
    settle_due()


every_minute("events.settle", when=lambda: bool(events_due()))
