"""Repairs in mid-round: what was read stays, few tasks move, and no other plan would have been nearer."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.judging.assignment import (
    Entry,
    Infeasible,
    Judge,
    Pair,
    Problem,
    Repair,
    connectivity,
    repair,
)
from contest_portal.judging.assignment.repairing import BEGUN_COUNTS_AS
from tests.judging.assignment_cases import all_plans, drawn_problem, expert_reads, may_read, planned, squares_of
from tests.judging.test_assignment_links import guests, panels_problem


def repaired(problem: Problem, pairs: set[Pair], read: set[Pair], **options: object) -> Repair:
    answer = repair(problem, pairs, read, 1, **options)  # type: ignore[arg-type]
    assert isinstance(answer, Repair), [str(shortage.message) for shortage in answer.shortages]
    return answer


def half_read(pairs: set[Pair], seed: int = 1) -> set[Pair]:
    draw = random.Random(seed)
    return {pair for pair in sorted(pairs, key=str) if draw.random() < 0.5}


def without(problem: Problem, judge: object) -> Problem:
    return replace(problem, judges=[one for one in problem.judges if one.id != judge])


@pytest.mark.parametrize("even", [True, False])
@settings(max_examples=60, deadline=None)
@given(data=st.randoms(use_true_random=False))
def test_no_permitted_plan_is_nearer(even: bool, data: random.Random) -> None:
    entries = [Entry(f"E{i}", discipline=data.choice("甲乙")) for i in range(data.randint(1, 4))]
    judges = [Judge(f"J{i}", expertise=frozenset(data.choice("甲乙"))) for i in range(data.randint(2, 4))]
    before = set(planned(Problem(entries, judges, 2)).pairs)
    read = {pair for pair in sorted(before) if data.random() < 0.4}
    begun = {pair for pair in sorted(before - read) if data.random() < 0.3}
    staying = [one for one in judges if one.id != "J0" or data.random() < 0.5]
    limits = [replace(one, limit=data.choice([None, None, 1, 2])) for one in staying]
    coming = [Judge("新")] if data.random() < 0.4 else []
    conflicts = {pair for pair in sorted(before - read) if data.random() < 0.1}
    problem = Problem(entries, [*limits, *coming], data.choice([1, 2, 2, 2, 3]), conflicts, read)
    possible = list(all_plans(problem))
    answer = repair(problem, before, read, 1, begun_pairs=begun, even=even)
    assert isinstance(answer, Repair) == bool(possible)
    if not isinstance(answer, Repair):
        return
    found = set(answer.plan.pairs)
    assert found in possible
    assert read <= found

    def aims(plan: set[Pair]) -> tuple[int, int, int]:
        stays = (plan & before) - read
        weight = -sum(BEGUN_COUNTS_AS if pair in begun else 1 for pair in stays)
        squares = squares_of(problem, plan)
        return (*((squares, weight) if even else (weight, squares)), -expert_reads(problem, plan))

    best = min(map(aims, possible))
    assert aims(found)[:2] == best[:2]
    if all(connectivity(plan)[0] <= answer.plan.components for plan in possible if aims(plan) == best):
        assert aims(found) == best


class TestAJudgeLeaves:
    PROBLEM = drawn_problem(60, 12)

    def test_only_the_unread_tasks_of_that_judge_move(self) -> None:
        before = set(planned(self.PROBLEM).pairs)
        read = half_read(before)
        answer = repaired(without(self.PROBLEM, "J3"), before, read, even=False)
        after = set(answer.plan.pairs)
        unread = {pair for pair in before - read if pair[0] == "J3"}
        assert before - after == unread
        assert {move.giver for move in answer.moves} == {"J3"}
        assert len(answer.moved) == len(unread)
        assert not answer.added
        assert not answer.removed
        assert read <= after
        assert Counter(entry for _, entry in after) == Counter(entry for _, entry in before)
        assert all(
            may_read(self.PROBLEM, judge, entry)
            for judge in self.PROBLEM.judges
            for entry in self.PROBLEM.entries
            if (judge.id, entry.id) in after - before
        )

    def test_the_others_share_them_evenly(self) -> None:
        before = set(planned(self.PROBLEM).pairs)
        answer = repaired(without(self.PROBLEM, "J3"), before, half_read(before))
        assert max(answer.plan.loads.values()) - min(answer.plan.loads.values()) <= 1

    def test_it_is_the_same_each_time_whatever_the_order(self) -> None:
        before = planned(self.PROBLEM).pairs
        read = sorted(half_read(set(before)), key=str)
        problem = without(self.PROBLEM, "J3")
        again = replace(problem, entries=problem.entries[::-1], judges=problem.judges[::-1])
        assert repr(repair(problem, before, read, 5)) == repr(repair(again, before[::-1], read[::-1], 5))


def test_nothing_changed_moves_nothing() -> None:
    problem = drawn_problem(60, 12, expertise=True)
    before = set(planned(problem).pairs)
    for even in (True, False):
        assert repaired(problem, before, half_read(before), even=even).moves == ()


def test_a_conflict_found_in_mid_round_moves_one_task() -> None:
    problem = drawn_problem(60, 12)
    before = set(planned(problem).pairs)
    judge, entry = min(before, key=str)
    answer = repaired(replace(problem, conflicts={*problem.conflicts, (judge, entry)}), before, set(), even=False)
    assert [(move.entry, move.giver) for move in answer.moves] == [(entry, judge)]


def test_a_sheet_that_is_in_stays_against_a_conflict_found_later() -> None:
    problem = drawn_problem(20, 6)
    before = set(planned(problem).pairs)
    pair = min(before, key=str)
    answer = repaired(replace(problem, conflicts={*problem.conflicts, pair}), before, {pair})
    assert pair in answer.plan.pairs


def test_a_judge_who_comes_late_gets_a_fair_share_of_what_is_unread() -> None:
    problem = Problem([Entry(i) for i in range(40)], [Judge(f"J{i}") for i in range(4)], 2)
    before = set(planned(problem).pairs)
    later = replace(problem, judges=[*problem.judges, Judge("新")])
    read = half_read(before)
    answer = repaired(later, before, read)
    assert answer.plan.loads == {"J0": 16, "J1": 16, "J2": 16, "J3": 16, "新": 16}
    assert {move.taker for move in answer.moves} == {"新"}
    assert len(answer.moves) == 16
    assert repaired(later, before, read, even=False).moves == ()


def test_more_reads_are_added_and_fewer_fall_away_unread_ones_only() -> None:
    problem = Problem([Entry(i) for i in range(12)], [Judge(f"J{i}") for i in range(6)], 2)
    before = set(planned(problem).pairs)
    read = half_read(before)
    more = repaired(replace(problem, reads=3), before, read)
    assert before <= set(more.plan.pairs)
    assert len(more.added) == 12
    assert max(more.plan.loads.values()) == min(more.plan.loads.values()) == 6
    fewer = repaired(replace(problem, reads=1), before, read)
    after = set(fewer.plan.pairs)
    assert read <= after <= before
    both = {entry for entry in range(12) if sum(pair[1] == entry for pair in read) == 2}
    assert len(fewer.removed) == 12 - len(both)


def test_a_task_that_is_begun_moves_last() -> None:
    problem = Problem([Entry(1), Entry(2)], [Judge("A"), Judge("B"), Judge("C")], 2)
    before = {("A", 1), ("B", 1), ("A", 2), ("C", 2)}
    limited = replace(problem, judges=[Judge("A", limit=1), Judge("B"), Judge("C")])
    for begun, gone in ((("A", 1), 2), (("A", 2), 1)):
        answer = repaired(limited, before, set(), begun_pairs={begun})
        assert [(move.giver, move.entry) for move in answer.moves] == [("A", gone)]


def test_a_repair_that_cannot_be_says_what_collides() -> None:
    problem = Problem([Entry(1, panel="化学组")], [Judge("张", name="张一"), Judge("李"), Judge("王")], 2)
    answer = repair(replace(problem, conflicts={("张", 1), ("李", 1)}), {("张", 1), ("李", 1)}, set(), 1)
    assert isinstance(answer, Infeasible)
    assert str(answer.shortages[0].message) == "化学组缺 1 名评委：每件还需 2 名，只有王可评；张一、李须回避。"


def test_linked_reads_stay_where_they_are() -> None:
    problem = panels_problem({"甲": 20, "乙": 20})
    before = planned(problem)
    assert repaired(problem, set(before.pairs), set()).moves == ()
    answer = repaired(without(problem, "甲评0"), set(before.pairs), half_read(set(before.pairs)), even=False)
    assert {move.giver for move in answer.moves} == {"甲评0"}
    after = guests(problem, answer.plan)
    assert set(after.values()) == {1}
    assert Counter(str(entry)[0] for entry in after) == {"甲": 6, "乙": 6}
