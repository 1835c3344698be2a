"""One party with everything that its page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import aliased, joinedload

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.events.booking.models import (
    Booking,
    BookingChange,
    BookingGroup,
    BookingPerson,
    BookingPlace,
    BookingWish,
    Waiting,
)
from contest_portal.events.booking.queries.displaced import Displaced, displaced
from contest_portal.events.planning.free_places import free_in, lapsed_in
from contest_portal.events.planning.models import EventSession
from contest_portal.people.models import Account, Student, Teacher


@dataclass(frozen=True)
class PlaceLine:
    """So many people in a session, and the classes among them."""

    session: EventSession
    people: int
    came: bool


@dataclass(frozen=True)
class QueueLine:
    """A queue that the party stands in: `ahead` of it wait so many parties."""

    row: Waiting
    session: EventSession
    ahead: int


@dataclass(frozen=True)
class OtherSession:
    """A session that the party is not in, with the places that are free for it."""

    session: EventSession
    free: int


@dataclass(frozen=True)
class PartyPage:
    """A party as its page shows it."""

    booking: Booking
    places: Sequence[PlaceLine]
    queues: Sequence[QueueLine]
    wishes: Sequence[EventSession]
    groups: Sequence[BookingGroup]
    names: Sequence[str]
    changes: Sequence[tuple[BookingChange, str]]
    others: Sequence[OtherSession]
    """Sessions that have not begun, other than its own, for moving or queueing."""

    @property
    def people(self) -> int:
        return self.booking.pupils + self.booking.adults

    @property
    def fitting(self) -> list[OtherSession]:
        """Those of `others` that take the whole party; of one that may be divided, those where some of it begins."""
        divided = self.booking.event.splittable and self.booking.may_split and len(self.groups) > 1
        least = min(one.pupils for one in self.groups) if divided else self.people
        return [one for one in self.others if one.free >= least]

    @property
    def to_queue_for(self) -> list[OtherSession]:
        """Those of `others` in whose queue it may still stand: large enough for all of it, were they empty."""
        queued = {one.session.id for one in self.queues}
        return [one for one in self.others if one.session.capacity >= self.people and one.session.id not in queued]

    @property
    def displaced(self) -> Displaced | None:
        """The session that the office cancelled, while the party has no other."""
        lost = self.booking.state == "unplaced"
        return displaced(change for change, _by in self.changes) if lost else None


def booking(booking_id: int) -> Booking:
    """The party with its event and school. Raises NotFound."""
    return _found(Booking.id == booking_id)


def booking_of_token(token: str) -> Booking:
    """The party whose QR was read. Raises NotFound."""
    return _found(Booking.token == token)


def queue_entry(waiting_id: int) -> Waiting:
    """The entry with its party. Raises NotFound."""
    row = db.session.scalar(select(Waiting).where(Waiting.id == waiting_id).options(joinedload(Waiting.booking)))
    if row is None:
        raise NotFound
    return row


def party_page(row: Booking) -> PartyPage:
    """Everything about the party; ten statements at most."""
    places = db.session.execute(
        select(EventSession, BookingPlace.people, BookingPlace.no_show_at)
        .join(BookingPlace, BookingPlace.session_id == EventSession.id)
        .where(BookingPlace.booking_id == row.id)
        .order_by(EventSession.starts_at)
    ).all()
    mine = {session.id for session, _people, _absent in places}
    others = db.session.scalars(
        select(EventSession)
        .where(
            EventSession.event_id == row.event_id,
            EventSession.state == "open",
            EventSession.starts_at > now(),
            EventSession.id.not_in(mine),
        )
        .order_by(EventSession.starts_at, EventSession.id)
    ).all()
    lapsed = lapsed_in([row.event_id])
    return PartyPage(
        row,
        [PlaceLine(session, people, absent is None) for session, people, absent in places],
        _queues(row),
        wishes_of(row),
        groups_of(row),
        _names(row),
        _changes(row),
        [OtherSession(one, free_in(one, lapsed)) for one in others],
    )


def groups_of(row: Booking) -> Sequence[BookingGroup]:
    """The party's classes."""
    return db.session.scalars(
        select(BookingGroup).where(BookingGroup.booking_id == row.id).order_by(BookingGroup.id)
    ).all()


def persons_of(row: Booking) -> Sequence[BookingPerson]:
    """The party's people by name."""
    return db.session.scalars(
        select(BookingPerson).where(BookingPerson.booking_id == row.id).order_by(BookingPerson.id)
    ).all()


def wishes_of(row: Booking) -> Sequence[EventSession]:
    """The wished sessions in order."""
    return db.session.scalars(
        select(EventSession)
        .join(BookingWish, BookingWish.session_id == EventSession.id)
        .where(BookingWish.booking_id == row.id)
        .order_by(BookingWish.position)
    ).all()


def _found(condition: object) -> Booking:
    row = db.session.scalar(
        select(Booking).where(condition).options(joinedload(Booking.event), joinedload(Booking.school))  # type: ignore[arg-type]
    )
    if row is None:
        raise NotFound
    return row


def _queues(row: Booking) -> list[QueueLine]:
    other = aliased(Waiting)
    ahead = (
        select(func.count())
        .where(other.session_id == Waiting.session_id, other.state == "waiting", other.id < Waiting.id)
        .correlate(Waiting)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Waiting, EventSession, ahead)
        .join(EventSession, EventSession.id == Waiting.session_id)
        .where(Waiting.booking_id == row.id, Waiting.state.in_(("waiting", "offered")))
        .order_by(Waiting.state, Waiting.id)
    )
    return [QueueLine(*line) for line in rows]


def _names(row: Booking) -> list[str]:
    return list(
        db.session.scalars(
            select(func.coalesce(Student.name, Teacher.name))
            .select_from(BookingPerson)
            .outerjoin(Student, Student.id == BookingPerson.student_id)
            .outerjoin(Teacher, Teacher.id == BookingPerson.teacher_id)
            .where(BookingPerson.booking_id == row.id)
            .order_by(BookingPerson.id)
        )
    )


def _changes(row: Booking) -> list[tuple[BookingChange, str]]:
    rows = db.session.execute(
        select(BookingChange, Account.name)
        .outerjoin(Account, Account.id == BookingChange.by)
        .where(BookingChange.booking_id == row.id)
        .order_by(BookingChange.id.desc())
    )
    return [(change, name or "") for change, name in rows]
