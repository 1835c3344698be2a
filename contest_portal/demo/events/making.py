"""What making any of the demo's events needs: an event made public with its sessions, who leads a party, at the door."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.demo.chance import chance
from contest_portal.demo.world import World
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.attendance.services.check_ins import Arrival, check_in
from contest_portal.events.booking.party import Details
from contest_portal.events.planning.event_data import EventData, SessionData
from contest_portal.events.planning.kinds import template_of
from contest_portal.events.planning.models import EventSession
from contest_portal.events.planning.services import add_sessions, change_state, make_event, publish
from contest_portal.people.models import Teacher

CONTACT, PHONE = "科普部", "0936-8210000"


def data_of_kind(kind: str, title: str, **values: object) -> EventData:
    """An event as its kind's template has it, with the office's own words."""
    template = template_of(kind)
    if template is None:
        raise ValueError(f"no such kind: {kind}")
    data = EventData.of_kind(template, title)
    return replace(data, contact_name=CONTACT, contact_phone=PHONE, **values)  # type: ignore[arg-type]


def sessions_of(event_id: int) -> list[EventSession]:
    """The event's sessions in the order of their beginnings."""
    rows = db.session.scalars(select(EventSession).where(EventSession.event_id == event_id))
    return sorted(rows, key=lambda one: (one.starts_at, one.id))


def announce(world: World, data: EventData, sessions: Sequence[SessionData]) -> int:
    """Make the event with its sessions, and make it public. Gives its id."""
    event = make_event(world.staff[0], world.office_id, data)
    add_sessions(world.staff[0], event.id, sessions)
    publish(world.staff[0], event.id)
    return event.id


def close(world: World, event_id: int) -> None:
    """The event is over."""
    change_state(world.staff[0], event_id, "close")


def lasting(begin: datetime, minutes: int, capacity: int, **values: object) -> SessionData:
    """A session of so many minutes."""
    return SessionData(begin, begin + timedelta(minutes=minutes), capacity, **values)  # type: ignore[arg-type]


def teachers_of(world: World, school: int) -> list[Teacher]:
    """The teachers on the school's roster, in its order; `school` is its place in the plan."""
    return list(
        db.session.scalars(
            select(Teacher)
            .where(Teacher.school_id == world.school_ids[school], Teacher.state == "active")
            .order_by(Teacher.id)
        )
    )


def led_by(world: World, school: int, number: int = 0, **values: object) -> Details:
    """A teacher of the school leads the party, another one for each `number`."""
    teachers = teachers_of(world, school)
    leader = teachers[number % len(teachers)]
    details = Details(leader_name=leader.name, leader_phone=_phone(world, leader), leader_teacher_id=leader.id)
    return replace(details, **values)  # type: ignore[arg-type]


def arrive(
    world: World, session_id: int, pupils: int, adults: int, *, booking_id: int | None = None, party_name: str = ""
) -> CheckIn:
    """A party is counted at the door, by whoever of the office is there."""
    rng = chance(world.plan.seed, "door", session_id, booking_id, party_name)
    key = f"{rng.getrandbits(64):016x}"
    return check_in(rng.choice(world.staff), session_id, Arrival(key, pupils, adults, booking_id, party_name))


def _phone(world: World, teacher: Teacher) -> str:
    numbers = {made: number for number, made in world.teacher_ids.items()}
    return world.people.teachers[numbers[teacher.id]].phone
