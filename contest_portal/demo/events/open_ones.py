"""Events that stay open for booking: a newcomer finds something to do at once, as a school or as the office."""

from __future__ import annotations

from datetime import datetime, timedelta

from contest_portal.demo import calendar
from contest_portal.demo.events.making import announce, data_of_kind, lasting, led_by, sessions_of
from contest_portal.demo.world import World
from contest_portal.events.booking.party import ClassOf, Party
from contest_portal.events.booking.services import book, hold, join_new, wish
from contest_portal.people.grades import grades_of

TALK, MUSEUM = "科普讲座：身边的科学（练习）", "流动科技馆进校园（练习）"
NOTE = "供练习使用：活动日期只是示意，预约不作数，可以随意试用。"
DAYS_AFTER = (0, 1)
HOURS = (9, 14)
TALK_PLACES, MUSEUM_PLACES = 100, 120


def open_events(world: World) -> list[int]:
    """One event in each way of booking, with a few schools in it already. Gives their ids."""
    world.go_to(calendar.PRACTICE_EVENTS)
    return [_open_talk(world), _open_museum(world)]


def _open_talk(world: World) -> int:
    """First come, first served: the first session is full and somebody waits."""
    data = data_of_kind(
        "talk",
        TALK,
        description=NOTE,
        venue="甘州区科技馆报告厅",
        booking_opens_at=calendar.PRACTICE_EVENTS,
        booking_closes_at=calendar.PRACTICE_EVENTS_CLOSE,
    )
    event_id = announce(world, data, [lasting(begin, 90, TALK_PLACES) for begin in _begins()])
    first, second = [one.id for one in sessions_of(event_id)][:2]
    for place, (session_id, count) in enumerate(((first, 2), (second, 1))):
        world.clock.advance(minutes=9)
        actor, school_id = world.managers[place], world.school_ids[place]
        held = hold(actor, event_id, school_id, session_id, _party(world, place, count))
        book(actor, held.id, led_by(world, place))
    world.clock.advance(minutes=30)
    join_new(world.managers[2], event_id, world.school_ids[2], [first], _party(world, 2, 1), led_by(world, 2))
    return event_id


def _open_museum(world: World) -> int:
    """Wishes, with those of three schools."""
    data = data_of_kind(
        "museum",
        MUSEUM,
        description=NOTE,
        venue="甘州区体育馆",
        booking_opens_at=calendar.PRACTICE_EVENTS,
        booking_closes_at=calendar.PRACTICE_EVENTS_CLOSE,
        most_wishes=3,
    )
    event_id = announce(world, data, [lasting(begin, 80, MUSEUM_PLACES) for begin in _begins()])
    sessions = [one.id for one in sessions_of(event_id)]
    for place in (0, 2, 3):
        world.clock.advance(minutes=12)
        wished = [sessions[(place + step) % len(sessions)] for step in range(2)]
        party, details = _party(world, place, 2), led_by(world, place)
        wish(world.managers[place], event_id, world.school_ids[place], wished, party, details)
    return event_id


def _begins() -> list[datetime]:
    return [calendar.PRACTICE_EVENTS_FIRST + timedelta(days=day, hours=hour) for day in DAYS_AFTER for hour in HOURS]


def _party(world: World, school: int, classes: int) -> Party:
    """So many classes of the school's first grade, 42 pupils each with three teachers."""
    grade = next(iter(grades_of(world.schools[school].kind)))
    every = tuple(ClassOf(grade, f"{number}班", 42) for number in range(1, classes + 1))
    return Party(every, adults=3 * classes)
