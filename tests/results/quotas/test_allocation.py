"""Who is on the list: by hand, against enumeration over random small problems, and properties of large ones."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import Any

import pytest

from contest_portal.results.quotas.allocation import (
    Allocation,
    Cap,
    Decision,
    Entry,
    Infeasible,
    Kind,
    Move,
    Problem,
    Reason,
    Row,
    allocate,
)

PRIMARY, MIDDLE = {"stage": "小学组"}, {"stage": "中学组"}


def ranked(*ranks: float | None, prefix: str = "", **groups: str) -> list[Entry]:
    return [Entry(f"{prefix}{place}", rank, groups) for place, rank in enumerate(ranks, start=1)]


def filled(entries: Sequence[Entry], total: int | None = None, **rows: Any) -> Allocation:
    outcome = allocate(Problem(entries, total, **rows))
    assert isinstance(outcome, Allocation)
    return outcome


def collision(entries: Sequence[Entry], total: int | None = None, **rows: Any) -> Infeasible:
    outcome = allocate(Problem(entries, total, **rows))
    assert isinstance(outcome, Infeasible)
    return outcome


def ids(outcome: Allocation, decision: Decision) -> list[Any]:
    return [line.entry_id for line in outcome.lines if line.decision is decision]


def words(outcome: Allocation) -> dict[Any, str]:
    return {line.entry_id: str(line.message) for line in outcome.lines}


class TestTotal:
    def test_the_best_get_in_and_the_others_queue(self) -> None:
        outcome = filled(ranked(4, 2, 1, 3), 2)
        assert words(outcome) == {
            "3": "按名次入选，第 1 名",
            "2": "按名次入选，第 2 名",
            "4": "名额 2 个已满，候补第 1",
            "1": "名额 2 个已满，候补第 2",
        }
        assert [line.position for line in outcome.lines] == [1, 2, 1, 2]

    def test_equals_at_the_line_are_tied_and_nobody_behind_them_gets_in(self) -> None:
        outcome = filled([*ranked(*range(1, 26)), *ranked(26, 26, 26, 29, prefix="x")], 26)
        assert len(ids(outcome, Decision.IN)) == 25
        assert ids(outcome, Decision.TIED) == ["x1", "x2", "x3"]
        assert outcome.pending_places == 1
        assert words(outcome)["x1"] == "与他人并列第 26 名，名额只剩 1 个，等待评委会决定"
        assert words(outcome)["x4"] == "前面有并列待定的作品，候补第 1"

    def test_equals_who_all_fit_are_in_and_share_their_place(self) -> None:
        outcome = filled(ranked(1, 2, 2, 4), 3)
        assert [(line.entry_id, line.position) for line in outcome.lines[:3]] == [("1", 1), ("2", 2), ("3", 2)]
        assert outcome.pending_places == 0

    def test_without_any_row_everybody_ranked_is_in(self) -> None:
        outcome = filled(ranked(1, 2, 2, None))
        assert ids(outcome, Decision.IN) == ["1", "2", "3"]
        assert words(outcome)["4"] == "没有评审名次"

    def test_no_place_at_all_is_not_a_queue(self) -> None:
        outcome = filled(ranked(1, 2), 0)
        assert ids(outcome, Decision.OUT) == ["1", "2"]
        assert words(outcome)["1"] == "没有名额"


class TestCeilings:
    def test_each_group_has_its_own_line_and_queue(self) -> None:
        entries = [*ranked(1, 2, 4, prefix="p", **PRIMARY), *ranked(3, 5, prefix="m", **MIDDLE)]
        outcome = filled(entries, ceilings=[Row(PRIMARY, 1), Row(MIDDLE, 2)])
        assert ids(outcome, Decision.IN) == ["p1", "m1", "m2"]
        assert words(outcome)["p2"] == "「小学组」名额 1 个已满，候补第 1"
        assert words(outcome)["p3"] == "「小学组」名额 1 个已满，候补第 2"

    def test_a_tie_in_one_group_says_how_many_places_of_which_are_left(self) -> None:
        entries = [*ranked(1, 2, 2, prefix="p", **PRIMARY), *ranked(4, prefix="m", **MIDDLE)]
        outcome = filled(entries, 4, ceilings=[Row(PRIMARY, 2)])
        assert ids(outcome, Decision.TIED) == ["p2", "p3"]
        assert words(outcome)["p2"] == "与他人并列第 2 名，「小学组」的名额只剩 1 个，等待评委会决定"
        assert outcome.pending_places == 3

    def test_equals_of_a_full_group_have_no_part_in_the_tie(self) -> None:
        entries = [*ranked(1, 2, prefix="p", **PRIMARY), *ranked(2, prefix="m", **MIDDLE)]
        outcome = filled(entries, 2, ceilings=[Row(PRIMARY, 1)])
        assert ids(outcome, Decision.IN) == ["p1", "m1"]
        assert ids(outcome, Decision.RESERVE) == ["p2"]

    def test_a_share_is_rounded_down(self) -> None:
        outcome = filled(ranked(1, 2, 3, 4, **PRIMARY), 3, ceilings=[Row(PRIMARY, share=Fraction(9, 10))])
        assert ids(outcome, Decision.IN) == ["1", "2"]

    def test_a_group_without_places_says_so(self) -> None:
        assert words(filled(ranked(1, **PRIMARY), ceilings=[Row(PRIMARY, 0)])) == {"1": "「小学组」没有名额"}


class TestFloors:
    def test_who_gets_in_by_a_floor_is_told_which_and_ahead_of_whom(self) -> None:
        entries = [*ranked(1, 2, 3, 4, prefix="m", **MIDDLE), *ranked(5, 6, prefix="p", **PRIMARY)]
        outcome = filled(entries, 3, floors=[Row(PRIMARY, 1)])
        assert ids(outcome, Decision.IN) == ["m1", "m2", "p1"]
        assert words(outcome)["p1"] == "第 5 名，因「小学组」应不少于 1 件而入选，先于名次在前的 2 件（m3、m4）"
        assert words(outcome)["m3"] == "剩下的名额须留给「小学组」，候补第 1"
        assert words(outcome)["p2"] == "名额 3 个已满，候补第 1"

    def test_who_is_good_enough_is_in_by_rank_though_a_floor_asks_for_it(self) -> None:
        entries = [*ranked(1, 3, prefix="p", **PRIMARY), *ranked(2, prefix="m", **MIDDLE)]
        assert words(filled(entries, 2, floors=[Row(PRIMARY, 1)]))["p1"] == "按名次入选，第 1 名"

    def test_a_share_is_rounded_up(self) -> None:
        entries = [*ranked(1, 2, 3, prefix="m", **MIDDLE), *ranked(4, 5, prefix="p", **PRIMARY)]
        outcome = filled(entries, 3, floors=[Row(PRIMARY, share=Fraction(1, 10))])
        assert ids(outcome, Decision.IN) == ["m1", "m2", "p1"]

    def test_a_floor_with_too_few_candidates_asks_for_all_of_them(self) -> None:
        entries = [*ranked(1, 2, 3, prefix="m", **MIDDLE), *ranked(4, None, prefix="p", **PRIMARY)]
        outcome = filled(entries, 3, floors=[Row(PRIMARY, 5)])
        assert ids(outcome, Decision.IN) == ["m1", "m2", "p1"]

    def test_one_entry_serves_two_floors(self) -> None:
        single = {"kind": "个人"}
        entries = [
            *ranked(1, 2, **MIDDLE),
            Entry("p", 3, PRIMARY),
            Entry("s", 4, single),
            Entry("ps", 5, PRIMARY | single),
        ]
        outcome = filled(entries, 2, floors=[Row(PRIMARY, 1), Row(single, 1)])
        assert ids(outcome, Decision.IN) == ["1", "ps"]


class TestCaps:
    def test_a_school_sends_its_best_and_exceptions_send_more(self) -> None:
        entries = [*ranked(1, 2, 3, prefix="w", school="西关小学"), *ranked(4, 5, 6, prefix="e", school="东街小学")]
        outcome = filled(entries, 4, caps=[Cap("school", 1, {"东街小学": 2})])
        assert ids(outcome, Decision.IN) == ["w1", "e1", "e2"]
        assert words(outcome)["w2"] == "「西关小学」最多 1 件，已由名次在前的作品占满；本件第 2 名，排在最后入选者之前"
        assert words(outcome)["e3"] == "「东街小学」最多 2 件，已由名次在前的作品占满"

    def test_no_limit_by_default_and_for_whom_the_group_is_not_known(self) -> None:
        entries = [*ranked(1, 2, school="西关小学"), *ranked(3, 4, prefix="x")]
        assert len(ids(filled(entries, caps=[Cap("school", None, {"东街小学": 1})]), Decision.IN)) == 4
        assert ids(filled(entries, caps=[Cap("school", 1)]), Decision.OUT) == ["2"]

    def test_a_place_is_kept_where_only_the_capped_school_can_fill_a_floor(self) -> None:
        entries = [Entry("a", 1, {"school": "西关小学"}), Entry("b", 2, {"school": "西关小学", **PRIMARY})]
        outcome = filled(entries, 5, floors=[Row(PRIMARY, 1)], caps=[Cap("school", 1)])
        assert ids(outcome, Decision.IN) == ["b"]
        assert words(outcome)["a"] == "剩下的名额须留给「小学组」，候补第 1"


class TestDecisions:
    def test_the_list_is_filled_around_them(self) -> None:
        moves = {"1": Move(on_list=False, reason="弄虚作假"), "4": Move(on_list=True, reason="评委会复议")}
        outcome = filled(ranked(1, 2, 3, 4), 2, moves=moves)
        assert words(outcome) == {
            "2": "按名次入选，第 2 名",
            "4": "经决定列入：评委会复议",
            "3": "名额 2 个已满，候补第 1",
            "1": "经决定不列入：弄虚作假",
        }
        assert [line.position for line in outcome.lines] == [1, 2, 1, None]

    def test_a_decision_resolves_a_tie(self) -> None:
        outcome = filled(ranked(1, 2, 2, 4), 2, moves={"3": Move(on_list=True, reason="评委会投票 5:2")})
        assert ids(outcome, Decision.IN) == ["1", "3"]
        assert ids(outcome, Decision.TIED) == []
        assert ids(outcome, Decision.RESERVE) == ["2", "4"]

    def test_a_work_without_a_rank_can_be_put_on_the_list(self) -> None:
        outcome = filled(ranked(1, None), 1, moves={"2": Move(on_list=True, reason="补评")})
        assert ids(outcome, Decision.IN) == ["2"]

    def test_more_than_the_rows_let_in_is_refused_naming_both(self) -> None:
        move = Move(on_list=True, reason="推荐")
        found = collision(ranked(1, 2, 3, **PRIMARY), 9, ceilings=[Row(PRIMARY, 1)], moves={"2": move, "3": move})
        assert str(found.message) == (
            "这些规定不能同时满足，至少差 1 个名额：「小学组」不多于 1 件；经决定列入的作品 2；经决定列入的作品 3"
        )


class TestCollisions:
    def test_the_rows_that_collide_are_named_and_no_others(self) -> None:
        entries = [*ranked(1, 2, 3, prefix="p", **PRIMARY), *ranked(4, 5, 6, prefix="m", **MIDDLE)]
        found = collision(entries, 3, floors=[Row(PRIMARY, 2), Row(MIDDLE, 3)], ceilings=[Row(PRIMARY, 2)])
        assert [(row.kind, row.place) for row in found.rows] == [(Kind.TOTAL, 0), (Kind.FLOOR, 0), (Kind.FLOOR, 1)]
        assert found.missing == 2

    def test_a_cap_that_keeps_a_floor_from_being_reached(self) -> None:
        found = collision(
            ranked(1, 2, 3, school="西关小学", **PRIMARY),
            floors=[Row(PRIMARY, 3)],
            caps=[Cap("school", 2, {"东街小学": 3})],
        )
        assert str(found.message) == (
            "这些规定不能同时满足，至少差 1 个名额："
            "「小学组」不少于 3 件（共有 3 件）；按 school 每个不多于 2 件（东街小学 3）"
        )


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        Problem(ranked(1) + ranked(2))
    with pytest.raises(ValueError, match="share"):
        allocate(Problem(ranked(1, **PRIMARY), floors=[Row(PRIMARY, share=Fraction(1, 2))]))


# --- Against enumeration ----------------------------------------------------------------------------------------------


def small_problem(seed: int) -> Problem:
    draw = random.Random(seed)
    size = draw.randint(0, 8)
    most_rank = draw.choice((size, 3 * size)) or 1
    values = {"stage": "ABC", "kind": "xy", "school": "pqr"}
    entries = [
        Entry(
            place,
            None if draw.random() < 0.05 else draw.randint(1, most_rank),
            {name: draw.choice(own) for name, own in values.items() if draw.random() < 0.95},
        )
        for place in range(size)
    ]
    total = draw.choice((None, *[draw.randint(0, 7) for _ in range(4)]))
    drawn = draw.sample(range(size), min(size, draw.choice((0, 0, 0, 1, 2))))
    return Problem(
        entries,
        total,
        [some_row(draw, total) for _ in range(draw.choice((0, 1, 1, 2, 3)))],
        [some_row(draw, total) for _ in range(draw.choice((0, 0, 1, 2)))],
        [
            Cap(
                draw.choice(("school", "stage")), draw.choice((None, 1, 2, 3)), {draw.choice("pqA"): draw.randint(0, 4)}
            )
            for _ in range(draw.choice((0, 1, 1, 2)))
        ],
        {place: Move(on_list=draw.random() < 0.6, reason="评委会决定") for place in drawn},
    )


def some_row(draw: random.Random, total: int | None) -> Row:
    groups = (("stage", "ABC", 0.7), ("kind", "xy", 0.4), ("school", "pqr", 0.2))
    where = {name: draw.choice(values) for name, values, often in groups if draw.random() < often}
    if total is not None and draw.random() < 0.3:
        return Row(where, share=Fraction(draw.randint(0, 10), 10))
    return Row(where, count=draw.randint(0, 4))


def has(entry: Entry, row: Row) -> bool:
    return all(entry.groups.get(name) == value for name, value in row.where.items())


def candidates_of(problem: Problem) -> list[Entry]:
    def stands(entry: Entry) -> bool:
        move = problem.moves.get(entry.id)
        return entry.rank is not None if move is None else move.on_list

    return [entry for entry in problem.entries if stands(entry)]


Limit = tuple[tuple[Kind, Any], int, int, int]
"""Kind and place of a row, the candidates that it counts as bits, and how many of them at least and at most."""


def limits_of(problem: Problem, candidates: Sequence[Entry]) -> list[Limit]:
    def bits(of: Iterable[Entry]) -> int:
        return sum(1 << candidates.index(one) for one in of)

    everyone = len(candidates)
    limits: list[Limit] = []
    if problem.total is not None:
        limits.append(((Kind.TOTAL, 0), bits(candidates), 0, problem.total))
    for place, row in enumerate(problem.floors):
        own = [one for one in candidates if has(one, row)]
        limits.append(((Kind.FLOOR, place), bits(own), min(row.least(problem.total), len(own)), everyone))
    for place, row in enumerate(problem.ceilings):
        own = [one for one in candidates if has(one, row)]
        limits.append(((Kind.CEILING, place), bits(own), 0, row.most(problem.total)))
    for place, cap in enumerate(problem.caps):
        for value in {one.groups[cap.by] for one in candidates if cap.by in one.groups}:
            most = cap.most(value)
            if most is not None:
                own = [one for one in candidates if one.groups.get(cap.by) == value]
                limits.append(((Kind.CAP, place), bits(own), 0, most))
    moved = [one for one in candidates if one.id in problem.moves]
    return [*limits, *(((Kind.DECISION, one.id), bits([one]), 1, 1) for one in moved)]


def all_lists(problem: Problem, kinds: Iterable[Any] | None = None) -> list[int]:
    """Every list that satisfies the rows (with `kinds`: these of them), as bits over the candidates."""
    candidates = candidates_of(problem)
    asked = None if kinds is None else set(kinds)
    limits = [one for one in limits_of(problem, candidates) if asked is None or one[0] in asked]
    return [
        some
        for some in range(1 << len(candidates))
        if all(least <= (some & own).bit_count() <= most for _, own, least, most in limits)
    ]


def by_definition(problem: Problem, lists: Sequence[int]) -> tuple[set[Any], set[Any], int]:
    """(in, tied, pending places): an entry gets in whenever some list contains it with all those already in."""
    candidates = candidates_of(problem)

    def ids_of(some: int) -> set[Any]:
        return {one.id for place, one in enumerate(candidates) if some >> place & 1}

    def exists(wanted: int) -> bool:
        return any(some & wanted == wanted for some in lists)

    chosen = sum(1 << place for place, one in enumerate(candidates) if one.id in problem.moves)
    free = [(one.rank, 1 << place) for place, one in enumerate(candidates) if one.id not in problem.moves]
    for rank in sorted({rank for rank, _ in free if rank is not None}):
        able = sum(bit for own, bit in free if own == rank and exists(chosen | bit))
        if not exists(chosen | able):
            longest = max(some.bit_count() for some in lists if some & chosen == chosen)
            places = longest if problem.total is None else problem.total
            return ids_of(chosen), ids_of(able), places - chosen.bit_count()
        chosen |= able
    return ids_of(chosen), set(), 0


@pytest.mark.parametrize("start", range(0, 2000, 250))
def test_the_list_is_the_one_of_the_definition(start: int) -> None:
    for seed in range(start, start + 250):
        problem = small_problem(seed)
        outcome, lists = allocate(problem), all_lists(problem)
        assert isinstance(outcome, Allocation) == bool(lists), seed
        if isinstance(outcome, Infeasible):
            assert_smallest(outcome, problem)
        else:
            found = set(ids(outcome, Decision.IN)), set(ids(outcome, Decision.TIED)), outcome.pending_places
            assert found == by_definition(problem, lists), seed
            assert {line.entry_id for line in outcome.lines} == {entry.id for entry in problem.entries}
            assert len(outcome.lines) == len(problem.entries)
            assert_reasons(outcome, problem)


def assert_smallest(outcome: Infeasible, problem: Problem) -> None:
    """The rows named collide, and without any one of them there is a list."""
    named = [(row.kind, row.place) for row in outcome.rows]
    assert not all_lists(problem, named)
    for left_out in named:
        rest = [one for one in named if one != left_out]
        assert all_lists(problem, rest), (named, left_out)
    assert outcome.missing > 0


def assert_reasons(outcome: Allocation, problem: Problem) -> None:
    """Reasons are true of the list: whom a floor brought in would be out without floors, and somebody was passed over."""
    entries = {entry.id: entry for entry in problem.entries}
    decided = {line.entry_id: line for line in outcome.lines}
    unfloored = Problem(problem.entries, problem.total, (), problem.ceilings, problem.caps, problem.moves)
    in_without = by_definition(unfloored, all_lists(unfloored))[0]
    kept = [entries[one] for one, line in decided.items() if line.code is Reason.RESERVE_FOR_FLOOR]
    for identifier, line in decided.items():
        entry = entries[identifier]
        if line.code is Reason.BY_FLOOR:
            assert identifier not in in_without
            assert any((one.rank or 0) <= (entry.rank or 0) for one in kept)
            assert any(has(entry, row) for row in problem.floors)
        if line.code is Reason.BY_CAP:
            on_list = [entries[one] for one in ids(outcome, Decision.IN)]
            assert any(
                cap.most(entry.groups.get(cap.by)) is not None
                and sum(one.groups.get(cap.by) == entry.groups.get(cap.by) for one in on_list)
                >= (cap.most(entry.groups.get(cap.by)) or 0)
                for cap in problem.caps
            )


def test_the_order_of_the_input_changes_nothing() -> None:
    for seed in range(100):
        problem = small_problem(seed)
        mixed = list(problem.entries)
        random.Random(seed).shuffle(mixed)
        again = Problem(mixed, problem.total, problem.floors, problem.ceilings, problem.caps, problem.moves)
        one, other = allocate(problem), allocate(again)
        if isinstance(one, Infeasible):
            assert repr(one) == repr(other)
        else:
            assert isinstance(other, Allocation)
            assert {line.entry_id: line for line in one.lines} == {line.entry_id: line for line in other.lines}
            assert ids(one, Decision.IN) == ids(other, Decision.IN)
            assert ids(one, Decision.RESERVE) == ids(other, Decision.RESERVE)


def test_a_large_list_satisfies_every_row_and_no_better_entry_could_be_exchanged_into_it() -> None:
    draw = random.Random(2018)
    entries = [
        Entry(
            place,
            place // 2,
            {
                "stage": draw.choice("小初高"),
                "kind": draw.choice(("个人", "集体")),
                "discipline": f"学科{draw.randrange(8)}",
                "school": f"学校{min(int(draw.expovariate(0.1)), 60)}",
            },
        )
        for place in range(1500)
    ]
    pairs = [{"stage": stage, "discipline": f"学科{number}"} for stage in "小初高" for number in range(8)]
    floors = [Row(where, count=draw.randint(4, 9)) for where in pairs[::2]]
    ceilings = [Row(where, count=draw.randint(9, 16)) for where in pairs[1::2]]
    problem = Problem(entries, 200, floors, ceilings, [Cap("school", 9, {"学校0": 14})])
    outcome = allocate(problem)
    assert isinstance(outcome, Allocation)
    chosen = [entries[identifier] for identifier in ids(outcome, Decision.IN)]
    if outcome.pending_places:
        assert ids(outcome, Decision.TIED)
        return
    limits = [(set_of(own, entries), least, most) for _, own, least, most in limits_of(problem, entries)]

    def satisfied(some: set[Any]) -> bool:
        return all(least <= len(some & own) <= most for own, least, most in limits)

    on_list = {entry.id for entry in chosen}
    assert satisfied(on_list)
    better_ones = sorted((entry for entry in entries if entry.id not in on_list), key=lambda one: one.rank or 0)[:60]
    for other in sorted(chosen, key=lambda entry: -(entry.rank or 0))[:40]:
        for better in better_ones:
            if (better.rank or 0) < (other.rank or 0):
                assert not satisfied(on_list - {other.id} | {better.id})


def set_of(own: int, entries: Sequence[Entry]) -> set[Any]:
    return {entry.id for place, entry in enumerate(entries) if own >> place & 1}
