"""The touring museum: seven weeks of sessions, wishes of the city's schools, a plan, and who came each day."""

from __future__ import annotations

from datetime import date, time
from random import Random

from contest_portal.core.clock import local
from contest_portal.core.database import db
from contest_portal.demo import calendar
from contest_portal.demo.chance import chance
from contest_portal.demo.events.making import data_of_kind, led_by, sessions_of
from contest_portal.demo.events.parties import PUPILS_PER_ADULT, PartyPlan, museum_parties, wishes
from contest_portal.demo.world import World
from contest_portal.events.allocating.models import EventPlan
from contest_portal.events.allocating.queries.standing import plan_of
from contest_portal.events.allocating.services.plans import ask_plan, compute, move_party
from contest_portal.events.allocating.services.publishing import publish_plan
from contest_portal.events.booking.models import Booking
from contest_portal.events.booking.services import move, set_priorities, wish
from contest_portal.events.planning.generator import Pattern, Slot
from contest_portal.events.planning.models import EventSession
from contest_portal.events.planning.services import make_event, publish
from contest_portal.events.planning.services.generating import generate_sessions

TITLE, THEME = "中国流动科技馆甘州区巡展", "体验科学·感受生活"
CAPACITY, MOST_WISHES = 150, 5
SLOTS = (
    Slot(time(9), time(10, 20)),
    Slot(time(10, 30), time(11, 50)),
    Slot(time(14, 30), time(15, 50)),
    Slot(time(16), time(17, 20)),
)
CLOSED = {date(2018, 10, 22): "展品检修"}
DESCRIPTION = """中国流动科技馆带来声光体验、电磁探秘、运动旋律、数学魅力、健康生活、安全生活和数字生活等主题的互动展品。
城区中小学生分批次参观：各校先按班级填报志愿场次，由区科协统一安排后公布。"""
FIRST_TIMERS = 2
LEFT_OUT = 2
"""So many parties that the plan had no place for stay as they are, for the page to show."""


def announce_museum(world: World) -> int:
    """The event with its sessions by the generator, public. Gives its id."""
    world.go_to(calendar.MUSEUM_CALL)
    staff, sizes = world.staff[0], world.plan.events
    data = data_of_kind(
        "museum",
        TITLE,
        theme=THEME,
        description=DESCRIPTION,
        venue="甘州区体育馆",
        directions="东大街与南环路交叉口，东门入场；大客车停在北侧停车场。",
        booking_opens_at=calendar.MUSEUM_OPENS,
        booking_closes_at=calendar.MUSEUM_CLOSES,
        most_wishes=MOST_WISHES,
        pupils_per_adult=PUPILS_PER_ADULT,
    )
    event_id = make_event(staff, world.office_id, data).id
    first, last = sizes.museum_days
    pattern = Pattern(first, last, frozenset(range(5)), SLOTS, CAPACITY, closed=CLOSED)
    generate_sessions(staff, event_id, pattern)
    publish(staff, event_id)
    return event_id


def wish_sessions(world: World, event_id: int) -> int:
    """Every city school hands in its parties with their wishes. Gives how many parties."""
    world.go_to(calendar.MUSEUM_OPENS)
    parties = museum_parties(world.plan.seed, world.schools, world.plan.events.museum_classes)
    sessions = sessions_of(event_id)
    wished = wishes(
        world.plan.seed,
        [one.party.people for one in parties],
        [one.id for one in sessions],
        CAPACITY,
        MOST_WISHES,
        [_liked(one) for one in sessions],
    )
    order = sorted(range(len(parties)), key=lambda place: (place % 7, place))  # schools come again on another day
    minutes = (calendar.MUSEUM_CLOSES - calendar.MUSEUM_OPENS).total_seconds() / 60 / (len(order) + 1)
    booked: dict[int, list[int]] = {}
    for place in order:
        world.clock.advance(minutes=minutes)
        row = _wish(world, event_id, parties[place], place, wished[place])
        booked.setdefault(parties[place].school, []).append(row.id)
    world.go_to(calendar.MUSEUM_PLAN)
    for school in sorted(booked)[-FIRST_TIMERS:]:
        set_priorities(world.staff[0], event_id, booked[school], 2, "近三年没有参观过流动科技馆")
    return len(parties)


def make_plan(world: World, event_id: int) -> EventPlan:
    """Ask for the plan, compute it as its job does, move one party by hand, publish; some that were left out find room."""
    world.go_to(calendar.MUSEUM_PLAN)
    row = ask_plan(world.staff[0], event_id, seed=world.plan.seed)
    plan_id = row.id
    compute({"plan_id": plan_id})
    world.clock.advance(hours=3)
    _move_one(world, plan_id)
    world.go_to(calendar.MUSEUM_PUBLISHED)
    row = publish_plan(world.leader, plan_id)
    _find_room(world, event_id, row)
    return row


def _wish(world: World, event_id: int, one: PartyPlan, place: int, wished: list[int]) -> Booking:
    details = led_by(world, one.school, place, needs_bus=one.needs_bus, may_split=one.may_split)
    return wish(world.managers[one.school], event_id, world.school_ids[one.school], wished, one.party, details)


def _liked(session: EventSession) -> float:
    """Everybody likes the first weeks, Fridays and mornings."""
    begin = local(session.starts_at)
    early = 2.0 if begin.date() < date(2018, 10, 1) else 1.0
    return early * (2.0 if begin.weekday() == 4 else 1.0) * (1.5 if begin.hour < 12 else 1.0)


def _move_one(world: World, plan_id: int) -> None:
    """A party goes where there is most room: one that has no place, or the last that has."""
    row = db.session.get_one(EventPlan, plan_id)
    plan = plan_of(row)
    room = {session: plan.sessions[session]["capacity"] - taken for session, taken in plan.taken().items()}
    target = max(room, key=lambda session: (room[session], -session))
    fitting = [one for one in plan.unplaced if one.size <= room[target]]
    fitting += [one for one in reversed(plan.placed) if one.size <= room[target] and target not in one.places]
    if fitting:
        why = "学校来电，原定场次与月考冲突，经商定改到有余位的场次"
        move_party(world.staff[0], plan_id, fitting[0].party, {target: fitting[0].size}, why, despite=True)


def _find_room(world: World, event_id: int, row: EventPlan) -> None:
    """The office calls schools that were left out, and books what they agree to."""
    rng = chance(world.plan.seed, "museum calls")
    for one in plan_of(row).unplaced[LEFT_OUT:]:
        sessions = [session for session in sessions_of(event_id) if session.capacity - session.taken >= one.size]
        if sessions:
            world.clock.advance(minutes=rng.randint(6, 15))
            move(world.staff[1], one.party, _any(rng, sessions).id, by_office=True, why="电话商定，改到有余位的场次")


def _any(rng: Random, sessions: list[EventSession]) -> EventSession:
    return rng.choice(sessions)
