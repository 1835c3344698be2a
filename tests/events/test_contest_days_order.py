"""The order of a contest day, drawn by lot: nobody twice at once, coaches in one place where that is possible."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.events.contest_days.drawing import Busy, DrawProblem, Start, Starter, StartOrder, draw_order
from contest_portal.events.contest_days.drawing_record import order_of, problem_of, record_of

SEED = 20181103


def _problem(coaches: str, tables: int = 2, **values: int | list[Busy]) -> DrawProblem:
    """A team for each letter, which is its coach."""
    teams = [Starter(number, coach) for number, coach in enumerate(coaches, start=1)]
    values = {"runs": 2, "minutes": 5, **values}
    return DrawProblem(teams, tables, **values)  # type: ignore[arg-type]


def _spans(problem: DrawProblem, order: StartOrder) -> list[tuple[int, int, int, int]]:
    """(team, table, begin, end) of every start."""
    return [
        (one.team, one.table_in(run, problem.tables), begin, begin + problem.minutes)
        for one in order.starts
        for run in range(1, problem.runs + 1)
        for begin in [problem.start_of(run, one.slot, order.slots)]
    ]


def _coach_clashes(problem: DrawProblem, order: StartOrder) -> set[int]:
    """Teams whose coach is elsewhere at the same time, looked for one by one."""
    coach = {one.id: one.coach for one in problem.teams}
    spans = [(team, coach[team], begin, end) for team, _table, begin, end in _spans(problem, order)]
    busy = [(0, one.coach, one.start, one.until) for one in problem.busy]
    return {
        one[0] for one, other in product(spans, [*spans, *busy])
        if one[0] != other[0] and one[1] == other[1] and one[2] < other[3] and other[2] < one[3]
    }  # fmt: skip


problems = st.builds(
    DrawProblem,
    teams=st.lists(st.sampled_from("ABCDEFG"), min_size=1, max_size=14).map(
        lambda coaches: [Starter(number, coach) for number, coach in enumerate(coaches, start=1)]
    ),
    tables=st.integers(1, 4),
    runs=st.integers(1, 3),
    minutes=st.integers(3, 8),
    pause=st.sampled_from([0, 30]),
    busy=st.lists(
        st.tuples(st.sampled_from("ABC"), st.integers(-5, 40)).map(lambda one: Busy(one[0], one[1], one[1] + 5)),
        max_size=4,
    ),
)


@settings(max_examples=150, deadline=None)
@given(problems, st.integers(0, 2**31 - 1))
def test_every_team_starts_in_every_run_once_and_nobody_shares_a_table(problem: DrawProblem, seed: int) -> None:
    order = draw_order(problem, seed)
    assert sorted(one.team for one in order.starts) == sorted(one.id for one in problem.teams)
    assert [one.lot for one in order.starts] == list(range(1, len(problem.teams) + 1))
    at_table = Counter((table, begin) for _team, table, begin, _end in _spans(problem, order))
    assert set(at_table.values()) == {1}
    assert all(1 <= table <= problem.tables for table, _begin in at_table)
    for team in problem.teams:
        own = sorted((begin, end) for who, _table, begin, end in _spans(problem, order) if who == team.id)
        assert all(end <= begin for (_, end), (begin, _) in pairwise(own))


@settings(max_examples=150, deadline=None)
@given(problems, st.integers(0, 2**31 - 1))
def test_a_clash_that_is_not_told_does_not_happen(problem: DrawProblem, seed: int) -> None:
    order = draw_order(problem, seed)
    shared = _coach_clashes(problem, order)
    told = {team for team in shared if team in order.clashes}
    coach = {one.id: one.coach for one in problem.teams}
    assert bool(shared) <= bool(order.clashes)
    # Each clash has a side that is told; the other side is the same coach's.
    assert {coach[one] for one in shared} <= {coach[one] for one in order.clashes}
    assert told or not shared


@settings(max_examples=60, deadline=None)
@given(problems, st.integers(0, 2**31 - 1))
def test_a_record_gives_the_same_order_again(problem: DrawProblem, seed: int) -> None:
    order = draw_order(problem, seed)
    kept = json.loads(json.dumps(record_of(problem, seed, order)))
    again = draw_order(problem_of(kept), kept["seed"])
    assert (list(again.starts), again.slots, again.clashes) == (list(order.starts), order.slots, order.clashes)
    assert list(order_of(kept).starts) == list(order.starts)


def test_a_coach_of_two_teams_is_never_at_two_tables() -> None:
    problem = _problem("AABBCD", tables=3)
    for seed in range(40):
        order = draw_order(problem, seed)
        assert (order.slots, order.clashes, _coach_clashes(problem, order)) == (2, (), set())


def test_the_order_becomes_longer_where_a_coach_has_more_teams_than_there_are_times() -> None:
    order = draw_order(_problem("AAAB", tables=3), SEED)
    assert order.slots == 3
    assert not order.clashes


def test_where_no_order_is_free_of_clashes_the_fewest_teams_are_told() -> None:
    problem = _problem("AAAA", tables=4)
    order = draw_order(problem, SEED)
    assert order.slots == 2  # twice the shortest time of one
    assert len(order.clashes) == 2  # of four teams, two can have a time without the coach's others
    assert _coach_clashes(problem, order)


def test_a_coach_who_stands_at_another_group_s_table_comes_at_another_time() -> None:
    """Of four times of five minutes, the coach is elsewhere in the first three: also in the second run, from 20 on."""
    busy = [Busy("A", 0, 15)]
    for seed in range(20):
        order = draw_order(_problem("ABCD", tables=1, busy=busy), seed)
        assert {one.team: one.slot for one in order.starts}[1] == 3
    second = draw_order(_problem("ABCD", tables=1, busy=[Busy("A", 20, 35)]), SEED)
    assert {one.team: one.slot for one in second.starts}[1] == 3


def test_the_tables_change_from_run_to_run() -> None:
    start = Start(team=1, lot=1, slot=0, table=3)
    assert [start.table_in(run, 3) for run in (1, 2, 3, 4)] == [3, 1, 2, 3]


def test_the_runs_follow_each_other_with_a_pause() -> None:
    problem = _problem("ABC", tables=2, pause=60)
    assert [problem.start_of(run, 0, 2) for run in (1, 2)] == [0, 2 * 5 + 60]


def test_every_team_is_as_likely_to_be_first() -> None:
    """1,200 lots of six teams at one table: 200 each; 5 standard deviations are 65."""
    first = Counter(draw_order(_problem("AABCDE", tables=1), seed).starts[0].team for seed in range(1200))
    assert set(first) == {1, 2, 3, 4, 5, 6}
    assert all(abs(count - 200) < 65 for count in first.values())


def test_the_order_of_the_input_does_not_matter() -> None:
    problem = _problem("AABBCD", tables=2)
    other = DrawProblem(list(reversed(problem.teams)), 2, 2, 5)
    assert draw_order(problem, SEED) == draw_order(other, SEED)


def test_no_teams_have_an_empty_order() -> None:
    assert draw_order(_problem(""), SEED) == StartOrder((), 0)


def test_three_teams_at_two_tables_begin_at_both() -> None:
    for seed in range(20):
        order = draw_order(_problem("ABC", tables=2), seed)
        assert [one.slot for one in order.starts] == [0, 0, 1]


@settings(max_examples=150, deadline=None)
@given(problems, st.integers(0, 2**31 - 1))
def test_no_table_is_idle_while_a_later_team_could_start_there(problem: DrawProblem, seed: int) -> None:
    """Each team is put at each earlier time with an empty table: its coach is always needed elsewhere."""
    order = draw_order(problem, seed)
    at_time = Counter(one.slot for one in order.starts)
    for late in order.starts:
        for slot in range(late.slot):
            if at_time[slot] == problem.tables or late.team in order.clashes:
                continue
            moved = [Start(one.team, one.lot, slot, one.table) if one is late else one for one in order.starts]
            assert late.team in _coach_clashes(problem, StartOrder(moved, order.slots))


def test_every_team_is_as_likely_to_be_among_the_first_at_two_tables() -> None:
    """1,200 lots of three teams at two tables: 800 each begin in the first time; 5 standard deviations are 82."""
    first = Counter(
        one.team for seed in range(1200) for one in draw_order(_problem("ABC"), seed).starts if one.slot == 0
    )
    assert all(abs(first[team] - 800) < 82 for team in (1, 2, 3))
