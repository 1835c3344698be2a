"""The office's list of an event's parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.events.booking.models import Booking, BookingGroup, BookingPlace, Waiting
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import School

FILTERS = ("q", "state", "session", "who")
RURAL, NEW = "rural", "new"


@dataclass(frozen=True)
class BookingLine:
    """A party in the list: its school, the sessions it has or wishes to wait for, its classes."""

    booking: Booking
    school: School
    sessions: Sequence[EventSession]
    groups: Sequence[BookingGroup]
    absent: bool


@dataclass(frozen=True)
class StateCount:
    """How many parties and people are in a state."""

    state: str
    parties: int
    people: int


def bookings_page(event: Event, listing: Listing) -> Page[BookingLine]:
    """The event's parties; filters: school or code, state, session, rural schools or those that never came."""
    page = paginate(_listed(event, listing), listing, scalars=False)
    ids = [booking.id for booking, _school in page.rows]
    sessions, groups = _sessions_of(ids), _groups_of(ids)
    return Page(
        [
            BookingLine(
                booking,
                school,
                [one for one, _absent in sessions.get(booking.id, [])],
                groups.get(booking.id, []),
                any(absent for _one, absent in sessions.get(booking.id, [])),
            )
            for booking, school in page.rows
        ],
        page.total,
        listing,
    )


def state_counts(event_id: int) -> dict[str, StateCount]:
    """Parties and people by state."""
    rows = db.session.execute(
        select(Booking.state, func.count(), func.sum(Booking.pupils + Booking.adults))
        .where(Booking.event_id == event_id)
        .group_by(Booking.state)
    )
    return {state: StateCount(state, count, int(people or 0)) for state, count, people in rows}


def waiting_count(event_id: int) -> int:
    """How many entries stand in the event's queues."""
    return (
        db.session.scalar(
            select(func.count())
            .select_from(Waiting)
            .join(Booking, Booking.id == Waiting.booking_id)
            .where(Booking.event_id == event_id, Waiting.state.in_(("waiting", "offered")))
        )
        or 0
    )


def schools_to_book(office_id: int) -> list[tuple[int, str]]:
    """(id, name) of the office's schools, for booking by hand."""
    rows = db.session.execute(
        select(School.id, School.name)
        .where(School.office_id == office_id, School.state == "approved")
        .order_by(School.name)
    )
    return [(row.id, row.name) for row in rows]


def have_come(office_id: int) -> Select[int]:
    """The schools that came to an event of the office, or have places in one that is over."""
    return (
        select(Booking.school_id)
        .join(BookingPlace, BookingPlace.booking_id == Booking.id)
        .join(EventSession, EventSession.id == BookingPlace.session_id)
        .join(Event, Event.id == Booking.event_id)
        .where(
            Event.office_id == office_id,
            Booking.state == "booked",
            BookingPlace.no_show_at.is_(None),
            EventSession.ends_at <= now(),
        )
    )


def _listed(event: Event, listing: Listing) -> Select[Any]:
    statement = select(Booking, School).join(School, School.id == Booking.school_id).where(Booking.event_id == event.id)
    if text := listing.get("q"):
        statement = statement.where(or_(School.name.contains(text, autoescape=True), Booking.code == text.upper()))
    state = listing.get("state")
    shown = Booking.state == state if state else Booking.state.not_in(("expired", "cancelled"))
    statement = statement.where(shown)
    if (session_id := listing.get_int("session")) is not None:
        placed = select(BookingPlace.booking_id).where(BookingPlace.session_id == session_id)
        queued = select(Waiting.booking_id).where(
            Waiting.session_id == session_id, Waiting.state.in_(("waiting", "offered"))
        )
        statement = statement.where(or_(Booking.id.in_(placed), Booking.id.in_(queued)))
    if listing.get("who") == RURAL:
        statement = statement.where(School.is_urban.is_(False))
    elif listing.get("who") == NEW:
        statement = statement.where(Booking.school_id.not_in(have_come(event.office_id)))
    columns = {
        "at": Booking.created_at,
        "school": School.name,
        "people": Booking.pupils + Booking.adults,
        "priority": Booking.priority,
        "code": Booking.code,
    }
    return sorted_by(statement, listing, columns, tie=Booking.id)


def _sessions_of(ids: Sequence[int]) -> dict[int, list[tuple[EventSession, bool]]]:
    rows = db.session.execute(
        select(BookingPlace.booking_id, EventSession, BookingPlace.no_show_at)
        .join(EventSession, EventSession.id == BookingPlace.session_id)
        .where(BookingPlace.booking_id.in_(ids))
        .order_by(EventSession.starts_at)
    )
    found: dict[int, list[tuple[EventSession, bool]]] = {}
    for booking_id, session, absent in rows:
        found.setdefault(booking_id, []).append((session, absent is not None))
    return found


def _groups_of(ids: Sequence[int]) -> dict[int, list[BookingGroup]]:
    rows = db.session.scalars(select(BookingGroup).where(BookingGroup.booking_id.in_(ids)).order_by(BookingGroup.id))
    found: dict[int, list[BookingGroup]] = {}
    for row in rows:
        found.setdefault(row.booking_id, []).append(row)
    return found
