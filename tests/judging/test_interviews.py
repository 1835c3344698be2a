"""Interviews: the lot on its own, and a final from sessions to absences."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.notices import notices_of
from contest_portal.judging.interview_models import InterviewSlot
from contest_portal.judging.interviews import MOVE, Impossible, Invited, Sitting, draw, sitting_twice
from contest_portal.judging.models import Round
from contest_portal.judging.queries.interviews import schedule_of
from contest_portal.judging.services import absences, interviews
from contest_portal.judging.services.interviews import SessionData
from tests import factories
from tests.judging.making import Scene, make_entry, make_scene, open_round, tasks_of

NINE = datetime(2018, 6, 2, 1, 0, tzinfo=UTC)


def sitting(
    number: int, place: str, hours: float, *, start: datetime = NINE, minutes: int = 10, **values: object
) -> Sitting:
    return Sitting(number, place, start, start + timedelta(hours=hours), minutes, **values)  # type: ignore[arg-type]


class TestLot:
    def test_nobody_is_in_two_places_at_once(self) -> None:
        """Two panels at the same time in two rooms; a third of the works share a tutor with one of the other panel."""
        for seed in range(30):
            lot = random.Random(seed)
            sessions = [sitting(1, "301", 2, panel=1), sitting(2, "302", 2, panel=2)]
            works = [
                Invited(number, f"N{number}", 1 + number % 2, frozenset({f"t{lot.randrange(8)}"}))
                for number in range(24)
            ]
            order = draw(sessions, works, seed)
            if isinstance(order, Impossible):
                continue
            assert len({(slot.session, slot.position) for slot in order.values()}) == len(works)
            for one in works:
                assert {1: 1, 2: 2}[order[one.id].session] == one.panel
                for other in works:
                    if one.id < other.id and one.people & other.people:
                        first, second = sorted((order[one.id], order[other.id]), key=lambda slot: slot.starts_at)
                        gap = MOVE if first.place != second.place else timedelta(0)
                        assert first.ends_at + gap <= second.starts_at

    def test_most_lots_can_be_drawn_where_few_people_come_twice(self) -> None:
        sessions = [sitting(1, "301", 2, panel=1), sitting(2, "302", 2, panel=2)]
        works = [
            Invited(number, f"N{number}", 1 + number % 2, frozenset({f"t{number // 4}"} if number < 8 else ()))
            for number in range(20)
        ]
        assert not [seed for seed in range(40) if isinstance(draw(sessions, works, seed), Impossible)]

    def test_the_lot_is_the_seeds_and_not_the_inputs_order(self) -> None:
        sessions = [sitting(1, "301", 3)]
        works = [Invited(number, f"N{number}") for number in range(12)]
        once = draw(sessions, works, 7)
        assert once == draw(sessions[::-1], works[::-1], 7)
        assert once != draw(sessions, works, 8)

    def test_every_place_is_anybodys(self) -> None:
        sessions = [sitting(1, "301", 1)]
        works = [Invited(number, f"N{number}") for number in range(6)]
        firsts: Counter[int] = Counter()
        for seed in range(600):
            order = draw(sessions, works, seed)
            assert not isinstance(order, Impossible)
            firsts.update(number for number, slot in order.items() if slot.position == 1)
        assert set(firsts) == set(range(6))
        assert all(60 < count < 140 for count in firsts.values())  # 100 each; six standard deviations are 55

    def test_too_little_time_is_told_with_both_numbers(self) -> None:
        refused = draw([sitting(1, "301", 0.5)], [Invited(number, f"N{number}") for number in range(5)], 1)
        assert isinstance(refused, Impossible)
        assert "5 件" in str(refused.reasons[0])
        assert "3 件" in str(refused.reasons[0])

    def test_people_who_cannot_be_parted_are_named_by_their_works(self) -> None:
        sessions = [sitting(1, "301", 1 / 6, panel=1), sitting(2, "302", 1 / 6, panel=2)]
        works = [Invited(1, "A", 1, frozenset({"t"})), Invited(2, "B", 2, frozenset({"t"}))]
        refused = draw(sessions, works, 1)
        assert isinstance(refused, Impossible)
        assert "A" in str(refused.reasons[0])
        assert "B" in str(refused.reasons[0])

    def test_judges_do_not_sit_twice_at_a_time(self) -> None:
        both = [
            sitting(1, "301", 1, judges=frozenset({1, 2})),
            sitting(2, "302", 1, judges=frozenset({2, 3}), start=NINE + timedelta(minutes=59)),
        ]
        assert "1 名评委" in str(sitting_twice(both)[0])
        after = both[0], NINE + timedelta(hours=1)
        assert "不足 10 分钟" in str(
            sitting_twice([after[0], sitting(2, "302", 1, judges=frozenset({2}), start=after[1])])[0]
        )
        assert not sitting_twice([after[0], sitting(2, "301", 1, judges=frozenset({2}), start=after[1])])
        assert not sitting_twice([after[0], sitting(2, "302", 1, judges=frozenset({2}), start=after[1] + MOVE)])
        assert sitting_twice([sitting(1, "301", 1), sitting(2, "301", 1)])


def a_final(**values: object) -> tuple[Scene, Round]:
    """A final with talks over five works, open."""
    scene = make_scene(judges=3, entries=5)
    for entry in scene.entries:
        entry.created_by = factories.make_account(Role.TEACHER, school=scene.schools[0]).account_id
    db.session.commit()
    return scene, open_round(scene, mode="interview", reads=1, is_blind=False, **values)  # type: ignore[arg-type]


def morning(minutes: int = 10, hours: float = 2) -> SessionData:
    start = now() + timedelta(days=1)
    return SessionData("科技馆 301 室", start, start + timedelta(hours=hours), minutes)


@pytest.mark.database
class TestFinal:
    def test_all_judges_score_all_works(self, app: Flask) -> None:
        scene, row = a_final()
        assert {(task.judge_id, task.entry_id) for task in tasks_of(row)} == {
            (judge.id, entry.id) for judge in scene.judges for entry in scene.entries
        }
        assert row.reads_per_entry == 3

    def test_the_lot_gives_each_work_its_time_and_judges_meet_them_in_that_order(self, app: Flask) -> None:
        scene, row = a_final()
        interviews.add_session(scene.staff, row.id, morning())
        interviews.draw_order(scene.staff, row.id, row.version, seed=5)
        (session,) = schedule_of(row.id).sessions
        assert [slot.position for slot in session.slots] == [1, 2, 3, 4, 5]
        starts = [slot.starts_at for slot in session.slots]
        assert [later - earlier for earlier, later in itertools.pairwise(starts)] == [timedelta(minutes=10)] * 4
        in_time = [slot.round_entry.entry_id for slot in session.slots]
        own = sorted(tasks_of(row, scene.judges[0]), key=lambda task: task.position)
        assert [task.entry_id for task in own] == in_time

    def test_another_lot_needs_a_reason_and_none_is_drawn_once_schools_know(self, app: Flask) -> None:
        scene, row = a_final()
        interviews.add_session(scene.staff, row.id, morning())
        interviews.draw_order(scene.staff, row.id, row.version, seed=5)
        with pytest.raises(Invalid, match="原因"):
            interviews.draw_order(scene.staff, row.id, row.version)
        interviews.draw_order(scene.staff, row.id, row.version, seed=6, why="科技馆临时停电")
        lots = interviews.facts_of(db.session.get_one(Round, row.id))["lots"]
        assert [(lot["seed"], lot["why"]) for lot in lots] == [(5, ""), (6, "科技馆临时停电")]
        assert interviews.tell_order(scene.staff, row.id, row.version) == 5
        teacher = scene.entries[0].created_by
        assert teacher is not None
        assert any("科技馆 301 室" in str(title) for _notice, title, _body in notices_of(teacher))
        session = schedule_of(row.id).sessions[0].id
        for act in (
            lambda: interviews.draw_order(scene.staff, row.id, row.version, why="再抽"),
            lambda: interviews.drop_session(scene.staff, row.id, session),
        ):
            with pytest.raises(Conflict, match="已经通知"):
                act()

    def test_too_little_room_changes_nothing(self, app: Flask) -> None:
        scene, row = a_final()
        interviews.add_session(scene.staff, row.id, morning(minutes=30))
        with pytest.raises(Invalid, match="只排得下 4 件"):
            interviews.draw_order(scene.staff, row.id, row.version)
        assert not db.session.scalars(select(InterviewSlot)).all()

    def test_pupils_with_two_works_are_called_one_after_the_other(self, app: Flask) -> None:
        scene = make_scene(judges=2, entries=2)
        pupil = scene.entries[0].authors[0].student
        make_entry(scene, scene.schools[0], title="第二件", student=pupil)
        row = open_round(scene, mode="interview", reads=1)
        start = now() + timedelta(days=1)
        data = SessionData("301", start, start + timedelta(minutes=30), 10)
        interviews.add_session(scene.staff, row.id, data)
        order = interviews.draw_order(scene.staff, row.id, row.version, seed=1)
        own = [order[entry.id] for entry in scene.entries if entry.authors[0].student_id == pupil.id]
        assert not own[0].collides(own[1])

    def test_a_team_that_does_not_come_is_not_marked_and_may_still_come(self, app: Flask) -> None:
        scene, row = a_final()
        interviews.add_session(scene.staff, row.id, morning())
        interviews.draw_order(scene.staff, row.id, row.version, seed=5)
        slot = schedule_of(row.id).sessions[0].slots[0]
        slot_id, entry_id = slot.id, slot.round_entry.entry_id
        taken_away = next(task for task in tasks_of(row, scene.judges[0]) if task.entry_id == entry_id)
        taken_away.state = "void"
        db.session.commit()
        absences.note_absence(scene.staff, row.id, slot_id, absent=True)
        assert entry_id not in {task.entry_id for task in tasks_of(row)}
        absences.note_absence(scene.staff, row.id, slot_id, absent=False)
        assert {task.judge_id for task in tasks_of(row) if task.entry_id == entry_id} == {
            judge.id for judge in scene.judges[1:]
        }

    def test_the_office_arranges_a_final_on_its_pages(self, app: Flask, client: FlaskClient) -> None:
        scene, row = a_final()
        factories.sign_in(client, scene.staff)
        page = f"/office/rounds/{row.id}/interviews"
        start = local(now() + timedelta(days=1)).replace(hour=9, minute=0)
        times = {
            "starts_at": start.strftime("%Y-%m-%dT%H:%M"),
            "ends_at": start.replace(hour=8).strftime("%Y-%m-%dT%H:%M"),
        }
        wrong = client.post(f"{page}/sessions", data={"place": "301 室", "minutes_each": "10", **times})
        assert wrong.status_code == 422
        assert "结束时间应晚于开始时间" in wrong.get_data(as_text=True)
        times["ends_at"] = start.replace(hour=11).strftime("%Y-%m-%dT%H:%M")
        made = client.post(f"{page}/sessions", data={"place": "301 室", "minutes_each": "10", **times})
        assert made.location == page
        version = db.session.scalar(select(Round.version).where(Round.id == row.id))
        assert client.post(f"{page}/draw", data={"version": version}).location == page
        shown = client.get(page).get_data(as_text=True)
        assert 'href="#lots"' in shown
        assert f'href="{page}"' in client.get(f"/office/rounds/{row.id}").get_data(as_text=True)
        assert all(entry.title in shown for entry in scene.entries)
        assert client.get(f"{page}/export").status_code == 200
