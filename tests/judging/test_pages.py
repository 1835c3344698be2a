"""The pages of judging over HTTP."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from contest_portal.core import jobs
from contest_portal.core.actor import Role
from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.entries.models import Tutor
from contest_portal.judging.models import Assignment, ConflictOfInterest, Judge, Round, ScoreSheet
from contest_portal.judging.queries.tasks import own_rounds
from contest_portal.judging.services import progress, rankings, reopening
from contest_portal.people.models import Account, Membership
from contest_portal.people.services.joining import join_with_new_account
from contest_portal.people.sessions import visitor
from tests import factories
from tests.judging.making import (  # fmt: skip
    Scene,
    add_file,
    counted,
    make_entry,
    make_judge,
    make_scene,
    marks,
    open_round,
    plan_round,
    score,
    tasks_of,
)


def a_picture() -> bytes:
    """A small JPEG whose marks name its author."""
    exif, out = Image.Exif(), io.BytesIO()
    exif[0x013B] = "Zhang Xiaoming"
    Image.new("RGB", (90, 60), "green").save(out, "JPEG", exif=exif)
    return out.getvalue()


JPEG = a_picture()


def sheet_form(task: Assignment, total: float = 80, **values: str) -> dict[str, str]:
    return {
        **{f"mark_{code}": str(mark) for code, mark in marks(total).items()},
        "version": str(task.version),
        "comment": "",
        **values,
    }


def own_task(scene: Scene, row: Round, judge: Judge | None = None) -> Assignment:
    return tasks_of(row, judge or scene.judges[0])[0]


def fresh(task: Assignment) -> Assignment:
    db.session.expire_all()
    return db.session.get_one(Assignment, task.id)


class TestBlindness:
    def test_the_page_says_nothing_of_whose_work_it_is(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=3, entries=3)
        tutor = factories.make_teacher(scene.schools[0], "祁连山老师")
        for entry in scene.entries:
            entry.tutors.append(Tutor(teacher_id=tutor.id, position=1))
            entry.group_name = "雏鹰小队"
            add_file(entry, "painting", "jpeg", "南街小学-学生作品.jpg", JPEG + entry.number.encode())
        row = open_round(scene, reads=2)
        jobs.run_all()
        judge = scene.judges[0]
        task = own_task(scene, row)
        entry = task.entry
        names = {
            *(author.student.name for author in entry.authors if author.student),
            entry.school.name,
            entry.school.name.removeprefix("甘州区"),
            "祁连山老师",
            "雏鹰小队",
            "南街小学-学生作品",
        }
        number, file_id = entry.number, entry.files[0].id
        page = factories.sign_in(client, scene.actor(judge)).get(f"/judge/tasks/{task.id}")
        html = page.get_data(as_text=True)
        body = html[html.index("<main") : html.index("</main>")]
        assert page.status_code == 200
        assert number in body
        assert not [name for name in names if name in html]
        assert "甘州" not in body
        sent = client.get(f"/judge/tasks/{task.id}/files/{file_id}/original")
        assert sent.status_code == 200
        assert f"{number}-painting-1.jpg" in sent.headers["Content-Disposition"]
        assert "%E5%8D%97" not in sent.headers["Content-Disposition"]
        assert sent.data.startswith(b"\xff\xd8")
        assert b"Zhang Xiaoming" not in sent.data
        listed = client.get("/judge").get_data(as_text=True)
        assert not [name for name in names if name in listed]

    def test_what_judges_must_not_see_is_not_served(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=3, entries=0)
        for school in scene.schools:
            entry = make_entry(scene, school, category="CG", stage="C", answers={"guidance": "父亲是工程师"})
            hidden = add_file(entry, "application", "pdf", "申报书.pdf", b"%PDF-1.4 " + entry.number.encode())
        row = open_round(scene, reads=2, codes=("CG",))
        task = next(task for task in tasks_of(row) if task.entry_id == hidden.entry_id)
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        factories.sign_in(client, scene.actor(judge))
        html = client.get(f"/judge/tasks/{task.id}").get_data(as_text=True)
        assert "申报书" not in html
        assert "父亲是工程师" not in html
        assert client.get(f"/judge/tasks/{task.id}/files/{hidden.id}/original").status_code == 404

    def test_a_round_that_is_not_blind_names_people(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=3, entries=3)
        row = open_round(scene, reads=2, is_blind=False)
        task = own_task(scene, row)
        name = task.entry.authors[0].student.name
        factories.sign_in(client, scene.actor(scene.judges[0]))
        assert name in client.get(f"/judge/tasks/{task.id}").get_data(as_text=True)


class TestJudgesDesk:
    def test_another_judges_task_is_not_there(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene()
        row = open_round(scene)
        theirs = own_task(scene, row, scene.judges[1])
        factories.sign_in(client, scene.actor(scene.judges[0]))
        assert client.get(f"/judge/tasks/{theirs.id}").status_code == 404
        for act in ("draft", "submit", "conflict"):
            assert client.post(f"/judge/tasks/{theirs.id}/{act}", data=sheet_form(theirs)).status_code == 404
        assert fresh(theirs).state == "todo"

    def test_submitting_leads_to_the_next_unfinished_task(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=3, entries=3)
        row = open_round(scene, reads=2)
        tasks = sorted(tasks_of(row, scene.judges[0]), key=lambda task: task.position)
        factories.sign_in(client, scene.actor(scene.judges[0]))
        first = client.post(f"/judge/tasks/{tasks[0].id}/submit", data=sheet_form(tasks[0], 81.5))
        assert first.location == f"/judge/tasks/{tasks[1].id}"
        assert "已提交，81.5 分" in client.get(first.location).get_data(as_text=True)
        last = client.post(f"/judge/tasks/{tasks[1].id}/submit", data=sheet_form(tasks[1]))
        assert last.location == "/judge"
        assert "全部完成" in client.get("/judge").get_data(as_text=True)

    def test_a_doubled_click_makes_one_sheet(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene()
        task = own_task(scene, open_round(scene))
        data = sheet_form(task)
        factories.sign_in(client, scene.actor(scene.judges[0]))
        assert [client.post(f"/judge/tasks/{task.id}/submit", data=data).status_code for _ in range(2)] == [302, 302]
        assert len(db.session.scalars(select(ScoreSheet)).all()) == 1

    def test_wrong_marks_are_named_beside_their_fields_and_kept(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene()
        task = own_task(scene, open_round(scene))
        factories.sign_in(client, scene.actor(scene.judges[0]))
        page = client.post(f"/judge/tasks/{task.id}/submit", data=sheet_form(task, mark_imagination="60"))
        html = page.get_data(as_text=True)
        assert page.status_code == 422
        assert "应为 0–50 分" in html
        assert 'value="60"' in html
        assert fresh(task).state == "todo"

    def test_autosave_answers_with_the_new_version_and_tells_a_second_device(
        self, app: Flask, client: FlaskClient
    ) -> None:
        scene = make_scene()
        task = own_task(scene, open_round(scene))
        factories.sign_in(client, scene.actor(scene.judges[0]))
        address = f"/judge/tasks/{task.id}/draft"
        saved = client.post(address, data=sheet_form(task, mark_science="2"), headers={"X-Autosave": "1"})
        assert saved.get_json() == {"version": "2", "problems": {}}
        assert 'value="2"' in client.get(f"/judge/tasks/{task.id}").get_data(as_text=True)
        json = {"Accept": "application/json", "X-Autosave": "1"}
        refused = client.post(address, data=sheet_form(task, 60, version="1"), headers=json)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "core.stale")
        assert "您在另一个窗口或设备上修改过" in refused.get_json()["message"]
        stale = client.post(f"/judge/tasks/{task.id}/submit", data=sheet_form(task, 60, version="1"))
        html = stale.get_data(as_text=True)
        assert stale.status_code == 409
        assert "您在另一个窗口或设备上修改过" in html
        assert "另一处保存的是：2" in html
        assert 'name="version" type="hidden" value="2"' in html
        again = client.post(f"/judge/tasks/{task.id}/submit", data=sheet_form(task, 60, version="2"))
        assert again.status_code == 302

    def test_a_wrong_mark_is_kept_as_draft_and_said_to_be_wrong(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene()
        task = own_task(scene, open_round(scene))
        factories.sign_in(client, scene.actor(scene.judges[0]))
        typed = {"mark_imagination": "51", "mark_science": "", "mark_painting": "20", "version": "1", "comment": ""}
        saved = client.post(f"/judge/tasks/{task.id}/draft", data=typed).get_json()
        assert list(saved["problems"]) == ["mark_imagination"]
        assert "应为 0–50 分，现为 51" in saved["problems"]["mark_imagination"]
        html = client.get(f"/judge/tasks/{task.id}").get_data(as_text=True)
        assert "应为 0–50 分，现为 51" in html
        assert "内容尚未保存" not in html

    def test_a_sheet_given_back_is_replaced_on_the_same_page(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene()
        task = own_task(scene, open_round(scene))
        score(scene, task, 80)
        factories.sign_in(client, scene.actor(scene.judges[0]))
        address = f"/judge/tasks/{task.id}"
        page = client.get(address).get_data(as_text=True)
        assert "申请修改" in page
        assert "data-autosave" not in page
        assert client.post(f"{address}/submit", data=sheet_form(fresh(task), 85)).status_code == 409
        reopening.reopen_sheet(scene.staff, task.id, "评委误把两件作品的分数填反")
        page = client.get(address).get_data(as_text=True)
        assert "提交更正" in page
        assert "评委误把两件作品的分数填反" in page
        done = client.post(f"{address}/submit", data=sheet_form(fresh(task), 85))
        assert done.location == address
        assert "第 1 次更正" in client.get(done.location).get_data(as_text=True)
        assert [one.total for one in db.session.scalars(select(ScoreSheet).order_by(ScoreSheet.version))] == [80, 85]

    def test_declaring_a_conflict_takes_the_task_away_and_goes_on(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=5)
        row = open_round(scene, reads=2)
        task = own_task(scene, row)
        factories.sign_in(client, scene.actor(scene.judges[0]))
        without = client.post(f"/judge/tasks/{task.id}/conflict", data={"why": " "})
        assert (without.status_code, fresh(task).state) == (422, "todo")
        done = client.post(f"/judge/tasks/{task.id}/conflict", data={"why": "作者是邻居家的孩子"})
        assert done.status_code == 302
        assert fresh(task).state == "conflict"
        assert client.get(f"/judge/tasks/{task.id}").status_code == 404
        assert len([one for one in tasks_of(row) if one.entry_id == task.entry_id]) == 2

    def test_a_closed_round_can_be_read_and_no_longer_marked(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=3, entries=3)
        row = open_round(scene, reads=2)
        for one in tasks_of(row):
            score(scene, one, 77)
        progress.close_round(scene.staff, row.id, row.version)
        task = own_task(scene, row)
        factories.sign_in(client, scene.actor(scene.judges[0]))
        page = client.get(f"/judge/tasks/{task.id}").get_data(as_text=True)
        assert "已提交 77 分" in page
        assert "data-autosave" not in page
        assert client.post(f"/judge/tasks/{task.id}/submit", data=sheet_form(fresh(task), 10)).status_code == 409

    def test_before_the_window_nothing_is_shown(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene()
        row = open_round(scene, opens_at=now() + timedelta(hours=2))
        task = own_task(scene, row)
        factories.sign_in(client, scene.actor(scene.judges[0]))
        assert client.get(f"/judge/tasks/{task.id}").status_code == 409
        assert "将于" in client.get("/judge").get_data(as_text=True)

    def test_a_judge_declares_a_school(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=5)
        factories.sign_in(client, scene.actor(scene.judges[0]))
        done = client.post("/judge/relations", data={"school_id": scene.schools[0].id, "why": "配偶在该校任教"})
        assert done.status_code == 302
        row = db.session.scalars(select(ConflictOfInterest)).one()
        assert (row.kind, row.school_id) == ("relation", scene.schools[0].id)
        assert "配偶在该校任教" in client.get("/judge/relations").get_data(as_text=True)


class TestOwnRounds:
    def test_what_is_to_be_done_stands_first_the_nearest_deadline_before_the_later(self, app: Flask) -> None:
        scene = make_scene(judges=2, entries=2)
        later = open_round(scene, reads=2, closes_at=now() + timedelta(days=9))
        sooner = open_round(scene, reads=2, closes_at=now() + timedelta(days=3))
        finished = open_round(scene, reads=2, closes_at=now() + timedelta(days=30))
        for task in tasks_of(finished, scene.judges[0]):
            score(scene, task, 70)
        listed = own_rounds(scene.actor(scene.judges[0]))
        assert [one.round.id for one in listed] == [sooner.id, later.id, finished.id]


class TestOffice:
    @pytest.fixture
    def scene(self, app: Flask) -> Scene:
        return make_scene(judges=4, entries=6)

    def test_every_page_of_a_rounds_life_shows(self, scene: Scene, client: FlaskClient) -> None:
        factories.sign_in(client, scene.staff)
        row = plan_round(scene, reads=3)
        office = f"/office/contests/{scene.contest.id}/rounds/new"
        for address in (
            "/office/judges", f"/office/judges/{scene.judges[0].id}", "/office/judges/new", "/office/judges/import",
            f"/office/judges/{scene.judges[0].id}/edit", "/office/rounds", office, f"/office/rounds/{row.id}",
            f"/office/rounds/{row.id}/edit", f"/office/rounds/{row.id}/judges", f"/office/rounds/{row.id}/plan",
        ):  # fmt: skip
            assert client.get(address).status_code == 200, address
        form = {"version": row.version, "seed": "77"}
        told = client.post(f"/office/rounds/{row.id}/open", data=form)
        assert (told.status_code, "6 件还没有查找完，评审没有开始" in told.get_data(as_text=True)) == (422, True)
        opened = client.post(f"/office/rounds/{row.id}/open", data=form | {"unsearched": "6", "knows": "y"})
        assert opened.location == f"/office/rounds/{row.id}"
        db.session.expire_all()
        row = db.session.get_one(Round, row.id)
        assert (row.state, row.seed) == ("open", 77)
        task = tasks_of(row)[0]
        for address in (
            f"/office/rounds/{row.id}",
            f"/office/rounds/{row.id}/tasks?state=todo",
            f"/office/tasks/{task.id}/reassign",
        ):
            assert client.get(address).status_code == 200, address
        for one in tasks_of(row):
            score(scene, one, 70 + one.id % 7)
        closed = client.post(f"/office/rounds/{row.id}/close", data={"version": row.version})
        assert closed.status_code == 302
        ranked = client.post(f"/office/rounds/{row.id}/rank", data={"method": "mixed"})
        page = client.get(ranked.location)
        assert page.status_code == 200
        assert "混合模型" in page.get_data(as_text=True)
        book = load_workbook(io.BytesIO(client.get(ranked.location + "/export").data))
        assert book.sheetnames == ["排名", "评委评分尺度", "评分"]
        assert book["评分"].max_row == 1 + 18

    def test_a_round_is_planned_by_its_forms(self, scene: Scene, client: FlaskClient) -> None:
        factories.sign_in(client, scene.staff)
        category = scene.category().id
        data = {
            "name": "初评", "category_ids": category, "reads_per_entry": "2", "opens_at": "2018-03-01T08:00",
            "closes_at": "2018-03-10T18:00", "is_blind": "y", "method": "mixed",
        }  # fmt: skip
        wrong = client.post(
            f"/office/contests/{scene.contest.id}/rounds/new", data={**data, "closes_at": "2018-02-01T08:00"}
        )
        assert wrong.status_code == 422
        assert "截止时间应晚于开始时间" in wrong.get_data(as_text=True)
        made = client.post(f"/office/contests/{scene.contest.id}/rounds/new", data=data)
        row = db.session.scalars(select(Round)).one()
        assert made.location == f"/office/rounds/{row.id}/judges"
        chosen = [one.id for one in scene.judges[:3]]
        seats = {
            "judge": [str(one) for one in chosen],
            "place": [f"{one}-{category}" for one in chosen],
            f"most-{chosen[0]}": "2",
        }
        saved = client.post(made.location, data=seats)
        assert saved.location == f"/office/rounds/{row.id}/plan"
        assert client.post(made.location, data={**seats, f"most-{chosen[0]}": "x"}).status_code == 422
        db.session.expire_all()
        row = db.session.get_one(Round, row.id)
        assert [(seat.judge_id, seat.category_ids, seat.most_tasks) for seat in row.judges] == [
            (chosen[0], [], 2), (chosen[1], [], None), (chosen[2], [], None),
        ]  # fmt: skip
        assert "试分配" in client.get(saved.location).get_data(as_text=True)

    def test_reminding_the_chosen_judges_reminds_nobody_when_none_is_chosen(
        self, scene: Scene, client: FlaskClient
    ) -> None:
        row = open_round(scene, reads=2)
        factories.sign_in(client, scene.staff)
        address = f"/office/rounds/{row.id}/remind"

        def told(data: dict[str, str]) -> str:
            return client.get(client.post(address, data=data).location).get_data(as_text=True)

        assert "请先勾选要提醒的评委。" in told({"only_chosen": "1"})
        assert "已向 1 名评委发送" in told({"only_chosen": "1", "judge": str(scene.judges[0].id)})
        assert f"已向 {len(scene.judges)} 名评委发送" in told({})

    def test_saving_a_planned_round_as_it_stands_moves_no_time(self, scene: Scene, client: FlaskClient) -> None:
        row = plan_round(scene, reads=2)
        before = (row.opens_at, row.closes_at)
        factories.sign_in(client, scene.staff)
        address = f"/office/rounds/{row.id}/edit"
        html = client.get(address).get_data(as_text=True)
        times = {name: re.search(rf'name="{name}"[^>]*value="([^"]+)"', html) for name in ("opens_at", "closes_at")}
        shown = {name: found[1] for name, found in times.items() if found}
        assert shown["closes_at"] == local(row.closes_at).strftime("%Y-%m-%dT%H:%M")
        data = {
            "name": row.name, "category_ids": str(scene.category().id), "reads_per_entry": "2", "is_blind": "y",
            "method": row.method, "version": str(row.version), **shown,
        }  # fmt: skip
        assert client.post(address, data=data).status_code == 302
        db.session.expire_all()
        row = db.session.get_one(Round, row.id)
        assert (row.opens_at, row.closes_at) == before

    def test_closing_with_unfinished_tasks_asks_explicitly(self, scene: Scene, client: FlaskClient) -> None:
        row = open_round(scene, reads=2)
        factories.sign_in(client, scene.staff)
        asked = client.post(f"/office/rounds/{row.id}/close", data={"version": row.version})
        assert asked.status_code == 422
        assert "12 项评审任务没有完成" in asked.get_data(as_text=True)
        done = client.post(f"/office/rounds/{row.id}/close", data={"version": row.version, "void_unfinished": "y"})
        assert done.status_code == 302
        db.session.expire_all()
        assert db.session.get_one(Round, row.id).state == "closed"

    def test_what_is_short_stands_on_the_trial_page(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=2, entries=4)
        row = plan_round(scene, reads=3)
        factories.sign_in(client, scene.staff)
        html = client.get(f"/office/rounds/{row.id}/plan").get_data(as_text=True)
        assert "分不下去" in html
        assert "开始评审</button>" not in html
        assert client.post(f"/office/rounds/{row.id}/open", data={"version": row.version}).status_code == 422

    def test_a_supervisor_reads_the_trial_assignment_and_cannot_open(self, scene: Scene, client: FlaskClient) -> None:
        row = plan_round(scene, reads=2)
        address = f"/office/rounds/{row.id}/plan"
        factories.sign_in(client, scene.staff)
        assert "开始评审</button>" in client.get(address).get_data(as_text=True)
        factories.sign_in(client, factories.make_account(Role.SUPERVISOR, office=scene.office))
        assert address in client.get(f"/office/rounds/{row.id}").get_data(as_text=True)
        page = client.get(address)
        assert (page.status_code, "开始评审</button>" in page.get_data(as_text=True)) == (200, False)
        assert client.post(f"/office/rounds/{row.id}/open", data={"version": row.version}).status_code == 403

    def test_another_office_knows_nothing_and_supervisors_only_read(self, scene: Scene, client: FlaskClient) -> None:
        row = open_round(scene, reads=2)
        for task in tasks_of(row):
            score(scene, task, 70)
        row = progress.close_round(scene.staff, row.id, row.version)
        ranking = rankings.rank_round(scene.staff, row.id)[0]
        places = (
            f"rounds/{row.id}",
            f"rounds/{row.id}/tasks",
            f"rankings/{ranking.id}",
            f"judges/{scene.judges[0].id}",
        )
        reads = [f"/office/{place}" for place in places]
        supervisor = factories.make_account(Role.SUPERVISOR, office=scene.office)
        factories.sign_in(client, supervisor)
        assert [client.get(address).status_code for address in reads] == [200] * 4
        assert client.post(f"/office/rounds/{row.id}/remind").status_code == 403
        assert client.post("/office/judges/invite", data={"judge": scene.judges[0].id}).status_code == 403
        other = factories.make_account(Role.OFFICE, office=factories.make_office("临泽县科学技术协会"))
        factories.sign_in(client, other)
        assert [client.get(address).status_code for address in reads] == [404] * 4
        judge = scene.actor(scene.judges[0])
        factories.sign_in(client, judge)
        assert [client.get(address).status_code for address in reads] == [404] * 4


class TestJudgeList:
    COLUMNS = ("姓名", "手机号", "单位", "职务/职称", "评审类别", "学科")

    def upload(self, client: FlaskClient, rows: list[tuple[str, ...]]) -> str:
        content = write_table([Column(title) for title in self.COLUMNS], rows, name="评委")
        answer = client.post("/office/judges/import", data={"file": (io.BytesIO(content), "评委.xlsx")})
        return answer.get_data(as_text=True)

    def test_a_workbook_is_previewed_then_applied(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=0, entries=0)
        factories.sign_in(client, scene.staff)
        html = self.upload(
            client,
            [
                ("王 建国", "１３８１２３４５６７８", "甘州区南街小学", "高级教师", "科幻画、科学DV", ""),
                ("李秀兰", "138-1234-5679", "河西学院", "教授", "", "物理、化学"),
            ],
        )
        assert "确认导入" in html
        assert not db.session.scalars(select(Judge)).all()
        sealed = re.search(r'name="rows"[^>]*value="([0-9a-f]+)"', html)
        assert sealed
        assert client.post("/office/judges/import/apply", data={"rows": sealed[1]}).status_code == 302
        first, second = db.session.scalars(select(Judge).order_by(Judge.id)).all()
        assert (first.phone, first.school_id, first.expertise) == ("13812345678", scene.schools[0].id, ["KH", "DV"])
        assert (second.school_id, second.expertise, second.state) == (None, ["物理", "化学"], "invited")
        again = self.upload(client, [("李秀兰", "13812345679", "河西学院", "副教授", "", "物理、化学")])
        assert "更新" in again

    def test_errors_name_their_cells_and_nothing_is_imported(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=0, entries=0)
        factories.sign_in(client, scene.staff)
        html = self.upload(
            client,
            [
                ("王建国", "1381234567", "", "", "作文", ""),
                ("李秀兰", "13812345679", "", "", "", ""),
                ("李秀兰", "13812345679", "", "", "", ""),
            ],
        )
        assert "第 2 行 B 列" in html
        assert "「作文」不能对应到一个类别" in html
        assert "手机号与第 3 行重复" in html
        assert "确认导入" not in html

    def test_a_preview_of_another_office_is_refused(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=0, entries=0)
        factories.sign_in(client, scene.staff)
        html = self.upload(client, [("王建国", "13812345678", "", "", "", "")])
        sealed = re.search(r'name="rows"[^>]*value="([0-9a-f]+)"', html)
        assert sealed
        other = factories.make_account(Role.OFFICE, office=factories.make_office("临泽县科学技术协会"))
        factories.sign_in(client, other)
        assert client.post("/office/judges/import/apply", data={"rows": sealed[1]}).status_code == 409
        assert client.post("/office/judges/import/apply", data={"rows": "00"}).status_code == 409

    def test_the_template_reads_back(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=0, entries=0)
        factories.sign_in(client, scene.staff)
        book = load_workbook(io.BytesIO(client.get("/office/judges/template").data))
        assert [cell.value for cell in book["评委"][1]] == [
            *self.COLUMNS,
            "任务上限",
            "可评审起始日期",
            "可评审截止日期",
        ]

    def test_an_invitation_makes_the_account_a_judge(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=0, entries=0)
        judge = make_judge(scene, "陈海波", account=scene.staff)
        judge.account_id, judge.state, judge_id = None, "invited", judge.id
        db.session.commit()
        factories.sign_in(client, scene.staff)
        html = client.post("/office/judges/invite", data={"judge": judge_id}).get_data(as_text=True)
        code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", html)
        assert code
        with app.test_request_context():
            account, membership = join_with_new_account(
                visitor(), code[0], login_name="chenhaibo", password="Hexi-1958-Zhangye"
            )
        db.session.expire_all()
        judge = db.session.get_one(Judge, judge_id)
        assert (judge.account_id, judge.state, membership.role) == (account.id, "active", "judge")

    @pytest.mark.parametrize(("role", "offered"), [(Role.OFFICE, True), (Role.LEADER, False)])
    def test_the_office_gives_a_judge_a_link_for_a_new_password(
        self, client: FlaskClient, role: Role, offered: bool
    ) -> None:
        scene = make_scene(judges=1, entries=0)
        judge = scene.judges[0]
        factories.sign_in(client, factories.make_account(role, office=scene.office))
        page = client.get(f"/office/judges/{judge.id}").get_data(as_text=True)
        reset = re.search(r'action="(/memberships/\d+/reset)"', page)
        assert bool(reset) is offered
        if reset:
            answer = client.post(reset[1])
            assert re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", answer.get_data(as_text=True))
            assert db.session.get_one(Account, judge.account_id).password_hash is None

    def test_a_telephone_number_alone_makes_nobody_a_judge(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=0, entries=0)
        teacher = factories.make_account(Role.TEACHER, school=scene.schools[0])
        judge = make_judge(scene, "马老师", account=teacher, phone="13900001111")
        account = db.session.get_one(Account, teacher.account_id)
        account.phone_digest, judge.account_id, judge.state = judge.phone_digest, None, "invited"
        db.session.commit()
        judge_id, account_id = judge.id, account.id
        factories.sign_in(client, scene.staff)
        page = client.post("/office/judges/invite", data={"judge": judge_id}).get_data(as_text=True)
        code = re.search(r"[0-9A-Z]{4}(-[0-9A-Z]{4}){3}", page)
        assert code
        assert db.session.get_one(Judge, judge_id).account_id is None
        factories.sign_in(client, teacher)
        client.post(f"/i/{code[0]}/add")
        db.session.expire_all()
        assert db.session.get_one(Judge, judge_id).account_id == account_id
        roles = db.session.scalars(select(Membership.role).where(Membership.account_id == account_id)).all()
        assert set(roles) == {"teacher", "judge"}

    def test_the_office_enters_relations_by_what_staff_know(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene()
        pupil = factories.make_student(scene.schools[1], "高天宇")
        judge_id, number = scene.judges[0].id, scene.entries[0].number
        address = f"/office/judges/{judge_id}/relations"
        factories.sign_in(client, scene.staff)
        school = str(scene.schools[1].id)
        for data in (
            {"target": "school", "school_id": school, "why": "曾任校长"},
            {"target": "student", "school_id": school, "student_name": "高天宇", "why": "侄子"},
            {"target": "entry", "school_id": "0", "entry_number": number, "why": "校外辅导"},
        ):
            assert client.post(address, data=data).status_code == 302
        missing = client.post(address, data={"target": "entry", "school_id": "0", "entry_number": "X-1", "why": "亲属"})
        assert "没有找到这个编号的作品" in missing.get_data(as_text=True)
        rows = db.session.scalars(select(ConflictOfInterest).order_by(ConflictOfInterest.id)).all()
        assert [(one.school_id is not None, one.student_id, one.entry_id) for one in rows] == [
            (True, None, None), (False, pupil.id, None), (False, None, scene.entries[0].id),
        ]  # fmt: skip
        page = client.get(f"/office/judges/{judge_id}").get_data(as_text=True)
        assert "侄子" in page
        removed = client.post(f"/office/relations/{rows[1].id}/end", data={"why": "登记有误"})
        assert removed.status_code == 302

    def test_who_has_unfinished_tasks_cannot_leave(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene()
        open_round(scene)
        factories.sign_in(client, scene.staff)
        address = f"/office/judges/{scene.judges[0].id}"
        refused = client.post(f"{address}/release", data={"state": "left", "why": "出差"})
        assert refused.status_code == 409
        free = make_judge(scene)
        client.post(f"/office/judges/{free.id}/release", data={"state": "declined", "why": "时间冲突"})
        db.session.expire_all()
        assert db.session.get_one(Judge, free.id).state == "declined"
        client.post(f"/office/judges/{free.id}/restore")
        db.session.expire_all()
        assert db.session.get_one(Judge, free.id).state == "active"


class TestStatementCounts:
    """Every list costs the same with one row and with many."""

    def statements(self, app: Flask, client: FlaskClient, address: str) -> int:
        db.session.expire_all()
        with counted(app) as found:
            assert client.get(address).status_code == 200, address
        return len(found)

    def test_lists_cost_at_most_fifteen_statements_whatever_their_length(self, app: Flask, client: FlaskClient) -> None:
        costs = []
        for judges, entries in ((2, 1), (6, 24)):
            scene = make_scene(judges=judges, entries=entries) if not costs else costs[0][0]
            if costs:
                for _ in range(judges - 2):
                    make_judge(scene)
                for i in range(entries):
                    make_entry(scene, scene.schools[i % 3])
            row = open_round(scene, reads=2)
            for task in tasks_of(row):
                score(scene, task, 70 + task.id % 9)
            row = progress.close_round(scene.staff, row.id, row.version)
            ranking = rankings.rank_round(scene.staff, row.id)[0]
            factories.sign_in(client, scene.staff)
            found = {}
            for place in ("judges", "rounds", f"rounds/{row.id}", f"rounds/{row.id}/tasks", f"rankings/{ranking.id}"):
                address = f"/office/{place}"
                found[re.sub(r"\d+", "N", address)] = self.statements(app, client, address)
            task = own_task(scene, row)
            factories.sign_in(client, scene.actor(scene.judges[0]))
            for address in ("/judge", f"/judge/tasks/{task.id}"):
                found[re.sub(r"\d+", "N", address)] = self.statements(app, client, address)
            costs.append((scene, found))
        assert costs[0][1] == costs[1][1]
        assert max(costs[0][1].values()) <= 15, costs[0][1]
