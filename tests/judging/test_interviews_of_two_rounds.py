"""Two rounds of an office have interviews on one day: nobody and no place is wanted twice."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.judging.models import Round
from contest_portal.judging.queries.interviews import schedule_of
from contest_portal.judging.services import interview_changes, interviews
from contest_portal.judging.services.interviews import SessionData
from contest_portal.judging.services.rounds import Seat
from tests.judging.making import Scene, make_entry, make_scene, open_round

pytestmark = pytest.mark.database


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=4, entries=3)


@pytest.fixture
def nine(scene: Scene) -> datetime:
    return now() + timedelta(days=1)


def final(scene: Scene, place: str, begin: datetime, judges: slice, codes: tuple[str, ...] = ("KH",)) -> Round:
    """A round with talks of ten minutes for an hour."""
    seats = [Seat(judge.id) for judge in scene.judges[judges]]
    row = open_round(scene, mode="interview", reads=1, is_blind=False, seats=seats, codes=codes)
    interviews.add_session(scene.staff, row.id, SessionData(place, begin, begin + timedelta(hours=1), 10))
    return row


def draw(scene: Scene, row: Round, seed: int = 5) -> None:
    db.session.rollback()
    fresh = db.session.get_one(Round, row.id, populate_existing=True)
    interviews.draw_order(scene.staff, row.id, fresh.version, seed=seed)


def test_a_place_is_taken_once(scene: Scene, nine: datetime) -> None:
    draw(scene, final(scene, "301", nine, slice(0, 2)))
    with pytest.raises(Invalid, match="「301」在这段时间已经安排了「初评」的问辩"):
        draw(scene, final(scene, "301", nine + timedelta(minutes=50), slice(2, 4)))


def test_judges_have_time_to_go_from_one_rounds_place_to_the_others(scene: Scene, nine: datetime) -> None:
    draw(scene, final(scene, "301", nine, slice(0, 2)))
    near = final(scene, "302", nine + timedelta(minutes=65), slice(1, 4))
    with pytest.raises(Invalid, match="1 名评委两边都要到场"):
        draw(scene, near)
    interviews.drop_session(scene.staff, near.id, schedule_of(near.id).sessions[0].id)
    draw(scene, final(scene, "303", nine + timedelta(minutes=70), slice(1, 3)))


def test_pupils_with_works_in_both_rounds_come_to_one_after_the_other(scene: Scene, nine: datetime) -> None:
    other = next(one for one in scene.contest.categories if one.code != "KH")
    pupil = scene.entries[0].authors[0].student
    make_entry(scene, scene.schools[0], category=other.code, student=pupil)
    for _ in range(3):
        make_entry(scene, scene.schools[1], category=other.code)
    first = final(scene, "301", nine, slice(0, 2))
    draw(scene, first)
    for seed in range(4):
        second = final(scene, "302", nine, slice(2, 4), (other.code,))
        draw(scene, second, seed)
        own, its = (
            next(
                slot
                for one in schedule_of(row.id).sessions
                for slot in one.slots
                if pupil in [author.student for author in slot.round_entry.entry.authors]
            )
            for row in (first, second)
        )
        assert abs(own.starts_at - its.starts_at) >= timedelta(minutes=20)  # ten for the talk, ten for the way
        for one in schedule_of(second.id).sessions:
            interviews.drop_session(scene.staff, second.id, one.id)


def test_a_session_is_not_moved_into_another_rounds(scene: Scene, nine: datetime) -> None:
    draw(scene, final(scene, "301", nine, slice(0, 2)))
    row = final(scene, "302", nine + timedelta(hours=2), slice(1, 3))
    draw(scene, row)
    db.session.rollback()
    fresh = db.session.get_one(Round, row.id, populate_existing=True)
    session = schedule_of(row.id).sessions[0].id
    data = SessionData("302", nine, nine + timedelta(hours=1), 10)
    with pytest.raises(Invalid, match="1 名评委两边都要到场"):
        interview_changes.change_session(scene.staff, row.id, session, data, fresh.version, "提前")
