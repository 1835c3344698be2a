"""Panels: kept apart but for planned reads across them, and entries that a whole panel reads first."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.judging.assignment import Entry, Infeasible, Judge, Plan, Problem, assign
from tests.judging.assignment_cases import is_home, may_ever_read, planned


def panels_problem(
    sizes: dict[str, int], judges: int = 4, reads: int = 3, share: float = 0.3, conflicts: int = 0, seed: int = 1
) -> Problem:
    """Panels of these many entries, `judges` judges each."""
    draw = random.Random(seed)
    entries = [Entry(f"{panel}{i}", panel=panel) for panel, size in sizes.items() for i in range(size)]
    people = [Judge(f"{panel}评{k}", panels=frozenset({panel})) for panel in sizes for k in range(judges)]
    pairs = {(draw.choice(people).id, draw.choice(entries).id) for _ in range(conflicts)}
    return Problem(entries, people, reads, pairs, link_share=share)


def guests(problem: Problem, plan: Plan) -> dict[object, int]:
    """Reads by judges of other panels, by entry."""
    entries, judges = {one.id: one for one in problem.entries}, {one.id: one for one in problem.judges}
    return Counter(entry for judge, entry in plan.pairs if not is_home(judges[judge], entries[entry]))


def test_each_panel_has_its_share_of_entries_read_once_by_a_judge_of_another() -> None:
    problem = panels_problem({"甲": 20, "乙": 30, "丙": 11})
    plan = planned(problem)
    found = guests(problem, plan)
    assert set(found.values()) == {1}
    assert Counter(str(entry)[0] for entry in found) == {"甲": 6, "乙": 9, "丙": 4}
    assert {entry for _, entry in plan.links} == set(found)
    assert plan.components == 1
    assert 0 < plan.lambda2 < plan.lambda2_random


def test_without_links_panels_stay_closed_and_the_plan_says_that_they_cannot_be_compared() -> None:
    problem = panels_problem({"甲": 20, "乙": 30}, share=0)
    plan = planned(problem)
    assert not guests(problem, plan)
    assert (plan.components, plan.lambda2) == (2, 0.0)
    assert any("2 个互不相连的部分" in str(note) for note in plan.notes)
    assert plan.lambda2_random > 0


def test_a_judge_of_all_panels_is_at_home_everywhere_and_no_link() -> None:
    problem = panels_problem({"甲": 10, "乙": 10})
    problem = replace(problem, judges=[*problem.judges, Judge("总评")])
    plan = planned(problem)
    assert all(judge != "总评" for judge, _ in plan.links)


def test_categories_are_left_for_no_link() -> None:
    entries = [Entry(f"{kind}{i}", panel=kind, category=kind) for kind in "画文" for i in range(10)]
    judges = [
        Judge(f"{kind}评{k}", panels=frozenset(kind), categories=frozenset(kind)) for kind in "画文" for k in range(3)
    ]
    plan = planned(Problem(entries, judges, 2, link_share=0.5))
    assert not plan.links
    assert plan.components == 2


def test_links_that_limits_do_not_allow_are_given_up_and_it_is_said() -> None:
    problem = panels_problem({"甲": 10, "乙": 10}, judges=3, reads=2)
    judges = [replace(judge, limit=7 if "甲" in str(judge.id) else 6) for judge in problem.judges]
    judges += [Judge("甲评x", panels=frozenset("甲"), limit=1), Judge("乙评x", panels=frozenset("乙"), limit=2)]
    conflicts = {
        (judge.id, entry.id)
        for judge in judges
        for entry in problem.entries
        if "甲" in str(judge.id) and "乙" in str(entry.id)
    }
    plan = planned(replace(problem, judges=judges, conflicts=conflicts))
    # Judges of 乙 have just the 20 reads that their own panel needs: none can be a guest in 甲.
    assert not plan.links
    assert "条件只允许安排 0 件" in "".join(str(note) for note in plan.notes)


def test_an_entry_that_its_panel_cannot_read_alone_is_linked_first() -> None:
    problem = panels_problem({"甲": 10, "乙": 10}, judges=3)
    problem = replace(problem, conflicts={("甲评0", "甲4"), ("乙评2", "乙7")})
    assert isinstance(assign(replace(problem, link_share=0), 1), Infeasible)
    found = guests(problem, planned(problem))
    assert found["甲4"] == found["乙7"] == 1
    assert len(found) == 6


def test_a_linked_read_that_is_in_counts_as_the_link() -> None:
    problem = panels_problem({"甲": 10, "乙": 10})
    read = {("乙评0", "甲0"), ("乙评1", "甲1"), ("甲评0", "甲0")}
    plan = planned(replace(problem, kept=read))
    assert read <= set(plan.pairs)
    found = guests(problem, plan)
    assert found["甲0"] == found["甲1"] == 1
    assert Counter(str(entry)[0] for entry in found) == {"甲": 3, "乙": 3}


def test_links_are_added_where_the_planned_ones_leave_panels_apart() -> None:
    problem = panels_problem({"甲": 1, "乙": 7, "丙": 10}, judges=3, reads=2, share=0.1)
    plan = planned(problem)
    assert plan.components == 1
    assert len(plan.links) > 3
    assert f"跨组评阅由计划的 3 次增加到 {len(plan.links)} 次" in "".join(str(note) for note in plan.notes)


@settings(max_examples=100, deadline=None)
@given(
    sizes=st.lists(st.integers(4, 12), min_size=2, max_size=4),
    judges=st.integers(3, 5),
    reads=st.integers(2, 3),
    share=st.sampled_from([0.1, 0.3, 0.5, 1.0]),
    conflicts=st.integers(0, 6),
    seed=st.integers(0, 2**32),
)
def test_linked_plans_keep_everything_else(
    sizes: list[int], judges: int, reads: int, share: float, conflicts: int, seed: int
) -> None:
    problem = panels_problem({f"组{i}_": size for i, size in enumerate(sizes)}, judges, reads, share, conflicts, seed)
    plan = assign(problem, seed)
    if isinstance(plan, Infeasible):
        assert judges - reads < conflicts
        return
    entries, people = {one.id: one for one in problem.entries}, {one.id: one for one in problem.judges}
    assert Counter(entry for _, entry in plan.pairs) == dict.fromkeys(entries, reads)
    assert len(set(plan.pairs)) == len(plan.pairs)
    assert all(may_ever_read(problem, people[judge], entries[entry]) for judge, entry in plan.pairs)
    found = guests(problem, plan)
    assert set(found.values()) <= {1}
    for i, size in enumerate(sizes):
        linked = sum(str(entry).startswith(f"组{i}_") for entry in found)
        if not any("跨组" in str(note) for note in plan.notes):
            assert linked == ceil(share * size - 1e-9)
    # A graph is connected by no fewer lines than its places less one: 16 reads cannot join 8 works and 10 judges.
    if len(plan.pairs) >= len(entries) + len(people) - 1:
        assert plan.components == 1


class TestCalibration:
    def test_every_judge_at_home_reads_it_and_the_others_have_their_reads(self) -> None:
        problem = panels_problem({"甲": 12, "乙": 12}, judges=5, share=0.25)
        plan = planned(replace(problem, calibration={"甲0", "乙0"}, conflicts={("甲评1", "甲0")}))
        readers = Counter(entry for _, entry in plan.pairs)
        assert (readers["甲0"], readers["乙0"]) == (4, 5)
        assert {count for entry, count in readers.items() if entry not in ("甲0", "乙0")} == {3}
        assert len(plan.calibration) == 9
        assert max(plan.loads.values()) - min(plan.loads.values()) <= 1

    def test_of_no_panel_it_is_read_by_all_and_joins_closed_panels(self) -> None:
        problem = panels_problem({"甲": 12, "乙": 12}, share=0)
        common = Entry("公", panel=None)
        plan = planned(replace(problem, entries=[*problem.entries, common], calibration={"公"}))
        assert Counter(entry for _, entry in plan.pairs)["公"] == 8
        assert plan.components == 1

    def test_it_counts_for_a_judge_s_limit(self) -> None:
        judges = [Judge("少", limit=1), *(Judge(f"J{i}") for i in range(4))]
        plan = planned(Problem([Entry(i) for i in range(6)], judges, 2, calibration={0, 1}))
        assert plan.loads["少"] == 1

    def test_too_few_judges_for_it_is_said_as_for_any_entry(self) -> None:
        answer = assign(Problem([Entry(1)], [Judge(1), Judge(2)], 3, calibration={1}), 1)
        assert isinstance(answer, Infeasible)
        assert answer.shortages[0].missing == 1


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_that_is_none_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        assign(panels_problem({"甲": 3}, share=share), 1)
