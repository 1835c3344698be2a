"""Who would have to go from a session that becomes smaller, and where there is room for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.events.booking.models import Booking, BookingPlace
from contest_portal.events.booking.places import room_of
from contest_portal.events.planning.models import EventSession
from contest_portal.people.models import School

MOST_ALTERNATIVES = 4


@dataclass(frozen=True)
class Affected:
    """A party of the session. `goes`: it finds no room beside those that booked before it and stay. `alternatives`: the
    nearest with room.
    """

    booking: Booking
    school: str
    people: int
    goes: bool
    alternatives: Sequence[EventSession]


def affected(session: EventSession, capacity: int, most_parties: int | None = None) -> list[Affected]:
    """The parties that have to go, the latest first. Empty where all may stay."""
    return [one for one in parties_to_settle(session, capacity, most_parties) if one.goes]


def parties_to_settle(session: EventSession, capacity: int, most_parties: int | None = None) -> list[Affected]:
    """All parties with places in the session, the latest first, and which of them have to go. Two statements.

    Sessions of the same day come before others, then the nearest in time. Room that one party would take is not taken
    off for the next: the office chooses, and the act itself refuses what does not fit.
    """
    rows = db.session.execute(
        select(Booking, School.name, BookingPlace.people)
        .join(BookingPlace, BookingPlace.booking_id == Booking.id)
        .join(School, School.id == Booking.school_id)
        .where(BookingPlace.session_id == session.id)
        .order_by(Booking.created_at.desc(), Booking.id.desc())
    ).all()
    others = db.session.scalars(
        select(EventSession).where(
            EventSession.event_id == session.event_id,
            EventSession.id != session.id,
            EventSession.state == "open",
            EventSession.starts_at > now(),
        )
    ).all()
    others = sorted(others, key=lambda one: (one.day != session.day, abs(one.starts_at - session.starts_at), one.id))
    stays = _staying([(booking.id, people) for booking, _school, people in reversed(rows)], capacity, most_parties)
    found = []
    for booking, school, people in rows:
        whole = booking.pupils + booking.adults
        fitting = [one for one in others if room_of(one) >= whole][:MOST_ALTERNATIVES]
        found.append(Affected(booking, school, people, booking.id not in stays, fitting))
    return found


def _staying(parties: Sequence[tuple[int, int]], capacity: int, most_parties: int | None) -> set[int]:
    """Who stays of (id, people), the earliest first: each that finds room beside those before it, also behind a larger one."""
    stays: set[int] = set()
    left = capacity
    for booking_id, people in parties:
        if people <= left and (most_parties is None or len(stays) < most_parties):
            stays.add(booking_id)
            left -= people
    return stays
