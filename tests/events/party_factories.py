"""Schools with somebody who books, and parties, for tests of booking."""

from __future__ import annotations

from dataclasses import dataclass

from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.events.booking.models import Booking, BookingPlace, Waiting
from contest_portal.events.booking.party import ClassOf, Details, Party
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import Office, School
from tests.factories import make_account, make_school

LEADER = Details(leader_name="王老师", leader_phone="13900000001")


@dataclass
class Booker:
    """A school and its manager."""

    school: School
    actor: Actor


def booker(office: Office, name: str) -> Booker:
    """A school with a manager who books for it."""
    school = make_school(office, name)
    return Booker(school, make_account(Role.SCHOOL_MANAGER, school=school))


def classes(*pupils: int, grade: int = 4, adults: int = 0) -> Party:
    """1班, 2班, … of a grade with so many pupils."""
    return Party(tuple(ClassOf(grade, f"{number}班", count) for number, count in enumerate(pupils, 1)), adults=adults)


def reread(row: Booking | Waiting | EventSession) -> None:
    """What another transaction wrote."""
    db.session.rollback()
    db.session.refresh(row)


def require_counts(event: Event) -> None:
    """What the sessions count is what parties have and are offered, and never over capacity."""
    db.session.rollback()
    db.session.expire_all()
    sessions = db.session.query(EventSession).filter_by(event_id=event.id).all()
    waiting = db.session.query(Waiting).join(Booking).filter(Booking.event_id == event.id, Waiting.state == "offered")
    offered = [(one.session_id, one.people) for one in waiting]
    for session in sessions:
        places = [one.people for one in db.session.query(BookingPlace).filter_by(session_id=session.id)]
        mine = [people for session_id, people in offered if event.is_course or session_id == session.id]
        assert session.taken == sum(places) + sum(mine), f"session {session.number}"
        assert session.parties == len(places) + len(mine), f"session {session.number}"
        assert session.taken <= session.capacity
    ended = ("cancelled", "expired", "unplaced", "waiting", "wished")
    left = db.session.query(BookingPlace).join(Booking).filter(Booking.event_id == event.id, Booking.state.in_(ended))
    assert left.count() == 0
