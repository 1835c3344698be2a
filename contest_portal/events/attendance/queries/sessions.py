"""A session at the door: the parties that are expected, those that came, those that nobody expected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.events.attendance.counting import Stay, Tally, is_late, people_in_session, tally
from contest_portal.events.attendance.models import CheckIn, CheckInCorrection
from contest_portal.events.booking.models import Booking, BookingGroup, BookingPlace
from contest_portal.events.planning.models import EventSession
from contest_portal.people.models import Account, School


@dataclass(frozen=True)
class Party:
    """A party with places in the session. `elsewhere`: its check-in in another session of the same day."""

    booking: Booking
    groups: Sequence[BookingGroup]
    pupils: int
    adults: int
    no_show_at: datetime | None
    arrival: CheckIn | None
    is_late: bool
    elsewhere: CheckIn | None

    @property
    def state(self) -> str:
        """arrived, no_show, elsewhere or expected."""
        if self.arrival is not None:
            return "arrived"
        if self.no_show_at is not None:
            return "no_show"
        return "elsewhere" if self.elsewhere is not None else "expected"


@dataclass(frozen=True)
class SessionDay:
    """All that the page of a session shows. `others` came without places in it, walk-in parties and changed plans."""

    session: EventSession
    parties: Sequence[Party]
    others: Sequence[CheckIn]
    tally: Tally
    neighbours: Sequence[EventSession] = field(default_factory=tuple)

    @property
    def missing(self) -> list[Party]:
        """Those that have not come and of whom nothing is noted."""
        return [one for one in self.parties if one.state == "expected"]


def session(session_id: int) -> EventSession:
    """The session with its event. Raises NotFound."""
    row = db.session.scalar(
        select(EventSession).where(EventSession.id == session_id).options(joinedload(EventSession.event))
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Scanned:
    """A booking's QR and the session to which it leads."""

    session: EventSession
    booking: Booking


def scanned(booking_token: str) -> Scanned:
    """The session to which a booking's QR leads: of today, else the next, else the last. Raises NotFound."""
    rows = db.session.execute(
        select(Booking, EventSession)
        .join(BookingPlace, BookingPlace.booking_id == Booking.id)
        .join(EventSession, EventSession.id == BookingPlace.session_id)
        .where(Booking.token == booking_token)
        .options(joinedload(EventSession.event), joinedload(Booking.school))
        .order_by(EventSession.starts_at)
    ).all()
    if not rows:
        raise NotFound
    booking, last = rows[-1]
    return Scanned(next((one for _booking, one in rows if one.ends_at >= now()), last), booking)


def session_day(row: EventSession) -> SessionDay:
    """The session as the people at the door see it: six statements."""
    arrivals = counted_check_ins(row.id)
    places = _places(row.id)
    groups = _groups([booking.id for _place, booking in places])
    elsewhere = _elsewhere(row, [booking.id for _place, booking in places])
    by_booking = {one.booking_id: one for one in arrivals if one.booking_id is not None}
    parties = [
        _party(place, booking, groups[booking.id], row, by_booking.get(booking.id), elsewhere.get(booking.id))
        for place, booking in places
    ]
    expected = {booking.id for _place, booking in places}
    return SessionDay(
        session=row,
        parties=parties,
        others=[one for one in arrivals if one.booking_id not in expected],
        tally=tally(
            [place.people for place, _booking in places],
            [
                Stay(one.pupils + one.adults, one.arrived_at, one.left_at or row.ends_at, one.booking_id is not None)
                for one in arrivals
            ],
            now(),
        ),
        neighbours=_of_the_day(row),
    )


def counted_check_ins(session_id: int) -> list[CheckIn]:
    """The check-ins of the session that count, as they came."""
    return list(
        db.session.scalars(
            select(CheckIn)
            .where(CheckIn.session_id == session_id, CheckIn.undone_at.is_(None))
            .options(joinedload(CheckIn.booking).joinedload(Booking.school))
            .order_by(CheckIn.arrived_at, CheckIn.id)
        )
    )


def _places(session_id: int) -> list[tuple[BookingPlace, Booking]]:
    rows = db.session.execute(
        select(BookingPlace, Booking)
        .join(Booking, Booking.id == BookingPlace.booking_id)
        .join(School, School.id == Booking.school_id)
        .where(BookingPlace.session_id == session_id, Booking.state == "booked")
        .options(contains_eager(Booking.school))
        .order_by(School.name, Booking.id)
    )
    return [(place, booking) for place, booking in rows]


def _groups(booking_ids: Collection[int]) -> dict[int, list[BookingGroup]]:
    found: dict[int, list[BookingGroup]] = defaultdict(list)
    for one in db.session.scalars(
        select(BookingGroup).where(BookingGroup.booking_id.in_(booking_ids)).order_by(BookingGroup.id)
    ):
        found[one.booking_id].append(one)
    return found


def _elsewhere(row: EventSession, booking_ids: Collection[int]) -> dict[int, CheckIn]:
    """Check-ins of these parties in other sessions of the day; of a course each session is for itself."""
    if row.event.is_course:
        return {}
    rows = db.session.scalars(
        select(CheckIn)
        .join(EventSession, EventSession.id == CheckIn.session_id)
        .outerjoin(
            BookingPlace,
            (BookingPlace.booking_id == CheckIn.booking_id) & (BookingPlace.session_id == CheckIn.session_id),
        )
        .where(
            CheckIn.booking_id.in_(booking_ids),
            CheckIn.undone_at.is_(None),
            CheckIn.session_id != row.id,
            EventSession.day == row.day,
            BookingPlace.id.is_(None),  # a divided party has places in both: it is expected in both
        )
        .options(contains_eager(CheckIn.session))
    )
    return {one.booking_id or 0: one for one in rows}


def _party(
    place: BookingPlace,
    booking: Booking,
    groups: Sequence[BookingGroup],
    row: EventSession,
    arrival: CheckIn | None,
    elsewhere: CheckIn | None,
) -> Party:
    here = [one for one in groups if one.session_id == row.id]
    divided = sum(one.pupils for one in here) if any(one.session_id for one in groups) else None
    pupils, adults = people_in_session(place.people, booking.pupils, booking.adults, divided)
    return Party(
        booking=booking,
        groups=here or groups,
        pupils=pupils,
        adults=adults,
        no_show_at=place.no_show_at,
        arrival=arrival,
        is_late=arrival is not None and is_late(arrival.arrived_at, row.starts_at),
        elsewhere=elsewhere,
    )


def _of_the_day(row: EventSession) -> list[EventSession]:
    return list(
        db.session.scalars(
            select(EventSession)
            .where(EventSession.event_id == row.event_id, EventSession.day == row.day, EventSession.state == "open")
            .order_by(EventSession.starts_at, EventSession.id)
        )
    )


@dataclass(frozen=True)
class FoundParty:
    """A party of the event found by its three letters, which has no place in the session that was asked."""

    booking: Booking
    sessions: Sequence[EventSession]


def party_by_code(row: EventSession, code: str) -> FoundParty | None:
    """The event's party with that code and the sessions where it has places; None where there is none."""
    rows = db.session.execute(
        select(Booking, EventSession)
        .outerjoin(BookingPlace, BookingPlace.booking_id == Booking.id)
        .outerjoin(EventSession, EventSession.id == BookingPlace.session_id)
        .where(Booking.event_id == row.event_id, func.upper(Booking.code) == code.strip().upper())
        .options(joinedload(Booking.school))
        .order_by(EventSession.starts_at)
    ).all()
    if not rows:
        return None
    found = [one for _booking, one in rows if one is not None]  # type: ignore[redundant-expr]  # an outer join's
    return FoundParty(rows[0][0], found)


def school_names(office_id: int) -> list[str]:
    """The names of the office's schools, to choose from at the door."""
    return list(
        db.session.scalars(
            select(School.name).where(School.office_id == office_id, School.state == "approved").order_by(School.name)
        )
    )


def check_in(check_in_id: int) -> CheckIn:
    """The check-in with its session, event and party. Raises NotFound."""
    row = db.session.scalar(
        select(CheckIn)
        .where(CheckIn.id == check_in_id)
        .options(
            joinedload(CheckIn.session).joinedload(EventSession.event),
            joinedload(CheckIn.booking).joinedload(Booking.school),
        )
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class History:
    """What was done to a check-in, and the names of those who did it."""

    corrections: Sequence[CheckInCorrection]
    names: dict[int, str]


def history_of(row: CheckIn) -> History:
    """The corrections of a check-in, the newest last."""
    corrections = list(
        db.session.scalars(
            select(CheckInCorrection).where(CheckInCorrection.check_in_id == row.id).order_by(CheckInCorrection.id)
        )
    )
    ids = {row.recorded_by, row.undone_by, *(one.by for one in corrections)} - {None}
    names = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(ids))).all()
    return History(corrections, {row.id: row.name for row in names})
