"""A judge's sheet: saves that come twice, from two devices or late; versions and their reopening; reports of fraud."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from contest_portal.core.actor import Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotFound, Stale, TooLate
from contest_portal.core.models import Notice
from contest_portal.judging.models import Assignment, Round, ScoreSheet
from contest_portal.judging.queries.requests import excluded_entries, requests_of_round
from contest_portal.judging.queries.rounds import progress_of_round, round_by_id
from contest_portal.judging.save_stamps import Stamp
from contest_portal.judging.services import fraud_reports, progress, rankings, reopening, sheets
from contest_portal.judging.sheet_models import FraudReport
from tests import factories
from tests.judging.making import Scene, make_scene, marks, open_round, score, tasks_of

PHONE, DESK = "telephone-1", "desk-page-1"


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=3, entries=3)


@pytest.fixture
def running(scene: Scene) -> Round:
    return open_round(scene, reads=2)


@pytest.fixture
def task(scene: Scene, running: Round) -> Assignment:
    return tasks_of(running, scene.judges[0])[0]


def fresh(task: Assignment) -> Assignment:
    db.session.rollback()
    return db.session.get_one(Assignment, task.id, populate_existing=True)


def sheets_of(task: Assignment) -> list[tuple[int, float, bool]]:
    db.session.rollback()
    rows = db.session.scalars(
        select(ScoreSheet)
        .where(ScoreSheet.assignment_id == task.id)
        .order_by(ScoreSheet.version)
        .execution_options(populate_existing=True)
    )
    return [(one.version, one.total, one.is_current) for one in rows]


class TestSaves:
    def save(self, scene: Scene, task: Assignment, seen: int, total: float, stamp: Stamp) -> int:
        return sheets.save_draft(scene.actor(scene.judges[0]), task.id, seen, marks(total), "", stamp=stamp)

    def test_a_save_sent_again_is_kept_once_and_an_older_one_changes_nothing(
        self, scene: Scene, task: Assignment
    ) -> None:
        assert self.save(scene, task, 1, 60, Stamp(PHONE, 1)) == 2
        assert self.save(scene, task, 1, 61, Stamp(PHONE, 2)) == 3  # the first answer was lost on the way
        assert self.save(scene, task, 1, 61, Stamp(PHONE, 2)) == 3
        assert self.save(scene, task, 1, 60, Stamp(PHONE, 1)) == 3  # arrives late
        assert fresh(task).draft_marks["imagination"] == "50.0"
        assert fresh(task).draft_marks["science"] == "11.0"

    def test_another_device_that_knows_nothing_of_it_is_told(self, scene: Scene, task: Assignment) -> None:
        self.save(scene, task, 1, 60, Stamp(PHONE, 1))
        with pytest.raises(Stale):
            self.save(scene, task, 1, 70, Stamp(DESK, 1))
        assert self.save(scene, task, 1, 60, Stamp(DESK, 1)) == 2  # the same marks: nothing to tell
        assert self.save(scene, task, 2, 70, Stamp(DESK, 2)) == 3
        with pytest.raises(Stale):
            self.save(scene, task, 2, 61, Stamp(PHONE, 2))

    def test_the_time_in_view_is_added_once_and_never_more_than_has_passed(
        self, scene: Scene, task: Assignment, clock: MovingClock
    ) -> None:
        began = clock.now()
        clock.advance(seconds=90)
        self.save(scene, task, 1, 60, Stamp(PHONE, 1, 80))
        self.save(scene, task, 1, 60, Stamp(PHONE, 1, 80))
        clock.advance(seconds=30)
        self.save(scene, task, 2, 61, Stamp(PHONE, 2, 110))
        row = fresh(task)
        assert row.seconds_spent == 110
        assert row.first_opened_at == began + timedelta(seconds=10)
        self.save(scene, task, 3, 62, Stamp(DESK, 1, 9999))
        assert fresh(task).seconds_spent == 110  # as much as the clock allows since the first opening

    def test_the_answer_to_another_device_holds_what_is_kept(
        self, scene: Scene, task: Assignment, client: FlaskClient
    ) -> None:
        self.save(scene, task, 1, 60, Stamp(PHONE, 1))
        factories.sign_in(client, scene.actor(scene.judges[0]))
        data = {"mark_imagination": "30", "version": "1", "device": DESK, "number": "1", "comment": "构图好"}
        answer = client.post(f"/judge/tasks/{task.id}/draft", data=data, headers={"Accept": "application/json"})
        found = answer.get_json()
        assert (answer.status_code, found["code"], found["version"]) == (409, "core.stale", "2")
        assert found["fields"]["mark_imagination"] == "50.0"
        again = client.post(f"/judge/tasks/{task.id}/draft", data={**data, "version": "2", "number": "2"})
        assert again.get_json()["version"] == "3"
        assert fresh(task).draft_comment == "构图好"


class TestSubmitting:
    def submit(self, scene: Scene, task: Assignment, total: float, stamp: Stamp, **values: Any) -> ScoreSheet:
        return sheets.submit_sheet(scene.actor(scene.judges[0]), task.id, 1, marks(total), stamp=stamp, **values)

    def test_sent_again_after_the_round_has_closed_it_is_still_in(
        self, scene: Scene, running: Round, task: Assignment
    ) -> None:
        first = self.submit(scene, task, 80, Stamp(PHONE, 3))
        progress.close_round(scene.staff, running.id, round_by_id(running.id).version, void_unfinished=True)
        assert self.submit(scene, task, 80, Stamp(PHONE, 3)).id == first.id
        with pytest.raises(Conflict):
            self.submit(scene, task, 81, Stamp(PHONE, 4))
        assert sheets_of(task) == [(1, 80, True)]

    def test_what_was_never_in_is_refused_after_the_end_with_the_time(
        self, scene: Scene, task: Assignment, clock: MovingClock
    ) -> None:
        clock.advance(days=8)
        with pytest.raises(TooLate, match="截止"):
            self.submit(scene, task, 80, Stamp(PHONE, 1))
        assert sheets_of(task) == []

    def test_words_for_the_entrant_and_for_the_panel_are_kept_apart(self, scene: Scene, task: Assignment) -> None:
        sheet = self.submit(scene, task, 80, Stamp(PHONE, 1), comment="想象奇特", panel_comment="疑似临摹")
        assert (sheet.comment, sheet.panel_comment) == ("想象奇特", "疑似临摹")

    def test_all_complete_drafts_go_together_and_a_changed_one_stays(
        self, scene: Scene, running: Round, client: FlaskClient
    ) -> None:
        judge = scene.judges[0]
        first, second = tasks_of(running, judge)
        actor = scene.actor(judge)
        sheets.save_draft(actor, first.id, 1, marks(80), "")
        sheets.save_draft(actor, second.id, 1, marks(70), "")
        factories.sign_in(client, actor)
        page = client.get(f"/judge/rounds/{running.id}/pile").get_data(as_text=True)
        assert "全部提交（2 件）" in page
        sheets.save_draft(actor, second.id, 2, marks(71), "")
        done = client.post(
            f"/judge/rounds/{running.id}/submit-ready", data={"task": [f"{first.id}-2", f"{second.id}-2"]}
        )
        page = client.get(done.location).get_data(as_text=True)
        assert "已提交 1 份评分" in page
        assert "又有改动" in page
        assert (sheets_of(first), sheets_of(second)) == ([(1, 80, True)], [])

    def test_nobody_submits_anothers_drafts(self, scene: Scene, running: Round, task: Assignment) -> None:
        sheets.save_draft(scene.actor(scene.judges[0]), task.id, 1, marks(80), "")
        with pytest.raises(NotFound):
            sheets.submit_ready(scene.actor(scene.judges[1]), [(task.id, 2)])

    def test_others_are_shown_only_where_the_round_says_so_and_after_the_own_sheet(
        self, scene: Scene, client: FlaskClient
    ) -> None:
        for shows in (False, True):
            row = open_round(scene, reads=2, shows_others=shows)
            mine = tasks_of(row, scene.judges[0])[0]
            other = next(one for one in tasks_of(row) if one.entry_id == mine.entry_id and one.id != mine.id)
            judge = next(one for one in scene.judges if one.id == other.judge_id)
            sheets.submit_sheet(scene.actor(judge), other.id, 1, marks(63.5), "", "颜色单调")
            factories.sign_in(client, scene.actor(scene.judges[0]))
            before = client.get(f"/judge/tasks/{mine.id}").get_data(as_text=True)
            assert "63.5" not in before
            assert "颜色单调" not in before
            score(scene, mine, 80)
            after = client.get(f"/judge/tasks/{mine.id}").get_data(as_text=True)
            assert ("63.5" in after, "颜色单调" in after) == (shows, shows)
            assert judge.name not in after


class TestReopening:
    def test_the_sheet_counts_until_the_judge_replaces_it(self, scene: Scene, running: Round, task: Assignment) -> None:
        score(scene, task, 80)
        actor = scene.actor(scene.judges[0])
        reopening.ask_to_reopen(actor, task.id, "两件作品看反了")
        asked = requests_of_round(running)
        assert [one.id for one in asked.asked] == [task.id]
        reopening.reopen_sheet(scene.staff, task.id, "评委申请")
        waiting = requests_of_round(running)
        assert (len(waiting.asked), [one.total for one in waiting.given_back]) == (0, [80])
        assert sheets_of(task) == [(1, 80, True)]
        sheets.submit_sheet(actor, task.id, fresh(task).version, marks(72))
        assert sheets_of(task) == [(1, 80, False), (2, 72, True)]
        with pytest.raises(Conflict):
            sheets.submit_sheet(actor, task.id, fresh(task).version, marks(73))

    def test_a_sheet_given_back_and_not_replaced_counts_when_the_round_closes(
        self, scene: Scene, running: Round
    ) -> None:
        for one in tasks_of(running):
            score(scene, one, 70)
        first = tasks_of(running)[0]
        reopening.reopen_sheet(scene.staff, first.id, "请核对")
        progress.close_round(scene.staff, running.id, round_by_id(running.id).version)
        assert sheets_of(first) == [(1, 70, True)]
        assert fresh(first).state == "submitted"

    def test_it_needs_a_reason_a_sheet_and_happens_once(self, scene: Scene, task: Assignment) -> None:
        with pytest.raises(Conflict):
            reopening.reopen_sheet(scene.staff, task.id, "没有交过")
        score(scene, task, 80)
        with pytest.raises(Invalid):
            reopening.reopen_sheet(scene.staff, task.id, " ")
        reopening.reopen_sheet(scene.staff, task.id, "请核对")
        with pytest.raises(Conflict):
            reopening.reopen_sheet(scene.staff, task.id, "再来一次")

    def test_the_office_may_say_no_and_the_judge_is_told_why(
        self, scene: Scene, running: Round, task: Assignment, client: FlaskClient
    ) -> None:
        score(scene, task, 80)
        reopening.ask_to_reopen(scene.actor(scene.judges[0]), task.id, "想再高一点")
        with pytest.raises(Conflict, match=f"申请修改，尚未答复：{scene.judges[0].name}"):
            progress.close_round(scene.staff, running.id, round_by_id(running.id).version, void_unfinished=True)
        factories.sign_in(client, scene.staff)
        page = client.get(f"/office/tasks/{task.id}/sheets").get_data(as_text=True)
        assert "想再高一点" in page
        client.post(f"/office/tasks/{task.id}/decline-reopening", data={"why": "没有正当理由"})
        told = db.session.scalars(select(Notice.params).where(Notice.account_id == scene.judges[0].account_id)).all()
        assert any(params.get("why") == "没有正当理由" for params in told)
        assert not requests_of_round(running).asked
        closed = progress.close_round(scene.staff, running.id, round_by_id(running.id).version, void_unfinished=True)
        assert closed.state == "closed"

    def test_another_judge_asks_for_nothing(self, scene: Scene, task: Assignment) -> None:
        score(scene, task, 80)
        with pytest.raises(NotFound):
            reopening.ask_to_reopen(scene.actor(scene.judges[1]), task.id, "改一下")


class TestReports:
    def report(self, client: FlaskClient, scene: Scene, task: Assignment, **values: Any) -> Any:
        factories.sign_in(client, scene.actor(scene.judges[0]))
        data = {"kind": "blindness", "evidence": "画上写着校名", **values}
        return client.post(f"/judge/tasks/{task.id}/report", data=data, content_type="multipart/form-data")

    def test_upheld_the_work_is_out_of_the_round_and_its_sheets_stay(
        self, scene: Scene, running: Round, task: Assignment, client: FlaskClient
    ) -> None:
        other = next(one for one in tasks_of(running) if one.entry_id == task.entry_id and one.id != task.id)
        score(scene, other, 90)
        picture = (io.BytesIO(_jpeg()), "截图.jpg")
        assert self.report(client, scene, task, file=picture).status_code == 302
        row = db.session.scalars(select(FraudReport)).one()
        assert row.blob_id is not None
        assert "主办单位正在核实" in client.get(f"/judge/tasks/{task.id}").get_data(as_text=True)
        leader = factories.make_account(Role.LEADER, office=scene.office)
        factories.sign_in(client, leader)
        assert "画上写着校名" in client.get(f"/office/reports/{row.id}").get_data(as_text=True)
        sent = client.get(f"/office/reports/{row.id}/file")
        assert "attachment" in sent.headers["Content-Disposition"]
        factories.sign_in(client, scene.staff)
        decided = client.post(
            f"/office/reports/{row.id}/decide", data={"outcome": "upheld", "decision": "经核实，画面右下角有校名"}
        )
        assert decided.status_code == 302
        states = db.session.scalars(select(Assignment.state).where(Assignment.entry_id == task.entry_id)).all()
        assert set(states) == {"void"}
        assert sheets_of(other) == [(1, 90, True)]
        assert list(excluded_entries(running.id)) == [task.entry_id]
        for one in tasks_of(running):
            score(scene, one, 75)
        progress.close_round(scene.staff, running.id, round_by_id(running.id).version)
        ranking = rankings.rank_round(scene.staff, running.id, method="raw")[0]
        scored = [line["entry_id"] for line in ranking.lines if line.get("reads")]
        assert task.entry_id not in scored

    def test_dismissed_the_judging_goes_on_and_the_judge_may_report_again(
        self, scene: Scene, running: Round, task: Assignment, client: FlaskClient
    ) -> None:
        self.report(client, scene, task)
        assert self.report(client, scene, task).status_code == 409
        row = db.session.scalars(select(FraudReport)).one()
        fraud_reports.decide_report(scene.staff, row.id, is_upheld=False, decision="那是画里的店名")
        assert fresh(task).state == "todo"
        assert "那是画里的店名" in client.get(f"/judge/tasks/{task.id}").get_data(as_text=True)
        with pytest.raises(Conflict):
            fraud_reports.decide_report(scene.staff, row.id, is_upheld=True, decision="又改主意")
        assert self.report(client, scene, task, evidence="背面还有姓名").status_code == 302

    def test_what_is_missing_or_no_evidence_is_said_beside_its_field(
        self, scene: Scene, task: Assignment, client: FlaskClient
    ) -> None:
        page = self.report(client, scene, task, kind="", evidence=" ")
        html = page.get_data(as_text=True)
        assert page.status_code == 422
        assert "请填写事实和依据" in html
        assert "请选择举报的问题" in html
        page = self.report(client, scene, task, file=(io.BytesIO(b"MZ\x90\x00 not a picture"), "证据.exe"))
        assert page.status_code == 422
        assert db.session.scalar(select(func.count(FraudReport.id))) == 0

    def test_nothing_is_taken_out_of_a_ranking_that_stands(
        self, scene: Scene, running: Round, task: Assignment, client: FlaskClient
    ) -> None:
        self.report(client, scene, task)
        report_id = db.session.scalars(select(FraudReport.id)).one()
        for one in tasks_of(running):
            score(scene, one, 70)
        progress.close_round(scene.staff, running.id, round_by_id(running.id).version)
        with pytest.raises(Conflict, match="1 份举报还没有处理"):
            rankings.rank_round(scene.staff, running.id, method="raw")
        round_by_id(running.id).state = "ranked"  # as rounds could be ranked before that was refused
        db.session.commit()
        with pytest.raises(Conflict, match="排名已经固定"):
            fraud_reports.decide_report(scene.staff, report_id, is_upheld=True, decision="属实")

    def test_a_work_that_is_out_lacks_no_reads(
        self, scene: Scene, running: Round, task: Assignment, client: FlaskClient
    ) -> None:
        self.report(client, scene, task)
        report_id = db.session.scalars(select(FraudReport.id)).one()
        before = progress_of_round(round_by_id(running.id)).categories[0]
        fraud_reports.decide_report(scene.staff, report_id, is_upheld=True, decision="属实")
        after = progress_of_round(round_by_id(running.id)).categories[0]
        assert (after.entries, after.short) == (before.entries - 1, 0)


class TestPile:
    def test_own_works_stand_by_total_with_ties_and_a_word_about_sameness(
        self, app: Flask, client: FlaskClient
    ) -> None:
        scene = make_scene(judges=1, entries=7)
        row = open_round(scene, reads=1)
        for place, one in enumerate(tasks_of(row)):
            score(scene, one, 80 if place else 79)
        factories.sign_in(client, scene.actor(scene.judges[0]))
        html = client.get(f"/judge/rounds/{row.id}/pile").get_data(as_text=True)
        assert html.count("6 件同分") == 6
        assert "您已评的 7 件总分都很接近（79–80 分，其中 6 件同为 80 分）" in html

    def test_two_of_the_own_works_stand_side_by_side_and_no_others(
        self, scene: Scene, running: Round, client: FlaskClient
    ) -> None:
        first, second = tasks_of(running, scene.judges[0])
        theirs = tasks_of(running, scene.judges[1])[0]
        factories.sign_in(client, scene.actor(scene.judges[0]))
        html = client.get(f"/judge/tasks/{first.id}/compare?with={second.id}").get_data(as_text=True)
        assert html.count('class="compare-side"') == 2
        assert client.get(f"/judge/tasks/{first.id}/compare?with={theirs.id}").status_code == 404


class TestAtOnce:
    """Real threads, each with a connection of its own, on whichever database the tests run."""

    def at_once(self, app: Flask, *acts: Callable[[], object]) -> list[str]:
        gate, outcomes = threading.Barrier(len(acts)), []

        def run(act: Callable[[], object]) -> None:
            with app.app_context():
                gate.wait(timeout=30)
                try:
                    act()
                except DomainError as error:
                    outcomes.append(error.code)
                else:
                    outcomes.append("done")
                finally:
                    db.session.remove()

        threads = [threading.Thread(target=run, args=(act,)) for act in acts]
        for one in threads:
            one.start()
        for one in threads:
            one.join(timeout=60)
        return outcomes

    def test_eight_posts_of_one_act_make_one_sheet(self, app: Flask, scene: Scene, task: Assignment) -> None:
        actor, task_id = scene.actor(scene.judges[0]), task.id
        db.session.rollback()
        post = lambda: sheets.submit_sheet(actor, task_id, 1, marks(80), stamp=Stamp(PHONE, 5))  # noqa: E731
        assert self.at_once(app, *[post] * 8) == ["done"] * 8
        assert sheets_of(task) == [(1, 80, True)]

    def test_two_devices_that_submit_different_marks_make_one_sheet_and_one_refusal(
        self, app: Flask, scene: Scene, task: Assignment
    ) -> None:
        actor, task_id = scene.actor(scene.judges[0]), task.id
        db.session.rollback()
        outcomes = self.at_once(
            app,
            lambda: sheets.submit_sheet(actor, task_id, 1, marks(80), stamp=Stamp(PHONE, 1)),
            lambda: sheets.submit_sheet(actor, task_id, 1, marks(60), stamp=Stamp(DESK, 1)),
        )
        assert sorted(outcomes) == ["done", "judging.submitted"]
        assert len(sheets_of(task)) == 1

    def test_a_sheet_submitted_while_the_round_closes_is_in_or_refused_never_lost(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=4)
        for _ in range(3):
            row = open_round(scene, reads=3)
            tasks = [(one.id, scene.actor(_judge(scene, one))) for one in tasks_of(row)]
            version = round_by_id(row.id).version
            db.session.rollback()
            answers: dict[int, str] = {}

            def submit(task_id: int, actor: Any, answers: dict[int, str] = answers) -> None:
                try:
                    sheets.submit_sheet(actor, task_id, 1, marks(70 + task_id % 9), stamp=Stamp(PHONE, 1))
                except DomainError as error:
                    answers[task_id] = error.code
                else:
                    answers[task_id] = "in"

            acts: list[Callable[[], object]] = [
                lambda one=one: submit(*one)  # type: ignore[misc]
                for one in tasks
            ]
            acts.insert(
                len(acts) // 2,
                lambda version=version, row_id=row.id: progress.close_round(  # type: ignore[misc]
                    scene.staff, row_id, version, void_unfinished=True
                ),
            )
            self.at_once(app, *acts)
            db.session.rollback()
            kept = dict(
                db.session.execute(
                    select(Assignment.id, func.count(ScoreSheet.id))
                    .outerjoin(ScoreSheet, ScoreSheet.assignment_id == Assignment.id)
                    .where(Assignment.round_id == row.id)
                    .group_by(Assignment.id)
                ).all()
            )
            states = dict(
                db.session.execute(select(Assignment.id, Assignment.state).where(Assignment.round_id == row.id)).all()
            )
            assert len(answers) == len(tasks)
            for task_id, answer in answers.items():
                expected = (1, "submitted") if answer == "in" else (0, "void")
                assert (kept[task_id], states[task_id]) == expected, (task_id, answer)
            assert db.session.get_one(Round, row.id, populate_existing=True).state == "closed"


def _judge(scene: Scene, task: Assignment) -> Any:
    return next(one for one in scene.judges if one.id == task.judge_id)


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(out, "JPEG")
    return out.getvalue()
