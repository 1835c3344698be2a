"""The places of sessions: the only code that changes how many are taken. Inside a unit of work.

Every verb that changes places locks the event's row first (`gate`), then the sessions in the order of their ids: whoever
comes at the same moment waits for his turn, and nobody waits for somebody who waits for him. The database itself refuses
more than a session's capacity, should a verb forget.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import delete, insert, select

from contest_portal.core.clock import local
from contest_portal.core.database import Work, db, locked, on_breach
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, BookingPlace
from contest_portal.events.planning.models import Event, EventSession


def _full() -> Conflict:
    return Conflict("events.full", N_("这一场的位置刚被其他学校订满了。请换一场，或加入候补。"))


on_breach("ck_event_session_taken", _full)
on_breach("ck_event_session_parties", _full)


def gate(event_id: int) -> Event:
    """The event, locked: verbs that change its parties or places come one after the other. Raises NotFound."""
    return locked(Event, event_id)


def locked_sessions(session_ids: Iterable[int]) -> dict[int, EventSession]:
    """The sessions by id, locked in the order of their ids and read afresh."""
    rows = db.session.scalars(
        select(EventSession)
        .where(EventSession.id.in_(sorted(set(session_ids))))
        .order_by(EventSession.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {row.id: row for row in rows}


def take(work: Work, booking: Booking, people: Mapping[int, int]) -> None:
    """Give the party `people` places in each session, all or none, beside what it has.

    Raises Conflict with words where a session is cancelled or has no room; nothing is changed then.
    """
    sessions = locked_sessions(people)
    held = _places(booking, sessions)
    for session_id, count in people.items():
        session = sessions[session_id]
        require_room(session, count, is_new=session_id not in held)
    for session_id, count in people.items():
        count_in(sessions[session_id], count, parties=0 if session_id in held else 1)
        if session_id in held:
            held[session_id].people += count
        else:
            work.session.add(BookingPlace(booking_id=booking.id, session_id=session_id, people=count))
    work.session.flush()


def take_first(work: Work, people: Mapping[int, Mapping[int, int]]) -> None:
    """Give parties that have no places theirs: booking id → session id → people. All or none, as `take`.

    However many they are: one look at the sessions, one statement for the places.
    """
    sessions = locked_sessions(session_id for own in people.values() for session_id in own)
    for own in people.values():
        for session_id, count in own.items():
            require_room(sessions[session_id], count)
            count_in(sessions[session_id], count, parties=1)
    rows = [
        {"booking_id": booking_id, "session_id": session_id, "people": count}
        for booking_id, own in people.items()
        for session_id, count in own.items()
    ]
    if rows:
        work.session.flush()
        work.session.execute(insert(BookingPlace), rows)


def empty_all(work: Work, bookings: Iterable[Booking], *, session_id: int | None = None) -> list[int]:
    """Take all places of these parties back, or those in one session, in a constant number of statements.

    Gives the ids of the sessions.
    """
    wanted = select(BookingPlace.id, BookingPlace.session_id, BookingPlace.people).where(
        BookingPlace.booking_id.in_([one.id for one in bookings])
    )
    if session_id is not None:
        wanted = wanted.where(BookingPlace.session_id == session_id)
    held = db.session.execute(wanted).all()
    if not held:
        return []
    sessions = locked_sessions(one.session_id for one in held)
    for one in held:
        count_in(sessions[one.session_id], -one.people, parties=-1)
    work.session.flush()
    work.session.execute(delete(BookingPlace).where(BookingPlace.id.in_([one.id for one in held])))
    return sorted(sessions)


def give_back(work: Work, booking: Booking, people: Mapping[int, int]) -> None:
    """Take `people` places of the party back in each session; it leaves a session in which none remains."""
    sessions = locked_sessions(people)
    held = _places(booking, sessions)
    for session_id, count in people.items():
        place = held[session_id]
        if not 0 < count <= place.people:
            raise ValueError(f"booking {booking.id} has {place.people} places in session {session_id}, not {count}")
        leaves = count == place.people
        count_in(sessions[session_id], -count, parties=-1 if leaves else 0)
        if leaves:
            work.session.delete(place)
        else:
            place.people -= count
    work.session.flush()


def give_all_back(work: Work, booking: Booking) -> list[int]:
    """Take all of the party's places back. Gives the ids of its sessions."""
    people = places_of(booking)
    if people:
        give_back(work, booking, people)
    return sorted(people)


def places_of(booking: Booking) -> dict[int, int]:
    """How many places the party has, by session."""
    rows = db.session.execute(
        select(BookingPlace.session_id, BookingPlace.people).where(BookingPlace.booking_id == booking.id)
    )
    return {row.session_id: row.people for row in rows}


def room_of(session: EventSession, *, is_new: bool = True) -> int:
    """How many people fit in yet; 0 where another party may not come."""
    if session.state != "open" or (
        is_new and session.most_parties is not None and session.parties >= session.most_parties
    ):
        return 0
    return session.capacity - session.taken


def count_in(session: EventSession, people: int, *, parties: int) -> None:
    """Count people and parties of a locked session, in or (negative) out."""
    session.taken += people
    session.parties += parties


def require_room(session: EventSession, people: int, *, is_new: bool = True) -> None:
    """Raise Conflict with words where so many people do not fit in."""
    if session.state != "open":
        raise Conflict(
            "events.session_cancelled",
            Message.of(N_("%(session)s已取消，请换一场。"), session=session_words(session)),
        )
    if people <= room_of(session, is_new=is_new):
        return
    if is_new and session.most_parties is not None and session.parties >= session.most_parties:
        raise Conflict(
            "events.parties_full",
            Message.of(
                N_("%(session)s最多接待 %(most)s 支队伍，已经约满。请换一场，或加入候补。"),
                session=session_words(session),
                most=session.most_parties,
            ),
        )
    raise Conflict(
        "events.full",
        Message.of(
            N_("%(session)s还剩 %(free)s 个位置，您这次需要 %(people)s 个。请换一场、减少人数，或加入候补。"),
            session=session_words(session),
            free=session.capacity - session.taken,
            people=people,
        ),
    )


def session_words(session: EventSession) -> Message:
    """第 3 场（09-12 09:00）: how a session is named in sentences."""
    return Message.of(
        N_("第 %(number)s 场（%(at)s）"), number=session.number, at=f"{local(session.starts_at):%m-%d %H:%M}"
    )


def _places(booking: Booking, sessions: Iterable[int]) -> dict[int, BookingPlace]:
    rows = db.session.scalars(
        select(BookingPlace)
        .where(BookingPlace.booking_id == booking.id, BookingPlace.session_id.in_(list(sessions)))
        .execution_options(populate_existing=True)
    )
    return {row.session_id: row for row in rows}
