"""A boundary round takes over what its source was judged by: seats, limits, panels, the rubric, its tie-breaks."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.judging.models import Panel, Ranking, Round, RoundEntry
from contest_portal.judging.panels import PanelRule
from contest_portal.judging.queries.boundary import preview_boundary
from contest_portal.judging.ranking import Method, rank
from contest_portal.judging.services import opening, panels, progress, rankings, round_rubrics, rounds
from contest_portal.judging.services.boundary_rounds import plan_boundary_round
from contest_portal.judging.services.round_data import RoundData
from contest_portal.judging.services.round_rubrics import CriterionData
from contest_portal.judging.services.sheets import submit_sheet
from contest_portal.judging.tie_breaks import RAW, criterion_key
from tests import factories
from tests.judging.making import Scene, make_entry, make_scene, plan_round, tasks_of

pytestmark = pytest.mark.database
OWN = [CriterionData("立意", "60"), CriterionData("表现", "40")]


def fresh(row: Round) -> Round:
    return db.session.get_one(Round, row.id, populate_existing=True)


def judged(scene: Scene, row: Round, own: tuple[str, ...] = ("imagination", "science", "painting")) -> Round:
    """Opened, read and closed: works one point apart, noise of three."""
    row = opening.open_round(scene.staff, row.id, fresh(row).version)
    lots, first = random.Random(5), min(entry.id for entry in scene.entries)
    for task in tasks_of(row):
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        total = round(2 * (50 + task.entry_id - first + lots.gauss(0, 3))) / 2
        points = [min(total, 50.0), max(0.0, total - 50.0), *[0.0] * (len(own) - 2)]
        submit_sheet(scene.actor(judge), task.id, task.version, dict(zip(own, points, strict=True)))
    progress.close_round(scene.staff, row.id, fresh(row).version)
    return fresh(row)


def boundary_of(scene: Scene, ranking: Ranking, reads: int = 8) -> Round:
    begin = now()
    made = plan_boundary_round(scene.staff, ranking.id, reads, "加评", begin, begin + timedelta(days=2))
    return fresh(made)


def test_judges_of_another_category_are_not_asked_and_limits_stay(app: Flask) -> None:
    scene = make_scene(judges=7, entries=12)
    for _ in range(2):
        make_entry(scene, scene.schools[0], category="DV")
    paintings, other = scene.category("KH").id, scene.category("DV").id
    elsewhere = scene.judges[:2]
    seats = [rounds.Seat(one.id, [other]) for one in elsewhere]
    seats += [rounds.Seat(scene.judges[2].id, [paintings, other], 9)]
    seats += [rounds.Seat(one.id, [paintings]) for one in scene.judges[3:]]
    row = plan_round(scene, reads=2, codes=("KH", "DV"), method="mixed", seats=seats, wanted={paintings: {"": 4}})
    row = opening.open_round(scene.staff, row.id, fresh(row).version)
    lots, first = random.Random(5), min(entry.id for entry in scene.entries)
    for task in tasks_of(row):
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        codes = [
            one.code
            for one in next(c for c in scene.contest.categories if c.id == task.entry.category_id).rules.criteria
        ]
        total = min(50.0, round(2 * (20 + task.entry_id - first + lots.gauss(0, 3))) / 2)
        rest = dict.fromkeys(codes[1:], 0.0)
        most = next(
            one.max_points
            for c in scene.contest.categories
            if c.id == task.entry.category_id
            for one in c.rules.criteria
        )
        submit_sheet(scene.actor(judge), task.id, task.version, {codes[0]: min(total, float(most)), **rest})
    progress.close_round(scene.staff, row.id, fresh(row).version)
    ranking = next(one for one in rankings.rank_round(scene.staff, row.id) if one.category_id == paintings)
    made = boundary_of(scene, ranking)
    assert {seat.judge_id: seat.most_tasks for seat in made.judges} == {
        scene.judges[2].id: 9, **{one.id: None for one in scene.judges[3:]}
    }  # fmt: skip
    running = opening.open_round(scene.staff, made.id, made.version)
    assert {task.judge_id for task in tasks_of(running)}.isdisjoint(one.id for one in elsewhere)


def test_works_are_read_again_in_their_panels(app: Flask) -> None:
    scene = make_scene(judges=8, entries=0)
    for number in range(16):
        make_entry(scene, scene.schools[0], stage="XC"[number % 2])
    category = scene.category().id
    row = plan_round(scene, reads=2, method="mixed", panels_by="free", link_share=0.5, wanted={category: {"": 5}})
    groups = [
        panels.PanelData(name, PanelRule(stages=frozenset({code}))) for name, code in (("甲组", "X"), ("乙组", "C"))
    ]
    row = panels.choose_panels(scene.staff, row.id, groups, fresh(row).version)
    first, second = (panel.id for panel in row.panels)
    rounds.choose_judges(
        scene.staff,
        row.id,
        [rounds.Seat(one.id, (), None, [first if place < 4 else second]) for place, one in enumerate(scene.judges)],
    )
    ranking = rankings.rank_round(scene.staff, judged(scene, row).id)[0]
    made = boundary_of(scene, ranking, 6)
    assert [(panel.name, panel.rule) for panel in made.panels] == [(one.name, one.rule) for one in fresh(row).panels]
    names = {panel.id: panel.name for panel in db.session.query(Panel)}
    before = {one.entry_id: names[one.panel_id or 0] for one in db.session.query(RoundEntry).filter_by(round_id=row.id)}
    after = {one.entry_id: names[one.panel_id or 0] for one in db.session.query(RoundEntry).filter_by(round_id=made.id)}
    assert after.items() <= before.items()
    own = {seat.judge_id: {names[one] for one in seat.panel_ids} for seat in made.judges}
    assert own == {one.id: {"甲组" if place < 4 else "乙组"} for place, one in enumerate(scene.judges)}


def test_the_rubric_is_the_one_that_was_judged_by(app: Flask) -> None:
    """Also the tie-breaks by its criteria; neither can be changed while the sheets of both make one model."""
    scene = make_scene(judges=6, entries=12)
    category = scene.category().id
    row = plan_round(scene, reads=2, method="mixed", wanted={category: {"": 4}})
    row = round_rubrics.choose_rubric(scene.staff, row.id, category, OWN, fresh(row).version)
    codes = [one["code"] for one in row.categories[0].rubric]
    data = replace(RoundData.of(row), tie_breaks=[criterion_key(codes[0]), RAW])
    row = rounds.edit_round(scene.staff, row.id, data, fresh(row).version)
    row = judged(scene, row, tuple(codes))
    made = boundary_of(scene, rankings.rank_round(scene.staff, row.id)[0])
    assert made.categories[0].rubric == fresh(row).categories[0].rubric
    assert made.tie_breaks == [criterion_key(codes[0]), RAW]
    with pytest.raises(Conflict, match="与前一轮合并计算"):
        round_rubrics.choose_rubric(scene.staff, made.id, category, None, made.version)
    made.categories[0].rubric = []  # as boundary rounds were planned before
    db.session.commit()
    with pytest.raises(Invalid, match="评分标准与前一轮"):
        opening.open_round(scene.staff, made.id, fresh(made).version)


def test_criteria_of_a_rounds_own_rubric_break_ties_and_those_that_go_are_struck(app: Flask) -> None:
    scene = make_scene(judges=3, entries=3)
    category = scene.category().id
    row = plan_round(scene, reads=2, tie_breaks=[criterion_key("imagination"), RAW])
    row = round_rubrics.choose_rubric(scene.staff, row.id, category, OWN, fresh(row).version)
    assert row.tie_breaks == [RAW]
    code = row.categories[0].rubric[0]["code"]
    client = factories.sign_in(app.test_client(), scene.staff)
    page = client.get(f"/office/rounds/{row.id}/edit").get_data(as_text=True)
    assert f'<option value="{criterion_key(code)}">立意</option>' in page
    assert criterion_key("imagination") not in page
    edited = rounds.edit_round(
        scene.staff, row.id, replace(RoundData.of(fresh(row)), tie_breaks=[criterion_key(code)]), fresh(row).version
    )
    assert edited.tie_breaks == [criterion_key(code)]
    gone = replace(RoundData.of(fresh(row)), tie_breaks=[criterion_key("imagination")])
    with pytest.raises(Invalid, match="比较项"):
        rounds.edit_round(scene.staff, row.id, gone, fresh(row).version)


def test_a_round_of_one_category_strikes_the_tie_breaks_of_the_others(app: Flask) -> None:
    """The form offers the customs of all categories of the contest, and the fields stand folded."""
    scene = make_scene(judges=3, entries=3)
    own = {one.code for one in scene.category().rules.criteria}
    others = {one.code for category in scene.contest.categories for one in category.rules.criteria} - own
    row = plan_round(scene, reads=2, tie_breaks=[criterion_key(min(others)), criterion_key("imagination"), RAW])
    assert row.tie_breaks == [criterion_key("imagination"), RAW]


def test_places_by_stage_group_have_a_line_each(app: Flask) -> None:
    scene = make_scene(judges=6, entries=0)
    for number in range(16):
        make_entry(scene, scene.schools[number % 3], stage="XC"[number % 2])
    category = scene.category().id
    row = judged(scene, plan_round(scene, reads=2, method="raw", wanted={category: {"X": 2, "C": 3}}))
    ranking = next(one for one in rankings.rank_round(scene.staff, row.id) if not one.stage_code)
    found = preview_boundary(ranking, 8)
    assert found.plan is not None
    assert (found.plan.quota, found.plan.reads, len(found.plan.lines)) == (5, 8, 2)
    stages = {entry.id: entry.stage_code for entry in scene.entries}
    assert {stages[one.entry_id] for one in found.works} == {"X", "C"}
    made = boundary_of(scene, ranking)
    assert fresh(made).categories[0].wanted == {"X": 2, "C": 3}


def test_chances_are_those_that_the_reads_are_planned_by(app: Flask) -> None:
    """Also where the ranking itself went by raw means: its own chances fall off in another way."""
    scene = make_scene(judges=6, entries=16)
    category = scene.category().id
    row = judged(scene, plan_round(scene, reads=2, method="raw", wanted={category: {"": 5}}))
    raw = rankings.rank_round(scene.staff, row.id)[0]
    rows = [(entry, judge, total) for entry, judge, total, _marks in raw.inputs["scores"]]
    chances = {one.id: one.p_in_quota for one in rank(rows, method=Method.MIXED, quota=5, seed=raw.seed or 0).entries}
    works = preview_boundary(raw, 8).works
    assert {one.entry_id: one.chance for one in works} == {one.entry_id: chances[one.entry_id] for one in works}
    assert all(one.chance is not None and 0.1 <= one.chance <= 0.9 for one in works)


def test_a_ranking_that_counts_an_earlier_round_by_weight_has_no_boundary_round(app: Flask) -> None:
    scene = make_scene(judges=4, entries=8)
    category = scene.category().id
    first = judged(scene, plan_round(scene, reads=2, method="mixed", wanted={category: {"": 3}}))
    rankings.rank_round(scene.staff, first.id)
    second = plan_round(
        scene, reads=2, method="mixed", wanted={category: {"": 3}}, source_round_id=first.id, carry="weighted",
        carry_weight=0.4,
    )  # fmt: skip
    made = rankings.rank_round(scene.staff, judged(scene, second).id)[0]
    with pytest.raises(Invalid, match="按比例计入"):
        boundary_of(scene, made)
