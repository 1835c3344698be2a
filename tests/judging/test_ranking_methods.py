"""Trimmed means, Huber weights, the judges' spread, and when a method gives way."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from contest_portal.judging.ranking import Method, Ranking, Residuals, rank

Rows = list[tuple[Any, Any, float]]


def contest(
    entries: int = 240, judges: int = 24, reads: int = 3, *, seed: int = 1, spread: float = 0.0, odd: float = 0.0
) -> tuple[Rows, np.ndarray, np.ndarray]:
    """Scores of a made-up contest with the entries' true levels and the judges' true spreads; `odd` share of wild ones."""
    draw = np.random.default_rng(seed)
    level, severity = draw.normal(0, 6, entries), draw.normal(0, 5, judges)
    scale = np.exp(draw.normal(0, spread, judges))
    rows = []
    for entry in range(entries):
        for judge in draw.choice(judges, reads, replace=False):
            score = 70 + scale[judge] * (level[entry] + severity[judge] + draw.normal(0, 7))
            rows.append((entry, int(judge), float(score + (draw.normal(0, 40) if draw.random() < odd else 0))))
    return rows, level, scale


def recall(ranking: Ranking, level: np.ndarray, places: int = 24) -> float:
    """Share of the truly best that stand within the places."""
    best = set(np.argsort(-level)[:places].tolist())
    return len(best & {line.id for line in ranking.entries[:places]}) / places


class TestTrimmed:
    def test_the_highest_and_the_lowest_of_five_are_dropped(self) -> None:
        rows: Rows = [("A", judge, score) for judge, score in enumerate((60, 70, 80, 85, 100))]
        rows += [("B", judge, score) for judge, score in enumerate((75, 75, 76, 79, 75))]
        ranking = rank(rows, method=Method.TRIMMED)
        found = {line.id: (line.estimate, line.raw) for line in ranking.entries}
        assert ranking.method is Method.TRIMMED
        assert found["A"] == (pytest.approx(235 / 3, abs=1e-6), 79)
        assert found["B"] == (pytest.approx(226 / 3, abs=1e-6), 76)

    def test_its_standard_error_is_that_of_the_pooled_winsorised_spread(self) -> None:
        rows: Rows = [("A", judge, score) for judge, score in enumerate((60, 70, 80, 85, 100))]
        (line,) = rank(rows, method=Method.TRIMMED).entries
        winsorised = [70, 70, 80, 85, 85]
        squares = sum((value - 78) ** 2 for value in winsorised)
        assert line.se == pytest.approx(math.sqrt(squares / (3 * 2)), abs=1e-6)

    def test_entries_of_fewer_reads_keep_them_all_and_the_reason_counts_them(self) -> None:
        rows: Rows = [("A", judge, score) for judge, score in enumerate((60, 70, 80, 85, 100))]
        rows += [("B", 0, 60), ("B", 1, 90)]
        ranking = rank(rows, method=Method.TRIMMED)
        assert {line.id: line.estimate for line in ranking.entries}["B"] == 75
        assert "其中 1 件不足 5 个评分" in str(ranking.reason)

    def test_without_five_reads_anywhere_raw_means_stand(self) -> None:
        ranking = rank([("A", 0, 60), ("A", 1, 70)], method=Method.TRIMMED)
        assert (ranking.method, ranking.requested) == (Method.RAW, Method.TRIMMED)


class TestHuber:
    def test_a_wild_score_moves_it_less_than_the_mixed_model(self) -> None:
        rows, _, _ = contest(60, 10, 5)
        wild = [(entry, judge, score - 60 if place == 7 else score) for place, (entry, judge, score) in enumerate(rows)]
        hit = rows[7][0]
        moved = {}
        for method in (Method.MIXED, Method.HUBER):
            before, after = (
                {line.id: line.estimate for line in rank(table, method=method).entries} for table in (rows, wild)
            )
            moved[method] = before[hit] - after[hit]
        assert moved[Method.HUBER] < 0.5 * moved[Method.MIXED]

    def test_normal_noise_gives_nearly_the_mixed_models_figures(self) -> None:
        rows, _, _ = contest(400, 20, 6)
        mixed, huber = (rank(rows, method=method) for method in (Method.MIXED, Method.HUBER))
        assert huber.method is Method.HUBER
        for name in ("entry", "judge", "residual"):
            assert getattr(huber.variance, name) == pytest.approx(getattr(mixed.variance, name), rel=0.1)
        errors = [sum(line.se or 0 for line in ranking.entries) / len(ranking.entries) for ranking in (mixed, huber)]
        assert errors[1] == pytest.approx(errors[0], rel=0.1)

    def test_its_estimates_answer_the_weighted_equations(self) -> None:
        """At the solution every judge's effect balances the bounded residuals of that judge's scores."""
        rows, _, _ = contest(40, 6, 4, odd=0.1)
        ranking = rank(rows, method=Method.HUBER, entries_fixed=True)
        level = {line.id: line.estimate for line in ranking.entries}
        severity = {judge.id: judge.severity or 0 for judge in ranking.judges}
        left = np.array([score - level[entry] - severity[judge] for entry, judge, score in rows])
        bound = 1.345 * 1.4826 * float(np.median(np.abs(left)))
        for entry in level:
            own = [value for value, row in zip(left, rows, strict=True) if row[0] == entry]
            assert sum(np.clip(own, -bound, bound)) == pytest.approx(0, abs=0.01 * bound)

    def test_wild_scores_cost_it_fewer_of_the_best(self) -> None:
        found = {Method.MIXED: 0.0, Method.HUBER: 0.0}
        for seed in range(8):
            rows, level, _ = contest(120, 12, 5, seed=seed, odd=0.1)
            for method in found:
                found[method] += recall(rank(rows, method=method), level, 12)
        assert found[Method.HUBER] > found[Method.MIXED]


class TestScale:
    def test_the_judges_spreads_are_found_again_and_shrunken(self) -> None:
        rows, _, truth = contest(spread=0.4)
        ranking = rank(rows, scale=True)
        assert ranking.scaled
        found = np.log([judge.scale or 0 for judge in ranking.judges])
        assert np.corrcoef(found, np.log(truth))[0, 1] > 0.85
        assert abs(float(np.mean(found))) < 0.05

    def test_more_of_the_best_are_found_where_judges_differ_in_spread(self) -> None:
        found = {False: 0.0, True: 0.0}
        for seed in range(8):
            rows, level, _ = contest(spread=0.5, seed=seed)
            for scale in found:
                found[scale] += recall(rank(rows, scale=scale), level)
        assert found[True] > found[False]

    def test_judges_of_eight_sheets_get_no_scale(self) -> None:
        rows, _, _ = contest(16, 6, 3, spread=0.5)  # eight sheets a judge
        ranking = rank(rows, scale=True)
        assert {judge.reads for judge in ranking.judges} <= set(range(3, 14))
        few = [judge for judge in ranking.judges if judge.reads < 9]
        assert all(judge.scale in {None, 1.0} for judge in few)
        even: Rows = [(entry, judge, 60.0 + 7 * entry % 11 + (3 + judge) * (entry % 3)) for entry in range(8)
                      for judge in range(4)]  # fmt: skip
        ranking = rank(even, scale=True)
        assert not ranking.scaled
        assert "不足 9 个" in str(ranking.reason)

    def test_raw_means_stay_as_they_are(self) -> None:
        rows, _, _ = contest(60, 8, 3)
        ranking = rank(rows, method=Method.RAW, scale=True)
        assert [line.estimate for line in ranking.entries] == [line.raw for line in ranking.entries]
        assert "不调整打分幅度" in str(ranking.reason)


class TestGivingWay:
    def test_mixed_finds_more_of_the_best_than_raw_where_plans_are_random(self) -> None:
        found = {Method.RAW: 0.0, Method.MIXED: 0.0}
        for seed in range(20):
            rows, level, _ = contest(seed=seed)
            for method in found:
                found[method] += recall(rank(rows, method=method), level) / 20
        assert found[Method.MIXED] > found[Method.RAW] + 0.01

    def test_one_judge_is_compared_with_nobody(self) -> None:
        ranking = rank([("A", "J", 70), ("B", "J", 80)])
        assert ranking.method is Method.RAW
        assert "只有一名评委" in str(ranking.reason)

    def test_one_entry_has_rank_one(self) -> None:
        (line,) = rank([("A", "J", 70), ("A", "K", 80), ("A", "L", 81)], quota=1).entries
        assert (line.rank, line.p_in_quota) == (1, 1.0)


class TestResiduals:
    def test_the_score_that_nobody_expected_is_named(self) -> None:
        rows, _, _ = contest(60, 10, 5)
        wild = [(entry, judge, score + (50 if place == 11 else 0)) for place, (entry, judge, score) in enumerate(rows)]
        found = Residuals(wild).scores()
        assert {(one.entry, one.judge, one.score) for one in found} == set(wild)
        worst = max(found, key=lambda one: abs(one.deviations or 0))
        assert (worst.entry, worst.judge) == wild[11][:2]
        assert worst.deviations is not None
        assert worst.deviations > 4

    def test_each_is_that_of_the_regression_without_the_score(self) -> None:
        """The model is fitted anew without each score, dummy variables written out, and the score predicted by it."""
        rows, _, _ = contest(12, 4, 3)
        design, scores = dummies(rows)
        found = {(one.entry, one.judge): one for one in Residuals(rows).scores()}
        for place, (entry, judge, score) in enumerate(rows):
            others = np.delete(design, place, axis=0)
            levels, rest = least_squares(others, np.delete(scores, place))
            expected = design[place] @ levels
            reach = design[place] @ np.linalg.inv(others.T @ others) @ design[place]
            error = math.sqrt(rest / (len(others) - design.shape[1]) * (1 + reach))
            assert found[entry, judge].expected == pytest.approx(expected, abs=1e-5)
            assert found[entry, judge].deviations == pytest.approx((score - expected) / error, abs=2e-4)

    def test_a_group_of_scores_is_that_of_a_regression_with_a_column_of_its_own(self) -> None:
        rows, _, _ = contest(12, 4, 3)
        judge = rows[0][1]
        own = [row[0] for row in rows if row[1] == judge][:3]
        design, scores = dummies(rows)
        column = [float(row[1] == judge and row[0] in own) for row in rows]
        design = np.column_stack([design, column])
        levels, rest = least_squares(design, scores)
        freedom = len(rows) - design.shape[1]
        error = math.sqrt(rest / freedom * np.linalg.inv(design.T @ design)[-1, -1])
        shift = Residuals(rows).together(judge, own)
        assert shift is not None
        assert shift.points == pytest.approx(levels[-1], abs=1e-5)
        assert shift.deviations == pytest.approx(levels[-1] / error, abs=2e-4)
        assert shift.chance == pytest.approx(stats.t.sf(levels[-1] / error, freedom), abs=1e-6)

    def test_nothing_is_said_where_nothing_is_left_to_compare_with(self) -> None:
        assert Residuals([]).scores() == []
        assert Residuals([]).together("J", ["A"]) is None
        for rows in ([("A", "J", 70.0)], [("A", "J", 70.0), ("A", "K", 80.0)]):
            assert {one.deviations for one in Residuals(rows).scores()} == {None}
            assert Residuals(rows).together("J", ["A"]) is None


def dummies(rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """(design of full rank, scores): a column an entry, a column a judge but the first."""
    entries, judges = sorted({row[0] for row in rows}), sorted({row[1] for row in rows})
    design = [[float(row[0] == one) for one in entries] + [float(row[1] == one) for one in judges[1:]] for row in rows]
    return np.array(design), np.array([row[2] for row in rows])


def least_squares(design: np.ndarray, scores: np.ndarray) -> tuple[np.ndarray, float]:
    """(levels, sum of squares left)."""
    levels = np.linalg.lstsq(design, scores, rcond=None)[0]
    return levels, float(np.sum((scores - design @ levels) ** 2))


@settings(max_examples=60, deadline=None)
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 7), st.integers(0, 3), st.integers(0, 20).map(lambda mark: mark * 5.0)),
        min_size=1,
        max_size=60,
    ),
    method=st.sampled_from(Method),
    scale=st.booleans(),
    shuffle=st.randoms(use_true_random=False),
)
def test_any_table_gives_the_same_bytes_in_any_order(rows: Rows, method: Method, scale: bool, shuffle: Any) -> None:
    again = list(rows)
    shuffle.shuffle(again)
    quota = max(1, len({row[0] for row in rows}) // 2)
    first = rank(rows, method=method, scale=scale, quota=quota)
    assert repr(first) == repr(rank(again, method=method, scale=scale, quota=quota))
    assert all(math.isfinite(line.estimate) for line in first.entries)
    chances = [line.p_in_quota for line in first.entries]
    if None not in chances:
        assert sum(chances) == pytest.approx(quota, abs=0.01)  # type: ignore[arg-type]
