"""Relations: ended and not deleted, imported as a matrix, overruled by a leader alone, never passed by anything."""

from __future__ import annotations

import io
import random
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import Workbook, load_workbook
from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, NotFound
from contest_portal.judging.conflicts import conflicts_between
from contest_portal.judging.models import Assignment, ConflictOfInterest, ConflictOverrule, Round
from contest_portal.judging.queries.ties import ties_of_entries, ties_of_judges
from contest_portal.judging.services import opening, reassigning, relations, sheets
from contest_portal.judging.services.conflict_guard import refuse_conflicts
from contest_portal.judging.services.overrules import overrule_conflict
from contest_portal.people.models import Account, School
from contest_portal.people.sessions import actor_of
from tests import factories
from tests.judging.making import Scene, make_scene, open_round, plan_round, tasks_of

pytestmark = pytest.mark.database
WRITTEN = "全区只有两名评委能评这类作品，另一名已退出。"


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=3, entries=4)


class TestEnding:
    def test_an_ended_relation_counts_no_longer_and_stays_on_record(self, scene: Scene) -> None:
        judge, school = scene.judges[0], scene.schools[0]
        relations.add_relation(scene.staff, judge.id, why="曾任校长", school_id=school.id, kind="school")
        row = db.session.scalars(select(ConflictOfInterest)).one()
        assert own_conflicts(scene, judge) == {entry.id for entry in scene.entries if entry.school_id == school.id}
        relations.end_relation(scene.staff, row.id, "登记有误")
        assert own_conflicts(scene, judge) == set()
        db.session.refresh(row)
        assert (row.kind, row.source, row.ended_why, row.ended_by) == (
            "school", "office", "登记有误", scene.staff.account_id,
        )  # fmt: skip
        with pytest.raises(Conflict, match="已经解除"):
            relations.end_relation(scene.staff, row.id, "再一次")
        relations.add_relation(
            scene.staff, judge.id, why="仍有关系", school_id=school.id
        )  # an ended one is no obstacle
        assert own_conflicts(scene, judge)

    def test_the_list_shows_kind_source_and_time_and_what_was_ended(self, app: Flask, scene: Scene) -> None:
        judge = scene.judges[0]
        relations.add_relation(scene.staff, judge.id, why="妻子在该校", school_id=scene.schools[0].id, kind="kin")
        relations.declare_school(scene.actor(judge), scene.schools[1].id, "兼职")
        first = db.session.scalars(select(ConflictOfInterest).order_by(ConflictOfInterest.id)).first()
        relations.end_relation(scene.staff, first.id, "已离婚")
        client = factories.sign_in(app.test_client(), scene.staff)
        page = client.get("/office/relations").get_data(as_text=True)
        for words in ("亲属", "评委本人声明", "主办单位登记", "已解除", "已离婚", scene.schools[0].name):
            assert words in page
        holds = client.get("/office/relations?state=holds").get_data(as_text=True)
        assert scene.schools[0].name not in holds
        book = load_workbook(io.BytesIO(client.get("/office/relations/export?state=ended").data))
        rows = list(book.worksheets[0].iter_rows(values_only=True))
        assert [row[0] for row in rows[1:]] == [judge.name]


class TestMatrix:
    def test_a_matrix_is_previewed_and_taken_whole_and_tasks_move_at_once(self, app: Flask, scene: Scene) -> None:
        running = open_round(scene, reads=1)
        judge, other = scene.judges[0], scene.judges[1]
        mine = tasks_of(running, judge)
        school = db.session.get_one(School, mine[0].entry.school_id)
        content = book(
            [["评委", school.name, scene.entries[3].number], [judge.name, "是", ""], [other.name, "", "其女所作"]]
        )
        client = factories.sign_in(app.test_client(), scene.staff)
        page = upload(client, content)
        assert "共 2 条回避关系" in page
        answer = client.post("/office/relations/import/apply", data={"rows": sealed(page)}, follow_redirects=True)
        assert "已登记 2 条回避关系" in answer.get_data(as_text=True)
        found = db.session.scalars(select(ConflictOfInterest).order_by(ConflictOfInterest.id)).all()
        assert [(row.judge_id, row.source, row.why) for row in found] == [
            (judge.id, "matrix", "回避名单"), (other.id, "matrix", "其女所作"),
        ]  # fmt: skip
        assert all(task.entry.school_id != school.id for task in tasks_of(running, judge))
        page = upload(client, content)  # the same again
        answer = client.post("/office/relations/import/apply", data={"rows": sealed(page)}, follow_redirects=True)
        assert "已登记 0 条回避关系" in answer.get_data(as_text=True)

    def test_a_list_of_pairs_does_the_same(self, app: Flask, scene: Scene) -> None:
        judge = scene.judges[0]
        content = book([["评委", "回避对象", "原因"], [judge.name, scene.entries[0].number, "本人之子"]])
        client = factories.sign_in(app.test_client(), scene.staff)
        client.post("/office/relations/import/apply", data={"rows": sealed(upload(client, content))})
        [row] = db.session.scalars(select(ConflictOfInterest)).all()
        assert (row.judge_id, row.entry_id, row.why) == (judge.id, scene.entries[0].id, "本人之子")

    def test_every_fault_is_named_by_its_cell_and_nothing_is_taken(self, app: Flask, scene: Scene) -> None:
        content = book([["评委", "无此学校", scene.schools[0].name], ["查无此人", "是", "是"]])
        client = factories.sign_in(app.test_client(), scene.staff)
        page = upload(client, content)
        for words in (
            "第 1 行 B 列",
            "「无此学校」既不是学校全称，也不是作品编号",
            "第 2 行 A 列",
            "评委名单中没有「查无此人」",
        ):
            assert words in page
        assert "确认导入" not in page

    def test_the_template_reads_back_as_empty(self, app: Flask, scene: Scene) -> None:
        client = factories.sign_in(app.test_client(), scene.staff)
        page = upload(client, client.get("/office/relations/template").data)
        assert "没有任何回避关系" in page

    def test_another_offices_judge_is_not_named_by_a_forged_preview(self, app: Flask, scene: Scene) -> None:
        client = factories.sign_in(app.test_client(), scene.staff)
        answer = client.post("/office/relations/import/apply", data={"rows": "00ff"})
        assert answer.status_code == 409


class TestOverrule:
    def test_a_leader_lets_a_judge_read_in_writing_and_only_then_the_office_may(self, scene: Scene) -> None:
        _running, task, judge = self._conflicting(scene)
        leader = factories.make_account(Role.LEADER, office=scene.office)
        with pytest.raises(Invalid, match="不能改派"):
            reassigning.reassign_task(scene.staff, task.id, judge.id, "缺人")
        with pytest.raises(Invalid, match="书面理由"):
            overrule_conflict(leader, task.id, judge.id, " ")
        overrule_conflict(leader, task.id, judge.id, WRITTEN)
        [row] = db.session.scalars(select(ConflictOverrule)).all()
        assert (row.judge_id, row.entry_id, row.why, row.decided_by) == (
            judge.id, task.entry_id, WRITTEN, leader.account_id,
        )  # fmt: skip
        with pytest.raises(Conflict, match="已获准评阅"):
            overrule_conflict(leader, task.id, judge.id, WRITTEN)
        assert reassigning.reassign_task(scene.staff, task.id, judge.id, "缺人").judge_id == judge.id

    def test_who_allowed_it_does_not_give_the_task_as_well(self, scene: Scene) -> None:
        _running, task, judge = self._conflicting(scene)
        account = db.session.get_one(Account, scene.staff.account_id)
        leads = factories.add_membership(account, Role.LEADER, office=scene.office)
        db.session.commit()
        both = actor_of(account)
        overrule_conflict(actor_of(account, leads.id), task.id, judge.id, WRITTEN)
        with pytest.raises(NotAllowed, match="须由另一位工作人员办理"):
            reassigning.reassign_task(both, task.id, judge.id, "缺人")
        other = factories.make_account(Role.OFFICE, office=scene.office)
        assert reassigning.reassign_task(other, task.id, judge.id, "缺人").judge_id == judge.id

    def test_nothing_but_the_offices_hand_gives_an_overruled_task(self, scene: Scene) -> None:
        running, task, judge = self._conflicting(scene)
        overrule_conflict(factories.make_account(Role.LEADER, office=scene.office), task.id, judge.id, WRITTEN)
        reader = next(one for one in scene.judges if one.id == task.judge_id)
        taker = sheets.declare_conflict(scene.actor(reader), task.id, "认出了作者")
        assert taker is None or taker.id != judge.id
        assert all(one.judge_id != judge.id for one in tasks_of(running) if one.entry_id == task.entry_id)

    def test_only_a_leader_reaches_the_page(self, app: Flask, scene: Scene) -> None:
        _running, task, judge = self._conflicting(scene)
        leader = factories.make_account(Role.LEADER, office=scene.office)
        client = factories.sign_in(app.test_client(), leader)
        page = client.get(f"/office/tasks/{task.id}/overrule").get_data(as_text=True)
        assert judge.name in page
        client.post(f"/office/tasks/{task.id}/overrule", data={"judge_id": judge.id, "why": WRITTEN})
        assert db.session.scalars(select(ConflictOverrule.why)).all() == [WRITTEN]
        staff = factories.sign_in(app.test_client(), scene.staff)
        assert staff.get(f"/office/tasks/{task.id}/overrule").status_code == 403

    def _conflicting(self, scene: Scene) -> tuple[Round, Assignment, Any]:
        """A running round, a task in it, and a judge of the round who must keep away from its entry."""
        running = open_round(scene, reads=1)
        task = tasks_of(running)[0]
        judge = next(one for one in scene.judges if one.id != task.judge_id)
        relations.add_relation(scene.staff, judge.id, why="亲属", entry_id=task.entry_id, kind="kin")
        return running, db.session.get_one(Assignment, task.id), judge


class TestNeverPassed:
    @pytest.mark.parametrize("seed", range(4))
    def test_whatever_happens_no_task_has_a_conflict(self, app: Flask, seed: int) -> None:
        lots = random.Random(seed)
        scene = make_scene(schools=4, judges=6, entries=8)
        for judge in scene.judges[:4]:
            if lots.random() < 0.7:
                relations.add_relation(scene.staff, judge.id, why="关系", school_id=lots.choice(scene.schools).id)
        running = open_round(scene, reads=2)
        assert forbidden(scene, running) == set()
        for _step in range(6):
            task, judge = lots.choice(tasks_of(running)), lots.choice(scene.judges)
            try:
                match lots.randrange(3):
                    case 0:
                        relations.add_relation(scene.staff, judge.id, why="关系", entry_id=task.entry_id)
                    case 1:
                        reassigning.reassign_task(scene.staff, task.id, judge.id, "调整")
                    case _:
                        reader = next(one for one in scene.judges if one.id == task.judge_id)
                        sheets.declare_conflict(scene.actor(reader), task.id, "认出了作者")
            except (Conflict, Invalid, NotFound):
                pass
            assert forbidden(scene, running) == set()

    def test_the_last_look_refuses_what_a_plan_did_not_know(
        self, scene: Scene, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        judge, entry = scene.judges[0], scene.entries[0]
        row = plan_round(scene, reads=1, closes_at=now() + timedelta(days=1))
        relations.add_relation(scene.staff, judge.id, why="亲属", entry_id=entry.id)
        with pytest.raises(Conflict, match="须回避这件作品"):
            refuse_conflicts(row, [(judge.id, entry.id)])
        opening.open_round(scene.staff, row.id, row.version)
        assert (judge.id, entry.id) not in {(one.judge_id, one.entry_id) for one in tasks_of(row)}


def own_conflicts(scene: Scene, judge: Any) -> set[int]:
    found = conflicts_between(ties_of_judges([judge]), ties_of_entries([entry.id for entry in scene.entries]))
    return {entry_id for _judge, entry_id in found}


def forbidden(scene: Scene, row: Round) -> set[tuple[int, int]]:
    pairs = {(task.judge_id, task.entry_id) for task in tasks_of(row)}
    found = conflicts_between(ties_of_judges(scene.judges), ties_of_entries([entry.id for entry in scene.entries]))
    return pairs & set(found)


def book(rows: list[list[str | None]]) -> bytes:
    made, out = Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(out)
    return out.getvalue()


def upload(client: Any, content: bytes) -> str:
    data = {"file": (io.BytesIO(content), "回避名单.xlsx")}
    return str(client.post("/office/relations/import", data=data).get_data(as_text=True))


def sealed(page: str) -> str:
    return page.partition('name="rows"')[2].partition('value="')[2].partition('"')[0]
