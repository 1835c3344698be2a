"""A boundary round: works near the line are read again by others, both rounds make one ranking."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid
from contest_portal.judging.models import Ranking, Round, RoundCategory, RoundEntry
from contest_portal.judging.queries.boundary import preview_boundary
from contest_portal.judging.queries.plan_preview import preview_plan
from contest_portal.judging.queries.round_works import round_to_plan
from contest_portal.judging.services import opening, progress, rankings
from contest_portal.judging.services.boundary_rounds import plan_boundary_round
from tests import factories
from tests.judging.making import Scene, make_scene, open_round, score, tasks_of

pytestmark = pytest.mark.database
WORKS, PLACES = 16, 5


@pytest.fixture
def scene(app: Flask) -> Scene:
    return make_scene(judges=6, entries=WORKS)


@pytest.fixture
def ranking(scene: Scene) -> Ranking:
    """Sixteen works of levels one point apart, each read by two of six judges."""
    running = open_round(scene, reads=2, method="mixed")
    want_places(running)
    lots = random.Random(5)
    level = {entry.id: 60 + place for place, entry in enumerate(scene.entries)}
    for task in tasks_of(running):
        score(scene, task, round(2 * (level[task.entry_id] + lots.gauss(0, 3))) / 2)
    progress.close_round(scene.staff, running.id, fresh(running).version)
    return rankings.rank_round(scene.staff, running.id)[0]


def want_places(row: Round) -> None:
    place = db.session.scalars(select(RoundCategory).where(RoundCategory.round_id == row.id)).one()
    place.wanted = {"": PLACES}
    db.session.commit()


def fresh(row: Round) -> Round:
    return db.session.get_one(Round, row.id, populate_existing=True)


def planned(scene: Scene, ranking: Ranking, reads: int = 8) -> Round:
    begin = now()
    return plan_boundary_round(scene.staff, ranking.id, reads, "加评", begin, begin + timedelta(days=2))


def test_only_works_near_the_line_are_read_again(ranking: Ranking) -> None:
    found = preview_boundary(ranking, 8)
    assert found.plan is not None
    assert sum(one.reads for one in found.works) == found.plan.reads == 8
    assert all(one.chance is not None and 0.1 <= one.chance <= 0.9 for one in found.works)
    assert found.plan.expected_right_after > found.plan.expected_right_before


def test_others_read_them_and_both_rounds_make_one_ranking(scene: Scene, ranking: Ranking) -> None:
    first = fresh(ranking.round)
    before = {(task.judge_id, task.entry_id) for task in tasks_of(first)}
    made = planned(scene, ranking)
    wanted = {
        place.entry_id: place.reads
        for place in db.session.scalars(select(RoundEntry).where(RoundEntry.round_id == made.id))
    }
    assert (made.carry, made.source_round_id, sum(wanted.values())) == ("pooled", first.id, 8)
    running = opening.open_round(scene.staff, made.id, made.version)
    tasks = tasks_of(running)
    assert Counter(task.entry_id for task in tasks) == Counter(wanted)
    assert before.isdisjoint((task.judge_id, task.entry_id) for task in tasks)
    for task in tasks:
        score(scene, task, 70)
    progress.close_round(scene.staff, running.id, fresh(running).version)
    [whole, *_stages] = rankings.rank_round(scene.staff, running.id)
    assert len(whole.lines) == WORKS
    assert len(whole.inputs["scores"]) == 2 * WORKS + 8
    assert {line["reads"] for line in whole.lines} >= {2, 3}
    assert {(task.judge_id, task.entry_id) for task in tasks_of(fresh(first))} == before


def test_without_places_there_is_no_line(scene: Scene) -> None:
    running = open_round(scene, reads=2, method="mixed")
    for number, task in enumerate(tasks_of(running)):
        score(scene, task, 60 + number % 20)
    progress.close_round(scene.staff, running.id, fresh(running).version)
    [made, *_stages] = rankings.rank_round(scene.staff, running.id)
    with pytest.raises(Invalid, match="没有填写该类别的名额"):
        planned(scene, made)


def test_a_number_of_reads_beyond_all_measure_is_refused(scene: Scene, ranking: Ranking) -> None:
    for reads in (0, 10_000):
        with pytest.raises(Invalid, match="加评次数"):
            planned(scene, ranking, reads)


def test_the_page_shows_whom_and_what_it_brings_and_plans_the_round(app: Flask, scene: Scene, ranking: Ranking) -> None:
    client = factories.sign_in(app.test_client(), scene.staff)
    page = client.get(f"/office/rankings/{ranking.id}/boundary?reads=6").get_data(as_text=True)
    for one in preview_boundary(ranking, 6).works:
        assert one.number in page
    begin = local(now()) + timedelta(hours=1)
    data = {
        "reads": 6,
        "name": "加评",
        "opens_at": f"{begin:%Y-%m-%dT%H:%M}",
        "closes_at": f"{begin + timedelta(days=2):%Y-%m-%dT%H:%M}",
    }
    answer = client.post(f"/office/rankings/{ranking.id}/boundary", data=data)
    made = db.session.scalars(select(Round).where(Round.carry == "pooled")).one()
    assert answer.location.endswith(f"/office/rounds/{made.id}/judges")
    assert client.get(f"/office/rounds/{made.id}/plan").status_code == 200
    wrong = client.post(f"/office/rankings/{ranking.id}/boundary", data={**data, "closes_at": data["opens_at"]})
    assert wrong.status_code == 422
    assert client.get(f"/office/rankings/{ranking.id}/boundary?reads=0").status_code == 422
    for typed in ("abc", "6²", "-3", "1" * 30):
        answer = client.get(f"/office/rankings/{ranking.id}/boundary", query_string={"reads": typed})
        assert answer.status_code == 422
        assert f"现为「{typed}」" in answer.get_data(as_text=True)
        assert f'value="{typed}"' in answer.get_data(as_text=True)


def test_a_few_more_reads_are_comparable_by_the_round_they_make_one_model_with(
    app: Flask, scene: Scene, ranking: Ranking
) -> None:
    made = planned(scene, ranking, 3)
    preview = preview_plan(round_to_plan(made.id), 1)
    assert preview.plan is not None
    assert preview.plan.components > 1
    assert [line.parts for line in preview.categories] == [1]
    assert not any("互不相连" in str(one) for one in preview.warnings)
    page = factories.sign_in(app.test_client(), scene.staff).get(f"/office/rounds/{made.id}/plan")
    assert "互不相连" not in page.get_data(as_text=True)
