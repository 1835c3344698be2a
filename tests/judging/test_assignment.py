"""Assignments: examples with names, and many random problems against plain enumeration."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import csgraph

from contest_portal.judging.assignment import (
    Entry,
    Infeasible,
    Judge,
    Plan,
    Problem,
    assign,
    connectivity,
    connectivity_by_chance,
)
from tests.judging.assignment_cases import (
    all_plans,
    drawn_problem,
    expert_reads,
    loads_of,
    may_read,
    planned,
    problems,
    refused,
    squares_of,
)


def largest_flow(problem: Problem) -> tuple[int, int]:
    """Reads needed, and how many of them a maximum flow from entries to judges can carry."""
    entries, judges = len(problem.entries), len(problem.judges)
    capacity = np.zeros((entries + judges + 2, entries + judges + 2), dtype=np.int32)
    for i, entry in enumerate(problem.entries):
        capacity[-2, i] = max((entry.reads or problem.reads) - sum(work == entry.id for _, work in problem.kept), 0)
        for k, judge in enumerate(problem.judges):
            capacity[i, entries + k] = may_read(problem, judge, entry) and (judge.id, entry.id) not in problem.kept
    for k, judge in enumerate(problem.judges):
        done = sum(reader == judge.id for reader, _ in problem.kept)
        capacity[entries + k, -1] = 99 if judge.limit is None else max(judge.limit - done, 0)
    flow = csgraph.maximum_flow(sparse.csr_array(capacity), entries + judges, entries + judges + 1)
    return int(capacity[-2].sum()), int(flow.flow_value)


class TestAgainstEnumeration:
    @settings(max_examples=200, deadline=None)
    @given(problem=problems(), seed=st.integers(0, 3))
    def test_a_plan_is_found_exactly_when_one_exists_and_none_is_more_even(self, problem: Problem, seed: int) -> None:
        possible = list(all_plans(problem))
        answer = assign(problem, seed)
        assert isinstance(answer, Plan) == bool(possible)
        if isinstance(answer, Plan):
            assert set(answer.pairs) in possible
            found = loads_of(problem, set(answer.pairs))
            best = min((loads_of(problem, plan) for plan in possible), key=lambda loads: sum(n * n for n in loads))
            assert found == best
            assert found[-1] - found[0] == min(n[-1] - n[0] for n in (loads_of(problem, plan) for plan in possible))

    @settings(max_examples=150, deadline=None)
    @given(problem=problems(), seed=st.integers(0, 3))
    def test_what_is_missing_is_what_the_largest_flow_leaves_unread(self, problem: Problem, seed: int) -> None:
        answer = assign(problem, seed)
        missing = 0 if isinstance(answer, Plan) else sum(shortage.reads_missing for shortage in answer.shortages)
        needed, placed = largest_flow(problem)
        assert missing == needed - placed
        if isinstance(answer, Infeasible):
            assert all(str(shortage.message).endswith("。") for shortage in answer.shortages)

    @settings(max_examples=150, deadline=None)
    @given(problem=problems(), seed=st.integers(0, 3))
    def test_no_plan_as_even_has_more_expertise(self, problem: Problem, seed: int) -> None:
        answer = assign(problem, seed)
        if not isinstance(answer, Plan) or answer.expertise_share is None:
            return
        found = expert_reads(problem, set(answer.pairs))
        assert answer.expertise_share == pytest.approx(found / len(answer.pairs))
        possible = list(all_plans(problem))
        least = min(squares_of(problem, plan) for plan in possible)
        even = [plan for plan in possible if squares_of(problem, plan) == least]
        most = max(expert_reads(problem, plan) for plan in even)
        if all(connectivity(plan)[0] <= answer.components for plan in even if expert_reads(problem, plan) == most):
            assert found == most
        else:  # expertise may have been given up to join parts
            assert found <= most

    @settings(max_examples=200, deadline=None, derandomize=True)  # a rule of thumb: no proof says that it always does
    @given(problem=problems(), seed=st.integers(0, 3))
    def test_no_plan_as_even_holds_together_better(self, problem: Problem, seed: int) -> None:
        answer = assign(problem, seed)
        if not isinstance(answer, Plan):
            return
        possible = list(all_plans(problem))
        least = min(squares_of(problem, plan) for plan in possible)
        even = [plan for plan in possible if squares_of(problem, plan) == least]
        assert answer.components == min(connectivity(plan)[0] for plan in even)


class TestAnyProblem:
    @settings(max_examples=100, deadline=None)
    @given(
        entries=st.integers(1, 60),
        judges=st.integers(5, 15),
        reads=st.integers(1, 4),
        expertise=st.booleans(),
        seed=st.integers(0, 2**40),
    )
    def test_reads_are_exact_conflicts_hold_and_loads_are_even(
        self, entries: int, judges: int, reads: int, expertise: bool, seed: int
    ) -> None:
        problem = drawn_problem(entries, judges, reads, expertise=expertise, seed=seed)
        answer = assign(problem, seed)
        if isinstance(answer, Infeasible):
            assert all(shortage.what == "entry" for shortage in answer.shortages)
            return
        assert Counter(entry for _, entry in answer.pairs) == {entry.id: reads for entry in problem.entries}
        assert len(set(answer.pairs)) == len(answer.pairs)
        by_id = {one.id: one for one in (*problem.entries, *problem.judges)}
        assert all(may_read(problem, by_id[judge], by_id[entry]) for judge, entry in answer.pairs)  # type: ignore[arg-type]
        loads = answer.loads.values()
        assert answer.balanced == (max(loads) - min(loads) <= 1)
        assert answer.balanced == (not any("均衡" in str(note) for note in answer.notes))

    @settings(max_examples=60, deadline=None)
    @given(problem=problems(8, 6), seed=st.integers(0, 99), shuffle=st.randoms(use_true_random=False))
    def test_the_order_of_the_input_changes_no_byte(self, problem: Problem, seed: int, shuffle: Any) -> None:
        entries, judges = list(problem.entries), list(problem.judges)
        shuffle.shuffle(entries)
        shuffle.shuffle(judges)
        again = replace(problem, entries=entries, judges=judges, conflicts=list(problem.conflicts)[::-1])
        assert repr(assign(problem, seed)) == repr(assign(again, seed))

    def test_another_seed_gives_another_plan(self) -> None:
        problem = drawn_problem(60, 12)
        assert planned(problem, 1).pairs != planned(problem, 2).pairs

    def test_judges_are_mixed_nearly_as_well_as_by_pure_chance(self) -> None:
        problem = drawn_problem(240, 24)
        draw = random.Random(1)
        chance = {(judge, entry) for entry in range(240) for judge in draw.sample(range(24), 3)}
        plan = planned(problem)
        assert plan.components == 1
        assert plan.lambda2 > 0.8 * connectivity(chance)[1]


class TestShortages:
    def test_an_entry_with_too_few_judges_is_named_with_those_who_may(self) -> None:
        problem = Problem(
            [Entry(1, "南关学校", name="GZ2018-KH-X-0001")],
            [Judge(1, "南关学校", name="张一"), Judge(2, name="李二"), Judge(3, name="王三")],
            3,
        )
        (shortage,) = refused(problem).shortages
        assert (shortage.what, shortage.missing, shortage.entries, shortage.judges) == ("entry", 1, (1,), (2, 3))
        assert str(shortage.message) == (
            "作品GZ2018-KH-X-0001缺 1 名评委：每件还需 3 名，只有李二、王三可评；张一与作者同单位，须回避。"
        )
        assert shortage.kept_away == (1,)

    def test_limits_that_add_up_to_too_little(self) -> None:
        problem = Problem([Entry(i) for i in range(10)], [Judge(i, limit=4) for i in range(5)], 3)
        (shortage,) = refused(problem).shortages
        assert (shortage.what, shortage.missing) == ("capacity", 10)
        assert str(shortage.message) == ("评委总共还能承担 20 次评阅，需要 30 次，缺 10 次：请增加评委或提高任务上限。")

    def test_a_group_of_entries_that_only_few_judges_can_read(self) -> None:
        chemistry = [Entry(f"化{i}", panel="化学组") for i in range(6)]
        physics = [Entry(f"物{i}", panel="物理组") for i in range(6)]
        judges = [Judge(f"张{i}", panels=frozenset({"化学组"}), limit=3) for i in range(3)]
        judges += [Judge(f"李{i}", panels=frozenset({"物理组"})) for i in range(3)]
        (shortage,) = refused(Problem([*chemistry, *physics], judges, 2)).shortages
        assert (shortage.what, shortage.missing) == ("group", 3)
        assert shortage.judges == ("张0", "张1", "张2")
        assert set(shortage.entries) == {entry.id for entry in chemistry}
        assert str(shortage.message) == (
            "化学组缺 3 次评阅：需要张0、张1、张2评阅 12 次，按任务上限只能再评 9 次；李0、李1、李2不在该评审组。"
        )

    def test_no_judges_at_all_is_one_line_not_one_an_entry(self) -> None:
        (shortage,) = refused(Problem([Entry(i, name=f"作{i}") for i in range(200)], [], 3)).shortages
        assert (shortage.missing, shortage.reads_missing) == (3, 600)
        assert "等 200 件" in str(shortage.message)
        assert "没有评委可评" in str(shortage.message)


class TestLoads:
    def test_a_judge_with_a_limit_gets_it_and_the_others_share_the_rest(self) -> None:
        judges = [Judge("少", limit=2), *(Judge(f"J{i}") for i in range(4))]
        plan = planned(Problem([Entry(i) for i in range(20)], judges, 3))
        assert plan.loads["少"] == 2
        assert sorted(plan.loads.values()) == [2, 14, 14, 15, 15]
        assert plan.balanced
        assert plan.notes == ()

    def test_conflicts_that_forbid_even_loads_give_the_best_and_say_so(self) -> None:
        conflicts = {("A", entry) for entry in range(8)}
        plan = planned(Problem([Entry(i) for i in range(10)], [Judge("A"), Judge("B"), Judge("C")], 1, conflicts))
        assert plan.loads == {"A": 2, "B": 4, "C": 4}
        assert not plan.balanced
        assert any("最多的评委 4 件，最少的 2 件" in str(note) for note in plan.notes)

    def test_reads_already_done_stay_and_count(self) -> None:
        problem = Problem(
            [Entry(i) for i in range(6)],
            [Judge("A"), Judge("B"), Judge("C")],
            2,
            kept={("A", 0), ("A", 1), ("gone", 2), ("A", "withdrawn")},
        )
        plan = planned(problem)
        assert {("A", 0), ("A", 1), ("gone", 2)} <= set(plan.pairs)
        assert Counter(entry for _, entry in plan.pairs) == dict.fromkeys(range(6), 2)
        assert sorted(plan.loads.values()) == [3, 4, 4]

    def test_a_read_already_done_stays_against_a_conflict_found_later(self) -> None:
        problem = Problem([Entry(1)], [Judge("A"), Judge("B")], 2, conflicts={("A", 1)}, kept={("A", 1)})
        assert planned(problem).pairs == (("A", 1), ("B", 1))

    @pytest.mark.parametrize(
        "problem",
        [
            Problem([Entry(1), Entry(1)], [Judge(1)], 1),
            Problem([Entry(1)], [Judge(1), Judge(1)], 1),
            Problem([Entry(1)], [Judge(1)], 0),
            Problem([Entry(1)], [Judge(1, limit=-1)], 1),
        ],
    )
    def test_nonsense_is_refused(self, problem: Problem) -> None:
        with pytest.raises(ValueError, match=r"twice|at least one|below zero"):
            assign(problem, 1)


class TestConnectivity:
    def test_expertise_alone_would_split_the_judges_and_a_swap_joins_them(self) -> None:
        entries = [Entry(f"{subject}{i}", discipline=subject) for subject in "理化" for i in range(6)]
        judges = [Judge(f"{subject}{i}评", expertise=frozenset(subject)) for subject in "理化" for i in range(3)]
        plan = planned(Problem(entries, judges, 2))
        assert plan.components == 1
        assert plan.lambda2 > 0
        assert plan.balanced
        assert plan.expertise_share == pytest.approx(22 / 24)

    def test_panels_without_common_judges_stay_apart_and_it_is_said(self) -> None:
        entries = [Entry(f"{panel}{i}", panel=panel) for panel in "甲乙" for i in range(6)]
        judges = [Judge(f"{panel}{i}评", panels=frozenset(panel)) for panel in "甲乙" for i in range(3)]
        plan = planned(Problem(entries, judges, 2))
        assert (plan.components, plan.lambda2) == (2, 0.0)
        assert [str(note) for note in plan.notes] == ["评委与作品分成 2 个互不相连的部分，不同部分的评委宽严无法比较。"]

    def test_a_plan_that_hardly_holds_together_says_so(self) -> None:
        entries = [Entry(f"{subject}{i}", discipline=subject) for subject in "理化" for i in range(60)]
        judges = [Judge(f"{subject}{i}评", expertise=frozenset(subject)) for subject in "理化" for i in range(6)]
        plan = planned(Problem(entries, judges, 3))
        assert plan.components == 1
        assert f"λ₂ 为 {plan.lambda2:.3f}，随机方案为 {plan.lambda2_random:.3f}" in "".join(map(str, plan.notes))
        assert planned(drawn_problem(60, 12)).notes == ()

    def test_a_plan_by_chance_keeps_loads_and_reads_and_ignores_panels(self) -> None:
        # Two closed panels of the same size: apart as planned, one whole by chance.
        pairs = [(f"{panel}{k}评", f"{panel}{i}") for panel in "甲乙" for i in range(20) for k in range(3)]
        assert connectivity(pairs) == (2, 0.0)
        assert connectivity_by_chance(pairs, 1) > 0.2
        assert connectivity_by_chance(pairs, 1) == connectivity_by_chance(pairs[::-1], 1)
        # All judges read all entries: no other plan has these loads and reads.
        everything = [(judge, entry) for judge in "甲乙丙" for entry in range(4)]
        assert connectivity_by_chance(everything, 1) == connectivity(everything)[1] == 1.0

    def test_lambda2_by_hand(self) -> None:
        assert connectivity([]) == (0, 0.0)
        assert connectivity([("J", 1), ("J", 2)]) == (1, 1.0)
        assert connectivity([("J", 1), ("K", 2)]) == (2, 0.0)
        # Path J - 1 - K: eigenvalues of the normalised Laplacian 0, 1, 2.
        assert connectivity([("J", 1), ("K", 1)]) == (1, 1.0)
        # Path of four nodes: 1 - cos(pi / 3) = 0.5.
        assert connectivity([("J", 1), ("K", 1), ("K", 2)]) == (1, 0.5)
