"""Steps of a case and statements that are due or late: who is told, on which day, and how often."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.models import Notice
from contest_portal.core.outbox.reminders import REMINDERS
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.services.statements import ask_statement, whom_to_ask
from tests.results.objections.scene import Scene, inquired, lodge, make_scene

CHINA = timezone(timedelta(hours=8))

pytestmark = pytest.mark.database


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene()


def due(row: Objection, day: date) -> None:
    db.session.get_one(Objection, row.id).due_on = day
    db.session.commit()


def on(clock: MovingClock, day: date) -> None:
    clock.move_to(datetime(day.year, day.month, day.day, 9, tzinfo=CHINA))


def told(code: str) -> list[int]:
    """The accounts that were told now."""
    before = set(db.session.scalars(select(Notice.id)))
    REMINDERS[code]()
    db.session.rollback()
    return [one.account_id for one in db.session.scalars(select(Notice).order_by(Notice.id)) if one.id not in before]


def test_the_handler_is_told_on_the_last_day_and_the_leader_once_it_is_late(scene: Scene, clock: MovingClock) -> None:
    row, _code = inquired(scene)
    day = date(2018, 3, 20)
    due(row, day)
    on(clock, day - timedelta(days=1))
    assert told("objection") == []
    on(clock, day)
    assert told("objection") == [scene.handler.account_id]
    assert told("objection") == []
    on(clock, day + timedelta(days=1))
    assert sorted(told("objection")) == sorted([scene.handler.account_id, scene.leader.account_id])
    on(clock, day + timedelta(days=7))
    assert told("objection") == []
    on(clock, day + timedelta(days=8))
    assert len(told("objection")) == 2


def test_before_anybody_has_the_case_the_leader_is_told_and_a_closed_one_is_silent(
    scene: Scene, clock: MovingClock
) -> None:
    row, _code = lodge(scene)
    due(row, date(2018, 3, 20))
    on(clock, date(2018, 3, 20))
    assert told("objection") == [scene.leader.account_id]
    db.session.get_one(Objection, row.id).state = "withdrawn"
    db.session.commit()
    on(clock, date(2018, 3, 21))
    assert told("objection") == []


def test_who_signs_is_told_of_a_decision_that_waits(scene: Scene, clock: MovingClock) -> None:
    row, _code = inquired(scene)
    db.session.get_one(Objection, row.id).state = "signing"
    due(row, date(2018, 3, 20))
    on(clock, date(2018, 3, 20))
    assert told("objection") == [scene.second.account_id]


def test_a_school_that_has_not_answered_is_told(scene: Scene, clock: MovingClock) -> None:
    row, _code = inquired(scene)
    statement = ask_statement(scene.handler, row.id, whom_to_ask(row.entry_id)[0][0], "请说明这幅画由谁所画。")
    due_on = statement.due_on
    on(clock, due_on)
    assert told("statement") == [scene.manager.account_id]
    on(clock, due_on + timedelta(days=1))
    assert told("statement") == [scene.manager.account_id]
