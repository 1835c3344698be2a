"""Rankings against published figures, an independent implementation, and by hand."""

import csv
import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.judging.ranking import Method, Ranking, agreement, rank

PUBLISHED = Path(__file__).parents[1] / "published"
Rows = list[tuple[Any, Any, float]]


def expected(name: str) -> dict[str, Any]:
    return json.loads((PUBLISHED / f"{name}.expected.json").read_text(encoding="utf-8"))


def table(name: str) -> list[dict[str, str]]:
    with (PUBLISHED / f"{name}.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def apple_scores() -> Rows:
    return [(row["product"], row["panelist"], float(row["aftertaste"])) for row in table("appletaste")]


def estimates(ranking: Ranking) -> dict[Any, float]:
    return {entry.id: entry.estimate for entry in ranking.entries}


def severities(ranking: Ranking) -> dict[Any, float | None]:
    return {judge.id: judge.severity for judge in ranking.judges}


def drawn_scores(entries: int, judges: int, reads: int, seed: int = 7) -> Rows:
    random = np.random.default_rng(seed)
    level, severity = random.normal(70, 6, entries), random.normal(0, 5, judges)
    return [
        (f"E{entry:04}", f"J{judge:02}", float(round(level[entry] + severity[judge] + random.normal(0, 4), 1)))
        for entry in range(entries)
        for judge in random.choice(judges, reads, replace=False)
    ]


class TestPublishedFigures:
    @pytest.mark.parametrize(
        ("figure", "method"),
        [
            ("raw_mean", Method.RAW),
            ("additive_least_squares", Method.ADDITIVE),
            ("mixed_model_entry_fixed_judge_random", Method.MIXED),
        ],
    )
    def test_apple_tasting_gives_the_published_levels(self, figure: str, method: Method) -> None:
        source = expected("appletaste")
        ranking = rank(apple_scores(), method=method, entries_fixed=True)
        assert ranking.method is method
        assert estimates(ranking) == pytest.approx(source[figure], abs=source["tolerance"])

    def test_apple_tasting_gives_the_published_variances(self) -> None:
        source = expected("appletaste")
        variance = rank(apple_scores(), entries_fixed=True).variance
        assert variance.judge is not None
        assert variance.residual is not None
        published = source["mixed_model_sd"]
        assert math.sqrt(variance.judge) == pytest.approx(published["judge"], abs=source["tolerance"])
        assert math.sqrt(variance.residual) == pytest.approx(published["residual"], abs=source["tolerance"])

    def test_shrout_and_fleiss_table_four(self) -> None:
        source = expected("shrout_fleiss")
        scores = [[float(row[f"judge_{judge}"]) for judge in range(1, 5)] for row in table("shrout_fleiss")]
        found = agreement(scores)
        for figure in ("ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"):
            assert getattr(found, figure.lower()) == pytest.approx(source[figure], abs=source["tolerance"])


class TestAgainstStatsmodels:
    """An implementation that shares nothing with ours, on a table with unequal reads."""

    @pytest.fixture
    def rows(self) -> Rows:
        return drawn_scores(40, 9, 3)[:-7]

    def test_judges_random(self, rows: Rows) -> None:
        model = self.model(rows, "score ~ 0 + C(entry)", {"judge": "0 + C(judge)"})
        ranking = rank(rows, entries_fixed=True)
        for name, value in model.fe_params.items():
            entry = name.removeprefix("C(entry)[").removesuffix("]")
            assert estimates(ranking)[entry] == pytest.approx(value, abs=1e-3)
        assert ranking.variance.residual == pytest.approx(model.scale, rel=1e-3)
        assert ranking.variance.judge == pytest.approx(model.vcomp[0], rel=1e-3)
        effects = {name.split("[")[2].rstrip("]"): value for name, value in model.random_effects[1].items()}
        assert severities(ranking) == pytest.approx(effects, abs=1e-3)

    def test_entries_and_judges_random(self, rows: Rows) -> None:
        model = self.model(rows, "score ~ 1", {"entry": "0 + C(entry)", "judge": "0 + C(judge)"})
        ranking = rank(rows)
        components = dict(zip(model.model.exog_vc.names, model.vcomp, strict=True))
        assert ranking.variance.entry == pytest.approx(components["entry"], rel=1e-3)
        assert ranking.variance.judge == pytest.approx(components["judge"], rel=1e-3)
        assert ranking.variance.residual == pytest.approx(model.scale, rel=1e-3)
        effects = {
            name.split("[")[2].rstrip("]"): model.fe_params["Intercept"] + value
            for name, value in model.random_effects[1].items()
            if name.startswith("entry")
        }
        assert estimates(ranking) == pytest.approx(effects, abs=2e-3)

    def test_additive(self, rows: Rows) -> None:
        formula = pytest.importorskip("statsmodels.formula.api")
        model = formula.ols("score ~ 0 + C(entry) + C(judge, Sum)", data=self.frame(rows)).fit()
        ranking = rank(rows, method=Method.ADDITIVE)
        for line in ranking.entries:
            assert line.estimate == pytest.approx(model.params[f"C(entry)[{line.id}]"], abs=1e-6)
            assert line.se == pytest.approx(model.bse[f"C(entry)[{line.id}]"], rel=1e-6)
        assert ranking.variance.residual == pytest.approx(model.mse_resid, rel=1e-6)

    @staticmethod
    def frame(rows: Rows) -> Any:
        pandas = pytest.importorskip("pandas")
        return pandas.DataFrame(rows, columns=["entry", "judge", "score"]).assign(all=1)

    def model(self, rows: Rows, formula: str, components: dict[str, str]) -> Any:
        api = pytest.importorskip("statsmodels.formula.api")
        data = self.frame(rows)
        mixed = api.mixedlm(formula, data, groups="all", re_formula="0", vc_formula=components)
        return mixed.fit(reml=True, method=["bfgs", "cg"], gtol=1e-8)


class TestStandardErrors:
    """Against the textbook formulas, written out with full matrices."""

    @pytest.fixture
    def rows(self) -> Rows:
        return drawn_scores(15, 5, 3)[:-4]

    @staticmethod
    def indicators(rows: Rows, column: int) -> Any:
        labels = sorted({row[column] for row in rows})
        return np.array([[float(row[column] == label) for label in labels] for row in rows])

    def test_fixed_entries(self, rows: Rows) -> None:
        ranking = rank(rows, entries_fixed=True)
        entries, judges = self.indicators(rows, 0), self.indicators(rows, 1)
        covariance = ranking.variance.residual * np.eye(len(rows)) + ranking.variance.judge * judges @ judges.T
        errors = np.sqrt(np.diag(np.linalg.inv(entries.T @ np.linalg.inv(covariance) @ entries)))
        mine = [line.se for line in sorted(ranking.entries, key=lambda line: line.id)]
        assert mine == pytest.approx(errors, rel=1e-5)

    def test_random_entries(self, rows: Rows) -> None:
        ranking = rank(rows)
        assert not ranking.entries_fixed
        variance, effects = ranking.variance, [self.indicators(rows, 0), self.indicators(rows, 1)]
        design = np.hstack([np.ones((len(rows), 1)), *effects])
        ratios = [variance.residual / part for part in (variance.entry, variance.judge)]
        sizes = [effect.shape[1] for effect in effects]
        penalty = np.diag([0.0] + [ratios[0]] * sizes[0] + [ratios[1]] * sizes[1])
        inverse = variance.residual * np.linalg.inv(design.T @ design + penalty)
        errors = [math.sqrt(inverse[0, 0] + 2 * inverse[0, i] + inverse[i, i]) for i in range(1, 1 + sizes[0])]
        mine = [line.se for line in sorted(ranking.entries, key=lambda line: line.id)]
        assert mine == pytest.approx(errors, rel=1e-5)


class TestWorksThatDoNotDiffer:
    """Where REML gives the works no variance."""

    @pytest.fixture
    def table(self) -> Any:
        """(works, judges): severity and noise of which each work has the same sum, so that works differ less than chance."""
        draw = np.random.default_rng(3)
        noise = draw.normal(0, 4, (8, 5))
        return 70 + draw.normal(0, 5, 5) + noise - noise.mean(axis=1, keepdims=True) + draw.normal(0, 0.2, (8, 1))

    @staticmethod
    def rows(table: Any) -> Rows:
        return [(f"E{i}", f"J{k}", float(table[i, k])) for i in range(8) for k in range(5)]

    def test_the_components_told_are_those_of_reml(self, table: Any) -> None:
        """With no variance between works their mean square goes to the noise (one-way analysis of variance)."""
        ranking = rank(self.rows(table))
        by_judge = 8 * float(np.sum((table.mean(axis=0) - table.mean()) ** 2))
        noise = (float(np.sum((table - table.mean()) ** 2)) - by_judge) / (7 + 28)
        assert ranking.variance.entry == 0
        assert ranking.variance.judge == pytest.approx((by_judge / 4 - noise) / 8, rel=1e-4)
        assert ranking.variance.residual == pytest.approx(noise, rel=1e-4)
        assert ranking.reliability is None

    def test_works_are_then_ranked_as_fixed_ones_and_it_is_said(self, table: Any) -> None:
        ranking, fixed = rank(self.rows(table)), rank(self.rows(table), entries_fixed=True)
        assert ranking.entries_fixed
        assert ranking.entries == fixed.entries
        assert "作品方差估计为 0" in str(ranking.reason)
        assert fixed.variance.entry is None

    def test_huber_weights_tell_the_same(self, table: Any) -> None:
        ranking = rank(self.rows(table), method=Method.HUBER)
        assert (ranking.method, ranking.entries_fixed) == (Method.HUBER, True)
        assert ranking.variance.entry == 0


@pytest.mark.parametrize("method", Method)
def test_marks_that_are_all_alike_have_no_spread_to_bring_to_one(method: Method) -> None:
    rows = [(f"E{i}", f"J{k}", 80.0) for i in range(12) for k in range(3)] + [("E0", "J0", 80.0)]
    ranking = rank(rows, method=method, scale=True)
    assert {entry.rank for entry in ranking.entries} == {1}
    assert not ranking.scaled


class TestSeverity:
    SCORES: Rows = [
        # J1 gives exactly ten points more than J2; A, B and C deserve 70, 80 and 90 of an average judge.
        ("A", "J1", 75.0),
        ("A", "J2", 65.0),
        ("B", "J1", 85.0),
        ("C", "J2", 85.0),
        ("C", "J1", 95.0),
    ]

    def test_the_lenient_judges_points_are_taken_off(self) -> None:
        ranking = rank(self.SCORES, method=Method.ADDITIVE)
        assert estimates(ranking) == pytest.approx({"A": 70, "B": 80, "C": 90})
        assert severities(ranking) == pytest.approx({"J1": 5, "J2": -5})

    def test_the_raw_mean_stands_beside_the_estimate(self) -> None:
        lines = {line.id: line for line in rank(self.SCORES, method=Method.ADDITIVE).entries}
        assert (lines["B"].raw, lines["B"].reads) == (85.0, 1)
        assert [lines[name].raw_rank for name in "ABC"] == [3, 2, 1]

    def test_the_mixed_model_gives_way_when_no_noise_is_left(self) -> None:
        ranking = rank(self.SCORES)
        assert (ranking.requested, ranking.method) == (Method.MIXED, Method.ADDITIVE)
        assert "没有误差可估计" in str(ranking.reason)

    def test_weights_count_as_repeated_scores_in_the_estimates(self) -> None:
        rows = drawn_scores(12, 5, 3)
        doubled = [1.0 + (place % 2) for place in range(len(rows))]
        repeated = [row for row, weight in zip(rows, doubled, strict=True) for _ in range(int(weight))]
        weighted = estimates(rank(rows, method=Method.ADDITIVE, weights=doubled))
        assert weighted == pytest.approx(estimates(rank(repeated, method=Method.ADDITIVE)), abs=1e-5)

    def test_random_entries_are_drawn_towards_the_mean(self) -> None:
        rows = drawn_scores(60, 10, 3)
        fixed, drawn = estimates(rank(rows, entries_fixed=True)), estimates(rank(rows))
        assert np.std(list(drawn.values())) < np.std(list(fixed.values()))

    def test_severities_are_found_again_in_a_large_table(self) -> None:
        rows = drawn_scores(2000, 60, 3)
        random = np.random.default_rng(7)
        random.normal(70, 6, 2000)
        truth = random.normal(0, 5, 60)
        found = [judge.severity for judge in rank(rows).judges]
        assert np.max(np.abs(np.array(found) - (truth - truth.mean()))) < 2.0


class TestTies:
    def test_equal_means_share_a_rank_and_the_next_is_skipped(self) -> None:
        rows: Rows = [("A", "J", 90), ("B", "J", 85), ("C", "J", 85), ("D", "J", 80)]
        assert [(line.id, line.rank) for line in rank(rows, method=Method.RAW).entries] == [
            ("A", 1),
            ("B", 2),
            ("C", 2),
            ("D", 4),
        ]

    @pytest.mark.parametrize(("precision", "ranks"), [(0.01, [1, 2]), (0.1, [1, 1]), (1, [1, 1])])
    def test_what_the_precision_does_not_show_is_a_tie(self, precision: float, ranks: list[int]) -> None:
        rows: Rows = [("A", "J", 80.04), ("B", "J", 80.01)]
        assert [line.rank for line in rank(rows, method=Method.RAW, precision=precision).entries] == ranks

    def test_sums_in_another_order_still_tie(self) -> None:
        marks = [0.1, 0.2, 0.3, 0.7, 0.6]
        rows: Rows = [("A", place, mark) for place, mark in enumerate(marks)]
        rows += [("B", place, mark) for place, mark in enumerate(reversed(marks))]
        assert {line.rank for line in rank(rows, method=Method.RAW, precision=1e-6).entries} == {1}


class TestConnectivity:
    APART: Rows = [
        ("A", "J1", 70),
        ("A", "J2", 80),
        ("B", "J1", 74),
        ("B", "J2", 85),
        ("C", "J3", 94),
        ("C", "J4", 64),
        ("D", "J3", 92),
        ("D", "J4", 61),
    ]

    @pytest.mark.parametrize("method", [Method.ADDITIVE, Method.MIXED])
    def test_no_points_move_between_parts_that_share_no_judge(self, method: Method) -> None:
        ranking = rank(self.APART, method=method, entries_fixed=True)
        assert [(part.entries, part.judges) for part in ranking.components] == [
            (("A", "B"), ("J1", "J2")),
            (("C", "D"), ("J3", "J4")),
        ]
        found = severities(ranking)
        assert found["J1"] + found["J2"] == pytest.approx(0, abs=1e-5)  # type: ignore[operator]
        assert found["J3"] + found["J4"] == pytest.approx(0, abs=1e-5)  # type: ignore[operator]
        assert estimates(ranking) == pytest.approx({"A": 75, "B": 79.5, "C": 79, "D": 76.5})
        assert "2 个互不相连的部分" in str(ranking.reason)
        assert "未作校正" in str(ranking.reason)

    def test_one_entry_that_strayed_does_not_keep_the_others_from_being_corrected(self) -> None:
        lenient = [
            (f"E{entry}", judge, 70 + entry + extra) for entry in range(12) for judge, extra in (("J1", 0), ("J2", 6))
        ]
        uneven = [
            *(row for i, row in enumerate(lenient) if i not in {1, 6, 12}),
            ("stray", "J9", 20),
            ("stray", "J8", 24),
        ]
        ranking = rank(uneven, method=Method.ADDITIVE)
        assert ranking.method is Method.ADDITIVE
        found = severities(ranking)
        assert found["J2"] - found["J1"] == pytest.approx(6)  # type: ignore[operator]
        assert estimates(ranking)["stray"] == pytest.approx(22)

    @staticmethod
    def two_panels(gap: float) -> Rows:
        return [(f"{part}{entry}", f"{part}{judge}", score + gap * part) for part in (0, 1) for entry, judge, score in
                drawn_scores(30, 5, 3, seed=1)]  # fmt: skip

    def test_random_entries_keep_the_mean_of_their_part(self) -> None:
        ranking = rank(self.two_panels(0.5))
        assert (ranking.method, ranking.entries_fixed) == (Method.MIXED, False)
        for part in ("0", "1"):
            assert sum(j.severity or 0 for j in ranking.judges if str(j.id)[0] == part) == pytest.approx(0, abs=1e-4)

    @pytest.mark.parametrize("method", [Method.ADDITIVE, Method.MIXED, Method.HUBER])
    def test_closed_panels_of_unequal_level_are_left_as_they_are(self, method: Method) -> None:
        ranking = rank(self.two_panels(10), method=method, scale=True)
        assert (ranking.method, ranking.requested, ranking.scaled) == (Method.RAW, method, False)
        assert estimates(ranking) == {line.id: line.raw for line in ranking.entries}
        assert "平均分最多相差 10.00 分" in str(ranking.reason)
        assert ranking.lambda2 == 0

    def test_judges_without_a_common_entry_are_not_corrected(self) -> None:
        ranking = rank([("A", "J1", 70), ("B", "J2", 80), ("C", "J2", 60)])
        assert ranking.method is Method.RAW
        assert estimates(ranking) == {"A": 70, "B": 80, "C": 60}
        assert severities(ranking) == {"J1": None, "J2": None}
        assert "无法比较" in str(ranking.reason)

    def test_a_bare_chain_of_reads_is_too_little_for_the_mixed_model(self) -> None:
        ranking = rank([("A", "J1", 70), ("A", "J2", 80), ("B", "J2", 60), ("B", "J3", 75)])
        assert ranking.method is Method.RAW
        assert "共同评阅太少" in str(ranking.reason)


class TestInput:
    def test_no_scores_give_an_empty_ranking_that_says_so(self) -> None:
        ranking = rank([])
        assert (ranking.entries, ranking.judges, ranking.components, ranking.mean) == ((), (), (), None)
        assert str(ranking.reason) == "还没有评分，无法排名。"

    @pytest.mark.parametrize("score", [math.nan, math.inf])
    def test_a_score_that_is_no_number_is_refused(self, score: float) -> None:
        with pytest.raises(ValueError, match="finite"):
            rank([("A", "J", score)])

    def test_a_weight_of_zero_is_refused(self) -> None:
        with pytest.raises(ValueError, match="weight"):
            rank([("A", "J", 70)], weights=[0])

    def test_a_missing_weight_is_refused(self) -> None:
        with pytest.raises(ValueError, match="1 scores but 0 weights"):
            rank([("A", "J", 70)], weights=[])

    def test_entries_that_do_not_differ_are_still_ranked(self) -> None:
        random = np.random.default_rng(3)
        rows: Rows = [(entry, judge, float(70 + 5 * judge + random.normal())) for entry in range(5) for judge in (0, 1)]
        rows += [(entry, 2, 140 - score) for entry, judge, score in rows if judge == 0]
        ranking = rank(rows)
        assert ranking.method in {Method.MIXED, Method.ADDITIVE}
        assert len(ranking.entries) == 5

    @pytest.mark.parametrize("table", [[[1.0, 2.0]], [[1.0], [2.0]], [[1.0, 2.0], [3.0]], [[5.0, 5.0], [5.0, 5.0]]])
    def test_agreement_refuses_tables_that_cannot_show_any(self, table: list[list[float]]) -> None:
        with pytest.raises(ValueError, match=r"needed|needs|equal"):
            agreement(table)


scores = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 20).map(lambda mark: mark * 5.0)),
    min_size=1,
    max_size=24,
)


class TestAnyTable:
    @settings(max_examples=150, deadline=None)
    @given(rows=scores, method=st.sampled_from(Method), fixed=st.booleans(), shuffle=st.randoms(use_true_random=False))
    def test_the_order_of_the_sheets_changes_no_byte(
        self, rows: Rows, method: Method, fixed: bool, shuffle: Any
    ) -> None:
        again = list(rows)
        shuffle.shuffle(again)
        first = rank(rows, method=method, entries_fixed=fixed)
        assert repr(first) == repr(rank(again, method=method, entries_fixed=fixed))

    @settings(max_examples=150, deadline=None)
    @given(rows=scores, method=st.sampled_from(Method), fixed=st.booleans())
    def test_every_entry_gets_a_finite_estimate_and_a_competition_rank(
        self, rows: Rows, method: Method, fixed: bool
    ) -> None:
        ranking = rank(rows, method=method, entries_fixed=fixed)
        assert {line.id for line in ranking.entries} == {row[0] for row in rows}
        assert all(math.isfinite(line.estimate) for line in ranking.entries)
        for line in ranking.entries:
            ahead = sum(other.rank < line.rank for other in ranking.entries)
            assert line.rank == ahead + 1

    @settings(max_examples=80, deadline=None)
    @given(rows=scores, shift=st.integers(-50, 50))
    def test_points_added_to_all_scores_are_added_to_all_estimates(self, rows: Rows, shift: int) -> None:
        moved = [(entry, judge, score + shift) for entry, judge, score in rows]
        first, second = (estimates(rank(table, method=Method.ADDITIVE)) for table in (rows, moved))
        assert second == pytest.approx({entry: value + shift for entry, value in first.items()}, abs=1e-4)
