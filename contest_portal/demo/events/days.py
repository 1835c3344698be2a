"""Single days: the science caravan at one school, the open day for everybody."""

from __future__ import annotations

from datetime import timedelta

from contest_portal.core.clock import now
from contest_portal.demo import calendar
from contest_portal.demo.events.making import announce, arrive, close, data_of_kind, lasting, led_by, sessions_of
from contest_portal.demo.events.parties import turn_out
from contest_portal.demo.world import World
from contest_portal.events.booking.party import ClassOf, Party
from contest_portal.events.booking.services import book, hold
from contest_portal.people.grades import grades_of

CARAVAN, CARAVAN_HOST = "全省科普大篷车河西行(甘州站)", "甘州中学"
OPEN_DAY = "2018年张掖市全国科普日活动启动"
HALVES = ((7, 8, 9), (10, 11, 12))
PUPILS_OF_A_CLASS, ADULTS_OF_A_CLASS = 55, 2
CAPACITY = 1_700
GUESTS = (
    ("甘州区科学技术协会", 0, 22),
    ("张掖市科学技术协会", 0, 16),
    ("南关学校", 40, 3),
    ("东街街道科普志愿者", 0, 18),
    ("市民", 9, 20),
)
"""Who came to the open day: pupils and adults."""


def hold_open_day(world: World) -> int:
    """Announced, and whoever came counted. Gives how many."""
    world.go_to(calendar.OPEN_DAY_CALL)
    data = data_of_kind(
        "open_day",
        OPEN_DAY,
        theme="创新引领时代 智慧点亮生活",
        description="展出科普展板，发放科普图书，现场咨询，公众自由参加。",
        venue="甘州区中心广场",
    )
    event_id = announce(world, data, [lasting(calendar.OPEN_DAY, 150, 500)])
    world.go_to(calendar.OPEN_DAY)
    (session,) = sessions_of(event_id)
    session_id = session.id
    for name, pupils, adults in GUESTS:
        world.clock.advance(minutes=8)
        arrive(world, session_id, pupils, adults, party_name=name)
    world.go_to(calendar.OPEN_DAY + timedelta(hours=8))
    close(world, event_id)
    return sum(pupils + adults for _name, pupils, adults in GUESTS)


def hold_caravan(world: World) -> int:
    """One day at one school: its junior classes in the morning, the senior ones in the afternoon. Gives who was counted."""
    world.go_to(calendar.CARAVAN_CALL)
    data = data_of_kind(
        "caravan",
        CARAVAN,
        description="8 辆科普大篷车、6 类 50 余件互动展品进校园。",
        venue=CARAVAN_HOST,
        most_parties_a_school=2,
    )
    begins = (calendar.CARAVAN, calendar.CARAVAN + timedelta(hours=6))
    event_id = announce(world, data, [lasting(begin, 180, CAPACITY, most_parties=1) for begin in begins])
    world.go_to(calendar.CARAVAN_BOOKED)
    host = next(one for one in world.schools if one.name == CARAVAN_HOST)
    sessions = [one.id for one in sessions_of(event_id)]
    expected, bookings = [], []
    for place, (session_id, grades) in enumerate(zip(sessions, HALVES, strict=True)):
        party = _classes(world, [one for one in grades if one in grades_of(host.kind)])
        held = hold(world.managers[host.index], event_id, world.school_ids[host.index], session_id, party)
        world.clock.advance(minutes=4)
        bookings.append(book(world.managers[host.index], held.id, led_by(world, host.index, place)).id)
        expected.append((party.pupils, party.grown))
    counts = turn_out(expected, world.plan.events.caravan_visits)
    for begin, session_id, booking_id, (pupils, adults) in zip(begins, sessions, bookings, counts, strict=True):
        world.go_to(begin + timedelta(minutes=5))
        arrive(world, session_id, pupils, adults, booking_id=booking_id)
    world.go_to(now() + timedelta(hours=4))
    close(world, event_id)
    return sum(pupils + adults for pupils, adults in counts)


def _classes(world: World, grades: list[int]) -> Party:
    each = world.plan.events.caravan_classes
    classes = [ClassOf(grade, f"{number}班", PUPILS_OF_A_CLASS) for grade in grades for number in range(1, each + 1)]
    return Party(tuple(classes), adults=ADULTS_OF_A_CLASS * len(classes))
