"""Rounds that count together by weight: points, standard errors, and the chance to be within the places."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.models import AuditRecord
from contest_portal.judging.bundles import replay
from contest_portal.judging.carrying import Carried
from contest_portal.judging.frozen import Inputs, rankings_of
from contest_portal.judging.models import Ranking, Round, RoundCategory
from contest_portal.judging.queries.bundles import bundle_of_round
from contest_portal.judging.services import progress, rankings
from contest_portal.judging.standings import Score, Work
from tests import factories
from tests.judging.making import Scene, make_entry, make_scene, open_round, plan_round, score, tasks_of

WORKS, JUDGES, READS, PLACES, WEIGHT = 40, 8, 3, 8, 0.4


def drawn(draw: np.random.Generator, level: np.ndarray, first_judge: int) -> list[Score]:
    """A round over all works by judges of its own: sd of severity 5, of noise 7."""
    severity = draw.normal(0, 5, JUDGES)
    return [
        Score(entry, first_judge + int(judge), float(70 + level[entry] + severity[judge] + draw.normal(0, 7)), {})
        for entry in range(WORKS)
        for judge in draw.choice(JUDGES, READS, replace=False)
    ]


def inputs(scores: Sequence[Score], method: str) -> Inputs:
    works = [Work(number, f"N{number:02d}", "X") for number in range(WORKS)]
    return Inputs(method=method, works=works, scores=scores, wanted={"": PLACES}, seed=3)


def both_rounds(draw: np.random.Generator, level: np.ndarray, method: str) -> list[dict[str, object]]:
    """The second round's lines, with the first one's carried along."""
    (first,) = rankings_of(inputs(drawn(draw, level, 0), method))
    carried = {line["entry_id"]: Carried.of_line(line) for line in first.lines}
    second = replace(inputs(drawn(draw, level, 100), method), carried=carried, carry_weight=WEIGHT)
    return rankings_of(second)[0].lines


class TestSimulated:
    @pytest.mark.parametrize(("method", "low", "high"), [("additive", 0.94, 1.06), ("mixed", 0.9, 1.06)])
    def test_the_standard_error_is_the_spread_around_the_truth(self, method: str, low: float, high: float) -> None:
        """Against the works' true levels, what all have in common taken out. Works that are drawn towards the mean in
        both rounds are wrong in the same direction in both: taken as independent, the error would be a sixth too small."""
        draw, errors, told = np.random.default_rng(11), [], []
        for _ in range(30):
            level = draw.normal(0, 6, WORKS)
            lines = both_rounds(draw, level, method)
            off = np.array([line["score"] - level[line["entry_id"]] for line in lines])  # type: ignore[operator,call-overload]
            errors.append(float(np.var(off)))
            told.append(fmean(line["se_apart"] ** 2 for line in lines))  # type: ignore[operator]
        assert low < math.sqrt(fmean(told) / fmean(errors)) < high

    @pytest.mark.parametrize("method", ["additive", "mixed"])
    def test_chances_come_true_as_often_as_they_say(self, method: str) -> None:
        draw = np.random.default_rng(12)
        told: dict[bool, list[float]] = {True: [], False: []}
        true: dict[bool, list[bool]] = {True: [], False: []}
        for _ in range(45):
            level = draw.normal(0, 6, WORKS)
            best = set(np.argsort(-level)[:PLACES].tolist())
            lines = both_rounds(draw, level, method)
            assert sum(line["p_in_quota"] for line in lines) == pytest.approx(PLACES, abs=0.01)  # type: ignore[misc]
            for line in lines:
                chance = float(line["p_in_quota"])  # type: ignore[arg-type]
                if 0.2 <= chance <= 0.8:
                    told[chance >= 0.5].append(chance)
                    true[chance >= 0.5].append(line["entry_id"] in best)
        for upper in (True, False):
            assert len(true[upper]) > 120
            assert fmean(true[upper]) == pytest.approx(fmean(told[upper]), abs=0.1)


class TestLines:
    def test_points_and_errors_are_those_of_the_weighted_sum(self) -> None:
        draw = np.random.default_rng(5)
        scores = drawn(draw, draw.normal(0, 6, WORKS), 0)
        (alone,) = rankings_of(inputs(scores, "mixed"))
        carried = {number: Carried(80.0 - number, 3.0, 2.0, pull=0.4) for number in range(WORKS)}
        (both,) = rankings_of(replace(inputs(scores, "mixed"), carried=carried, carry_weight=0.25))
        own = {line["entry_id"]: line for line in alone.lines}
        for line in both.lines:
            one = own[line["entry_id"]]
            assert line["score"] == pytest.approx(0.75 * one["score"] + 0.25 * (80 - line["entry_id"]), abs=1e-5)
            # Both rounds draw towards the mean, the earlier one by 0.4 of the way: what is wrong in them goes together.
            together = 2 * 0.75 * 0.25 * 0.4 * one["se_apart"] ** 2
            assert line["se"] == pytest.approx(math.sqrt((0.75 * one["se"]) ** 2 + 0.75**2 + together), abs=1e-5)
            apart = math.sqrt((0.75 * one["se_apart"]) ** 2 + 0.5**2 + together)
            assert line["se_apart"] == pytest.approx(apart, abs=1e-5)
            assert line["pull"] == pytest.approx(0.75 * one["pull"] + 0.25 * 0.4, abs=1e-5)
            assert one["se_apart"] < one["se"]

    def test_places_of_stage_groups_are_filled_by_their_own_works(self) -> None:
        draw = np.random.default_rng(6)
        scores = drawn(draw, draw.normal(0, 6, WORKS), 0)
        carried = {number: Carried(70.0, 3.0, 3.0) for number in range(WORKS)}
        works = [Work(number, f"N{number:02d}", "XC"[number % 2]) for number in range(WORKS)]
        given = replace(inputs(scores, "mixed"), works=works, stages=["X", "C"], wanted={"X": 2, "C": 5})
        found = rankings_of(replace(given, carried=carried, carry_weight=0.3))
        for frozen, places in zip(found[1:], (2, 5), strict=True):
            assert sum(line["p_in_quota"] for line in frozen.lines) == pytest.approx(places, abs=0.01)
            assert {line["entry_id"]: line["p_in_quota"] for line in frozen.lines}.items() <= {
                line["entry_id"]: line["p_in_quota"] for line in found[0].lines
            }.items()

    def test_where_the_earlier_round_could_not_tell_its_error_none_is_told(self) -> None:
        draw = np.random.default_rng(7)
        scores = drawn(draw, draw.normal(0, 6, WORKS), 0)
        carried = {number: Carried(70.0, *([None, None] if number == 3 else [3.0, 3.0])) for number in range(WORKS - 1)}
        (found,) = rankings_of(replace(inputs(scores, "mixed"), carried=carried, carry_weight=0.3))
        by_id = {line["entry_id"]: line for line in found.lines}
        assert {line["p_in_quota"] for line in found.lines} == {None}
        assert (by_id[3]["se"], by_id[3]["rank"] is None) == (None, False)
        assert by_id[2]["se"] is not None
        assert (by_id[WORKS - 1]["score"], by_id[WORKS - 1]["rank"]) == (None, None)  # not in the earlier round

    def test_old_rankings_keep_one_error_alone(self) -> None:
        assert Carried.of_line({"score": 80.0, "se": 2.5}) == Carried(80.0, 2.5, 2.5)
        assert Carried.of_line({"score": 80.0}) == Carried(80.0, None, None)
        assert Carried.of_line({"score": 80.0, "raw": 79.0, "pull": 0.3}).raw == 79.0

    def test_inputs_are_read_back_as_they_were_written(self) -> None:
        given = replace(
            inputs([], "raw"), carried={3: Carried(70.5), 1: Carried(60.25, 2.0, 1.5, 61.0, 0.25)}, carry_weight=0.3
        )
        assert Inputs.from_dict(given.to_dict()).to_dict() == given.to_dict()


@pytest.mark.database
def test_a_final_that_counts_with_the_round_before_tells_how_sure_it_is(app: Flask) -> None:
    scene = make_scene(judges=4, entries=8)
    first = _ranked(scene, open_round(scene, reads=3, method="mixed"), 0)
    second = open_round(
        scene, reads=3, method="mixed", source_round_id=first.id, take="top", take_count=6, carry="weighted",
        carry_weight=WEIGHT,
    )  # fmt: skip
    place = db.session.scalars(select(RoundCategory).where(RoundCategory.round_id == second.id)).one()
    place.wanted = {"": 2}
    db.session.commit()
    second = _ranked(scene, second, 1)
    before, after = (_lines(row.id) for row in (first, second))
    assert len(after) == 6
    for entry_id, line in after.items():
        assert line["se"] > WEIGHT * before[entry_id]["se"]
    assert sum(line["p_in_quota"] for line in after.values()) == pytest.approx(2, abs=0.01)
    assert all(one.same for one in replay(bundle_of_round(second)))


def _ranked(scene: Scene, row: Round, turn: int) -> Round:
    for number, task in enumerate(tasks_of(row)):
        score(scene, task, 60 + 4 * (task.entry_id % 8) + (number * 7 + turn) % 5)
    progress.close_round(scene.staff, row.id, db.session.get_one(Round, row.id, populate_existing=True).version)
    rankings.rank_round(scene.staff, row.id)
    return db.session.get_one(Round, row.id, populate_existing=True)


def _lines(round_id: int) -> dict[int, dict[str, float]]:
    row = db.session.scalars(select(Ranking).where(Ranking.round_id == round_id, Ranking.stage_code == "")).one()
    return {line["entry_id"]: line for line in row.lines}


@pytest.mark.database
def test_a_round_with_works_that_can_get_no_rank_is_opened_knowingly(app: Flask, client: FlaskClient) -> None:
    scene = make_scene(judges=4, entries=5)
    first = _ranked(scene, open_round(scene, reads=2), 0)
    late = make_entry(scene, scene.schools[0])
    row = plan_round(scene, reads=2, is_blind=False, source_round_id=first.id, carry="weighted", carry_weight=0.4)
    round_id, number = row.id, late.number
    factories.sign_in(client, scene.staff)
    page = client.get(f"/office/rounds/{round_id}/plan").get_data(as_text=True)
    assert "1 件作品没有前一轮的成绩" in page
    assert str(number) in page
    form = {"seed": "3", "version": str(row.version), "unranked": "1"}
    for sent in ({}, {"knows": "y", "unranked": "0"}):
        refused = client.post(f"/office/rounds/{round_id}/open", data=form | sent)
        assert refused.status_code == 422
        assert "评审没有开始" in refused.get_data(as_text=True)
    assert client.post(f"/office/rounds/{round_id}/open", data=form | {"knows": "y"}).status_code == 302
    assert db.session.get_one(Round, round_id, populate_existing=True).plan_facts["unranked"] == [number]
    record = db.session.scalars(
        select(AuditRecord).where(AuditRecord.action == "judging.open_round").order_by(AuditRecord.id.desc())
    ).first()
    assert record is not None
    assert record.after is not None
    assert record.after["unranked"] == [number]


@pytest.mark.database
def test_where_all_works_have_an_earlier_result_nothing_is_asked(app: Flask, client: FlaskClient) -> None:
    scene = make_scene(judges=4, entries=5)
    first = _ranked(scene, open_round(scene, reads=2), 0)
    row = plan_round(scene, reads=2, is_blind=False, source_round_id=first.id, carry="weighted", carry_weight=0.4)
    factories.sign_in(client, scene.staff)
    assert "已知道，仍要开始评审" not in client.get(f"/office/rounds/{row.id}/plan").get_data(as_text=True)
    form = {"seed": "3", "version": str(row.version), "unranked": "0"}
    assert client.post(f"/office/rounds/{row.id}/open", data=form).status_code == 302
