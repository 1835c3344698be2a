"""Nothing that a judge typed is lost between devices, and nothing that was deleted comes back; tasks given anew."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Stale
from contest_portal.core.text import Message
from contest_portal.judging.models import Assignment, Round, ScoreSheet
from contest_portal.judging.queries.requests import requests_of_round
from contest_portal.judging.save_stamps import Stamp
from contest_portal.judging.services import marks_workbook, reassigning, relations, reopening, sheets
from contest_portal.judging.services.reassigning import give_task
from tests import factories
from tests.judging.making import Scene, make_scene, marks, open_round, tasks_of

pytestmark = pytest.mark.database

PHONE, DESK = "telephone-1", "desk-page-1"
JSON = {"Accept": "application/json"}


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=3, entries=3)


@pytest.fixture
def running(scene: Scene) -> Round:
    return open_round(scene, reads=2)


@pytest.fixture
def task(scene: Scene, running: Round) -> Assignment:
    return tasks_of(running, scene.judges[0])[0]


@pytest.fixture
def actor(scene: Scene) -> Actor:
    return scene.actor(scene.judges[0])


def fresh(task: Assignment) -> Assignment:
    db.session.rollback()
    return db.session.get_one(Assignment, task.id, populate_existing=True)


def current(task: Assignment) -> tuple[int, float, str, str]:
    db.session.rollback()
    row = db.session.scalars(
        select(ScoreSheet)
        .where(ScoreSheet.assignment_id == task.id, ScoreSheet.is_current)
        .execution_options(populate_existing=True)
    ).one()
    return row.version, row.total, row.comment, row.panel_comment


class TestTwoDevices:
    @pytest.mark.parametrize("kept", [("想象奇特", ""), ("", "疑似临摹")])
    def test_a_comment_saved_elsewhere_is_not_wiped_by_the_same_marks(
        self, task: Assignment, actor: Actor, kept: tuple[str, str]
    ) -> None:
        sheets.save_draft(actor, task.id, 1, marks(80), *kept, stamp=Stamp(PHONE, 1))
        with pytest.raises(Stale):
            sheets.submit_sheet(actor, task.id, 1, marks(80), stamp=Stamp(DESK, 1))
        row = fresh(task)
        assert (row.state, row.draft_comment, row.draft_panel_comment) == ("todo", *kept)
        sheets.submit_sheet(actor, task.id, 1, marks(80), *kept, stamp=Stamp(DESK, 1))  # says the same: nothing is lost
        assert current(task) == (1, 80, *kept)

    def test_both_comments_stand_on_the_page_and_in_the_answer(
        self, task: Assignment, actor: Actor, client: FlaskClient
    ) -> None:
        sheets.save_draft(actor, task.id, 1, marks(80), "想象奇特", "疑似临摹", stamp=Stamp(PHONE, 1))
        factories.sign_in(client, actor)
        data = {f"mark_{code}": str(value) for code, value in marks(80).items()}
        data |= {"version": "1", "device": DESK, "number": "1", "comment": "构图好", "panel_comment": ""}
        asked = client.post(f"/judge/tasks/{task.id}/submit", data=data, headers=JSON)
        fields = asked.get_json()["fields"]
        assert (asked.status_code, fields["comment"], fields["panel_comment"]) == (409, "想象奇特", "疑似临摹")
        shown = client.post(f"/judge/tasks/{task.id}/submit", data=data)
        page = shown.get_data(as_text=True)
        assert shown.status_code == 409
        assert [one in page for one in ("构图好", "另一处保存的是：想象奇特", "另一处保存的是：疑似临摹")] == [True] * 3


class TestReopened:
    @pytest.fixture
    def given_back(self, scene: Scene, task: Assignment, actor: Actor) -> Assignment:
        sheets.submit_sheet(actor, task.id, 1, marks(80), "画得太差", "不像原创", stamp=Stamp(PHONE, 1))
        reopening.reopen_sheet(scene.staff, task.id, "评语请写得客气些")
        return fresh(task)

    def test_a_deleted_comment_stays_deleted(self, given_back: Assignment, actor: Actor, client: FlaskClient) -> None:
        factories.sign_in(client, actor)
        assert "画得太差" in client.get(f"/judge/tasks/{given_back.id}").get_data(as_text=True)
        sheets.save_draft(actor, given_back.id, given_back.version, marks(80), "", "", stamp=Stamp(DESK, 1))
        page = client.get(f"/judge/tasks/{given_back.id}").get_data(as_text=True)
        assert ("画得太差" in page, "不像原创" in page) == (False, False)

    def test_a_sheet_that_stays_as_it_is_answers_the_office(
        self, running: Round, given_back: Assignment, actor: Actor
    ) -> None:
        again = (actor, given_back.id, given_back.version, marks(80), "画得太差", "不像原创")
        sheets.submit_sheet(*again, stamp=Stamp(DESK, 1))
        assert requests_of_round(running).given_back == []
        assert current(given_back) == (2, 80, "画得太差", "不像原创")
        sheets.submit_sheet(*again, stamp=Stamp(DESK, 1))
        assert current(given_back)[0] == 2


class TestTogether:
    @pytest.mark.parametrize("is_declared", [False, True])
    def test_a_task_that_is_gone_holds_nothing_up(self, scene: Scene, actor: Actor, is_declared: bool) -> None:
        judge = scene.judges[0]
        row = open_round(scene, reads=2)
        first, second = tasks_of(row, judge)
        seen = [(one.id, sheets.save_draft(actor, one.id, 1, marks(70), "")) for one in (first, second)]
        if is_declared:
            sheets.declare_conflict(actor, second.id, "认出了作者")
        else:
            others = [
                one for one in scene.judges[1:] if not any(t.entry_id == second.entry_id for t in tasks_of(row, one))
            ]
            reassigning.reassign_task(scene.staff, second.id, others[0].id, "评委有事")
        outcome = sheets.submit_ready(actor, seen)
        number = second.entry.number
        assert (outcome.done, outcome.refused) == (1, {second.id: Message.of(sheets.GONE, number=number)})
        assert current(first)[:2] == (1, 70)


class TestGivenAnew:
    """A task that went to others and came back: what the judge submitted before counts no longer."""

    @pytest.fixture
    def again(self, scene: Scene, running: Round, task: Assignment, actor: Actor) -> Callable[[], Assignment]:
        def give() -> Assignment:
            sheets.submit_sheet(actor, task.id, 1, marks(80), "想象奇特", stamp=Stamp(PHONE, 1))
            sheets.declare_conflict(actor, task.id, "认错了人")
            declared = db.session.scalars(select(relations.ConflictOfInterest)).one()
            relations.end_relation(scene.staff, declared.id, "认错了人")
            with unit_of_work(scene.staff, "judging.reassign") as work:
                row = give_task(work, running, task.judge_id, task.entry_id)
                work.record(row, after={"state": "todo"})
            return fresh(task)

        return give

    def test_an_old_act_sent_again_does_not_answer_done(self, again: Callable[[], Assignment], actor: Actor) -> None:
        row = again()
        with pytest.raises(Stale):
            sheets.submit_sheet(actor, row.id, 1, marks(80), "想象奇特", stamp=Stamp(PHONE, 1))
        assert fresh(row).state == "todo"
        sheets.submit_sheet(actor, row.id, row.version, marks(80), "想象奇特", stamp=Stamp(DESK, 1))
        assert (fresh(row).state, current(row)) == ("submitted", (2, 80, "想象奇特", ""))

    def test_its_page_is_empty(self, again: Callable[[], Assignment], actor: Actor, client: FlaskClient) -> None:
        row = again()
        factories.sign_in(client, actor)
        page = client.get(f"/judge/tasks/{row.id}").get_data(as_text=True)
        assert ("已提交 80 分" in page, "想象奇特" in page) == (False, False)

    def test_a_workbook_with_the_same_marks_is_taken(
        self, scene: Scene, running: Round, again: Callable[[], Assignment]
    ) -> None:
        row = again()
        line = marks_workbook.WorkbookLine(row.id, marks(80), "想象奇特", Message("第 2 行"))
        assert marks_workbook.take_workbook(scene.staff, running.id, [line]) == 1
        assert (fresh(row).state, current(row)[:2]) == ("submitted", (2, 80))
