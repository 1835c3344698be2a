"""The year's visits, for reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select

from contest_portal.core.database import db
from contest_portal.events.attendance.models import CheckIn, Presence
from contest_portal.events.booking.models import Booking, BookingPerson
from contest_portal.events.planning.models import Event, EventSession

HELD = (Event.state.in_(["public", "closed"]), EventSession.state == "open")
"""What took place: neither the event nor the session is cancelled, and it is no draft."""


@dataclass(frozen=True)
class EventVisits:
    """What an event came to: sessions held, parties that came, pupils and adults counted. `visits` is 人次."""

    event_id: int
    office_id: int
    title: str
    kind: str
    theme: str
    sessions: int
    parties: int
    pupils: int
    adults: int
    visits: int


def visits(office_id: int, year: int) -> list[EventVisits]:
    """The year's events of the office, as `visits_by_year` gives them."""
    return visits_by_year(office_id, year, year)[year]


def visits_by_year(office_id: int | None, first: int, last: int) -> dict[int, list[EventVisits]]:
    """For each year from `first` to `last` the events with sessions in it, by their first day; cancelled ones and drafts
    are left out. None: those of all offices.

    人次 is the sum of the counts at the door. Where a training was ticked by name and its parties were not counted,
    each tick is an adult. Two statements, however many years.
    """
    of_office = [] if office_id is None else [Event.office_id == office_id]
    within = (*HELD, EventSession.day.between(date(first, 1, 1), date(last, 12, 31)), *of_office)
    people: defaultdict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    named = {}
    for event_id, day, holder, title, kind, theme, *numbers in _counted(*within):
        named[event_id] = (holder, title, kind, theme)
        _add(people[day.year, event_id], numbers)
    for event_id, day, *numbers in ticked_days(*within):
        _add(people[day.year, event_id], numbers)
    found: dict[int, list[EventVisits]] = {year: [] for year in range(first, last + 1)}
    for (year, event_id), (sessions, parties, pupils, adults) in people.items():
        counts = EventVisits(event_id, *named[event_id], sessions, parties, pupils, adults, visits=pupils + adults)
        found[year].append(counts)
    return found


def visits_of_school(school_id: int) -> dict[int, int]:
    """人次 of the school by year, counted as in the office's numbers: the counts at the door, and the ticks of parties
    that were not counted there. Two statements.
    """
    door = (
        select(EventSession.day, func.sum(CheckIn.pupils + CheckIn.adults))
        .join(CheckIn, CheckIn.session_id == EventSession.id)
        .join(Event, Event.id == EventSession.event_id)
        .where(CheckIn.school_id == school_id, CheckIn.undone_at.is_(None), *HELD)
        .group_by(EventSession.day)
    )
    found: defaultdict[int, int] = defaultdict(int)
    for day, people in db.session.execute(door):
        found[day.year] += people
    for _event, day, _sessions, _parties, _pupils, people in ticked_days(*HELD, Booking.school_id == school_id):
        found[day.year] += people
    return dict(found)


def _add(sums: list[int], numbers: Iterable[Any]) -> None:
    sums[:] = [total + int(number or 0) for total, number in zip(sums, numbers, strict=True)]


def _counted(*within: ColumnElement[bool]) -> list[Any]:
    """(event, day, office, title, kind, theme, sessions, parties, pupils, adults) as counted at the door, in order of days."""
    door = (
        select(
            CheckIn.session_id,
            func.count().label("parties"),
            func.sum(CheckIn.pupils).label("pupils"),
            func.sum(CheckIn.adults).label("adults"),
        )
        .where(CheckIn.undone_at.is_(None))
        .group_by(CheckIn.session_id)
        .subquery()
    )
    sums = (func.count(EventSession.id), *(func.sum(door.c[name]) for name in ("parties", "pupils", "adults")))
    event = (Event.id, EventSession.day, Event.office_id, Event.title, Event.kind, Event.theme)
    return list(
        db.session.execute(
            select(*event, *sums)
            .join(EventSession, EventSession.event_id == Event.id)
            .outerjoin(door, door.c.session_id == EventSession.id)
            .where(*within)
            .group_by(*event)
            .order_by(EventSession.day, Event.id)
        )
    )


def ticked_days(*within: ColumnElement[bool]) -> list[Any]:
    """(event, day, no more sessions, parties, no pupils, people) that were ticked by name, of parties without a count at the door."""
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
        select(EventSession.event_id, EventSession.day, func.count().label("people"))
        .select_from(Presence)
        .join(BookingPerson, BookingPerson.id == Presence.person_id)
        .join(Booking, Booking.id == BookingPerson.booking_id)
        .join(EventSession, EventSession.id == Presence.session_id)
        .join(Event, Event.id == EventSession.event_id)
        .where(*within, ~counted)
        .group_by(EventSession.event_id, EventSession.day, Presence.session_id, BookingPerson.booking_id)
        .subquery()
    )
    return list(
        db.session.execute(
            select(
                parties.c.event_id, parties.c.day, literal(0), func.count(), literal(0), func.sum(parties.c.people)
            ).group_by(parties.c.event_id, parties.c.day)
        )
    )
