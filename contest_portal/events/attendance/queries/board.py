"""An event as it goes: today's sessions with who is expected, who came, who is in the hall; all its sessions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from contest_portal.core.clock import now, today
from contest_portal.core.database import db
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.events.attendance.counting import Stay, Tally, tally
from contest_portal.events.attendance.models import CheckIn, CheckInCorrection, Presence
from contest_portal.events.attendance.queries.year import ticked_days
from contest_portal.events.booking.models import Booking, BookingPerson, BookingPlace
from contest_portal.events.planning.models import Event, EventSession

FILTERS = ("day",)


@dataclass(frozen=True)
class SessionTally:
    """A session and what its counts come to."""

    session: EventSession
    tally: Tally


@dataclass(frozen=True)
class Board:
    """The sessions of the day that matters: today, else the next day with sessions, else the last one."""

    day: date | None
    is_today: bool
    sessions: Sequence[SessionTally]
    total: Tally


def board_of(event: Event) -> Board:
    """The event's live board: four statements."""
    day = _day_that_matters(event.id)
    sessions = _open_sessions(event.id, day) if day else []
    tallies = tallies_of(sessions)
    return Board(day, day == today(), tallies, sum((one.tally for one in tallies), Tally()))


def tallies_of(sessions: Sequence[EventSession]) -> list[SessionTally]:
    """What the counts of each session come to: three statements. Who was only ticked by name has come as well."""
    ids = [one.id for one in sessions]
    expected, stays, ticked = _expected(ids), _stays(ids), _ticked(ids)
    moment, found = now(), []
    for one in sessions:
        counted = {stay.booking_id for stay in stays[one.id]}
        came = [_until(stay, one) for stay in stays[one.id]]
        came += [
            Stay(people, since, one.ends_at)
            for booking_id, people, since in ticked[one.id]
            if booking_id not in counted
        ]
        found.append(SessionTally(one, tally(expected[one.id], came, moment)))
    return found


def sessions_page(event: Event, listing: Listing) -> Page[SessionTally]:
    """One page of the event's sessions with their counts."""
    statement = select(EventSession).where(EventSession.event_id == event.id)
    if (day := _day(listing.get("day"))) is not None:
        statement = statement.where(EventSession.day == day)
    columns = {"": EventSession.starts_at, "number": EventSession.number}
    page = paginate(sorted_by(statement, listing, columns, tie=EventSession.id), listing)
    return Page(tallies_of(page.rows), page.total, listing)


def event_total(event: Event) -> tuple[int, int, int]:
    """(parties, pupils, adults) that were counted or ticked in all of the event's sessions: two statements."""
    parties, pupils, adults = db.session.execute(
        select(func.count(), func.sum(CheckIn.pupils), func.sum(CheckIn.adults))
        .join(EventSession, EventSession.id == CheckIn.session_id)
        .where(EventSession.event_id == event.id, CheckIn.undone_at.is_(None))
    ).one()
    ticks = ticked_days(Event.id == event.id)
    ticked_parties, ticked_people = (sum(row[at] for row in ticks) for at in (3, 5))
    return parties + ticked_parties, int(pupils or 0), int(adults or 0) + int(ticked_people)


@dataclass(frozen=True)
class ExportedCheckIn:
    """A line of the event's counts, and how often it was corrected."""

    row: CheckIn
    expected: int | None
    corrections: Sequence[CheckInCorrection]


def check_ins_of(event: Event, day: str = "") -> list[ExportedCheckIn]:
    """All check-ins of the event that count, in order of time; of one day where it is given."""
    statement = (
        select(CheckIn, BookingPlace.people)
        .join(EventSession, EventSession.id == CheckIn.session_id)
        .outerjoin(
            BookingPlace,
            (BookingPlace.booking_id == CheckIn.booking_id) & (BookingPlace.session_id == CheckIn.session_id),
        )
        .where(EventSession.event_id == event.id, CheckIn.undone_at.is_(None))
        .options(joinedload(CheckIn.session), joinedload(CheckIn.booking).joinedload(Booking.school))
        .order_by(EventSession.starts_at, CheckIn.arrived_at, CheckIn.id)
    )
    if (chosen := _day(day)) is not None:
        statement = statement.where(EventSession.day == chosen)
    rows = db.session.execute(statement).all()
    corrections: dict[int, list[CheckInCorrection]] = defaultdict(list)
    for one in db.session.scalars(
        select(CheckInCorrection)
        .join(CheckIn, CheckIn.id == CheckInCorrection.check_in_id)
        .join(EventSession, EventSession.id == CheckIn.session_id)
        .where(EventSession.event_id == event.id)
        .order_by(CheckInCorrection.id)
    ):
        corrections[one.check_in_id].append(one)
    return [ExportedCheckIn(row, people, corrections[row.id]) for row, people in rows]


def _day_that_matters(event_id: int) -> date | None:
    of_event = (EventSession.event_id == event_id, EventSession.state == "open")
    coming = db.session.scalar(select(func.min(EventSession.day)).where(*of_event, EventSession.day >= today()))
    return coming or db.session.scalar(select(func.max(EventSession.day)).where(*of_event))


def _open_sessions(event_id: int, day: date) -> list[EventSession]:
    return list(
        db.session.scalars(
            select(EventSession)
            .where(EventSession.event_id == event_id, EventSession.day == day, EventSession.state == "open")
            .order_by(EventSession.starts_at, EventSession.id)
        )
    )


def _expected(session_ids: Collection[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for session_id, people in db.session.execute(
        select(BookingPlace.session_id, BookingPlace.people)
        .join(Booking, Booking.id == BookingPlace.booking_id)
        .where(BookingPlace.session_id.in_(session_ids), Booking.state == "booked")
    ):
        found[session_id].append(people)
    return found


def _stays(session_ids: Collection[int]) -> dict[int, list[CheckIn]]:
    found: dict[int, list[CheckIn]] = defaultdict(list)
    for row in db.session.scalars(
        select(CheckIn).where(CheckIn.session_id.in_(session_ids), CheckIn.undone_at.is_(None))
    ):
        found[row.session_id].append(row)
    return found


def _ticked(session_ids: Collection[int]) -> dict[int, list[tuple[int, int, datetime]]]:
    """By session: (party, people that were ticked by name, when the first was)."""
    found: dict[int, list[tuple[int, int, datetime]]] = defaultdict(list)
    for session_id, booking_id, people, since in db.session.execute(
        select(Presence.session_id, BookingPerson.booking_id, func.count(), func.min(Presence.recorded_at))
        .join(BookingPerson, BookingPerson.id == Presence.person_id)
        .where(Presence.session_id.in_(session_ids))
        .group_by(Presence.session_id, BookingPerson.booking_id)
    ):
        found[session_id].append((booking_id, people, since))
    return found


def _until(row: CheckIn, session: EventSession) -> Stay:
    return Stay(row.pupils + row.adults, row.arrived_at, row.left_at or session.ends_at, row.booking_id is not None)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
