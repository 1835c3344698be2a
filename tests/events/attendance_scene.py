"""An office with an event of today, two schools with parties that have places, and the people at the door."""

from __future__ import annotations

import itertools
from typing import Any

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.events.attendance.services.check_ins import Arrival
from contest_portal.events.booking.models import Booking, BookingGroup, BookingPerson, BookingPlace
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.models import School
from tests import factories
from tests.events.factories import make_event, make_session
from tests.factories import made, make_account

TODAY = "2018-03-01"
"""The day on which the tests' clock begins, at 9 o'clock."""

_serial = itertools.count(1)


class Door:
    """The museum's session of 9 o'clock and the next one. `kqm` and `rst` have places in the first."""

    def __init__(self) -> None:
        self.office = factories.make_office()
        self.staff: Actor = make_account(Role.OFFICE, office=self.office, name="王干事")
        self.colleague: Actor = make_account(Role.OFFICE, office=self.office, name="孙干事")
        self.supervisor: Actor = make_account(Role.SUPERVISOR, office=self.office)
        self.south = factories.make_school(self.office, "南街小学")
        self.west = factories.make_school(self.office, "西关小学")
        self.event = make_event(self.office, theme="体验科学")
        self.session = make_session(self.event, f"{TODAY} 09:00")
        self.next = make_session(self.event, f"{TODAY} 14:00")
        self.kqm = make_party(self.event, self.south, "KQM", [self.session], pupils=90, adults=4, classes=[45, 45])
        self.rst = make_party(self.event, self.west, "RST", [self.session], pupils=40, adults=2)

    @property
    def address(self) -> str:
        return f"/office/sessions/{self.session.id}/check-in"


def make_party(
    event: Event,
    school: School,
    code: str,
    sessions: list[EventSession],
    *,
    pupils: int,
    adults: int,
    classes: list[int] | None = None,
    **values: Any,
) -> Booking:
    """A party that has places for everybody in each of the sessions; `values` are columns."""
    values.setdefault("leader_name", "李文静")
    row: Booking = made(
        Booking(
            event_id=event.id,
            school_id=school.id,
            state=values.pop("state", "booked"),
            pupils=pupils,
            adults=adults,
            leader_phone=values.pop("leader_phone", "13900000001"),
            code=code,
            token=f"token{next(_serial):027d}",
            created_at=now(),
            updated_at=now(),
            **values,
        )
    )
    for number, count in enumerate(classes or [], start=1):
        made(BookingGroup(booking_id=row.id, grade=4, class_name=f"{number}班", pupils=count))
    for session in sessions:
        made(BookingPlace(booking_id=row.id, session_id=session.id, people=pupils + adults))
        session.taken += pupils + adults
        session.parties += 1
    db.session.commit()
    return row


def make_trainee(booking: Booking, school: School, name: str) -> BookingPerson:
    """A teacher of a training's party, by name."""
    teacher = factories.make_teacher(school, name)
    row: BookingPerson = made(BookingPerson(booking_id=booking.id, teacher_id=teacher.id))
    return row


def arrival(booking: Booking | None, pupils: int, adults: int, **values: Any) -> Arrival:
    """A party at the door, with a key of its own."""
    key = values.pop("key", f"key-{next(_serial):08d}")
    return Arrival(key, pupils, adults, booking_id=booking.id if booking else None, **values)
