"""Plans as they stand, with the names that pages need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page
from contest_portal.core.models import Job
from contest_portal.events.allocating.models import EventPlan, PlanMove
from contest_portal.events.allocating.plan import Move, Plan, Standing
from contest_portal.events.booking.models import Booking, BookingGroup
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import Account, School


@dataclass(frozen=True)
class PlanOfEvent:
    """A plan with its event, for rules and pages."""

    row: EventPlan
    event: Event


@dataclass(frozen=True)
class PartyLine:
    """A party in a plan: its booking and school, what it gets, its wished sessions and its places by number."""

    booking: Booking
    school: School
    standing: Standing
    wishes: Sequence[EventSession]
    places: Sequence[tuple[EventSession, int]]


@dataclass(frozen=True)
class SessionLine:
    """A session in a plan: its room when the plan was made, how many come, and who."""

    session: EventSession
    capacity: int
    people: int
    guests: Sequence[tuple[str, int]]


def plan(plan_id: int) -> PlanOfEvent:
    """The plan with its event. Raises NotFound."""
    row = db.session.get(EventPlan, plan_id)
    event = db.session.get(Event, row.event_id) if row else None
    if row is None or event is None:
        raise NotFound
    return PlanOfEvent(row, event)


def plan_of(row: EventPlan) -> Plan:
    """The plan as it stands, with what was moved by hand; one statement."""
    moves = db.session.scalars(select(PlanMove).where(PlanMove.plan_id == row.id).order_by(PlanMove.id))
    return Plan(row.problem, row.answer, [Move(one.booking_id, dict(one.places)) for one in moves])


def plans_of(event_id: int) -> list[EventPlan]:
    """The event's plans, the newest first."""
    return list(
        db.session.scalars(select(EventPlan).where(EventPlan.event_id == event_id).order_by(EventPlan.version.desc()))
    )


def job_of(key: str) -> Job | None:
    """The job of a plan, for its state and progress."""
    return db.session.scalar(select(Job).where(Job.key == key))


def party_lines(row: EventPlan, standing: Plan) -> list[PartyLine]:
    """Every party of the plan, by school; two statements."""
    sessions = _sessions(row.event_id)
    rows = db.session.execute(
        select(Booking, School)
        .join(School, School.id == Booking.school_id)
        .where(Booking.event_id == row.event_id)
        .order_by(School.name, Booking.id)
    )
    return [_line(booking, school, standing, sessions) for booking, school in rows if booking.id in standing.parties]


@dataclass(frozen=True)
class Wisher:
    """A party of the plan by name: its school, and whether it was cancelled since."""

    booking_id: int
    school: str
    is_gone: bool


def wishers_of(row: EventPlan, standing: Plan) -> dict[int, Wisher]:
    """Every party of the plan, by school; one statement."""
    rows = db.session.execute(
        select(Booking.id, School.name, Booking.state)
        .join(School, School.id == Booking.school_id)
        .where(Booking.event_id == row.event_id)
        .order_by(School.name, Booking.id)
    )
    return {one: Wisher(one, name, state == "cancelled") for one, name, state in rows if one in standing.parties}


def party_page(row: EventPlan, standing: Plan, wishers: Mapping[int, Wisher], listing: Listing) -> Page[PartyLine]:
    """A page of the parties, those without a place first; filters `result` (RESULTS) and `q`, a part of the school's name.

    Two statements, however many parties there are.
    """
    words, wanted = listing.get("q"), RESULTS.get(listing.get("result"), lambda _one: True)
    found = [
        one.booking_id
        for one in sorted(wishers.values(), key=lambda one: bool(standing.standings[one.booking_id].places))
        if words in one.school and wanted(standing.standings[one.booking_id])
    ]
    begin = (listing.page - 1) * listing.per_page
    ids = found[begin : begin + listing.per_page]
    sessions = _sessions(row.event_id)
    rows = db.session.execute(
        select(Booking, School).join(School, School.id == Booking.school_id).where(Booking.id.in_(ids))
    )
    lines = {booking.id: _line(booking, school, standing, sessions) for booking, school in rows}
    return Page([lines[one] for one in ids], len(found), listing)


RESULTS: Mapping[str, Callable[[Standing], bool]] = {
    "unplaced": lambda one: not one.places,
    "placed": lambda one: bool(one.places),
    "by_hand": lambda one: one.by_hand,
}


def _line(booking: Booking, school: School, standing: Plan, sessions: Mapping[int, EventSession]) -> PartyLine:
    own = standing.standings[booking.id]
    wishes = [sessions[one] for one in standing.parties[booking.id]["wishes"] if one in sessions]
    places = [(sessions[one], people) for one, people in sorted(own.places.items())]
    return PartyLine(booking, school, own, wishes, places)


def session_lines(row: EventPlan, standing: Plan, school_of: Mapping[int, str]) -> list[SessionLine]:
    """Every session in order of time; `school_of`: names by party; one statement."""
    taken = standing.taken()
    return [
        SessionLine(
            session,
            standing.sessions[session.id]["capacity"],
            taken[session.id],
            [(school_of.get(one.party, ""), one.places[session.id]) for one in standing.guests(session.id)],
        )
        for session in sorted(_sessions(row.event_id).values(), key=lambda one: (one.starts_at, one.id))
        if session.id in standing.sessions
    ]


def _sessions(event_id: int) -> dict[int, EventSession]:
    rows = db.session.scalars(select(EventSession).where(EventSession.event_id == event_id))
    return {one.id: one for one in rows}


@dataclass(frozen=True)
class MoveLine:
    """A move by hand: which school, where to, why, who and when."""

    move: PlanMove
    school: str
    by: str
    places: Sequence[tuple[EventSession, int]]


def moves_of(row: EventPlan) -> list[MoveLine]:
    """What was moved by hand, the newest first; two statements."""
    sessions = _sessions(row.event_id)
    found = db.session.execute(
        select(PlanMove, School.name, Account.name)
        .join(Booking, Booking.id == PlanMove.booking_id)
        .join(School, School.id == Booking.school_id)
        .outerjoin(Account, Account.id == PlanMove.by)
        .where(PlanMove.plan_id == row.id)
        .order_by(PlanMove.id.desc())
    )
    return [
        MoveLine(move, school, by or "", [(sessions[one], people) for one, people in move.places])
        for move, school, by in found
    ]


@dataclass(frozen=True)
class PartyInPlan:
    """One party of a plan, for adjusting it. `groups`: its classes; `rooms`: what each session has free besides it."""

    plan: PlanOfEvent
    line: PartyLine
    groups: Sequence[BookingGroup]
    rooms: Sequence[tuple[EventSession, int]]


def party_in_plan(plan_id: int, booking_id: int) -> PartyInPlan:
    """The party. Raises NotFound."""
    found = plan(plan_id)
    standing = plan_of(found.row)
    row = db.session.execute(
        select(Booking, School)
        .join(School, School.id == Booking.school_id)
        .where(Booking.id == booking_id, Booking.event_id == found.event.id)
    ).first()
    if row is None or booking_id not in standing.parties:
        raise NotFound
    sessions = _sessions(found.event.id)
    groups = db.session.scalars(
        select(BookingGroup).where(BookingGroup.booking_id == booking_id).order_by(BookingGroup.id)
    ).all()
    taken = standing.taken(without=booking_id)
    rooms = [
        (one, standing.sessions[one.id]["capacity"] - taken[one.id])
        for one in sorted(sessions.values(), key=lambda one: (one.starts_at, one.id))
        if one.id in standing.sessions and one.state == "open"
    ]
    return PartyInPlan(found, _line(*row, standing, sessions), groups, rooms)


@dataclass(frozen=True)
class Outcome:
    """What the published plan gave a party. `line` is None before publishing, or where the party was in no plan."""

    booking: Booking
    line: PartyLine | None


def outcome_of(booking: Booking) -> Outcome:
    """What the school of the party may know: after publishing its own places and why."""
    row = db.session.scalar(
        select(EventPlan)
        .where(EventPlan.event_id == booking.event_id, EventPlan.state == "published")
        .order_by(EventPlan.id.desc())
        .limit(1)
    )
    if row is None:
        return Outcome(booking, None)
    standing = plan_of(row)
    if booking.id not in standing.parties:
        return Outcome(booking, None)
    school = db.session.get_one(School, booking.school_id)
    return Outcome(booking, _line(booking, school, standing, _sessions(booking.event_id)))


def booking_with_event(booking_id: int) -> Booking:
    """The party with its event and school. Raises NotFound."""
    row: Any = db.session.scalar(
        select(Booking).where(Booking.id == booking_id).options(joinedload(Booking.event), joinedload(Booking.school))
    )
    if row is None:
        raise NotFound
    return row
