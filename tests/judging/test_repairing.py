"""A round is mended while it runs: what was read stays, conflicts stay hard, the difference is seen first."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, Stale
from contest_portal.judging.assignment import Infeasible
from contest_portal.judging.frozen import Frozen, Inputs
from contest_portal.judging.models import Assignment, PlanChange, Ranking, Round, RoundCategory, RoundJudge
from contest_portal.judging.queries.repairing import RepairPreview, RepairWish, preview_repair
from contest_portal.judging.services import fraud_reports, progress, rankings, relations, repairing, rounds
from contest_portal.judging.services.repairing import apply_repair
from tests import factories
from tests.judging.making import Scene, make_judge, make_scene, open_round, score, tasks_of
from tests.judging.test_relations import forbidden

pytestmark = pytest.mark.database


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=4, entries=8)


@pytest.fixture
def running(scene: Scene) -> Round:
    return open_round(scene, reads=2)


def fresh(row: Round) -> Round:
    return db.session.get_one(Round, row.id, populate_existing=True)


def preview(row: Round, **wish: object) -> RepairPreview:
    return preview_repair(fresh(row), RepairWish(**wish))  # type: ignore[arg-type]


def mend(scene: Scene, row: Round, why: str = "评委因病退出", **wish: object) -> PlanChange:
    shown = preview(row, **wish)
    return apply_repair(scene.staff, row.id, shown.wish, shown.digest, fresh(row).version, why)


def readers(row: Round) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    for task in tasks_of(row):
        found.setdefault(task.entry_id, set()).add(task.judge_id)
    return found


class TestLeaving:
    def test_a_judge_who_leaves_keeps_the_sheets_and_only_that_judges_unread_tasks_move(
        self, scene: Scene, running: Round
    ) -> None:
        leaver = scene.judges[0]
        mine = tasks_of(running, leaver)
        score(scene, mine[0], 80)
        others = {(task.judge_id, task.entry_id) for task in tasks_of(running) if task.judge_id != leaver.id}
        change = mend(scene, running, leaving=frozenset({leaver.id}))
        assert [task.entry_id for task in tasks_of(running, leaver)] == [mine[0].entry_id]
        assert tasks_of(running, leaver)[0].state == "submitted"
        assert others <= {(task.judge_id, task.entry_id) for task in tasks_of(running)}
        assert {giver for _entry, giver, _taker in change.moved} == {leaver.id}
        assert all(len(judges) == 2 for judges in readers(running).values())
        assert forbidden(scene, running) == set()
        seat = db.session.scalars(select(RoundJudge).where(RoundJudge.judge_id == leaver.id)).one()
        assert seat.left_at is not None

    def test_the_change_is_kept_with_all_it_was_computed_from(self, scene: Scene, running: Round) -> None:
        mend(scene, running, leaving=frozenset({scene.judges[0].id}))
        opening, repaired = db.session.scalars(select(PlanChange).order_by(PlanChange.number)).all()
        assert (opening.kind, repaired.kind, repaired.number, repaired.why) == ("opening", "repair", 2, "评委因病退出")
        assert sorted(map(tuple, repaired.plan)) == sorted((task.judge_id, task.entry_id) for task in tasks_of(running))
        assert repaired.problem["plan"] == sorted(opening.plan)

    def test_nothing_is_done_that_was_not_shown(self, scene: Scene, running: Round) -> None:
        leaver = scene.judges[0]
        shown = preview(running, leaving=frozenset({leaver.id}))
        score(scene, tasks_of(running, leaver)[0], 80)
        with pytest.raises(Stale, match="重新查看"):
            apply_repair(scene.staff, running.id, shown.wish, shown.digest, fresh(running).version, "退出")
        assert len(tasks_of(running, leaver)) == 4

    def test_too_few_judges_are_said_in_words_and_nothing_changes(self, scene: Scene, running: Round) -> None:
        before = readers(running)
        leaving = frozenset(judge.id for judge in scene.judges[:3])
        shown = preview(running, leaving=leaving)
        assert isinstance(shown.outcome, Infeasible)
        assert shown.shortages
        with pytest.raises(Invalid):
            apply_repair(scene.staff, running.id, shown.wish, shown.digest, fresh(running).version, "退出")
        assert readers(running) == before


class TestOtherChanges:
    def test_more_reads_for_each_work_are_added_to_those_there_are(self, scene: Scene, running: Round) -> None:
        before = readers(running)
        change = mend(scene, running, "多评一次", reads=3)
        after = readers(running)
        assert fresh(running).reads_per_entry == 3
        assert all(before[entry] <= after[entry] and len(after[entry]) == 3 for entry in before)
        assert all(giver is None for _entry, giver, _taker in change.moved)
        assert max(Counter(t.judge_id for t in tasks_of(running)).values()) == 6

    def test_a_judge_who_comes_late_gets_an_even_share(self, scene: Scene, running: Round) -> None:
        late = make_judge(scene, "迟到的评委")
        rounds.choose_judges(scene.staff, running.id, [rounds.Seat(one.id) for one in scene.judges])
        mend(scene, running, "新增评委", even=True)
        loads = Counter(task.judge_id for task in tasks_of(running))
        assert sorted(loads.values()) == [3, 3, 3, 3, 4]
        assert loads[late.id] >= 3

    def test_a_conflict_that_came_meanwhile_is_never_planned_again(self, scene: Scene, running: Round) -> None:
        judge, entry = scene.judges[1], scene.entries[0]
        relations.add_relation(scene.staff, judge.id, why="亲属", entry_id=entry.id)
        mend(scene, running, "多评一次", reads=3)
        assert judge.id not in readers(running)[entry.id]
        assert forbidden(scene, running) == set()

    def test_a_work_that_an_upheld_report_took_out_is_given_to_nobody_again(self, scene: Scene, running: Round) -> None:
        task = tasks_of(running)[0]
        reader = next(one for one in scene.judges if one.id == task.judge_id)
        report = fraud_reports.report_fraud(scene.actor(reader), task.id, "fraud", "与往届获奖作品相同")
        fraud_reports.decide_report(scene.staff, report.id, is_upheld=True, decision="属实")
        mend(scene, running, "多评一次", reads=3)
        assert task.entry_id not in readers(running)
        assert {len(judges) for judges in readers(running).values()} == {3}

    def test_without_a_change_there_is_nothing_to_do(self, scene: Scene, running: Round) -> None:
        with pytest.raises(Conflict, match="没有需要调整"):
            mend(scene, running, "看看")


class TestPage:
    def test_the_difference_is_shown_then_applied(self, app: Flask, scene: Scene, running: Round) -> None:
        leaver = scene.judges[0]
        client = factories.sign_in(app.test_client(), scene.staff)
        assert leaver.name in client.get(f"/office/rounds/{running.id}/repair").get_data(as_text=True)
        page = client.get(f"/office/rounds/{running.id}/repair?preview=1&leave={leaver.id}&reads=2&way=few")
        html = page.get_data(as_text=True)
        assert "任务的变动" in html
        form = {
            name: html.partition(f'name="{name}"')[2].partition('value="')[2].partition('"')[0]
            for name in ("version", "digest")
        }
        data = form | {"leave": leaver.id, "way": "few", "why": "因病退出"}
        answer = client.post(f"/office/rounds/{running.id}/repair", data=data, follow_redirects=True)
        assert "已调整 4 项任务" in answer.get_data(as_text=True)
        states = Counter(db.session.scalars(select(Assignment.state).where(Assignment.judge_id == leaver.id)))
        assert states == {"void": 4}

    def test_a_repair_without_reason_is_asked_for_one(self, app: Flask, scene: Scene, running: Round) -> None:
        client = factories.sign_in(app.test_client(), scene.staff)
        answer = client.post(f"/office/rounds/{running.id}/repair", data={"leave": scene.judges[0].id, "way": "few"})
        assert answer.status_code == 422
        assert "调整原因" in answer.get_data(as_text=True)


class TestReturning:
    def test_a_judge_who_left_comes_back_with_the_sheets_and_gets_works_again(
        self, scene: Scene, running: Round
    ) -> None:
        leaver = scene.judges[0]
        done = tasks_of(running, leaver)[0]
        score(scene, done, 80)
        mend(scene, running, leaving=frozenset({leaver.id}))
        rounds.choose_judges(scene.staff, running.id, [rounds.Seat(leaver.id, most_tasks=3)])
        seat = db.session.scalars(select(RoundJudge).where(RoundJudge.judge_id == leaver.id)).one()
        assert (seat.left_at, seat.most_tasks) == (None, 3)
        mend(scene, running, "评委康复", even=True)
        own = tasks_of(running, leaver)
        assert len(own) == 3
        assert done.entry_id in {task.entry_id for task in own if task.state == "submitted"}
        assert all(len(judges) == 2 for judges in readers(running).values())

    def test_the_page_offers_who_left_and_holds_who_judges(self, app: Flask, scene: Scene, running: Round) -> None:
        leaver, staying = scene.judges[0], scene.judges[1]
        mend(scene, running, leaving=frozenset({leaver.id}))
        client = factories.sign_in(app.test_client(), scene.staff)
        html = client.get(f"/office/rounds/{running.id}/judges").get_data(as_text=True)
        boxes = {one.id: html.partition(f'name="judge" value="{one.id}"')[2].partition(">")[0] for one in scene.judges}
        assert "disabled" not in boxes[leaver.id]
        assert "checked" not in boxes[leaver.id]
        assert "disabled" in boxes[staying.id]
        assert "退出本轮" in html
        client.post(
            f"/office/rounds/{running.id}/judges",
            data={"judge": leaver.id, "place": f"{leaver.id}-{scene.category().id}"},
        )
        seats = db.session.scalars(select(RoundJudge).where(RoundJudge.round_id == running.id)).all()
        assert [seat.left_at for seat in seats] == [None] * 4


class TestOthersMayWrite:
    """The plan is computed before the transaction: SQLite has one writer, and thousands of works take seconds."""

    def test_a_sheet_that_comes_in_while_the_plan_is_computed_is_kept_and_the_repair_refused(
        self, scene: Scene, running: Round, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        leaver = scene.judges[0]
        shown = preview(running, leaving=frozenset({leaver.id}))
        own = tasks_of(running, leaver)[0]
        version = fresh(running).version
        found = repairing.preview_repair

        def computed_slowly(row: Round, wish: RepairWish) -> RepairPreview:
            made = found(row, wish)
            assert not db.session.info.get("work")
            score(scene, own, 80)
            return made

        monkeypatch.setattr(repairing, "preview_repair", computed_slowly)
        with pytest.raises(Stale, match="重新查看"):
            apply_repair(scene.staff, running.id, shown.wish, shown.digest, version, "退出")
        assert [task.state for task in tasks_of(running, leaver)].count("submitted") == 1
        assert len(tasks_of(running, leaver)) == 4

    def test_a_ranking_whose_places_were_changed_while_it_was_computed_is_not_kept(
        self, scene: Scene, running: Round, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number, task in enumerate(tasks_of(running)):
            score(scene, task, 60 + number)
        progress.close_round(scene.staff, running.id, fresh(running).version)
        found = rankings.rankings_of

        def computed_slowly(inputs: Inputs) -> list[Frozen]:
            made = found(inputs)
            place = db.session.scalars(select(RoundCategory).where(RoundCategory.round_id == running.id)).one()
            place.wanted = {"": 3}
            db.session.commit()
            return made

        monkeypatch.setattr(rankings, "rankings_of", computed_slowly)
        with pytest.raises(Conflict, match="重新计算"):
            rankings.rank_round(scene.staff, running.id)
        assert fresh(running).state == "closed"
        assert db.session.scalars(select(Ranking)).all() == []
        monkeypatch.undo()
        rankings.rank_round(scene.staff, running.id)
        assert fresh(running).state == "ranked"
