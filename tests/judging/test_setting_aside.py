"""A submitted sheet whose judge must keep away from the work: set aside, handed on, counted again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.notices import notices_of
from contest_portal.judging.models import Assignment, ConflictOfInterest, Judge, Round, ScoreSheet
from contest_portal.judging.queries.repairing import RepairWish, preview_repair
from contest_portal.judging.queries.requests import requests_of_round
from contest_portal.judging.services import fraud_reports, progress, rankings, relations, setting_aside, sheets
from contest_portal.judging.services.repairing import apply_repair
from tests import factories
from tests.judging.making import Scene, make_scene, marks, open_round, score, tasks_of

pytestmark = pytest.mark.database


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=4, entries=4)


@pytest.fixture
def running(scene: Scene) -> Round:
    return open_round(scene, reads=2)


@pytest.fixture
def touched(scene: Scene, running: Round) -> Assignment:
    """A submitted sheet of 90 points; its judge turns out to be kin."""
    task = tasks_of(running, scene.judges[0])[0]
    score(scene, task, 90)
    relations.add_relation(scene.staff, task.judge_id, why="外甥", entry_id=task.entry_id, kind="kin")
    return fresh(task)


def fresh(task: Assignment) -> Assignment:
    db.session.rollback()
    return db.session.get_one(Assignment, task.id, populate_existing=True)


def readers(row: Round, entry_id: int) -> dict[int, str]:
    return {task.judge_id: task.state for task in tasks_of(row) if task.entry_id == entry_id}


def end_the_relation(scene: Scene) -> None:
    known = db.session.scalars(select(ConflictOfInterest)).one()
    relations.end_relation(scene.staff, known.id, "登记错了人")


def _pair(scene: Scene, first: Round, second: Round) -> tuple[Assignment, Assignment]:
    """Tasks of the first judge for one work in both rounds."""
    own = {task.entry_id: task for task in tasks_of(second, scene.judges[0])}
    return next((task, own[task.entry_id]) for task in tasks_of(first, scene.judges[0]) if task.entry_id in own)


def close(scene: Scene, row: Round) -> None:
    db.session.rollback()
    progress.close_round(scene.staff, row.id, db.session.get_one(Round, row.id).version)


def rank(scene: Scene, row: Round) -> list[list[object]]:
    """(entry, judge) of the sheets that the frozen ranking counts."""
    for task in tasks_of(row):
        if task.state == "todo":
            score(scene, task, 70)
    close(scene, row)
    ranking = next(one for one in rankings.rank_round(scene.staff, row.id) if not one.stage_code)
    return [list(one[:2]) for one in ranking.inputs["scores"]]


class TestSettingAside:
    def test_it_counts_no_longer_and_stays_on_record(self, scene: Scene, running: Round, touched: Assignment) -> None:
        done = setting_aside.set_sheet_aside(scene.staff, touched.id, "评委与作者是亲属", give_on=False)
        assert (done.sheet_version, done.given_to, done.set_by) == (1, None, scene.staff.account_id)
        assert "外甥" in str(done.conflict)
        assert touched.judge_id not in readers(running, touched.entry_id)
        account = db.session.get_one(Judge, touched.judge_id).account_id
        assert any("不再计入" in str(title) for _one, title, _body in notices_of(account or 0))
        assert [one.task.id for one in requests_of_round(running).set_aside] == [touched.id]
        pair = [touched.entry_id, touched.judge_id]
        assert pair not in rank(scene, running)
        kept = db.session.scalars(select(ScoreSheet).where(ScoreSheet.assignment_id == touched.id)).one()
        assert kept.total == 90

    def test_it_goes_to_another_judge_where_the_office_wants(
        self, scene: Scene, running: Round, touched: Assignment
    ) -> None:
        before = set(readers(running, touched.entry_id))
        done = setting_aside.set_sheet_aside(scene.staff, touched.id, "评委与作者是亲属", give_on=True)
        after = readers(running, touched.entry_id)
        assert done.given_to not in before
        assert set(after) == before - {touched.judge_id} | {done.given_to}
        assert after[done.given_to or 0] == "todo"

    def test_else_a_repair_fills_the_gap(self, scene: Scene, running: Round, touched: Assignment) -> None:
        setting_aside.set_sheet_aside(scene.staff, touched.id, "评委与作者是亲属", give_on=False)
        assert len(readers(running, touched.entry_id)) == 1
        row = db.session.get_one(Round, running.id, populate_existing=True)
        preview = preview_repair(row, RepairWish())
        apply_repair(scene.staff, row.id, RepairWish(), preview.digest, row.version, "补上一名评委")
        assert len(readers(running, touched.entry_id)) == 2
        assert touched.judge_id not in readers(running, touched.entry_id)

    def test_only_a_sheet_in_conflict_and_only_with_a_reason(
        self, scene: Scene, running: Round, touched: Assignment
    ) -> None:
        free = next(one for one in tasks_of(running) if one.judge_id != touched.judge_id)
        with pytest.raises(Conflict, match="已经提交"):
            setting_aside.set_sheet_aside(scene.staff, free.id, "看错了", give_on=False)
        score(scene, free, 60)
        with pytest.raises(Conflict, match="无须回避"):
            setting_aside.set_sheet_aside(scene.staff, free.id, "看错了", give_on=False)
        with pytest.raises(Invalid, match="原因"):
            setting_aside.set_sheet_aside(scene.staff, touched.id, " ", give_on=False)


class TestAfterClosing:
    """A relation that is entered when nobody can score any more."""

    @pytest.fixture
    def late(self, scene: Scene, running: Round) -> Assignment:
        for number, one in enumerate(tasks_of(running)):
            score(scene, one, 70 + number)
        close(scene, running)
        task = tasks_of(running, scene.judges[0])[0]
        relations.add_relation(scene.staff, task.judge_id, why="外甥", entry_id=task.entry_id, kind="kin")
        return fresh(task)

    def test_the_office_is_told_and_the_ranking_waits_and_leaves_it_out(
        self, scene: Scene, running: Round, late: Assignment
    ) -> None:
        pair = [late.entry_id, late.judge_id]
        assert any("应回避" in str(title) for _one, title, _body in notices_of(scene.staff.account_id or 0))
        with pytest.raises(Conflict, match=f"1 份评分，评委应当回避（{late.judge.name} {late.entry.number}）"):
            rankings.rank_round(scene.staff, running.id)
        done = setting_aside.set_sheet_aside(scene.staff, late.id, "评委与作者是亲属", give_on=True)
        assert done.given_to is None
        ranking = next(one for one in rankings.rank_round(scene.staff, running.id) if not one.stage_code)
        assert pair not in [list(one[:2]) for one in ranking.inputs["scores"]]
        assert len(ranking.inputs["scores"]) == 7

    def test_a_relation_entered_by_mistake_is_ended_and_the_sheet_counts_again(
        self, scene: Scene, running: Round, late: Assignment
    ) -> None:
        setting_aside.set_sheet_aside(scene.staff, late.id, "评委与作者是亲属", give_on=False)
        end_the_relation(scene)
        setting_aside.count_again(scene.staff, late.id, "登记错了人")
        ranking = next(one for one in rankings.rank_round(scene.staff, running.id) if not one.stage_code)
        assert len(ranking.inputs["scores"]) == 8

    def test_the_pages_lead_there(self, scene: Scene, running: Round, late: Assignment, client: FlaskClient) -> None:
        factories.sign_in(client, scene.staff)
        page = client.get(f"/office/rounds/{running.id}").get_data(as_text=True)
        assert f"/office/tasks/{late.id}/sheets#set-aside" in page
        page = client.get(f"/office/tasks/{late.id}/sheets").get_data(as_text=True)
        assert "不计入这份评分" in page
        assert "give_on" not in page
        client.post(f"/office/tasks/{late.id}/set-aside", data={"why": "评委与作者是亲属"})
        assert "应回避的评分" not in client.get(f"/office/rounds/{running.id}").get_data(as_text=True)
        assert "重新计入" in client.get(f"/office/tasks/{late.id}/sheets").get_data(as_text=True)

    def test_once_ranked_the_page_says_what_is_left_to_do(
        self, scene: Scene, running: Round, late: Assignment, client: FlaskClient
    ) -> None:
        end_the_relation(scene)
        rankings.rank_round(scene.staff, running.id)
        relations.add_relation(scene.staff, late.judge_id, why="外甥", entry_id=late.entry_id, kind="kin")
        with pytest.raises(Conflict, match="由评委会决定"):
            setting_aside.set_sheet_aside(scene.staff, late.id, "评委与作者是亲属", give_on=False)
        factories.sign_in(client, scene.staff)
        page = client.get(f"/office/judges/{late.judge_id}").get_data(as_text=True)
        assert f"/office/tasks/{late.id}/sheets#set-aside" in page
        page = client.get(f"/office/tasks/{late.id}/sheets").get_data(as_text=True)
        assert "在推荐名单中决定这件作品" in page
        assert "不计入这份评分" not in page
        row = db.session.get_one(Round, running.id, populate_existing=True)
        row.closed_at = now() - timedelta(days=200)
        db.session.commit()
        assert "应回避的评分" not in client.get(f"/office/judges/{late.judge_id}").get_data(as_text=True)


class TestDeclaredInAnotherRound:
    def test_what_the_judge_has_of_the_work_elsewhere_goes_the_same_way(self, scene: Scene) -> None:
        first, second = open_round(scene, reads=3), open_round(scene, reads=3)
        here, there = _pair(scene, first, second)
        sheets.declare_conflict(scene.actor(scene.judges[0]), here.id, "是我侄女的作品")
        assert fresh(there).state == "conflict"
        assert scene.judges[0].id not in readers(second, there.entry_id)
        assert len(readers(second, there.entry_id)) == 3

    def test_a_sheet_submitted_elsewhere_waits_for_the_office(self, scene: Scene) -> None:
        first, second = open_round(scene, reads=3), open_round(scene, reads=3)
        here, there = _pair(scene, first, second)
        score(scene, there, 80)
        sheets.declare_conflict(scene.actor(scene.judges[0]), here.id, "是我侄女的作品")
        assert fresh(there).state == "submitted"
        assert any("应回避" in str(title) for _one, title, _body in notices_of(scene.staff.account_id or 0))


class TestCountingAgain:
    def test_not_while_the_judge_must_keep_away(self, scene: Scene, touched: Assignment) -> None:
        setting_aside.set_sheet_aside(scene.staff, touched.id, "评委与作者是亲属", give_on=False)
        with pytest.raises(Conflict, match="外甥"):
            setting_aside.count_again(scene.staff, touched.id, "登记错了人")
        assert fresh(touched).state == "conflict"

    def test_it_counts_and_the_task_of_the_other_judge_is_off(
        self, scene: Scene, running: Round, touched: Assignment
    ) -> None:
        before = readers(running, touched.entry_id)
        setting_aside.set_sheet_aside(scene.staff, touched.id, "评委与作者是亲属", give_on=True)
        end_the_relation(scene)
        assert not setting_aside.count_again(scene.staff, touched.id, "登记错了人")
        assert readers(running, touched.entry_id) == before
        assert requests_of_round(running).set_aside == []
        with pytest.raises(Conflict):
            setting_aside.count_again(scene.staff, touched.id, "再来一次")
        assert [touched.entry_id, touched.judge_id] in rank(scene, running)

    def test_what_the_other_judge_has_begun_stays(self, scene: Scene, running: Round, touched: Assignment) -> None:
        done = setting_aside.set_sheet_aside(scene.staff, touched.id, "评委与作者是亲属", give_on=True)
        other = next(one for one in scene.judges if one.id == done.given_to)
        task = next(one for one in tasks_of(running, other) if one.entry_id == touched.entry_id)
        sheets.save_draft(scene.actor(other), task.id, task.version, marks(66), "")
        end_the_relation(scene)
        assert setting_aside.count_again(scene.staff, touched.id, "登记错了人")
        assert readers(running, touched.entry_id)[other.id] == "todo"
        assert readers(running, touched.entry_id)[touched.judge_id] == "submitted"

    def test_nothing_comes_back_of_a_work_that_is_out(self, scene: Scene, running: Round, touched: Assignment) -> None:
        setting_aside.set_sheet_aside(scene.staff, touched.id, "评委与作者是亲属", give_on=False)
        task = next(one for one in tasks_of(running) if one.entry_id == touched.entry_id)
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        report = fraud_reports.report_fraud(scene.actor(judge), task.id, "fraud", "网上有一样的画")
        fraud_reports.decide_report(scene.staff, report.id, is_upheld=True, decision="属实")
        end_the_relation(scene)
        with pytest.raises(Conflict, match="取消了评审资格"):
            setting_aside.count_again(scene.staff, touched.id, "登记错了人")


def test_the_office_finds_it_on_its_pages(
    scene: Scene, running: Round, touched: Assignment, client: FlaskClient
) -> None:
    factories.sign_in(client, scene.staff)
    page = client.get(f"/office/judges/{touched.judge_id}").get_data(as_text=True)
    assert f"/office/tasks/{touched.id}/sheets#set-aside" in page
    page = client.get(f"/office/tasks/{touched.id}/sheets").get_data(as_text=True)
    assert "不计入这份评分" in page
    assert "外甥" in page
    wrong = client.post(f"/office/tasks/{touched.id}/set-aside", data={"why": ""})
    assert wrong.status_code == 422
    done = client.post(f"/office/tasks/{touched.id}/set-aside", data={"why": "评委与作者是亲属", "give_on": "y"})
    page = client.get(done.location).get_data(as_text=True)
    assert "应回避，不计入的评分" in page
    assert "评委与作者是亲属；改由" in page
    assert "应回避的评分" not in client.get(f"/office/judges/{touched.judge_id}").get_data(as_text=True)
    end_the_relation(scene)
    done = client.post(f"/office/tasks/{touched.id}/count-again", data={"why": "登记错了人"})
    page = client.get(done.location).get_data(as_text=True)
    assert "登记错了人" in page
    assert "重新计入" in page
