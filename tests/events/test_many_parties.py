"""What is done with all parties at once takes as many statements for nine as for three: others wait to save meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.jobs import run_all
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.events.allocating.services.plans import ask_plan
from contest_portal.events.allocating.services.publishing import publish_plan
from contest_portal.events.booking import services
from contest_portal.events.booking.models import Booking, BookingChange, BookingGroup
from contest_portal.events.planning.event_data import SessionData
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.services import cancel_session, change_state, edit_session
from contest_portal.people.models import Office
from tests.events.factories import make_event, make_session
from tests.events.party_factories import LEADER, booker, classes, require_counts
from tests.factories import make_account, make_office
from tests.judging.making import counted

pytestmark = pytest.mark.database

FEW, MANY = 3, 9


def statements(app: Flask, verb: Callable[[], object]) -> int:
    db.session.expire_all()
    with counted(app) as found:
        verb()
    return len(found)


def with_wishes(office: Office, count: int) -> Event:
    """So many schools, each with one class; one of them finds no place in the only session."""
    event = make_event(office, mode="wishes", booking_opens_at=now(), booking_closes_at=now() + timedelta(days=7))
    session = make_session(event, now() + timedelta(days=20), capacity=10 * (count - 1))
    for number in range(count):
        who = booker(office, f"志愿{event.id}-{number}小学")
        services.wish(who.actor, event.id, who.school.id, [session.id], classes(10), LEADER)
    return event


def booked(office: Office, count: int, **values: object) -> tuple[Event, EventSession, list[Booking]]:
    """So many parties in one session, with classes that may come once."""
    event = make_event(office, once_per_pupil=True, **values)
    session = make_session(event, now() + timedelta(days=20), capacity=10 * count + 40)
    parties = []
    for number in range(count):
        who = booker(office, f"预约{event.id}-{number}小学")
        held = services.hold(who.actor, event.id, who.school.id, session.id, classes(10))
        parties.append(services.book(who.actor, held.id, LEADER))
    return event, session, parties


def test_a_plan_is_published(app: Flask, clock: MovingClock) -> None:
    office = make_office()
    staff, events = make_account(Role.OFFICE, office=office), [with_wishes(office, count) for count in (FEW, MANY)]
    clock.advance(days=8)
    plans = [ask_plan(staff, event.id, seed=1).id for event in events]
    run_all()
    few, many = (statements(app, lambda plan=plan: publish_plan(staff, plan)) for plan in plans)
    assert few == many
    for event, count in zip(events, (FEW, MANY), strict=True):
        require_counts(event)
        states = [one.state for one in db.session.query(Booking).filter_by(event_id=event.id)]
        assert (states.count("booked"), states.count("unplaced")) == (count - 1, 1)
    acts = [one.act for one in db.session.query(BookingChange).filter(BookingChange.act.in_(("place", "leave_out")))]
    recorded = [row.action for row in db.session.query(AuditRecord) if row.object_type == "booking"]
    assert sorted(acts) == ["leave_out"] * 2 + ["place"] * (FEW + MANY - 2)
    assert recorded.count("events.booking_place") == FEW + MANY - 2
    assert db.session.query(Notice).filter(Notice.title.contains("安排公布了")).count() == FEW + MANY
    assert db.session.query(BookingGroup).filter(BookingGroup.session_id.is_not(None)).count() == FEW + MANY - 2


def test_an_event_is_cancelled(app: Flask) -> None:
    office = make_office()
    staff, scenes = make_account(Role.OFFICE, office=office), [booked(office, count) for count in (FEW, MANY)]
    for event, session, _parties in scenes:  # and one keeps places, one waits
        keeper, waiter = (booker(office, f"{name}{event.id}小学") for name in ("占位", "候补"))
        services.hold(keeper.actor, event.id, keeper.school.id, session.id, classes(30))
        services.book_by_hand(staff, event.id, keeper.school.id, session.id, classes(10, grade=5), LEADER)
        services.join_new(waiter.actor, event.id, waiter.school.id, [session.id], classes(40), LEADER)
    ids = [event.id for event, _session, _parties in scenes]
    few, many = (statements(app, lambda one=one: change_state(staff, one, "cancel", "场馆停电")) for one in ids)
    assert few == many
    for event, session, _parties in scenes:
        require_counts(event)
        db.session.refresh(session)
        assert (session.taken, session.parties) == (0, 0)
    assert {one.state for one in db.session.query(Booking)} == {"cancelled"}
    assert {one.once_key for one in db.session.query(BookingGroup)} == {None}
    assert {one.ended_why for one in db.session.query(Booking)} == {"场馆停电"}
    assert db.session.query(Notice).filter(Notice.title.contains("已由主办单位取消")).count() == FEW + MANY + 6


def test_a_session_is_moved_and_cancelled(app: Flask) -> None:
    office = make_office()
    staff, scenes = make_account(Role.OFFICE, office=office), [booked(office, count) for count in (FEW, MANY)]
    sessions = [session for _event, session, _parties in scenes]

    def move(session: EventSession) -> None:
        later = session.starts_at + timedelta(hours=2)
        data = SessionData(later, later + timedelta(hours=1), session.capacity, session.most_parties, "二楼")
        edit_session(staff, session.id, data, session.version)

    few, many = (statements(app, lambda one=one: move(one)) for one in sessions)
    assert few == many
    few, many = (statements(app, lambda one=one: cancel_session(staff, one.id, "停电")) for one in sessions)
    assert few == many
    for event, _session, parties in scenes:
        require_counts(event)
        assert {one.state for one in parties} == {"unplaced"}
    for title in ("有变动", "取消了"):
        assert db.session.query(Notice).filter(Notice.title.contains(title)).count() == FEW + MANY


def test_places_that_were_kept_too_long_go_back(app: Flask, clock: MovingClock) -> None:
    office = make_office()
    counts = []
    for count in (FEW, MANY):
        event = make_event(office, once_per_pupil=True)
        session = make_session(event, now() + timedelta(days=20), capacity=200)
        for number in range(count):
            who = booker(office, f"占位{event.id}-{number}小学")
            services.hold(who.actor, event.id, who.school.id, session.id, classes(10))
        clock.advance(hours=2)
        counts.append(statements(app, services.settle_due))
        require_counts(event)
        db.session.refresh(session)
        assert session.taken == 0
    assert counts[0] == counts[1]
    assert {one.state for one in db.session.query(Booking)} == {"expired"}
