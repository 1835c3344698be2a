"""The days of the touring museum: parties counted at the door, some late, some not there, some without a booking."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.demo.chance import chance
from contest_portal.demo.events.making import arrive, sessions_of
from contest_portal.demo.events.parties import turn_out, walk_ins
from contest_portal.demo.world import World
from contest_portal.events.attendance.services.check_ins import leave_hall, undo_check_in
from contest_portal.events.attendance.services.corrections import correct_counts
from contest_portal.events.attendance.services.no_shows import mark_no_shows
from contest_portal.events.booking.models import Booking, BookingGroup, BookingPlace
from contest_portal.events.planning.models import EventSession

NO_SHOWS, LATE, MISCOUNTED = 3, 4, 5
WALK_IN_PARTIES, WALK_IN_PEOPLE = ("甘州区青少年活动中心", "张掖市图书馆小读者团", "金安苑社区"), 36
ADULTS_WITH_THEM = 4
SLIP = 10
"""What is typed too much by a slip of the finger, and corrected."""


@dataclass(frozen=True)
class Coming:
    """A party that is expected in a session."""

    session_id: int
    booking_id: int
    pupils: int
    adults: int


@dataclass(frozen=True)
class Door:
    """What happens at the door: who comes with how many, who does not come, what goes wrong."""

    arrivals: Mapping[int, Sequence[Coming]]
    no_shows: Mapping[int, Sequence[int]]
    groups: Mapping[int, int]
    late: frozenset[int]
    miscounted: frozenset[int]


def count_visitors(world: World, event_id: int) -> int:
    """All sessions from the first to the last. Gives how many people were counted."""
    sessions = sessions_of(event_id)
    door = _door(world, event_id, sessions)
    for place, session in enumerate(sessions):
        _hold(world, door, session, place)
    return sum(one.pupils + one.adults for came in door.arrivals.values() for one in came) + sum(door.groups.values())


def _door(world: World, event_id: int, sessions: Sequence[EventSession]) -> Door:
    rng = chance(world.plan.seed, "museum door")
    every = _expected(event_id)
    absent = rng.sample(every, min(NO_SHOWS, len(every) // 6))
    there = [one for one in every if one not in absent]
    visits = world.plan.events.museum_visits
    without = min(WALK_IN_PEOPLE * len(WALK_IN_PARTIES), visits // 20)
    counts = turn_out([(one.pupils, one.adults) for one in there], visits - without)
    came = [
        Coming(one.session_id, one.booking_id, pupils, adults)
        for one, (pupils, adults) in zip(there, counts, strict=True)
    ]
    missing = visits - sum(pupils + adults for pupils, adults in counts)
    groups = dict(walk_ins(missing, _room(sessions, came), WALK_IN_PEOPLE))
    odd = [one.booking_id for one in rng.sample(came, min(LATE + MISCOUNTED, len(came)))]
    return Door(
        arrivals=_by_session(came),
        no_shows={one: [gone.booking_id for gone in absent if gone.session_id == one] for one in _sessions(absent)},
        groups=groups,
        late=frozenset(odd[:LATE]),
        miscounted=frozenset(odd[LATE:]),
    )


def _hold(world: World, door: Door, session: EventSession, place: int) -> None:
    """One session, from its first party to its end."""
    begin, end, session_id = session.starts_at, session.ends_at, session.id
    world.go_to(begin)
    rng = chance(world.plan.seed, "museum session", place)
    coming = door.arrivals.get(session_id, ())
    for one in sorted(coming, key=lambda one: one.booking_id in door.late):
        world.clock.advance(minutes=25 if one.booking_id in door.late else rng.randint(1, 4))
        _count(world, one, is_wrong=one.booking_id in door.miscounted)
    if people := door.groups.get(session_id):
        _walk_in(world, session_id, people, sorted(door.groups).index(session_id))
    world.go_to(end)
    if absent := door.no_shows.get(session_id):
        world.clock.advance(minutes=5)
        mark_no_shows(world.staff[1], session, absent)


def _count(world: World, one: Coming, *, is_wrong: bool) -> None:
    if not is_wrong:
        arrive(world, one.session_id, one.pupils, one.adults, booking_id=one.booking_id)
        return
    row = arrive(world, one.session_id, one.pupils + SLIP, one.adults, booking_id=one.booking_id)
    world.clock.advance(minutes=3)
    correct_counts(world.staff[0], row.id, one.pupils, one.adults, "带队老师核对名单，录入时多写了 10 人", row.version)


def _walk_in(world: World, session_id: int, people: int, place: int) -> None:
    """A group without a booking; the first is noted twice by mistake, and leaves before the end."""
    adults = min(ADULTS_WITH_THEM, people - 1) if people > 1 else 0
    name = WALK_IN_PARTIES[place % len(WALK_IN_PARTIES)]
    row = arrive(world, session_id, people - adults, adults, party_name=name)
    world.clock.advance(minutes=2)
    if place == 0:
        twice = arrive(world, session_id, people - adults, adults, party_name=f"{name}（重复）")
        undo_check_in(world.staff[0], twice.id)
        world.clock.advance(minutes=30)
        leave_hall(world.staff[0], row.id)


def _expected(event_id: int) -> list[Coming]:
    """Every party's people in each of its sessions, as its classes were put there."""
    pupils = (
        select(BookingGroup.booking_id, BookingGroup.session_id, func.sum(BookingGroup.pupils).label("pupils"))
        .group_by(BookingGroup.booking_id, BookingGroup.session_id)
        .subquery()
    )
    rows = db.session.execute(
        select(BookingPlace.session_id, BookingPlace.booking_id, BookingPlace.people, pupils.c.pupils)
        .join(Booking, Booking.id == BookingPlace.booking_id)
        .join(
            pupils,
            (pupils.c.booking_id == BookingPlace.booking_id) & (pupils.c.session_id == BookingPlace.session_id),
        )
        .where(Booking.event_id == event_id)
        .order_by(BookingPlace.session_id, BookingPlace.booking_id)
    )
    return [
        Coming(session_id, booking_id, int(pupils), people - int(pupils))
        for session_id, booking_id, people, pupils in rows
    ]


def _room(sessions: Sequence[EventSession], came: Iterable[Coming]) -> dict[int, int]:
    """How many more people fit into each session than come."""
    room = {one.id: one.capacity for one in sessions}
    for one in came:
        room[one.session_id] -= one.pupils + one.adults
    return room


def _by_session(came: Iterable[Coming]) -> dict[int, list[Coming]]:
    found: dict[int, list[Coming]] = {}
    for one in came:
        found.setdefault(one.session_id, []).append(one)
    return found


def _sessions(absent: Iterable[Coming]) -> list[int]:
    return sorted({one.session_id for one in absent})
