"""Teams that did not come to their interview, and what may have happened before they came after all."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.judging.interview_models import InterviewSlot
from contest_portal.judging.models import Round
from contest_portal.judging.queries.interviews import schedule_of
from contest_portal.judging.queries.repairing import RepairWish, preview_repair
from contest_portal.judging.services import absences, fraud_reports, interviews, relations
from contest_portal.judging.services.interviews import SessionData
from contest_portal.judging.services.repairing import apply_repair
from tests import factories
from tests.judging.making import Scene, make_scene, open_round, score, tasks_of

pytestmark = pytest.mark.database


@pytest.fixture
def final(app: Flask) -> tuple[Scene, Round]:
    """A final of three judges over five works, drawn."""
    scene = make_scene(judges=3, entries=5)
    row = open_round(scene, mode="interview", reads=1, is_blind=False)
    start = now() + timedelta(days=1)
    interviews.add_session(scene.staff, row.id, SessionData("301", start, start + timedelta(hours=2), 10))
    interviews.draw_order(scene.staff, row.id, fresh(row).version, seed=5)
    return scene, row


def fresh(row: Round) -> Round:
    db.session.rollback()
    return db.session.get_one(Round, row.id, populate_existing=True)


def slots(row: Round) -> list[InterviewSlot]:
    db.session.rollback()
    return [slot for one in schedule_of(row.id).sessions for slot in one.slots]


def first_is_absent(scene: Scene, row: Round) -> tuple[int, int]:
    """(slot, entry) of the first team, which does not come."""
    slot = slots(row)[0]
    slot_id, entry_id = slot.id, slot.round_entry.entry_id
    absences.note_absence(scene.staff, row.id, slot_id, absent=True)
    return slot_id, entry_id


def readers(row: Round, entry_id: int) -> set[int]:
    return {task.judge_id for task in tasks_of(row) if task.entry_id == entry_id}


class TestComingAfterAll:
    def test_a_judge_who_must_keep_away_by_now_does_not_get_the_work_back(
        self, final: tuple[Scene, Round], client: FlaskClient
    ) -> None:
        scene, row = final
        slot_id, entry_id = first_is_absent(scene, row)
        kin, *others = scene.judges
        relations.add_relation(scene.staff, kin.id, why="外甥", entry_id=entry_id, kind="kin")
        factories.sign_in(client, scene.staff)
        done = client.post(f"/office/rounds/{row.id}/interviews/absent", data={"number": str(slot_id)})
        assert readers(row, entry_id) == {judge.id for judge in others}
        page = client.get(done.location).get_data(as_text=True)
        assert f"以下评委的任务没有恢复：{kin.name}（" in page
        assert "外甥" in page

    def test_nor_does_one_who_has_left(self, final: tuple[Scene, Round]) -> None:
        scene, row = final
        slot_id, entry_id = first_is_absent(scene, row)
        gone, *others = scene.judges
        wish = RepairWish(leaving=frozenset({gone.id}))
        apply_repair(scene.staff, row.id, wish, preview_repair(fresh(row), wish).digest, fresh(row).version, "评委生病")
        done = absences.note_absence(scene.staff, row.id, slot_id, absent=False)
        assert readers(row, entry_id) == {judge.id for judge in others}
        assert [str(one) for one in done.kept_off] == [f"{gone.name}（已退出本轮）"]

    def test_a_work_that_an_upheld_report_took_out_stays_out(self, final: tuple[Scene, Round]) -> None:
        scene, row = final
        slot = slots(row)[0]
        slot_id, entry_id = slot.id, slot.round_entry.entry_id
        task = next(one for one in tasks_of(row, scene.judges[0]) if one.entry_id == entry_id)
        report = fraud_reports.report_fraud(scene.actor(scene.judges[0]), task.id, "fraud", "网上有一样的画")
        absences.note_absence(scene.staff, row.id, slot_id, absent=True)
        fraud_reports.decide_report(scene.staff, report.id, is_upheld=True, decision="属实")
        with pytest.raises(Conflict, match="取消了评审资格"):
            absences.note_absence(scene.staff, row.id, slot_id, absent=False)
        assert readers(row, entry_id) == set()
        assert slots(row)[0].absent


class TestAnotherLot:
    def test_a_team_that_did_not_come_keeps_a_time_and_may_still_come(self, final: tuple[Scene, Round]) -> None:
        scene, row = final
        _slot, entry_id = first_is_absent(scene, row)
        interviews.draw_order(scene.staff, row.id, fresh(row).version, seed=6, why="科技馆停电")
        again = slots(row)
        assert [slot.absent for slot in again if slot.round_entry.entry_id == entry_id] == [True]
        assert (len(again), sum(slot.absent for slot in again)) == (5, 1)
        slot_id = next(slot.id for slot in again if slot.absent)
        absences.note_absence(scene.staff, row.id, slot_id, absent=False)
        assert readers(row, entry_id) == {judge.id for judge in scene.judges}

    def test_it_waits_for_another_lot_where_its_session_is_dropped(self, final: tuple[Scene, Round]) -> None:
        scene, row = final
        _slot, entry_id = first_is_absent(scene, row)
        interviews.drop_session(scene.staff, row.id, schedule_of(row.id).sessions[0].id)
        assert schedule_of(row.id).waiting == 5
        start = now() + timedelta(days=2)
        interviews.add_session(scene.staff, row.id, SessionData("302", start, start + timedelta(hours=2), 10))
        interviews.draw_order(scene.staff, row.id, fresh(row).version, seed=7, why="换地方")
        assert [slot.round_entry.entry_id for slot in slots(row) if slot.absent] == [entry_id]


class TestRepair:
    def test_nobody_is_given_a_work_whose_team_did_not_come(self, final: tuple[Scene, Round]) -> None:
        scene, row = final
        slot = slots(row)[0]
        entry_id = slot.round_entry.entry_id
        early = next(one for one in tasks_of(row, scene.judges[1]) if one.entry_id == entry_id)
        score(scene, early, 80)  # a sheet from before the absence was noted
        absences.note_absence(scene.staff, row.id, slots(row)[0].id, absent=True)
        wish = RepairWish(leaving=frozenset({scene.judges[2].id}))
        preview = preview_repair(fresh(row), wish)
        assert entry_id not in {getattr(move, "entry", None) for move in getattr(preview.outcome, "moves", ())}
        apply_repair(scene.staff, row.id, wish, preview.digest, fresh(row).version, "评委生病")
        assert {(task.judge_id, task.state) for task in tasks_of(row) if task.entry_id == entry_id} == {
            (scene.judges[1].id, "submitted")
        }
