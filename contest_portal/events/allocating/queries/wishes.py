"""What came in: how many wish which session, by the position of the wish."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from contest_portal.core.clock import local
from contest_portal.core.database import db
from contest_portal.events.booking.models import Booking, BookingWish
from contest_portal.events.planning.models import EventSession

HEATS = (0.0, 0.5, 1.0, 1.5, 2.0)
"""From which share of the capacity on a session counts as warmer (DEFAULT)."""


@dataclass(frozen=True)
class Demand:
    """A session and how many people wish it: first of all, and at all; `heat` 0 (nobody) to 5 (twice what fits in)."""

    session: EventSession
    first: int
    all: int
    parties: int

    @property
    def heat(self) -> int:
        if not self.first or self.session.state != "open":
            return 0
        share = self.first / self.session.capacity if self.session.capacity else HEATS[-1]
        return sum(share >= one for one in HEATS)


@dataclass(frozen=True)
class WishTable:
    """What came in. `times`: beginnings of sessions as columns; `days`: each day's sessions by these times.

    `by_position`: people by the position of the wish, for each session, as rows of the export.
    """

    parties: int
    schools: int
    people: int
    priorities: Mapping[int, int]
    times: Sequence[str]
    days: Sequence[tuple[date, Sequence[Demand | None]]]
    demands: Sequence[Demand]


def wish_table(event_id: int) -> WishTable:
    """The wishes of parties that still wish, or were part of the published plan; four statements."""
    alive = Booking.state.in_(("wished", "booked", "unplaced", "waiting"))
    of_event = (Booking.event_id == event_id, alive, Booking.id.in_(select(BookingWish.booking_id)))
    size = Booking.pupils + Booking.adults
    parties, schools, people = db.session.execute(
        select(func.count(), func.count(func.distinct(Booking.school_id)), func.sum(size)).where(*of_event)
    ).one()
    priorities = db.session.execute(
        select(Booking.priority, func.count()).where(*of_event).group_by(Booking.priority).order_by(Booking.priority)
    )
    wishes = db.session.execute(
        select(BookingWish.session_id, BookingWish.position, func.sum(size), func.count())
        .join(Booking, Booking.id == BookingWish.booking_id)
        .where(*of_event)
        .group_by(BookingWish.session_id, BookingWish.position)
    )
    counts: dict[int, dict[int, tuple[int, int]]] = {}
    for session_id, position, count, number in wishes:
        counts.setdefault(session_id, {})[position] = (int(count), int(number))
    sessions = db.session.scalars(
        select(EventSession)
        .where(EventSession.event_id == event_id)
        .order_by(EventSession.starts_at, EventSession.number)
    )
    demands = [_demand(one, counts.get(one.id, {})) for one in sessions]
    times = sorted({_time(one) for one in demands})
    return WishTable(
        int(parties),
        int(schools),
        int(people or 0),
        {row[0]: row[1] for row in priorities},
        times,
        _days(demands, times),
        demands,
    )


def _demand(session: EventSession, counts: Mapping[int, tuple[int, int]]) -> Demand:
    first = counts.get(1, (0, 0))[0]
    return Demand(session, first, sum(one for one, _ in counts.values()), sum(one for _, one in counts.values()))


def _time(one: Demand) -> str:
    return f"{local(one.session.starts_at):%H:%M}"


def _days(demands: Sequence[Demand], times: Sequence[str]) -> list[tuple[date, list[Demand | None]]]:
    found: dict[date, dict[str, Demand]] = {}
    for one in demands:
        found.setdefault(one.session.day, {})[_time(one)] = one
    return [(day, [cells.get(time) for time in times]) for day, cells in sorted(found.items())]
