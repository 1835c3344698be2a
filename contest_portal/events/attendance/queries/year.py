"""The year's visits, for reports."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select

from contest_portal.core.database import db
from contest_portal.events.attendance.models import CheckIn, Presence
from contest_portal.events.booking.models import BookingPerson
from contest_portal.events.planning.models import Event, EventSession


@dataclass(frozen=True)
class EventVisits:
    """What an event came to: sessions held, parties that came, pupils and adults counted. `visits` is 人次."""

    event_id: int
    title: str
    kind: str
    theme: str
    sessions: int
    parties: int
    pupils: int
    adults: int
    visits: int


def visits(office_id: int, year: int) -> list[EventVisits]:
    """The events of the office with sessions in the year, by their first day. Cancelled ones and drafts are left out.

    人次 is the sum of the counts at the door. Where a training was ticked by name and its parties were not counted,
    each tick is an adult. Three statements.
    """
    within = (
        Event.office_id == office_id,
        Event.state.in_(["public", "closed"]),
        EventSession.state == "open",
        EventSession.day.between(date(year, 1, 1), date(year, 12, 31)),
    )
    events = db.session.execute(
        select(Event.id, Event.title, Event.kind, Event.theme, func.count(EventSession.id))
        .join(EventSession, EventSession.event_id == Event.id)
        .where(*within)
        .group_by(Event.id, Event.title, Event.kind, Event.theme)
        .order_by(func.min(EventSession.day), Event.id)
    ).all()
    counted = {
        event_id: (parties, pupils, adults)
        for event_id, parties, pupils, adults in db.session.execute(
            select(EventSession.event_id, func.count(), func.sum(CheckIn.pupils), func.sum(CheckIn.adults))
            .join(CheckIn, CheckIn.session_id == EventSession.id)
            .join(Event, Event.id == EventSession.event_id)
            .where(*within, CheckIn.undone_at.is_(None))
            .group_by(EventSession.event_id)
        )
    }
    ticked = _ticked(*within)
    found = []
    for event_id, title, kind, theme, sessions in events:
        parties, pupils, adults = counted.get(event_id, (0, 0, 0))
        more_parties, people = ticked.get(event_id, (0, 0))
        adults += people
        found.append(
            EventVisits(event_id, title, kind, theme, sessions, parties + more_parties, pupils, adults, pupils + adults)
        )
    return found


def _ticked(*within: ColumnElement[bool]) -> dict[int, tuple[int, int]]:
    """Of parties without a count at the door: by event (parties, people) that were ticked by name."""
    counted = (
        select(CheckIn.id)
        .where(
            CheckIn.session_id == Presence.session_id,
            CheckIn.booking_id == BookingPerson.booking_id,
            CheckIn.undone_at.is_(None),
        )
        .exists()
    )
    parties = (
        select(EventSession.event_id, func.count().label("people"))
        .select_from(Presence)
        .join(BookingPerson, BookingPerson.id == Presence.person_id)
        .join(EventSession, EventSession.id == Presence.session_id)
        .join(Event, Event.id == EventSession.event_id)
        .where(*within, ~counted)
        .group_by(EventSession.event_id, Presence.session_id, BookingPerson.booking_id)
        .subquery()
    )
    rows = db.session.execute(
        select(parties.c.event_id, func.count(), func.sum(parties.c.people)).group_by(parties.c.event_id)
    )
    return {event_id: (count, int(people)) for event_id, count, people in rows}  # PostgreSQL sums counts as decimals
