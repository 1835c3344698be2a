"""First come: opening the form keeps the places, confirming it books them; and the office's booking by hand."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import local, now
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound, TooLate
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, BookingGroup
from contest_portal.events.booking.party import Details, Party
from contest_portal.events.booking.places import (
    gate,
    give_all_back,
    locked_sessions,
    require_room,
    room_of,
    session_words,
    take,
)
from contest_portal.events.booking.services.history import change_state, note
from contest_portal.events.booking.services.parties import (
    check_by_itself,
    check_details,
    free_keys,
    groups_of,
    make_booking,
    put_details,
    require_bookable,
)
from contest_portal.events.booking.services.settling import ring, sessions_of_party, settle
from contest_portal.events.booking.services.telling import tell_school
from contest_portal.events.booking.splitting import class_sizes, divide
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import School

NO_DETAILS = Details()
MOST_HELD = 3
"""Parties of one school for which places of one event are kept at the same time."""


def hold(
    actor: Actor, event_id: int, school_id: int, session_id: int, party: Party, *, may_split: bool = False
) -> Booking:
    """Keep places for the party while its form is filled in: all or none. Raises Invalid, Conflict, TooLate."""
    with unit_of_work(actor, "events.hold") as work:
        event = gate(event_id)
        settle(work, event)
        require_bookable(event, mode="first_come")
        require_to_come(event, session_id)
        check_by_itself(event, party)  # before the room: who can never come is not sent to the waiting list
        may_split = may_split and event.splittable
        if not may_split:  # who comes too late is told before anything is written: others wait for their turn
            for session in locked_sessions(sessions_of_party(event, session_id)).values():
                require_room(session, party.people)
        school = locked(School, school_id)
        _require_few_held(event_id, school_id)
        booking = make_booking(work, event, school, party, Details(may_split=may_split), "held")
        booking.held_until = now() + timedelta(minutes=event.hold_minutes)
        put_in(work, event, booking, session_id)
        note(work, booking, "hold", after={"state": "held"}, people=party.people, session_id=session_id)
    return booking


def _require_few_held(event_id: int, school_id: int) -> None:
    """Raise Conflict where the school keeps places for several forms at once: others could not come in meanwhile."""
    held = select(func.count()).where(
        Booking.event_id == event_id, Booking.school_id == school_id, Booking.state == "held"
    )
    if (db.session.scalar(held) or 0) >= MOST_HELD:
        words = N_("本校已有 %(count)s 份预约正在填写、保留着名额。请先确认或放弃其中一份，再预约下一队。")
        raise Conflict("events.many_held", Message.of(words, count=MOST_HELD))


def book(actor: Actor, booking_id: int, details: Details) -> Booking:
    """Turn the kept places into a booking. Raises Invalid, Conflict; TooLate when the time ran out."""
    event_id = event_of(booking_id)
    check_details(details)
    with unit_of_work(actor, "events.book") as work:
        event = gate(event_id)
        booking = locked(Booking, booking_id)
        if booking.state == "expired" or (booking.held_until is not None and booking.held_until <= now()):
            raise TooLate(
                "events.hold_over",
                Message.of(
                    N_("占位已超过 %(minutes)s 分钟，位置已放回。请重新选择场次。"),
                    minutes=event.hold_minutes,
                ),
            )
        # What was agreed to when the places were kept is how they lie.
        may_split = booking.may_split
        put_details(booking, details)
        booking.may_split, booking.held_until = may_split, None
        change_state(work, booking, "book", people=booking.pupils + booking.adults)
    return booking


def let_go(actor: Actor, booking_id: int) -> None:
    """Give kept places back before the form is confirmed."""
    event_id = event_of(booking_id)
    with unit_of_work(actor, "events.let_go") as work:
        event = gate(event_id)
        booking = locked(Booking, booking_id)
        change_state(work, booking, "let_go")
        booking.held_until = None
        freed = give_all_back(work, booking)
        free_keys(work, booking)
        ring(work, event, freed)


def book_by_hand(
    actor: Actor, event_id: int, school_id: int, session_id: int, party: Party, details: Details
) -> Booking:
    """The office books for a school, also outside the time of booking; never over capacity. Raises Invalid, Conflict."""
    check_details(details)
    with unit_of_work(actor, "events.book_by_hand") as work:
        event = gate(event_id)
        settle(work, event)
        if event.state not in {"draft", "public", "closed"}:
            raise Conflict("events.not_bookable", N_("活动已取消，不能再预约。"))
        require_session(event, session_id)
        booking = make_booking(work, event, locked(School, school_id), party, details, "booked")
        put_in(work, event, booking, session_id)
        note(work, booking, "book_by_hand", after={"state": "booked"}, people=party.people, session_id=session_id)
        title = Message.of(N_("主办单位已为贵校预约「%(event)s」"), event=event.title)
        tell_school(work, booking, title)
    return booking


def put_in(work: Work, event: Event, booking: Booking, session_id: int) -> list[int]:
    """Give the party its places: in the session, in all of a course, or divided over neighbours where it may be.

    Gives the sessions. Raises Conflict with words; the event is locked.
    """
    people = booking.pupils + booking.adults
    groups = groups_of(booking)
    chosen = sessions_of_party(event, session_id)
    if event.is_course or not (event.splittable and booking.may_split and len(groups) > 1):
        take(work, booking, dict.fromkeys(chosen, people))
        _seat(groups, [chosen[0]] * len(groups))
        return chosen
    run = _neighbours_from(session_id)
    sizes = class_sizes([group.pupils for group in groups], booking.adults)
    seats = divide(sizes, [room_of(session) for session in run])
    if seats is None:
        raise Conflict(
            "events.full",
            Message.of(
                N_(
                    "%(session)s及当天紧接着的场次放不下这 %(people)s 人（各班不拆开）。请换一场、减少人数，或加入候补。"
                ),
                session=session_words(run[0]),
                people=people,
            ),
        )
    wanted: dict[int, int] = {}
    for size, seat in zip(sizes, seats, strict=True):
        wanted[run[seat].id] = wanted.get(run[seat].id, 0) + size
    take(work, booking, wanted)
    _seat(groups, [run[seat].id for seat in seats])
    return list(wanted)


def require_session(event: Event, session_id: int) -> EventSession:
    """The open session of the event. Raises Invalid where none was chosen, NotFound, Conflict."""
    if not session_id:
        raise Invalid("events.no_session", N_("请选择场次。"), field="session")
    session = db.session.get(EventSession, session_id)
    if session is None or session.event_id != event.id:
        raise NotFound
    if session.state != "open":
        raise Conflict(
            "events.session_cancelled",
            Message.of(N_("%(session)s已取消，请换一场。"), session=session_words(session)),
        )
    return session


def require_to_come(event: Event, session_id: int) -> EventSession:
    """The open session, which has not begun; of a course its first. Raises NotFound, Conflict, TooLate."""
    session = require_session(event, session_id)
    first = require_session(event, sessions_of_party(event, session_id)[0])
    if first.starts_at <= now():
        raise TooLate(
            "events.session_begun", Message.of(N_("%(session)s已经开始，请换一场。"), session=session_words(first))
        )
    return session


def require_choice(sessions: list[int]) -> None:
    """Raise Invalid where no session was chosen."""
    if not sessions:
        raise Invalid("events.no_session", N_("请选择场次。"), field="session")


def event_of(booking_id: int) -> int:
    """The event of a party, read before it can be locked. Raises NotFound."""
    event_id = db.session.scalar(select(Booking.event_id).where(Booking.id == booking_id))
    if event_id is None:
        raise NotFound
    return event_id


def _neighbours_from(session_id: int) -> list[EventSession]:
    """The session and those that follow it on its day, up to the first that is cancelled or of another day. Locked."""
    first = db.session.get(EventSession, session_id)
    if first is None:
        raise NotFound
    rows = db.session.scalars(
        select(EventSession)
        .where(
            EventSession.event_id == first.event_id,
            EventSession.day == local(first.starts_at).date(),
            EventSession.starts_at >= first.starts_at,
        )
        .order_by(EventSession.starts_at, EventSession.id)
    ).all()
    fresh = locked_sessions(row.id for row in rows)
    run = []
    for row in rows:
        if fresh[row.id].state != "open":
            break
        run.append(fresh[row.id])
    return run or [fresh[session_id]]


def _seat(groups: list[BookingGroup], session_ids: list[int]) -> None:
    for group, session_id in zip(groups, session_ids, strict=True):
        group.session_id = session_id
