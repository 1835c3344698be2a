"""The training of science teachers: every school sends some by name, both parts are ticked, who was at both has a certificate."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.demo import calendar
from contest_portal.demo.chance import chance, shares
from contest_portal.demo.events.making import announce, close, data_of_kind, lasting, led_by, sessions_of, teachers_of
from contest_portal.demo.world import World
from contest_portal.events.attendance.services.presences import tick_presences
from contest_portal.events.booking.models import Booking, BookingPerson
from contest_portal.events.booking.party import Party
from contest_portal.events.booking.services import book, hold

TITLE = "2018年甘州区科技辅导员培训班"
ONLY_IN_THE_MORNING = 3
"""So many leave at noon: they get no certificate."""


def hold_training(world: World) -> int:
    """Called, booked, held. Gives how many teachers were there."""
    world.go_to(calendar.TRAINING_CALL)
    trained = world.plan.events.trained
    data = data_of_kind(
        "training",
        TITLE,
        description="上午：科技创新项目的选题与指导；下午：科学DV与创客作品的制作。",
        venue="甘州区教师进修学校",
        booking_closes_at=calendar.TRAINING_CLOSES,
    )
    begins = (calendar.TRAINING, calendar.TRAINING + timedelta(hours=5, minutes=30))
    event_id = announce(world, data, [lasting(begin, 180, trained) for begin in begins])
    _book_all(world, event_id, trained)
    return _tick(world, event_id)


def _book_all(world: World, event_id: int, trained: int) -> None:
    """Each school by its size; the first session stands for both."""
    first = sessions_of(event_id)[0].id
    teachers = {school.index: teachers_of(world, school.index) for school in world.schools}
    places = shares(trained, [float(len(teachers[school.index])) for school in world.schools])
    for school, count in zip(world.schools, places, strict=True):
        if count:
            world.clock.advance(minutes=40)
            party = Party(teachers=tuple(one.id for one in teachers[school.index][:count]))
            held = hold(world.managers[school.index], event_id, world.school_ids[school.index], first, party)
            world.clock.advance(minutes=3)
            book(world.managers[school.index], held.id, led_by(world, school.index))


def _tick(world: World, event_id: int) -> int:
    people = db.session.scalars(
        select(BookingPerson.id)
        .join(Booking, Booking.id == BookingPerson.booking_id)
        .where(Booking.event_id == event_id, Booking.state == "booked")
        .order_by(BookingPerson.id)
    ).all()
    gone = set(chance(world.plan.seed, "training").sample(people, min(ONLY_IN_THE_MORNING, len(people) // 4)))
    for place, session in enumerate(sessions_of(event_id)):
        session_id, end = session.id, session.ends_at
        world.go_to(session.starts_at + timedelta(minutes=10))
        tick_presences(
            world.staff[0], session_id, present=[one for one in people if not place or one not in gone], absent=()
        )
        world.go_to(end)
    close(world, event_id)
    return len(people)
