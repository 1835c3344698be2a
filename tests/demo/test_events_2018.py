"""The events of the demo's year, against what the office stated of 2018 (tests/published/contest_2018.json)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.events.allocating.models import EventPlan, PlanMove
from contest_portal.events.attendance.models import CheckIn, CheckInCorrection
from contest_portal.events.attendance.queries.training import attendance_of
from contest_portal.events.booking.models import Booking, BookingPerson, BookingPlace
from contest_portal.events.contest_days.models import ContestGroup, GroupResult, Run, Team
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.reports.queries import annual_numbers, office_of_report
from contest_portal.reports.summary import summary_of
from tests.conftest import ON_POSTGRESQL
from tests.demo.builds import PUBLISHED, count

pytestmark = [
    pytest.mark.xdist_group("demo"),  # built once, by one worker
    pytest.mark.skipif(ON_POSTGRESQL, reason="the whole year is built once, on SQLite"),
]


def event_of(kind: str) -> Event:
    """The year's event of the kind; those that stay open for practice are of another year."""
    of_2018 = select(EventSession.event_id).where(EventSession.day < date(2019, 1, 1))
    return db.session.scalars(select(Event).where(Event.kind == kind, Event.id.in_(of_2018))).one()


def counted(event: Event) -> int:
    """人次: the sum of what was counted at the door, in a statement of the test's own."""
    people = select(func.sum(CheckIn.pupils + CheckIn.adults)).join(EventSession, EventSession.id == CheckIn.session_id)
    return db.session.scalar(people.where(EventSession.event_id == event.id, CheckIn.undone_at.is_(None))) or 0


def test_the_museum_had_about_130_sessions_and_16000_odd_visits(year: Flask) -> None:
    museum = event_of("museum")
    published = next(one for one in PUBLISHED["events"] if "科技馆" in one["name"])
    assert (museum.title, museum.theme, museum.mode) == (published["name"], published["theme"], "wishes")
    sessions = db.session.scalars(select(EventSession).where(EventSession.event_id == museum.id)).all()
    assert 125 <= len(sessions) <= 135
    assert not [one for one in sessions if one.day.month == 10 and one.day.day <= 7], "open on National Day"
    assert 16_001 <= counted(museum) <= 16_099
    states = Counter(db.session.scalars(select(Booking.state).where(Booking.event_id == museum.id)))
    assert states["booked"] > 100
    assert states["unplaced"] > 0
    assert db.session.scalars(select(EventPlan.state).where(EventPlan.event_id == museum.id)).all() == ["published"]
    assert count(PlanMove) > 0


def test_no_session_of_any_event_is_over_its_capacity(year: Flask) -> None:
    taken = dict(
        db.session.execute(
            select(BookingPlace.session_id, func.sum(BookingPlace.people))
            .join(Booking, Booking.id == BookingPlace.booking_id)
            .where(Booking.state == "booked")
            .group_by(BookingPlace.session_id)
        ).all()
    )
    came = dict(
        db.session.execute(
            select(CheckIn.session_id, func.sum(CheckIn.pupils + CheckIn.adults))
            .where(CheckIn.undone_at.is_(None))
            .group_by(CheckIn.session_id)
        ).all()
    )
    for session in db.session.scalars(select(EventSession)):
        assert taken.get(session.id, 0) == session.taken, f"session {session.id} has another number of places"
        assert max(session.taken, came.get(session.id, 0)) <= session.capacity, f"session {session.id} is too full"


def test_at_the_door_some_were_late_some_absent_some_without_a_booking(year: Flask) -> None:
    museum = event_of("museum")
    here = select(func.count()).select_from(CheckIn).join(EventSession).where(EventSession.event_id == museum.id)
    assert db.session.scalar(here.where(CheckIn.booking_id.is_(None))) != 0
    assert db.session.scalar(here.where(CheckIn.undone_at.is_not(None))) != 0
    late = [
        one
        for one, begin in db.session.execute(
            select(CheckIn, EventSession.starts_at).join(EventSession).where(EventSession.event_id == museum.id)
        )
        if one.arrived_at > begin + timedelta(minutes=10)
    ]
    assert late
    assert count(CheckInCorrection) > 0
    absent = select(func.count()).select_from(BookingPlace).where(BookingPlace.no_show_at.is_not(None))
    assert db.session.scalar(absent) != 0


def test_the_caravan_the_open_day_and_the_training_are_as_the_office_stated(year: Flask) -> None:
    caravan, open_day, training = event_of("caravan"), event_of("open_day"), event_of("training")
    assert 3_001 <= counted(caravan) <= 3_099
    assert 101 <= counted(open_day) <= 199
    assert (open_day.title, open_day.mode) == (PUBLISHED["events"][2]["name"], "open")
    assert db.session.scalars(select(EventSession.day).where(EventSession.event_id == open_day.id)).all() == [
        date.fromisoformat(PUBLISHED["events"][2]["date"])
    ]
    people = select(func.count()).select_from(BookingPerson).join(Booking).where(Booking.event_id == training.id)
    assert db.session.scalar(people) == 120
    attendance = attendance_of(training)
    assert len(attendance.sessions) == 2
    assert 100 < len(attendance.complete) < 120, "certificates for those who were at both parts"


def test_the_robot_contest_has_its_ranking(year: Flask) -> None:
    groups = db.session.scalars(select(ContestGroup).where(ContestGroup.event_id == event_of("contest_day").id)).all()
    assert len(groups) == 2
    for group in groups:
        result = db.session.scalars(select(GroupResult).where(GroupResult.group_id == group.id)).one()
        assert result.published_at is not None
        teams = db.session.scalar(select(func.count()).select_from(Team).where(Team.group_id == group.id))
        assert len(result.lines) == teams
    assert not db.session.scalars(select(Run.id).where(Run.confirmed_by.is_(None))).all()


def test_a_newcomer_finds_an_event_to_book_in_each_way(year: Flask) -> None:
    open_now = select(Event.mode).where(Event.state == "public", Event.booking_closes_at > datetime.now(UTC))
    assert sorted(db.session.scalars(open_now)) == ["first_come", "wishes"]


def test_the_summary_states_the_museum_with_what_was_counted(built: tuple[Path, str], year: Flask) -> None:
    summary = summary_of(annual_numbers(office_of_report(None, 2018), 2018))
    said = "".join(text for _part, text in summary.told())
    assert "以“体验科学·感受生活”为主题" in said
    assert "参观16000多人次" in said
    assert "3000多名师生参观" in said
    assert "100余人参加" in said
