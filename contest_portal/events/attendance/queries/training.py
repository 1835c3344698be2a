"""A training's people by name: who is expected, who was at which session, who was at all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager, joinedload

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.events.attendance.models import Presence
from contest_portal.events.booking.models import Booking, BookingPerson, BookingPlace
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import School


@dataclass(frozen=True)
class Attendee:
    """A person of a training: name, school, and the ids of the sessions at which the person was."""

    person_id: int
    name: str
    initials: str
    school_id: int
    school: str
    sessions: frozenset[int]

    def was_at_all(self, sessions: Sequence[EventSession]) -> bool:
        """Whether the person was at each of the sessions; there must be one."""
        return bool(sessions) and all(one.id in self.sessions for one in sessions)


@dataclass(frozen=True)
class Attendance:
    """A training's open sessions in order of time, and its people by school and name."""

    sessions: Sequence[EventSession]
    people: Sequence[Attendee]

    @property
    def begun(self) -> frozenset[int]:
        """The ids of the sessions that have begun: before that, nobody is missing."""
        return frozenset(one.id for one in self.sessions if one.starts_at <= now())

    @property
    def complete(self) -> list[Attendee]:
        """Those who were at all sessions."""
        return [one for one in self.people if one.was_at_all(self.sessions)]


def attendance_of(event: Event, *, school_id: int | None = None) -> Attendance:
    """The people of the event's parties that have places, of one school where it is given: three statements."""
    sessions = list(
        db.session.scalars(
            select(EventSession)
            .where(EventSession.event_id == event.id, EventSession.state == "open")
            .order_by(EventSession.starts_at, EventSession.id)
        )
    )
    of_school = [] if school_id is None else [Booking.school_id == school_id]
    return Attendance(sessions, _people(event.id, *of_school))


def attendees_of_session(session: EventSession) -> Attendance:
    """The people who are expected in one session."""
    with_place = (
        select(BookingPlace.id)
        .where(BookingPlace.booking_id == Booking.id, BookingPlace.session_id == session.id)
        .exists()
    )
    return Attendance([session], _people(session.event_id, with_place))


def _people(event_id: int, *conditions: ColumnElement[bool]) -> list[Attendee]:
    rows = db.session.execute(
        select(BookingPerson, Booking)
        .join(Booking, Booking.id == BookingPerson.booking_id)
        .join(School, School.id == Booking.school_id)
        .where(Booking.event_id == event_id, Booking.state == "booked", *conditions)
        .options(joinedload(BookingPerson.teacher), joinedload(BookingPerson.student), contains_eager(Booking.school))
        .order_by(School.name, Booking.id, BookingPerson.id)
    ).all()
    there: dict[int, set[int]] = defaultdict(set)
    for person_id, session_id in db.session.execute(
        select(Presence.person_id, Presence.session_id)
        .join(EventSession, EventSession.id == Presence.session_id)
        .where(EventSession.event_id == event_id)
    ):
        there[person_id].add(session_id)
    return [
        Attendee(
            person_id=person.id,
            name=who.name,
            initials=who.initials,
            school_id=booking.school_id,
            school=booking.school.name,
            sessions=frozenset(there[person.id]),
        )
        for person, booking in rows
        if (who := person.teacher or person.student) is not None
    ]
