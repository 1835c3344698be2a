"""When judges have time and for how many works: by workbook, by form, by themselves; and what rounds make of it."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.judging.assignment import Repair
from contest_portal.judging.availability import time_within
from contest_portal.judging.models import Judge, Round
from contest_portal.judging.queries.repairing import RepairWish, preview_repair
from contest_portal.judging.services import sheets
from contest_portal.judging.services.availability import JudgeTime, change_own_time
from tests import factories
from tests.judging.making import Scene, make_scene, open_round, plan_round, tasks_of

COLUMNS = ("姓名", "手机号", "任务上限", "可评审起始日期", "可评审截止日期")


@pytest.mark.parametrize(
    ("start", "end", "part"),
    [
        (None, None, "all"),
        (date(2018, 5, 10), date(2018, 5, 20), "all"),
        (date(2018, 5, 11), None, "part"),
        (None, date(2018, 5, 19), "part"),
        (date(2018, 5, 20), None, "part"),
        (date(2018, 5, 21), None, "none"),
        (None, date(2018, 5, 9), "none"),
    ],
)
def test_time_within_a_window_whose_ends_belong_to_it(start: date | None, end: date | None, part: str) -> None:
    assert time_within(start, end, date(2018, 5, 10), date(2018, 5, 20)) == part


@pytest.mark.database
class TestWorkbook:
    def send(self, client: FlaskClient, rows: list[tuple[str, ...]]) -> str:
        content = write_table([Column(title) for title in COLUMNS], rows, name="评委")
        answer = client.post("/office/judges/import", data={"file": (io.BytesIO(content), "评委.xlsx")})
        return answer.get_data(as_text=True)

    def apply(self, client: FlaskClient, html: str) -> None:
        sealed = re.search(r'name="rows"[^>]*value="([0-9a-f]+)"', html)
        assert sealed
        client.post("/office/judges/import/apply", data={"rows": sealed[1]})

    def test_time_and_most_tasks_come_in_and_what_is_empty_keeps_what_the_judge_said(self, app: Flask) -> None:
        scene = make_scene(judges=0, entries=0)
        client = factories.sign_in(app.test_client(), scene.staff)
        html = self.send(client, [("王建国", "13812345678", "30", "2018-05-10", "2018年5月20日")])
        assert "2018-05-10 至 2018-05-20" in html
        self.apply(client, html)
        judge = db.session.scalars(select(Judge)).one()
        time = (judge.most_tasks, judge.available_from, judge.available_until)
        assert time == (30, date(2018, 5, 10), date(2018, 5, 20))
        assert "没有需要导入的变化" in self.send(client, [("王建国", "13812345678", "", "", "")])
        self.apply(client, self.send(client, [("王建国", "13812345678", "12", "", "")]))
        db.session.expire_all()
        assert (judge.most_tasks, judge.available_from) == (12, date(2018, 5, 10))
        assert "2018-05-10 至 2018-05-20" in client.get("/office/judges").get_data(as_text=True)
        assert "最多 12 件" in client.get("/office/judges").get_data(as_text=True)

    def test_what_is_wrong_is_named_by_its_cell(self, app: Flask) -> None:
        scene = make_scene(judges=0, entries=0)
        client = factories.sign_in(app.test_client(), scene.staff)
        rows: list[tuple[str, ...]] = [
            ("王建国", "13812345678", "不限", "五月", ""),
            ("李秀兰", "13812345679", "0", "2018-02-30", ""),
            ("陈海波", "13812345680", "", "2018-05-20", "2018-05-10"),
        ]
        html = self.send(client, rows)
        for cell in ("第 2 行 C 列", "第 2 行 D 列", "第 3 行 C 列", "第 3 行 D 列", "第 4 行 E 列"):
            assert cell in html
        assert "确认导入" not in html


@pytest.mark.database
class TestOwn:
    @pytest.fixture
    def scene(self, app: Flask) -> Scene:
        return make_scene(judges=4, entries=8)

    def test_a_judge_changes_it_on_the_own_page_and_it_is_on_record(self, app: Flask, scene: Scene) -> None:
        judge = scene.judges[0]
        client = factories.sign_in(app.test_client(), scene.actor(judge))
        form = {"available_from": "2018-05-10", "available_until": "2018-05-20", "most_tasks": "9"}
        assert client.post("/judge/time", data=form).status_code == 302
        db.session.expire_all()
        assert (judge.available_from, judge.available_until, judge.most_tasks) == (
            date(2018, 5, 10),
            date(2018, 5, 20),
            9,
        )
        assert 'value="2018-05-10"' in client.get("/judge/time").get_data(as_text=True)
        record = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "judging.own_time")).one()
        assert record.account_id == scene.actor(judge).account_id
        answer = client.post("/judge/time", data=form | {"available_until": "2018-05-01"})
        assert answer.status_code == 422
        assert "早于起始日期" in answer.get_data(as_text=True)
        assert client.post("/judge/time", data=dict.fromkeys(form, "")).status_code == 302
        db.session.expire_all()
        assert JudgeTime.of(judge) == JudgeTime()

    def test_in_a_running_round_the_tasks_stay_and_the_office_is_told(self, scene: Scene) -> None:
        running = open_round(scene, reads=2)
        judge = scene.judges[0]
        before = len(tasks_of(running, judge))
        change_own_time(scene.actor(judge), JudgeTime(available_until=local(now()).date() + timedelta(days=1)))
        assert len(tasks_of(running, judge)) == before
        told = select(Notice).where(Notice.account_id == scene.staff.account_id)
        [notice] = [one for one in db.session.scalars(told) if "可评审时间" in one.title]
        assert "不完全相符" in notice.body
        assert notice.params["count"] == str(before)

    def test_a_limit_out_of_range_is_refused_with_the_range(self, scene: Scene) -> None:
        with pytest.raises(Invalid, match="1–9999"):
            change_own_time(scene.actor(scene.judges[0]), JudgeTime(most_tasks=0))


@pytest.mark.database
class TestRounds:
    def test_choosing_judges_says_who_has_no_time_and_a_judge_with_part_of_it_is_told(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=8)
        away, partly = scene.judges[0], scene.judges[1]
        today = local(now()).date()
        away.available_from, partly.available_until = today + timedelta(days=30), today + timedelta(days=2)
        db.session.commit()
        row = plan_round(scene, reads=2)
        client = factories.sign_in(app.test_client(), scene.staff)
        html = client.get(f"/office/rounds/{row.id}/judges").get_data(as_text=True)
        assert html.count("本轮期间没有时间") == 1
        assert html.count("本轮期间只有一部分时间") == 1
        running = open_round(scene, reads=2)
        assert tasks_of(running, away) == []
        assert tasks_of(running, partly)
        told = select(Notice).where(Notice.account_id == partly.account_id)
        assert any("您填写的可评审时间" in one.body for one in db.session.scalars(told))
        full = select(Notice).where(Notice.account_id == scene.judges[2].account_id)
        assert not any("您填写的可评审时间" in one.body for one in db.session.scalars(full))

    def test_in_mid_round_who_has_no_time_any_more_keeps_the_tasks_and_gets_none(self, app: Flask) -> None:
        scene = make_scene(judges=5, entries=8)
        running = open_round(scene, reads=2)
        gone, giver = scene.judges[0], scene.judges[1]
        before = {task.entry_id for task in tasks_of(running, gone)}
        change_own_time(scene.actor(gone), JudgeTime(available_until=local(now()).date() - timedelta(days=1)))
        for task in tasks_of(running, giver):
            sheets.declare_conflict(scene.actor(giver), task.id, "亲属")
        assert {task.entry_id for task in tasks_of(running, gone)} == before
        shown = preview_repair(db.session.get_one(Round, running.id), RepairWish(reads=3))
        assert isinstance(shown.outcome, Repair)
        assert shown.outcome.moves
        assert all(move.taker != gone.id for move in shown.outcome.moves)
        told = preview_repair(db.session.get_one(Round, running.id), RepairWish(reads=5)).shortages
        assert any(f"{gone.name}没有时间" in str(one) for one in told)
        assert not any(f"{gone.name}须回避" in str(one) for one in told)
