"""What a school sees: what is open for it, its parties, what it should do next; and what its form chooses from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import joinedload

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.events.booking.models import Booking, BookingGroup, BookingPlace, Waiting
from contest_portal.events.booking.queries.displaced import Displaced, displaced_of
from contest_portal.events.booking.states import ALIVE
from contest_portal.events.planning.free_places import Free, ask_of_lapsed, free_in, lapsed_in
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.queries.free import free_by_event
from contest_portal.people.grades import grades_of, stage_of
from contest_portal.people.models import School, Student, Teacher
from contest_portal.people.queries.students import class_order

MOST_PAST = 30


@dataclass
class OwnParty:
    """A party of the school in its list, with its sessions and what waits for an answer."""

    booking: Booking
    sessions: list[EventSession] = field(default_factory=list)
    offers: list[Waiting] = field(default_factory=list)
    queued: list[EventSession] = field(default_factory=list)
    displaced: Displaced | None = None

    @property
    def begins_at(self) -> datetime | None:
        return min((one.starts_at for one in self.sessions), default=None)

    @property
    def needs_answer(self) -> bool:
        """Whether something runs out if the school does nothing."""
        return bool(self.offers) or self.booking.state in {"held", "unplaced"}


@dataclass(frozen=True)
class OpenEvent:
    """An event that the school may book: when it takes place, what is free, whether booking has begun."""

    event: Event
    first_on: date | None
    last_on: date | None
    free: Free
    is_open: bool
    parties: int


@dataclass(frozen=True)
class OwnPage:
    """The school's page 活动预约: what needs an answer first, what comes, what is open, what was."""

    urgent: Sequence[OwnParty]
    coming: Sequence[OwnParty]
    past: Sequence[OwnParty]
    events: Sequence[OpenEvent]


@dataclass(frozen=True)
class ClassChoice:
    """A class of the roster with its head-count; `code`: that of the party it is in already."""

    grade: int
    class_name: str
    pupils: int
    code: str = ""

    @property
    def key(self) -> str:
        return f"{self.grade}|{self.class_name}"


@dataclass(frozen=True)
class SessionChoice:
    """A session with the places that are free, those counted in whose holder's time is over."""

    session: EventSession
    free: int


def own_page(school: School) -> OwnPage:
    """What the school has and may have; eight statements."""
    bookings = db.session.scalars(
        select(Booking)
        .where(Booking.school_id == school.id)
        .options(joinedload(Booking.event))
        .order_by(Booking.id.desc())
    ).all()
    parties = {row.id: OwnParty(row) for row in bookings}
    places = db.session.execute(
        select(BookingPlace.booking_id, EventSession)
        .join(EventSession, EventSession.id == BookingPlace.session_id)
        .join(Booking, Booking.id == BookingPlace.booking_id)
        .where(Booking.school_id == school.id)
        .order_by(EventSession.starts_at)
    )
    for booking_id, session in places:
        parties[booking_id].sessions.append(session)
    entries = db.session.execute(
        select(Waiting, EventSession)
        .join(Booking, Booking.id == Waiting.booking_id)
        .join(EventSession, EventSession.id == Waiting.session_id)
        .where(Booking.school_id == school.id, Waiting.state.in_(("waiting", "offered")))
        .order_by(Waiting.offered_until, Waiting.id)
    )
    for entry, session in entries:
        parties[entry.booking_id].queued.append(session)
        if entry.offered_until is not None and entry.offered_until > now():
            parties[entry.booking_id].offers.append(entry)
    unplaced = [one.id for one in bookings if one.state == "unplaced"]
    for booking_id, lost in displaced_of(unplaced).items():
        parties[booking_id].displaced = lost
    urgent: list[OwnParty] = []
    coming: list[OwnParty] = []
    past: list[OwnParty] = []
    for party in parties.values():
        if _is_alive(party.booking) and not _is_over(party):
            (urgent if party.needs_answer else coming).append(party)
        elif party.booking.state != "expired":
            past.append(party)
    # Those without a day yet stand last; their event's days are not known to them.
    far = datetime.max.replace(tzinfo=now().tzinfo)
    coming.sort(key=lambda one: one.begins_at or far)
    return OwnPage(urgent, coming, past[:MOST_PAST], open_events(school, [one.booking for one in parties.values()]))


def open_events(school: School, bookings: Sequence[Booking]) -> list[OpenEvent]:
    """Public events of the school's office that it may book now or soon, for its grades."""
    moment = now()
    rows = db.session.execute(
        select(Event, func.min(EventSession.day), func.max(EventSession.day))
        .join(EventSession, EventSession.event_id == Event.id)
        .where(
            Event.office_id == school.office_id,
            Event.state == "public",
            Event.mode != "open",
            EventSession.state == "open",
            EventSession.starts_at > moment,
            or_(Event.booking_closes_at.is_(None), Event.booking_closes_at >= moment),
        )
        .group_by(Event.id)
        .order_by(func.min(EventSession.starts_at), Event.id)
    ).all()
    free = free_by_event([event.id for event, _first, _last in rows], moment)
    own = [row.event_id for row in bookings if _is_alive(row)]
    return [
        OpenEvent(
            event,
            first,
            last,
            free[event.id],
            event.booking_opens_at is None or event.booking_opens_at <= moment,
            own.count(event.id),
        )
        for event, first, last in rows
        if is_for(event, school)
    ]


def is_for(event: Event, school: School) -> bool:
    """Whether any grade of the school is among the event's."""
    return any(
        (not event.grades or grade in event.grades) and (not event.stages or stage_of(grade) in event.stages)
        for grade in grades_of(school.kind)
    )


def class_choices(school_id: int, event: Event, *, mine: int = 0) -> list[ClassChoice]:
    """The classes of the roster that the event is for, and which of them come with another party. Two statements."""
    rows = db.session.execute(
        select(Student.grade, Student.class_name, func.count())
        .where(Student.school_id == school_id, Student.state == "active")
        .group_by(Student.grade, Student.class_name)
    ).all()
    taken = {(row.grade, row.class_name): row.code for row in _groups_taken(school_id, event.id, mine)}
    choices = [
        ClassChoice(grade, name, count, taken.get((grade, name), "") if event.once_per_pupil else "")
        for grade, name, count in rows
        if name
        and (not event.grades or grade in event.grades)
        and (not event.stages or stage_of(grade) in event.stages)
    ]
    return sorted(choices, key=lambda one: (one.grade, class_order(one.class_name)))


def pupils_of_class(school_id: int, grade: int, class_name: str) -> list[tuple[int, str]]:
    """(id, name) of the class's pupils on the roster."""
    rows = db.session.execute(
        select(Student.id, Student.name)
        .where(
            Student.school_id == school_id,
            Student.state == "active",
            Student.grade == grade,
            Student.class_name == class_name,
        )
        .order_by(Student.initials, Student.id)
    )
    return [(row.id, row.name) for row in rows]


def classes_of_pupils(ids: Sequence[int]) -> list[tuple[int, str]]:
    """The classes that these pupils are in."""
    if not ids:
        return []
    rows = db.session.execute(select(Student.grade, Student.class_name).where(Student.id.in_(ids)).distinct())
    return [(row.grade, row.class_name) for row in rows]


def teachers_of(school_id: int) -> list[tuple[int, str]]:
    """(id, name) of the teachers on the roster, by initials."""
    rows = db.session.execute(
        select(Teacher.id, Teacher.name)
        .where(Teacher.school_id == school_id, Teacher.state == "active")
        .order_by(Teacher.initials, Teacher.id)
    )
    return [(row.id, row.name) for row in rows]


def session_choices(event: Event) -> list[SessionChoice]:
    """The sessions that have not begun, with what is free now. Two statements."""
    sessions = db.session.scalars(
        select(EventSession)
        .where(EventSession.event_id == event.id, EventSession.state == "open", EventSession.starts_at > now())
        .order_by(EventSession.starts_at, EventSession.id)
    ).all()
    lapsed = lapsed_in([event.id])
    return [SessionChoice(one, free_in(one, lapsed)) for one in sessions]


@ask_of_lapsed
def _lapsed(event_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """What is counted in sessions for forms whose time is over, until it is given back."""
    rows = db.session.execute(
        select(BookingPlace.session_id, func.sum(BookingPlace.people), func.count())
        .join(Booking, Booking.id == BookingPlace.booking_id)
        .where(Booking.event_id.in_(event_ids), Booking.state == "held", Booking.held_until <= now())
        .group_by(BookingPlace.session_id)
    )
    return {session_id: (int(people), parties) for session_id, people, parties in rows}


def _groups_taken(school_id: int, event_id: int, mine: int) -> Sequence[Any]:
    alive: ColumnElement[bool] = Booking.state.in_(ALIVE)
    return db.session.execute(
        select(BookingGroup.grade, BookingGroup.class_name, Booking.code)
        .join(Booking, Booking.id == BookingGroup.booking_id)
        .where(
            Booking.school_id == school_id,
            Booking.event_id == event_id,
            Booking.id != mine,
            BookingGroup.once_key.is_not(None),
            alive,
            or_(Booking.held_until.is_(None), Booking.held_until > now()),
        )
    ).all()


def _is_alive(row: Booking) -> bool:
    return row.state in ALIVE and not (row.held_until is not None and row.held_until <= now())


def _is_over(party: OwnParty) -> bool:
    return party.booking.event.state in {"closed", "cancelled"} or (
        bool(party.sessions) and max(one.ends_at for one in party.sessions) <= now()
    )
