"""How sure a ranking is: variance components, reliability, the chance to be within the quota, λ₂, ties, words and places."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.judging.ranking import (
    Method,
    TieRule,
    boundary_band,
    break_ties,
    from_places,
    from_words,
    normal_scores,
    rank,
    reads_needed,
)
from contest_portal.judging.ranking.fits import Errors
from contest_portal.judging.ranking.quota import p_in_quota

Rows = list[tuple[Any, Any, float]]


def complete(entries: int, judges: int, seed: int = 3) -> np.ndarray:
    draw = np.random.default_rng(seed)
    level, severity = draw.normal(0, 6, entries), draw.normal(0, 5, judges)
    return 70 + level[:, None] + severity + draw.normal(0, 7, (entries, judges))


def rows_of(table: np.ndarray) -> Rows:
    return [(entry, judge, float(table[entry, judge])) for entry in range(len(table)) for judge in range(len(table[0]))]


class TestVarianceComponents:
    @pytest.mark.parametrize(("entries", "judges"), [(30, 6), (6, 30), (1000, 100)])
    def test_a_complete_table_gives_those_of_the_analysis_of_variance(self, entries: int, judges: int) -> None:
        """REML equals the estimates from mean squares when every judge reads every entry and none is negative."""
        table = complete(entries, judges)
        grand, by_entry, by_judge = table.mean(), table.mean(axis=1), table.mean(axis=0)
        error = float(np.sum((table - by_entry[:, None] - by_judge + grand) ** 2)) / ((entries - 1) * (judges - 1))
        between = judges * float(np.sum((by_entry - grand) ** 2)) / (entries - 1)
        columns = entries * float(np.sum((by_judge - grand) ** 2)) / (judges - 1)
        found = rank(rows_of(table)).variance
        assert found.residual == pytest.approx(error, rel=1e-6)
        assert found.entry == pytest.approx((between - error) / judges, rel=1e-6)
        assert found.judge == pytest.approx((columns - error) / entries, rel=1e-6)

    def test_either_factor_may_be_the_larger(self) -> None:
        """The larger factor is absorbed: seen from the other side the same components come out."""
        draw = np.random.default_rng(5)
        level, severity = draw.normal(0, 6, 90), draw.normal(0, 5, 14)
        rows = [(e, int(j), float(level[e] + severity[j] + draw.normal(0, 7))) for e in range(90)
                for j in draw.choice(14, 3, replace=False)]  # fmt: skip
        one = rank(rows).variance
        other = rank([(judge, entry, score) for entry, judge, score in rows]).variance
        assert (other.judge, other.entry, other.residual) == pytest.approx(
            (one.entry, one.judge, one.residual), abs=1e-4
        )

    def test_weights_are_the_noises_precision(self) -> None:
        """Of a complete table in which all scores of an entry have one weight, against the full likelihood's own maximum."""
        table = complete(12, 5)
        rows = rows_of(table)
        weights = [1.0 + entry % 3 for entry, _, _ in rows]
        found = rank(rows, weights=weights).variance
        y = np.array([row[2] for row in rows])
        ze = np.array([[float(row[0] == e) for e in range(12)] for row in rows])
        zj = np.array([[float(row[1] == j) for j in range(5)] for row in rows])

        def criterion(entry: float, judge: float, noise: float) -> float:
            v = entry * ze @ ze.T + judge * zj @ zj.T + noise * np.diag(1 / np.array(weights))
            inverse, one = np.linalg.inv(v), np.ones(len(y))
            information = one @ inverse @ one
            left = y - (one @ inverse @ y) / information
            return float(np.linalg.slogdet(v)[1] + math.log(information) + left @ inverse @ left)

        best = (found.entry, found.judge, found.residual)
        least = criterion(*best)
        for place in range(3):
            for factor in (0.98, 1.02):
                other = [value * (factor if at == place else 1) for at, value in enumerate(best)]
                assert criterion(*other) > least


class TestReliability:
    def test_of_a_complete_table_by_hand(self) -> None:
        table = complete(200, 5)
        ranking = rank(rows_of(table))
        found, part = ranking.reliability, ranking.variance
        assert found is not None
        total = part.entry + part.judge + part.residual
        assert found.icc == pytest.approx(part.entry / total, abs=1e-6)
        assert found.judge_share == pytest.approx(part.judge / total, abs=1e-6)
        assert found.consistency == pytest.approx(part.entry / (part.entry + part.residual), abs=1e-6)
        assert found.reached_raw == pytest.approx(
            part.entry / (part.entry + (part.judge + part.residual) / 5), abs=1e-6
        )
        assert found.reached == pytest.approx(part.entry / (part.entry + part.residual / 5), abs=0.02)
        assert found.reads_needed == math.ceil(4 * part.residual / part.entry)

    @pytest.mark.parametrize(
        ("entry", "error", "needed"), [(1, 1, 4), (4, 1, 1), (36, 49, 6), (36, 74, 9), (0, 1, None)]
    )
    def test_reads_needed_for_eight_tenths(self, entry: float, error: float, needed: int | None) -> None:
        assert reads_needed(entry, error) == needed

    def test_none_where_entries_are_fixed(self) -> None:
        assert rank(rows_of(complete(20, 4)), entries_fixed=True).reliability is None


class TestChance:
    def test_two_entries_by_the_normal_distribution(self) -> None:
        rows: Rows = [("A", j, 70 + s) for j, s in enumerate((-3, 3))] + [
            ("B", j + 2, 72 + s) for j, s in enumerate((-3, 3))
        ]
        ranking = rank(rows, method=Method.RAW, quota=1)
        chance = {line.id: line.p_in_quota for line in ranking.entries}
        error = math.sqrt(18 / 2)  # pooled variance 18 over two reads
        expected = 0.5 * (1 + math.erf(2 / (error * math.sqrt(2)) / math.sqrt(2)))
        assert chance["B"] == pytest.approx(expected, abs=0.03)
        assert chance["A"] == pytest.approx(1 - expected, abs=0.03)

    @pytest.mark.parametrize(("shared", "apart"), [((5, 5), math.sqrt(2)), ((5, -5), math.sqrt(102))])
    def test_what_works_have_in_common_parts_them_only_where_it_differs(
        self, shared: tuple[float, float], apart: float
    ) -> None:
        errors = Errors(np.ones(2), np.array(shared, dtype=float)[:, None])
        found = p_in_quota(np.array([72.0, 70.0]), errors, 1, seed=1)
        assert found[0] == pytest.approx(0.5 * (1 + math.erf(2 / apart / math.sqrt(2))), abs=0.03)
        assert errors.se == pytest.approx([math.sqrt(26)] * 2)

    def test_the_chances_keep_their_promise(self) -> None:
        """Of the entries given about 70 %, about 70 % are truly among the best: over many made-up contests."""
        said, true = [], []
        for seed in range(25):
            draw = np.random.default_rng(seed)
            level, severity = draw.normal(0, 6, 60), draw.normal(0, 5, 10)
            rows = [(e, int(j), float(70 + level[e] + severity[j] + draw.normal(0, 7))) for e in range(60)
                    for j in draw.choice(10, 4, replace=False)]  # fmt: skip
            best = set(np.argsort(-level)[:12].tolist())
            for line in rank(rows, quota=12).entries:
                said.append(line.p_in_quota)
                true.append(line.id in best)
        chance, inside = np.array(said), np.array(true)
        for low in (0.0, 0.2, 0.4, 0.6, 0.8):
            near = (chance >= low) & (chance < low + 0.2)
            assert float(inside[near].mean()) == pytest.approx(float(chance[near].mean()), abs=0.1)

    def test_null_without_a_quota_or_an_error(self) -> None:
        rows: Rows = [("A", 1, 70), ("B", 1, 80)]
        assert {line.p_in_quota for line in rank(rows).entries} == {None}
        assert {line.p_in_quota for line in rank(rows, quota=1).entries} == {None}
        assert {line.p_in_quota for line in rank(rows, quota=2).entries} == {1.0}

    def test_another_seed_draws_other_lots_and_the_same_seed_the_same(self) -> None:
        rows = rows_of(complete(30, 3))
        first, again, other = (rank(rows, quota=5, seed=seed) for seed in (1, 1, 2))
        assert first == again
        assert [line.p_in_quota for line in first.entries] != [line.p_in_quota for line in other.entries]

    def test_groups_have_places_of_their_own(self) -> None:
        rows = rows_of(complete(30, 3))
        groups = [(list(range(10)), 2), (list(range(10, 25)), 5)]
        chance = {line.id: line.p_in_quota for line in rank(rows, group_quotas=groups).entries}
        assert sum(chance[e] for e in range(10)) == pytest.approx(2, abs=0.01)
        assert sum(chance[e] for e in range(10, 25)) == pytest.approx(5, abs=0.01)
        assert {chance[e] for e in range(25, 30)} == {None}

    def test_the_band_holds_those_whose_place_is_open(self) -> None:
        ranking = rank(rows_of(complete(60, 3)), quota=6)
        band = set(boundary_band(ranking.entries))
        for line in ranking.entries:
            assert (line.id in band) == (0.1 <= line.p_in_quota <= 0.9)
        assert set(boundary_band(ranking.entries, (0.3, 0.7))) < band

    @pytest.mark.parametrize("quota", [0, -1])
    def test_a_quota_below_one_is_refused(self, quota: int) -> None:
        with pytest.raises(ValueError, match="at least one"):
            rank([("A", 1, 70)], quota=quota)


class TestConnection:
    def test_lambda_of_a_complete_table_is_one(self) -> None:
        assert rank(rows_of(complete(6, 4))).lambda2 == 1

    def test_against_the_whole_laplacian(self) -> None:
        rows: Rows = [
            ("A", 1, 5),
            ("A", 2, 6),
            ("B", 2, 7),
            ("B", 3, 4),
            ("C", 3, 5),
            ("C", 1, 9),
            ("D", 1, 2),
            ("D", 3, 3),
        ]
        names = ["A", "B", "C", "D", 1, 2, 3]
        joined = np.zeros((7, 7))
        for entry, judge, _ in rows:
            joined[names.index(entry), names.index(judge)] = joined[names.index(judge), names.index(entry)] = 1
        degree = joined.sum(axis=0)
        laplacian = np.eye(7) - joined / np.sqrt(np.outer(degree, degree))
        assert rank(rows, method=Method.RAW).lambda2 == pytest.approx(np.linalg.eigvalsh(laplacian)[1], abs=1e-6)


class TestTies:
    RANKS = {"A": 1, "B": 2, "C": 2, "D": 2, "E": 5}

    def test_each_rule_parts_what_the_ones_before_left(self) -> None:
        rules = [TieRule("创新性", {"B": 20, "C": 25, "D": 20}), TieRule("总分", {"B": 240, "C": 200, "D": 241})]
        found = {one.id: (one.rank, one.broken_by, one.tied) for one in break_ties(self.RANKS, rules)}
        assert found == {
            "A": (1, (), False),
            "C": (2, ("创新性",), False),
            "D": (3, ("创新性", "总分"), False),
            "B": (4, ("创新性", "总分"), False),
            "E": (5, (), False),
        }

    def test_what_no_rule_parts_stays_tied(self) -> None:
        found = {
            one.id: (one.rank, one.broken_by, one.tied)
            for one in break_ties(self.RANKS, [TieRule("总分", {"B": 3, "C": 3.004, "D": 2})])
        }
        assert found["B"] == (2, ("总分",), True)
        assert found["C"] == (2, ("总分",), True)
        assert found["D"] == (4, ("总分",), False)

    def test_a_missing_vote_decides_nothing(self) -> None:
        found = break_ties(self.RANKS, [TieRule("表决", {"B": 3, "C": 2})])
        assert {one.rank for one in found if one.tied} == {2}

    @settings(max_examples=200, deadline=None)
    @given(
        first=st.lists(st.integers(0, 3), min_size=1, max_size=12),
        rules=st.lists(st.lists(st.integers(0, 3), min_size=12, max_size=12), max_size=3),
    )
    def test_the_order_is_that_of_all_rules_one_after_the_other(self, first: list[int], rules: list[list[int]]) -> None:
        ranks = {place: 1 + sum(other > value for other in first) for place, value in enumerate(first)}
        listed = [TieRule(str(n), dict(enumerate(values)), 1) for n, values in enumerate(rules)]
        keys = {place: (value, *(values[place] for values in rules)) for place, value in enumerate(first)}
        for one in break_ties(ranks, listed):
            assert one.rank == 1 + sum(key > keys[one.id] for key in keys.values())
            assert one.tied == (sum(key == keys[one.id] for key in keys.values()) > 1)


class TestWordsAndPlaces:
    def test_words_become_the_normal_values_of_their_shares(self) -> None:
        found = from_words(["差", "良", "良", "优"], ["差", "中", "良", "优"])
        assert found == pytest.approx([-1.150349, 0, 0, 1.150349], abs=1e-6)  # Φ⁻¹ of 1/8, 1/2 and 7/8

    def test_an_unknown_word_is_refused(self) -> None:
        with pytest.raises(ValueError, match="棒"):
            from_words(["棒"], ["差", "优"])

    def test_the_first_place_of_each_pile_is_the_best(self) -> None:
        found = from_places([1, 2, 3, 2, 1], ["甲", "甲", "甲", "乙", "乙"])
        assert found[0] > found[1] > found[2]
        assert found[4] > found[3]
        assert found[1] == pytest.approx(0)

    @given(levels=st.lists(st.integers(0, 5), min_size=1, max_size=30))
    def test_the_order_is_kept(self, levels: list[int]) -> None:
        found = normal_scores(levels)
        for one, figure in zip(levels, found, strict=True):
            for other, figure_of_other in zip(levels, found, strict=True):
                assert (one < other) == (figure < figure_of_other)
