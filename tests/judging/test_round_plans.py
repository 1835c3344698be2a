"""Rounds after one another, in panels, with rubrics of their own, on the database."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.kept_messages import kept
from contest_portal.judging.assignment import Plan, assign
from contest_portal.judging.models import Assignment, PlanChange, Round, RoundEntry, ScoreSheet
from contest_portal.judging.panels import PanelRule
from contest_portal.judging.plan_documents import problem_of
from contest_portal.judging.queries.plan_preview import preview_plan
from contest_portal.judging.queries.round_works import works_of_round
from contest_portal.judging.queries.rounds import round_by_id
from contest_portal.judging.services import opening, panels, progress, rankings, relations, round_rubrics, rounds
from contest_portal.judging.services.panels import PanelData
from contest_portal.judging.services.round_data import RoundData
from contest_portal.judging.services.round_rubrics import CriterionData
from contest_portal.judging.services.rounds import Seat
from tests import factories
from tests.judging.making import Scene, make_entry, make_judge, make_scene, open_round, plan_round, score, tasks_of

pytestmark = pytest.mark.database


def ranked_round(scene: Scene, totals: list[float], **values: Any) -> Round:
    """A first round in which every judge gives the works these totals, in the order of the works."""
    row = open_round(scene, reads=len(scene.judges), **values)
    by_entry = dict(zip((entry.id for entry in scene.entries), totals, strict=False))
    for task in tasks_of(row):
        score(scene, task, by_entry[task.entry_id])
    row = db.session.get_one(Round, row.id, populate_existing=True)
    progress.close_round(scene.staff, row.id, row.version)
    rankings.rank_round(scene.staff, row.id, method="raw")
    return round_by_id(row.id)


def of_work(row: Round) -> dict[int, RoundEntry]:
    rows = db.session.scalars(select(RoundEntry).where(RoundEntry.round_id == row.id))
    return {one.entry_id: one for one in rows}


class TestWorksOfALaterRound:
    def test_the_best_of_the_first_round_go_on_with_their_rank(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=6)
        first = ranked_round(scene, [95, 90, 85, 80, 75, 70])
        second = open_round(scene, reads=2, source_round_id=first.id, take="top", take_count=3)
        chosen = of_work(second)
        assert set(chosen) == {entry.id for entry in scene.entries[:3]}
        assert str(kept(chosen[scene.entries[1].id].why or {})) == "「初评」第 2 名"

    def test_equal_ones_at_the_line_all_go_on_and_the_office_is_told(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=5)
        first = ranked_round(scene, [95, 90, 90, 90, 75])
        second = round_by_id(plan_round(scene, reads=2, source_round_id=first.id, take="top", take_count=2).id)
        selection = works_of_round(second)
        assert len(selection.works) == 4
        assert "多取 2 件" in str(selection.notes[0])

    def test_the_best_of_each_stage_group(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=3)
        for title in ("甲", "乙", "丙"):
            make_entry(scene, scene.schools[0], stage="C", title=title)
        first = ranked_round(scene, [90, 80, 70, 60, 50, 40])
        second = plan_round(scene, reads=2, source_round_id=first.id, take="top", take_count=1, take_by="stage")
        works = works_of_round(round_by_id(second.id)).works
        assert [work.id for work in works] == [scene.entries[0].id, scene.entries[3].id]

    def test_an_earlier_round_that_is_not_ranked_yet_is_waited_for(self, app: Flask) -> None:
        scene = make_scene()
        first = plan_round(scene)
        second = plan_round(scene, source_round_id=first.id, take="top", take_count=2)
        with pytest.raises(Invalid, match="还没有排名"):
            opening.open_round(scene.staff, second.id, second.version)

    def test_works_are_ticked_one_by_one(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=6)
        row = plan_round(scene, reads=2, take="chosen")
        with pytest.raises(Invalid, match="还没有作品"):
            opening.open_round(scene.staff, row.id, row.version)
        ids = [entry.id for entry in scene.entries]
        assert rounds.choose_works(scene.staff, row.id, ids[:4], take=True) == 4
        assert rounds.choose_works(scene.staff, row.id, ids[:1], take=False) == 1
        row = db.session.get_one(Round, row.id, populate_existing=True)
        row = opening.open_round(scene.staff, row.id, row.version)
        assert {task.entry_id for task in tasks_of(row)} == set(ids[1:4])
        assert str(kept(of_work(row)[ids[1]].why or {})) == "由主办单位选定"

    def test_a_later_round_leaves_the_earlier_rounds_sheets_alone(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=4)
        first = ranked_round(scene, [90, 80, 70, 60])

        def of_first() -> list[Any]:
            rows = db.session.execute(
                select(ScoreSheet.id, ScoreSheet.version, ScoreSheet.is_current, ScoreSheet.total, Assignment.state)
                .join(Assignment, Assignment.id == ScoreSheet.assignment_id)
                .where(Assignment.round_id == first.id)
                .order_by(ScoreSheet.id)
            )
            return [tuple(row) for row in rows]

        before = of_first()
        second = open_round(scene, reads=3, source_round_id=first.id, take="top", take_count=2)
        for task in tasks_of(second):
            score(scene, task, 55)
        progress.close_round(scene.staff, second.id, db.session.get_one(Round, second.id).version)
        assert of_first() == before
        assert len(before) == 12

    def test_a_round_that_another_comes_from_is_not_discarded(self, app: Flask) -> None:
        scene = make_scene()
        first = plan_round(scene)
        plan_round(scene, source_round_id=first.id, take="top", take_count=2)
        with pytest.raises(Conflict, match="前一轮"):
            rounds.discard_round(scene.staff, first.id)

    def test_rounds_do_not_come_from_each_other_in_a_circle(self, app: Flask) -> None:
        scene = make_scene()
        first = plan_round(scene)
        second = plan_round(scene, source_round_id=first.id, take="top", take_count=2)
        data = RoundData.of(db.session.get_one(Round, first.id))
        circle = RoundData(**{**data.__dict__, "source_round_id": second.id, "take": "top", "take_count": 1})
        with pytest.raises(Invalid, match="前一轮"):
            rounds.edit_round(scene.staff, first.id, circle, db.session.get_one(Round, first.id).version)

    def test_who_has_read_a_work_does_not_read_it_again_where_both_rounds_count_together(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=3)
        first = ranked_round(scene, [90, 80, 70])
        late = [make_judge(scene), make_judge(scene)]
        row = plan_round(scene, reads=2, source_round_id=first.id, take="band", carry="pooled")
        rounds.choose_works(scene.staff, row.id, [scene.entries[1].id], take=True)
        row = db.session.get_one(Round, row.id, populate_existing=True)
        row = opening.open_round(scene.staff, row.id, row.version)
        assert {task.judge_id for task in tasks_of(row)} == {judge.id for judge in late}


class TestPanels:
    def test_panels_by_stage_with_linked_reads_keep_judges_comparable(self, app: Flask) -> None:
        scene = make_scene(judges=6, entries=0)
        for number in range(20):
            make_entry(scene, scene.schools[number % 3], stage="XC"[number % 2], title=f"作品{number}")
        row = plan_round(scene, reads=2, panels_by="stage", link_share=0.3)
        primary, junior = (panel.id for panel in row.panels if panel.rule["stages"][0] in {"X", "C"})
        seats = [Seat(judge.id, panel_ids=[primary if i < 3 else junior]) for i, judge in enumerate(scene.judges)]
        row = rounds.choose_judges(scene.staff, row.id, seats)
        preview = preview_plan(round_by_id(row.id), 7)
        assert preview.plan is not None, [str(one) for one in preview.shortages]
        assert preview.plan.components == 1
        by_name = {line.name: line for line in preview.panels}
        assert [(line.entries, line.judges, line.links) for line in by_name.values() if line.entries] == [
            (10, 3, 3), (10, 3, 3)
        ]  # fmt: skip

    def test_closed_panels_are_closed_and_the_office_is_told(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=0)
        for number in range(8):
            make_entry(scene, scene.schools[number % 3], stage="XC"[number % 2], title=f"作品{number}")
        row = plan_round(scene, reads=2, panels_by="stage", link_share=0.0)
        ids = {panel.rule["stages"][0]: panel.id for panel in row.panels}
        seats = [Seat(judge.id, panel_ids=[ids["XC"[i % 2]]]) for i, judge in enumerate(scene.judges)]
        row = rounds.choose_judges(scene.staff, row.id, seats)
        preview = preview_plan(round_by_id(row.id), 7)
        assert preview.plan is not None
        assert any("互不相连" in str(note) for note in preview.warnings)
        stage = {entry.id: entry.stage_code for entry in scene.entries}
        home = {judge.id: "XC"[i % 2] for i, judge in enumerate(scene.judges)}
        assert all(stage[entry] == home[judge] for judge, entry in preview.plan.pairs)  # type: ignore[index]

    def test_works_are_placed_by_hand_over_the_rules(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=4)
        row = plan_round(scene, reads=1, panels_by="free")
        wanted = [PanelData("甲组", PanelRule(stages=frozenset({"X"}))), PanelData("乙组", PanelRule(by_hand=True))]
        row = panels.choose_panels(scene.staff, row.id, wanted, row.version)
        second = row.panels[1].id
        panels.place_by_hand(scene.staff, row.id, [scene.entries[0].id], second)
        names = {work.id: work.panel.name for work in works_of_round(round_by_id(row.id)).works if work.panel}
        assert Counter(names.values()) == {"甲组": 3, "乙组": 1}
        assert names[scene.entries[0].id] == "乙组"
        row = opening.open_round(scene.staff, row.id, db.session.get_one(Round, row.id).version)
        assert of_work(row)[scene.entries[0].id].panel_id == second

    def test_a_work_without_a_panel_stops_the_opening_by_its_number(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=3)
        row = plan_round(scene, reads=1, panels_by="free")
        wanted = [PanelData("初中组", PanelRule(stages=frozenset({"C"})))]
        row = panels.choose_panels(scene.staff, row.id, wanted, row.version)
        with pytest.raises(Invalid, match=str(scene.entries[0].number)):
            opening.open_round(scene.staff, row.id, row.version)

    def test_panels_of_the_same_name_are_refused(self, app: Flask) -> None:
        scene = make_scene()
        row = plan_round(scene, panels_by="free")
        with pytest.raises(Invalid) as refused:
            panels.choose_panels(
                scene.staff, row.id, [PanelData("甲组", PanelRule()), PanelData("甲组", PanelRule())], row.version
            )
        assert "甲组" in str(refused.value.problems[0].message)

    def test_a_panel_that_goes_leaves_its_works_and_judges(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=3)
        row = plan_round(scene, reads=1, panels_by="free")
        row = panels.choose_panels(scene.staff, row.id, [PanelData("甲组", PanelRule())], row.version)
        first = row.panels[0].id
        panels.place_by_hand(scene.staff, row.id, [scene.entries[0].id], first)
        rounds.choose_judges(scene.staff, row.id, [Seat(judge.id, panel_ids=[first]) for judge in scene.judges])
        version = db.session.get_one(Round, row.id).version
        row = panels.choose_panels(scene.staff, row.id, [PanelData("乙组", PanelRule())], version)
        assert [seat.panel_ids for seat in row.judges] == [[], [], []]
        opening.open_round(scene.staff, row.id, row.version)


class TestPlan:
    def test_the_kept_problem_and_seed_give_the_plan_again(self, app: Flask) -> None:
        scene = make_scene(judges=5, entries=9)
        row = open_round(scene, reads=3, calibration_count=1)
        change = db.session.scalars(select(PlanChange).where(PlanChange.round_id == row.id)).one()
        again = assign(problem_of(change.problem), change.seed)
        assert isinstance(again, Plan)
        assert [list(pair) for pair in again.pairs] == change.plan
        assert {tuple(pair) for pair in change.plan} == {(task.judge_id, task.entry_id) for task in tasks_of(row)}

    def test_a_plan_made_ahead_counts_only_while_nothing_has_changed(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=6)
        row = plan_round(scene, reads=2)
        ahead = preview_plan(round_by_id(row.id), 3)
        assert ahead.plan is not None
        assert preview_plan(round_by_id(row.id), 3, ahead).plan is ahead.plan
        judge_id, entry_id = ahead.plan.pairs[0]
        relations.add_relation(scene.staff, judge_id, why="亲属", entry_id=entry_id)  # type: ignore[arg-type]
        later = preview_plan(round_by_id(row.id), 3, ahead)
        assert later.plan is not None
        assert (judge_id, entry_id) not in later.plan.pairs

    def test_what_all_score_first_stands_first_for_everybody(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=8)
        row = open_round(scene, reads=2, calibration_count=2)
        common = {entry_id for entry_id, place in of_work(row).items() if place.is_calibration}
        assert len(common) == 2
        for judge in scene.judges:
            own = sorted(tasks_of(row, judge), key=lambda task: task.position)
            assert {task.entry_id for task in own[:2]} == common
            assert [task.is_calibration for task in own[:3]] == [True, True, False]

    def test_who_has_no_time_gets_nothing_and_who_has_a_limit_gets_no_more(self, app: Flask) -> None:
        scene = make_scene(judges=4, entries=8)
        away, busy = scene.judges[0], scene.judges[1]
        away.available_until, busy.most_tasks = (local(now()) - timedelta(days=2)).date(), 2
        db.session.commit()
        row = plan_round(scene, reads=2)
        preview = preview_plan(round_by_id(row.id), 1)
        assert preview.plan is not None
        assert away.id not in preview.plan.loads
        assert preview.plan.loads[busy.id] == 2
        said = [str(note) for note in preview.warnings]
        assert any(away.name in note and "没有时间" in note for note in said)
        assert any(busy.name in note and "上限" in note for note in said)

    def test_on_site_every_judge_scores_every_work_but_the_own_schools(self, app: Flask) -> None:
        scene = make_scene(judges=3, entries=4)
        scene.judges[0].employer = "甲"
        scene.judges[0].school_id = scene.schools[0].id
        db.session.commit()
        row = open_round(scene, mode="on_site", reads=1)
        given = {(task.judge_id, task.entry_id) for task in tasks_of(row)}
        own = {entry.id for entry in scene.entries if entry.school_id == scene.schools[0].id}
        assert given == {
            (judge.id, entry.id)
            for judge in scene.judges
            for entry in scene.entries
            if not (judge.id == scene.judges[0].id and entry.id in own)
        }
        reads = {entry_id: place.reads for entry_id, place in of_work(row).items()}
        assert {reads[entry_id] for entry_id in own} == {2}


class TestRubric:
    CRITERIA = (
        CriterionData("展示", "60", "讲得清楚", ("说不清", "", "人人都懂")),
        CriterionData("问辩", "40"),
    )

    def test_a_round_marks_by_a_rubric_of_its_own(self, app: Flask) -> None:
        scene = make_scene()
        row = plan_round(scene)
        category = scene.category().id
        row = round_rubrics.choose_rubric(scene.staff, row.id, category, self.CRITERIA, row.version)
        row = opening.open_round(scene.staff, row.id, row.version)
        kept_rubric = row.categories[0].rubric
        assert [(one["name"], one["max_points"]) for one in kept_rubric] == [("展示", 60), ("问辩", 40)]
        assert kept_rubric[0]["anchors"] == ["说不清", "", "人人都懂"]
        with pytest.raises(Conflict):
            round_rubrics.choose_rubric(scene.staff, row.id, category, None, row.version)

    def test_points_that_do_not_make_a_hundred_are_refused_with_their_sum(self, app: Flask) -> None:
        scene = make_scene()
        row = plan_round(scene)
        wrong = (CriterionData("展示", "60"), CriterionData("问辩", "30"))
        with pytest.raises(Invalid) as refused:
            round_rubrics.choose_rubric(scene.staff, row.id, scene.category().id, wrong, row.version)
        assert "90" in str(refused.value.problems[0].message)


class TestPages:
    def test_the_form_keeps_what_was_chosen(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=3, entries=4)
        first = ranked_round(scene, [90, 80, 70, 60])
        factories.sign_in(client, scene.staff)
        category = scene.category().id
        data = {
            "name": "复评", "mode": "online", "category_ids": str(category), "reads_per_entry": "2",
            "opens_at": "2018-06-01T08:00", "closes_at": "2018-06-05T18:00", "method": "trimmed",
            "source_round_id": str(first.id), "take": "top", "take_count": "2", "take_by": "category",
            "carry": "weighted", "carry_percent": "40", "panels_by": "stage", "link_percent": "25",
            "calibration_count": "1", "shows_others": "y", "wide_spread": "12", f"wanted-{category}": "2",
            "tie-0": "criterion:imagination", "tie-1": "vote",
        }  # fmt: skip
        made = client.post(f"/office/contests/{scene.contest.id}/rounds/new", data=data)
        row = db.session.scalars(select(Round).where(Round.name == "复评")).one()
        assert made.location == f"/office/rounds/{row.id}/judges"
        assert (row.source, row.carry, row.carry_weight) == (
            {"take": "top", "count": 2, "by": "category"},
            "weighted",
            0.4,
        )
        assert (row.panels_by, row.link_share, row.calibration_count) == ("stage", 0.25, 1)
        assert (row.categories[0].wanted, row.tie_breaks) == ({"": 2}, ["criterion:imagination", "vote"])
        shown = client.get(f"/office/rounds/{row.id}/edit").get_data(as_text=True)
        for value in ('value="40"', 'value="25"', f'name="wanted-{category}" inputmode="numeric" value="2"'):
            assert value in shown
        seen = client.get(f"/office/rounds/{row.id}/works").get_data(as_text=True)
        assert seen.count("不参加") == 2
        assert "「初评」第 1 名" in seen

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"carry": "weighted", "carry_percent": "120"}, "1% 到 99%"),
            ({"take": "top"}, "取前多少名"),
            ({"link_percent": "130"}, "0–100 之间"),
            ({"tie-0": "vote", "tie-1": "raw"}, "「评委会表决」应排在最后：表决之后不再比较「原始总分之和」"),
            ({"tie-0": "raw", "tie-1": "criterion:imagination", "tie-2": "raw"}, "「原始总分之和」选了两次"),
            ({"tie-0": "criterion:imagination", "tie-1": "criterion:imagination"}, "「想象力」选了两次"),
            ({"tie-0": "raw", "tie-1": "criterion:taste"}, "第 2 个比较项（taste）不在这些类别的评分标准中"),
        ],
    )
    def test_what_does_not_make_sense_is_said(
        self, app: Flask, client: FlaskClient, wrong: dict[str, str], said: str
    ) -> None:
        scene = make_scene()
        first = plan_round(scene)
        factories.sign_in(client, scene.staff)
        data = {
            "name": "复评", "category_ids": str(scene.category().id), "reads_per_entry": "2", "method": "raw",
            "opens_at": "2018-06-01T08:00", "closes_at": "2018-06-05T18:00", "source_round_id": str(first.id), **wrong,
        }  # fmt: skip
        answer = client.post(f"/office/contests/{scene.contest.id}/rounds/new", data=data)
        assert answer.status_code == 422
        assert said in answer.get_data(as_text=True)

    def test_tie_breaks_that_no_chosen_category_has_are_struck_and_told(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene()
        factories.sign_in(client, scene.staff)
        data = {
            "name": "初评", "category_ids": str(scene.category().id), "reads_per_entry": "2", "method": "raw",
            "opens_at": "2018-06-01T08:00", "closes_at": "2018-06-05T18:00",
            "tie-0": "criterion:innovation", "tie-1": "criterion:imagination",
        }  # fmt: skip
        address = f"/office/contests/{scene.contest.id}/rounds/new"
        told = client.post(address, data=data, follow_redirects=True).get_data(as_text=True)
        row = db.session.scalars(select(Round)).one()
        assert row.tie_breaks == ["criterion:imagination"]
        assert "所选类别的评分标准中没有「创新性」" in told
        data |= {"version": row.version, "tie-1": "raw"}
        told = client.post(f"/office/rounds/{row.id}/edit", data=data, follow_redirects=True).get_data(as_text=True)
        assert "所选类别的评分标准中没有「创新性」" in told
        data |= {
            "version": db.session.get_one(Round, row.id, populate_existing=True).version,
            "tie-0": "raw",
            "tie-1": "",
        }
        told = client.post(f"/office/rounds/{row.id}/edit", data=data, follow_redirects=True).get_data(as_text=True)
        assert "所选类别的评分标准中没有" not in told

    def test_panels_works_and_rubric_are_set_on_their_pages(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=4, entries=4)
        row = plan_round(scene, reads=1, take="chosen", panels_by="free")
        round_id, category = row.id, scene.category().id
        factories.sign_in(client, scene.staff)

        def version() -> int:
            return db.session.scalars(select(Round.version).where(Round.id == round_id)).one()

        page = f"/office/rounds/{round_id}"
        sent = {"version": version(), "name-0": "甲组", "hand-0": "1", "name-1": "乙组", "stage-1": "X"}
        assert client.post(f"{page}/panels", data=sent).location == f"{page}/panels"
        ids = [str(entry.id) for entry in scene.entries]
        client.post(f"{page}/works/take?part=out", data={"entry": ids[:3]})
        row = round_by_id(round_id)
        first = next(panel.id for panel in row.panels if panel.name == "甲组")
        client.post(f"{page}/works/place", data={"entry": ids[:1], "panel_id": str(first)})
        works = works_of_round(round_by_id(round_id)).works
        assert [work.panel.name for work in works if work.panel] == ["甲组", "乙组", "乙组"]
        rubric = {"version": version(), "name-0": "展示", "points-0": "100", "full-0": "人人都懂"}
        assert client.post(f"{page}/rubric/{category}", data=rubric).status_code == 302
        shown = client.get(f"{page}/rubric/{category}").get_data(as_text=True)
        assert "人人都懂" in shown
        assert client.get(f"{page}/plan").status_code == 200
        assert client.get(f"{page}/works/export").status_code == 200
        assert client.post(f"{page}/rubric/{category}/default", data={"version": version()}).status_code == 302

    def test_numbers_that_no_row_has_change_nothing(self, app: Flask, client: FlaskClient) -> None:
        scene = make_scene(judges=2, entries=2)
        row = plan_round(scene, reads=1, take="chosen", panels_by="free")
        round_id, contest = row.id, scene.contest.id
        factories.sign_in(client, scene.staff)
        page, huge = f"/office/rounds/{round_id}", str(10**30)
        for address, data in (
            ("works/take", {"entry": [huge, "-1", "x"]}),
            ("works/place", {"entry": huge, "panel_id": huge}),
            ("interviews/drop", {"number": huge}),
            ("interviews/absent", {"number": huge}),
            ("interviews/sessions", {"place": "301", "panel_id": huge, "minutes_each": huge}),
            ("panels", {"version": "1", "name-0": "甲组", "id-0": huge, "category-0": huge}),
        ):
            assert client.post(f"{page}/{address}", data=data).status_code < 500, address
        new = {"name": "终评", "source_round_id": huge, "take": "top", "take_count": huge, "reads_per_entry": huge}
        new |= {"mode": "on_site", "carry_percent": "nan", "link_percent": "inf", "wide_spread": "-1"}
        assert client.post(f"/office/contests/{contest}/rounds/new", data=new).status_code == 422
        assert not of_work(db.session.get_one(Round, round_id))
