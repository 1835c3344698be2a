"""Publish a plan: all parties get their places at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.notices import Telling, notify_each
from contest_portal.core.text import N_, Message
from contest_portal.events.allocating.models import EventPlan
from contest_portal.events.allocating.plan import Plan, Standing
from contest_portal.events.allocating.queries.standing import plan_of
from contest_portal.events.allocating.services.plans import require_plannable, require_ready
from contest_portal.events.booking.models import Booking, BookingGroup
from contest_portal.events.booking.places import gate, take_first
from contest_portal.events.booking.services.history import change_states
from contest_portal.events.booking.services.telling import accounts_of, booking_url
from contest_portal.events.booking.splitting import class_sizes, divide_exactly
from contest_portal.events.booking.states import BookingAct
from contest_portal.events.planning.models import Event
from contest_portal.people.models import School


def publish_plan(actor: Actor, plan_id: int) -> EventPlan:
    """Every party has its places, or is unplaced, at one moment, and every school is told.

    All or nothing: raises Conflict saying what no longer fits the plan.
    """
    with unit_of_work(actor, "events.publish_plan") as work:
        found = work.session.get(EventPlan, plan_id)
        if found is None:
            raise NotFound
        event = gate(found.event_id)
        row = locked(EventPlan, plan_id)
        require_ready(row)
        require_plannable(event)
        plan = plan_of(row)
        bookings = _wished(work, event, plan)
        groups = _groups(work, list(bookings))
        _settle_parties(work, plan, bookings, groups)
        row.state, row.published_by, row.published_at = "published", actor.account_id, now()
        event.plan_published_at = now()
        event.version += 1
        _tell(work, event, plan, bookings)
        facts = {"event": event.id, "version": row.version}
        work.record(row, before={"state": "ready"}, after={**facts, "state": "published", **plan.counts()})
    return row


def _wished(work: Work, event: Event, plan: Plan) -> dict[int, Booking]:
    """The parties of the plan that still want to come. Raises Conflict where one is not as it was frozen."""
    rows = work.session.scalars(
        select(Booking)
        .where(Booking.event_id == event.id, Booking.state == "wished")
        .order_by(Booking.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    bookings = {one.id: one for one in rows}
    odd = [
        one
        for one in bookings.values()
        if one.id not in plan.parties or plan.parties[one.id]["size"] != one.pupils + one.adults
    ]
    if odd:
        names = work.session.scalars(
            select(School.name).where(School.id.in_({one.school_id for one in odd})).order_by(School.name)
        ).all()
        words = N_("计算方案之后，以下学校的志愿有增加或人数有改动：%(schools)s。请重新计算方案。")
        raise Conflict("events.plan_stale", Message.of(words, schools="、".join(names)))
    return bookings


def _groups(work: Work, booking_ids: list[int]) -> dict[int, list[BookingGroup]]:
    found: dict[int, list[BookingGroup]] = {}
    rows = work.session.scalars(
        select(BookingGroup).where(BookingGroup.booking_id.in_(booking_ids)).order_by(BookingGroup.id)
    )
    for row in rows:
        found.setdefault(row.booking_id, []).append(row)
    return found


def _settle_parties(
    work: Work, plan: Plan, bookings: Mapping[int, Booking], groups: Mapping[int, list[BookingGroup]]
) -> None:
    """All of them together: others who want to save something wait meanwhile."""
    standings = {booking_id: plan.standings[booking_id] for booking_id in bookings}
    take_first(work, {booking_id: one.places for booking_id, one in standings.items() if one.places})
    for booking_id, one in standings.items():
        _seat(bookings[booking_id], one.places, groups.get(booking_id, []))
    change_states(work, [(bookings[booking_id], *_act(one)) for booking_id, one in standings.items()])


def _act(standing: Standing) -> tuple[BookingAct, Mapping[str, Any]]:
    if not standing.places:
        return "leave_out", {"why": standing.code}
    return "place", {"sessions": sorted(standing.places), "wish": standing.wish}


def _seat(booking: Booking, places: Mapping[int, int], groups: list[BookingGroup]) -> None:
    """Each class has its session."""
    sessions = sorted(places)
    if not groups or not sessions:
        return
    seats: list[int] | None = [0] * len(groups)
    if len(sessions) > 1:
        sizes = class_sizes([one.pupils for one in groups], booking.adults)
        seats = divide_exactly(sizes, [places[one] for one in sessions])
    for group, seat in zip(groups, seats or (), strict=False):
        group.session_id = sessions[seat]


def _tell(work: Work, event: Event, plan: Plan, bookings: Mapping[int, Booking]) -> None:
    """Each party's school: where it comes, or that it may wait."""
    accounts, tellings = accounts_of(list(bookings.values())), []
    for booking_id in bookings:
        standing = plan.standings[booking_id]
        words = (
            N_("「%(event)s」的安排公布了：贵校 %(people)s 人已排上场次")
            if standing.places
            else N_("「%(event)s」的安排公布了：贵校 %(people)s 人没有排上，可以加入候补")
        )
        title = Message.of(words, event=event.title, people=standing.size)
        tellings.append(Telling(accounts[booking_id], title, url=f"{booking_url(booking_id)}/plan"))
    notify_each(work, tellings)
