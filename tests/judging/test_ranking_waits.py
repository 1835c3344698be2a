"""A ranking is final: it waits for the earlier round that counts in it and for reports that nobody has decided."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.judging.models import Ranking, Round
from contest_portal.judging.queries.plan_preview import preview_plan
from contest_portal.judging.queries.round_works import round_to_plan
from contest_portal.judging.services import fraud_reports, opening, progress, rankings
from tests.judging.making import Scene, make_entry, make_scene, open_round, plan_round, score, tasks_of

pytestmark = pytest.mark.database


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=4, entries=4)


def fresh(row: Round) -> Round:
    return db.session.get_one(Round, row.id, populate_existing=True)


def read(scene: Scene, row: Round, *, least: int = 60) -> None:
    for number, task in enumerate(tasks_of(row)):
        score(scene, task, least + number)


def close(scene: Scene, row: Round) -> Round:
    progress.close_round(scene.staff, row.id, fresh(row).version)
    return fresh(row)


def judged(scene: Scene, row: Round) -> Round:
    read(scene, row)
    return close(scene, row)


def test_a_round_by_weight_waits_for_the_ranking_of_the_one_before(scene: Scene) -> None:
    first = open_round(scene, reads=2)
    second = judged(scene, open_round(scene, reads=2, source_round_id=first.id, carry="weighted", carry_weight=0.4))
    with pytest.raises(Conflict, match=r"「初评」.*还没有排名"):
        rankings.rank_round(scene.staff, second.id)
    assert (fresh(second).state, db.session.query(Ranking).count()) == ("closed", 0)
    judged(scene, first)
    with pytest.raises(Conflict, match="还没有排名"):
        rankings.rank_round(scene.staff, second.id)
    rankings.rank_round(scene.staff, first.id)
    whole = rankings.rank_round(scene.staff, second.id)[0]
    assert len(whole.inputs["carried"]) == len(scene.entries)


def test_a_round_that_counts_sheets_of_the_one_before_waits_until_it_is_closed(scene: Scene) -> None:
    """Neither opened, since a judge could read a work in both, nor ranked by however many sheets happen to be in."""
    first = open_round(scene, reads=2)
    second = plan_round(scene, reads=1, source_round_id=first.id, carry="pooled")
    with pytest.raises(Invalid, match=r"「初评」.*还没有截止"):
        opening.open_round(scene.staff, second.id, second.version)
    judged(scene, first)
    third = judged(scene, opening.open_round(scene.staff, second.id, fresh(second).version))
    fresh(first).state = "open"  # as rounds could stand before this was refused
    db.session.commit()
    with pytest.raises(Conflict, match=r"「初评」.*还没有截止"):
        rankings.rank_round(scene.staff, third.id)
    fresh(first).state = "closed"
    db.session.commit()
    assert len(rankings.rank_round(scene.staff, third.id)[0].inputs["scores"]) == 12


def test_reports_that_nobody_has_decided_are_decided_first(scene: Scene) -> None:
    row = open_round(scene, reads=2)
    task = tasks_of(row)[0]
    judge = next(one for one in scene.judges if one.id == task.judge_id)
    report = fraud_reports.report_fraud(scene.actor(judge), task.id, "fraud", "与网上的作品相同，见附图。")
    row = judged(scene, row)
    with pytest.raises(Conflict, match="1 份举报"):
        rankings.rank_round(scene.staff, row.id)
    fraud_reports.decide_report(scene.staff, report.id, is_upheld=True, decision="核实属实")
    whole = rankings.rank_round(scene.staff, row.id)[0]
    assert whole.facts["excluded"] == [task.entry_id]


def test_works_without_an_earlier_result_are_told_before_the_round_opens(scene: Scene) -> None:
    first = judged(scene, open_round(scene, reads=2))
    rankings.rank_round(scene.staff, first.id)
    late = make_entry(scene, scene.schools[0])
    row = plan_round(scene, reads=2, source_round_id=first.id, carry="weighted", carry_weight=0.4)
    told = [str(one) for one in preview_plan(round_to_plan(row.id), 1).warnings]
    assert any("1 件作品没有前一轮的成绩" in one and str(late.number) in one for one in told)


def test_a_round_whose_window_is_over_does_not_open(scene: Scene) -> None:
    row = plan_round(scene, reads=2, opens_at=now() - timedelta(days=3), closes_at=now() - timedelta(days=1))
    with pytest.raises(Invalid, match=r"截止时间.*已经过去"):
        opening.open_round(scene.staff, row.id, row.version)
