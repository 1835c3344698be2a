"""The boundary round's plan: reads go near the line, never beyond the judges there are, and bring what was expected."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.judging.boundary import BoundaryPlan, place_reads, plan_boundary
from contest_portal.judging.ranking import EntryEstimate, JudgeEstimate, Method, Ranking, Variance, rank
from contest_portal.judging.ranking.results import Component


def ranking_of(
    estimates: list[float], *, se: float | list[float] = 3.0, judges: int = 12, noise: float = 49.0
) -> Ranking:
    """A ranking with these estimates, the best first, two reads each."""
    errors = se if isinstance(se, list) else [se] * len(estimates)
    entries = [
        EntryEstimate(number, 2, value, value, error, number + 1, number + 1, 0)
        for number, (value, error) in enumerate(zip(estimates, errors, strict=True))
    ]
    people = [JudgeEstimate(number, 10, 0.0, 1.0) for number in range(judges)]
    whole = Component(tuple(range(len(entries))), tuple(range(judges)))
    found = Variance(36.0, 25.0, noise)
    return Ranking(
        tuple(entries), tuple(people), found, 75.0, (whole,), Method.MIXED, False, Method.MIXED, reason="", lambda2=0.5
    )  # type: ignore[arg-type]


def scores(entries: int, judges: int, reads: int, seed: int) -> list[tuple[int, int, float]]:
    lots = np.random.default_rng(seed)
    level, severity = lots.normal(0, 6, entries), lots.normal(0, 5, judges)
    return [
        (entry, int(judge), float(75 + level[entry] + severity[judge] + lots.normal(0, 7)))
        for entry in range(entries)
        for judge in lots.choice(judges, reads, replace=False)
    ]


def reads_of(plan: BoundaryPlan) -> dict:
    return dict(plan.entries)


def test_reads_go_to_the_works_at_the_line_and_none_to_the_surely_in_or_out() -> None:
    plan = plan_boundary(ranking_of([95, 94, 78, 77, 76, 75, 55, 54]), 4, 12)
    assert set(reads_of(plan)) == {2, 3, 4, 5}
    assert plan.reads == 12
    assert 76 < plan.lines[0] < 77


def test_works_near_the_line_are_read_in_proportion_to_how_open_their_place_is() -> None:
    plan = plan_boundary(ranking_of([90, 80, 77, 73, 70, 60]), 3, 20)
    given = reads_of(plan)
    assert abs(given[2] - given[3]) <= 1
    assert given[2] > given.get(1, 0)


def test_a_work_is_not_read_by_more_judges_than_have_not_read_it() -> None:
    plan = plan_boundary(ranking_of([77, 76], judges=5), 1, 100)
    assert reads_of(plan) == {0: 3, 1: 3}
    assert plan.reads == 6


def test_given_readers_are_kept_and_a_work_without_any_gets_no_read() -> None:
    plan = plan_boundary(ranking_of([78, 77, 76, 75]), 2, 50, readers={0: 1, 1: 2, 3: 4})
    assert reads_of(plan) == {0: 1, 1: 2, 3: 4}


def test_more_reads_are_expected_to_bring_more_and_never_less_than_nothing() -> None:
    ranking = rank(scores(60, 12, 2, 3), method=Method.MIXED, quota=6)
    plans = [plan_boundary(ranking, 6, reads) for reads in (0, 20, 60, 120)]
    assert plans[0].entries == ()
    assert plans[0].gain == 0
    gains = [plan.gain for plan in plans]
    assert gains == sorted(gains)
    assert gains[-1] > 0.2
    assert all(plan.expected_right_after <= 6 for plan in plans)


def test_what_is_expected_to_be_right_agrees_with_contests_whose_truth_is_known() -> None:
    expected, right = [], []
    for seed in range(40):
        lots = np.random.default_rng(1000 + seed)
        level = lots.normal(0, 6, 40)
        rows = [
            (e, j, float(level[e] + lots.normal(0, 7))) for e in range(40) for j in lots.choice(8, 3, replace=False)
        ]
        ranking = rank(rows, method=Method.MIXED)
        if ranking.variance.entry is None:
            continue
        expected.append(plan_boundary(ranking, 8, 0).expected_right_before)
        best = set(np.argsort(-level)[:8].tolist())
        right.append(len(best & {one.id for one in ranking.entries[:8]}))
    margin = 3 * np.std(np.array(expected) - np.array(right)) / len(right) ** 0.5
    assert abs(np.mean(expected) - np.mean(right)) < margin + 0.2


def test_the_bands_ends_belong_to_it_and_a_ranking_made_for_the_quota_says_who_is_near() -> None:
    ranking = rank(scores(30, 10, 3, 5), method=Method.MIXED, quota=5)
    plan = plan_boundary(ranking, 5, 10, band=(0.2, 0.8))
    near = {one.id for one in ranking.entries if 0.2 <= one.p_in_quota <= 0.8}
    assert set(plan.near) == near
    assert set(reads_of(plan)) <= near


@settings(max_examples=60, deadline=None)
@given(
    estimates=st.lists(st.floats(40, 100).map(lambda value: round(value, 2)), min_size=2, max_size=25),
    reads=st.integers(0, 60),
    share=st.floats(0.05, 0.95),
    judges=st.integers(3, 9),
)
def test_a_plan_never_gives_more_than_it_may(estimates: list[float], reads: int, share: float, judges: int) -> None:
    ranking = ranking_of(sorted(estimates, reverse=True), judges=judges)
    quota = min(max(1, int(share * len(estimates))), len(estimates) - 1)
    plan = plan_boundary(ranking, quota, reads)
    assert sum(reads_of(plan).values()) == plan.reads <= reads
    assert set(reads_of(plan)) <= set(plan.near)
    assert all(1 <= count <= judges - 2 for _, count in plan.entries)
    if plan.reads < reads:  # then every work near the line is read by all who may
        assert all(reads_of(plan).get(one, 0) == judges - 2 for one in plan.near)
    assert plan.entries == place_reads(ranking, quota, reads)


@pytest.mark.parametrize(("quota", "reads"), [(0, 3), (4, 3), (9, 3), (2, -1)])
def test_a_quota_that_decides_nothing_and_negative_reads_are_refused(quota: int, reads: int) -> None:
    with pytest.raises(ValueError, match=r"quota|reads"):
        plan_boundary(ranking_of([80, 70, 60, 50]), quota, reads)


def test_a_ranking_without_errors_is_refused() -> None:
    single = rank([(0, 0, 80.0), (1, 1, 70.0)], method=Method.MIXED)
    with pytest.raises(ValueError, match="standard errors"):
        plan_boundary(single, 1, 2)
