"""What a ranking's page, pictures and workbook say of rounds that count together, of tie-breaks, of errors."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from flask import Flask
from openpyxl import load_workbook

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.judging.models import Ranking, Round, RoundCategory
from contest_portal.judging.ranking import Method, rank
from contest_portal.judging.ranking_pictures import estimates_picture
from contest_portal.judging.services import opening, progress, rankings
from contest_portal.judging.services.boundary_rounds import plan_boundary_round
from contest_portal.judging.services.sheets import submit_sheet
from contest_portal.judging.standings import Line
from contest_portal.judging.tie_breaks import RAW, criterion_key
from tests import factories
from tests.judging.making import Scene, make_entry, make_scene, open_round, plan_round, score, tasks_of

pytestmark = pytest.mark.database


def closed(scene: Scene, row: Round) -> Round:
    progress.close_round(scene.staff, row.id, db.session.get_one(Round, row.id, populate_existing=True).version)
    return db.session.get_one(Round, row.id, populate_existing=True)


def read(scene: Scene, row: Round) -> Round:
    for number, task in enumerate(tasks_of(row)):
        score(scene, task, 60 + 2 * (task.entry_id % 8) + (number * 7) % 5)
    return closed(scene, row)


def page_of(app: Flask, scene: Scene, ranking: Ranking) -> str:
    client = factories.sign_in(app.test_client(), scene.staff)
    return client.get(f"/office/rankings/{ranking.id}").get_data(as_text=True)


def test_both_rounds_are_named_with_their_share_and_works_without_one_are_listed(app: Flask) -> None:
    scene = make_scene(judges=4, entries=6)
    first = read(scene, open_round(scene, reads=2, method="mixed"))
    rankings.rank_round(scene.staff, first.id)
    late = make_entry(scene, scene.schools[0])
    row = open_round(scene, reads=2, method="raw", source_round_id=first.id, carry="weighted", carry_weight=0.25)
    whole = rankings.rank_round(scene.staff, read(scene, row).id)[0]
    page = page_of(app, scene, whole)
    assert "前一轮占 25%" in page
    assert f"1 件作品缺少一轮的成绩，没有名次：{late.number}" in page
    own = {line["entry_id"]: line for line in whole.lines}
    before = {line["entry_id"]: line for line in db.session.query(Ranking).filter_by(round_id=first.id).first().lines}  # type: ignore[union-attr]
    sheets = {entry.id: [] for entry in scene.entries}  # type: ignore[var-annotated]
    for entry_id, _judge, total, _marks in whole.inputs["scores"]:
        sheets[entry_id].append(total)
    for entry_id, earlier in before.items():
        raw = 0.75 * sum(sheets[entry_id]) / len(sheets[entry_id]) + 0.25 * earlier["raw"]
        assert own[entry_id]["raw"] == pytest.approx(raw, abs=1e-5)


def test_a_tie_break_that_no_sheet_can_be_asked_for_is_named(app: Flask) -> None:
    scene = make_scene(judges=3, entries=3)
    row = plan_round(scene, reads=2, tie_breaks=[criterion_key("science"), RAW])
    place = db.session.query(RoundCategory).filter_by(round_id=row.id).one()
    place.rubric = [
        {"code": code, "name": name, "max_points": 50, "description": "", "anchors": ["", "", ""]}
        for code, name in (("imagination", "想象力"), ("own1", "表现"))
    ]
    db.session.commit()
    row = opening.open_round(scene.staff, row.id, db.session.get_one(Round, row.id, populate_existing=True).version)
    tasks = tasks_of(row)
    for task in tasks[1:]:
        judge = next(one for one in scene.judges if one.id == task.judge_id)
        submit_sheet(scene.actor(judge), task.id, task.version, {"imagination": 40, "own1": 30})
    seen = db.session.get_one(Round, row.id, populate_existing=True).version
    progress.close_round(scene.staff, row.id, seen, void_unfinished=True)
    page = page_of(app, scene, rankings.rank_round(scene.staff, row.id)[0])
    assert "比较项「科学性」不在本轮的评分标准中" in page
    assert "同分时依次比较科学性、原始总分之和" in page
    assert page.count("评阅次数不同，不比较原始总分之和") == 3


def test_intervals_that_are_compared_leave_out_what_all_have_in_common(app: Flask) -> None:
    scene = make_scene(judges=4, entries=8)
    row = read(scene, open_round(scene, reads=2, method="mixed"))
    lines = [Line.from_dict(one) for one in rankings.rank_round(scene.staff, row.id)[0].lines]
    with app.test_request_context():
        picture = estimates_picture(lines, None)
    assert picture is not None
    for line, (_number, value, low, high) in zip(lines, picture.rows, strict=True):
        assert line.se_apart is not None
        assert float(high) - float(low) == pytest.approx(2 * 1.96 * line.se_apart, abs=0.03)
        assert float(value) == pytest.approx(line.score, abs=0.006)


def test_the_workbook_holds_every_sheet_that_the_ranking_follows_from(app: Flask) -> None:
    """Those of the earlier round too, where both make one model, and as they were when it was frozen."""
    scene = make_scene(judges=6, entries=12)
    category = scene.category().id
    row = read(scene, open_round(scene, reads=2, method="mixed", wanted={category: {"": 4}}))
    ranking = rankings.rank_round(scene.staff, row.id)[0]
    made = plan_boundary_round(scene.staff, ranking.id, 6, "加评", now(), now() + timedelta(days=1))
    more = opening.open_round(scene.staff, made.id, db.session.get_one(Round, made.id, populate_existing=True).version)
    whole, *stages = rankings.rank_round(scene.staff, read(scene, more).id)
    client = factories.sign_in(app.test_client(), scene.staff)
    for one in (whole, *stages):
        answer = client.get(f"/office/rankings/{one.id}/export")
        sheet = load_workbook(io.BytesIO(answer.data))["评分"]
        lines = [row for row in sheet.iter_rows(values_only=True) if isinstance(row[1], int)]
        assert len(lines) == 30
        again = rank([(number, judge, total) for number, judge, _name, total in lines], method=Method.MIXED)
        figures = {entry.id: entry.estimate for entry in again.entries}
        for line in one.lines:
            assert figures[line["number"]] == pytest.approx(line["score"], abs=1e-6)


def test_an_order_that_only_unequal_reads_changed_is_called_so(app: Flask) -> None:
    """Each judge's marks go up and down in turn, so no judge is seen as severe; two works are read once."""
    scene = make_scene(judges=4, entries=8)
    row = open_round(scene, reads=3, method="mixed")
    once, turns = {scene.entries[6].id, scene.entries[7].id}, dict.fromkeys((one.id for one in scene.judges), 0)
    best: dict[int, list[float]] = {}
    for task in tasks_of(row):
        if task.entry_id not in once:
            turns[task.judge_id] += 1
            level = 60 + 2 * (task.entry_id - scene.entries[0].id)
            own = score(scene, task, level + (4 if turns[task.judge_id] % 2 else -4))
            best.setdefault(task.entry_id, []).append(own.total)
    for task in tasks_of(row):
        if task.entry_id in once:
            score(scene, task, round(max(sum(one) / len(one) for one in best.values()) + 0.5, 1))
            once.remove(task.entry_id)
    seen = db.session.get_one(Round, row.id, populate_existing=True).version
    progress.close_round(scene.staff, row.id, seen, void_unfinished=True)
    whole = rankings.rank_round(scene.staff, row.id)[0]
    assert whole.facts["variance"]["judge"] == 0
    moved = sum(line["rank"] != line["raw_rank"] for line in whole.lines)
    assert moved
    page = page_of(app, scene, whole)
    assert f"有 {moved} {scene.category().measure}作品的名次与按加权平均排的不同，原因只是评阅次数不同" in page
    assert "没有看出评委之间的宽严差别" in page
    assert "± 0.00" not in page


def test_where_judges_differ_reads_alone_moved_nothing(app: Flask) -> None:
    scene = make_scene(judges=4, entries=8)
    row = open_round(scene, reads=3, method="mixed")
    severity = dict(zip((one.id for one in scene.judges), (-9, -3, 3, 9), strict=True))
    for number, task in enumerate(tasks_of(row)):
        score(scene, task, 70 + 2 * (task.entry_id % 8) + severity[task.judge_id] + number % 3)
    page = page_of(app, scene, rankings.rank_round(scene.staff, closed(scene, row).id)[0])
    assert "原因只是评阅次数不同" not in page
    assert "没有看出评委之间" not in page
