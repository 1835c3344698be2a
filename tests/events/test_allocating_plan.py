"""A plan as it stands: the answer with what was moved by hand, what fits in, what speaks against it. By hand."""

from __future__ import annotations

from typing import Any

from contest_portal.events.allocating.plan import Move, Plan, answer_bytes, computed, problem_bytes, problem_digest

SESSIONS = [
    {"id": 1, "number": 1, "capacity": 50, "day": "2018-09-10", "order": 540},
    {"id": 2, "number": 2, "capacity": 50, "day": "2018-09-10", "order": 630},
    {"id": 3, "number": 3, "capacity": 50, "day": "2018-09-10", "order": 840},
    {"id": 4, "number": 4, "capacity": 50, "day": "2018-09-11", "order": 540},
]


def _party(number: int, size: int, wishes: list[int], classes: tuple[int, ...] = ()) -> dict[str, Any]:
    return {
        "id": number, "size": size, "wishes": wishes, "priority": 1,
        "classes": list(classes), "may_split": bool(classes),
    }  # fmt: skip


PROBLEM = {"sessions": SESSIONS, "parties": [_party(10, 30, [2, 1]), _party(11, 40, [2]), _party(12, 45, [2])]}
ANSWER = {
    "placed": [{"party": 10, "sessions": {"1": 30}, "wish": 2}, {"party": 12, "sessions": {"2": 45}, "wish": 1}],
    "unplaced": [{"party": 11, "reason": "所填的场次都满了。", "code": "full"}],
    "seed": 3,
    "proven": True,
}


def test_a_plan_says_what_everybody_gets() -> None:
    plan = Plan(PROBLEM, ANSWER)
    assert [(one.party, one.places, one.wish) for one in plan.placed] == [(10, {1: 30}, 2), (12, {2: 45}, 1)]
    assert [(one.party, one.code, one.reason) for one in plan.unplaced] == [(11, "full", "所填的场次都满了。")]
    assert plan.taken() == {1: 30, 2: 45, 3: 0, 4: 0}
    assert plan.counts() == {
        "parties": 2, "people": 75, "left_parties": 1, "left_people": 40, "first": 1, "second": 1, "by_hand": 0,
    }  # fmt: skip


def test_the_last_move_of_a_party_counts() -> None:
    plan = Plan(PROBLEM, ANSWER, [Move(11, {3: 40}), Move(11, {4: 40}), Move(10, {})])
    moved = plan.standings[11]
    assert (moved.places, moved.wish, moved.by_hand) == ({4: 40}, 0, True)
    assert (plan.standings[10].places, plan.standings[10].code) == ({}, "by_hand")
    assert plan.taken() == {1: 0, 2: 45, 3: 0, 4: 40}


def test_it_says_how_many_do_not_fit_in_beside_the_others() -> None:
    plan = Plan(PROBLEM, ANSWER)
    assert plan.over(11, {2: 40}) == [(2, 35)]
    assert plan.over(11, {1: 20, 3: 20}) == []
    assert plan.over(12, {2: 45}) == []  # its own places do not count against it


def test_it_warns_of_what_the_school_did_not_ask_for() -> None:
    plan = Plan(PROBLEM, ANSWER)

    def words(places: dict[int, int]) -> list[str]:
        return [str(one) for one in plan.warnings(11, places)]

    assert words({2: 40}) == []
    assert words({3: 40}) == ["学校没有填报这一场。"]
    assert words({1: 20, 2: 20}) == ["学校没有同意分到几场。"]
    assert words({2: 20, 4: 20}) == ["学校没有同意分到几场。", "这几场不在同一天，或不相邻。"]
    assert words({}) == []


def test_neighbours_follow_each_other_on_one_day() -> None:
    plan = Plan(PROBLEM, ANSWER)
    assert plan.are_neighbours([3, 2])
    assert not plan.are_neighbours([1, 3])
    assert not plan.are_neighbours([3, 4])


def test_a_divided_party_counts_its_worst_wish() -> None:
    plan = Plan({**PROBLEM, "parties": [_party(10, 60, [2, 3, 1], (30, 30))]}, {})
    assert [plan.wish_of(10, places) for places in ({2: 60}, {2: 30, 3: 30}, {1: 30, 2: 30}, {4: 60})] == [1, 2, 3, 0]


def test_equal_problems_and_seeds_give_equal_bytes() -> None:
    first, second = computed(PROBLEM, 5), computed(PROBLEM, 5)
    assert answer_bytes(first) == answer_bytes(second)
    assert problem_digest(PROBLEM) == problem_digest({**PROBLEM})
    assert problem_bytes(PROBLEM).endswith(b"}\n")


def test_a_frozen_reason_is_told_in_the_readers_language() -> None:
    wishes = [_party(13, 60, [1, 2]), _party(14, 30, []), _party(15, 40, [2, 1])]
    problem = {"sessions": SESSIONS, "parties": [*PROBLEM["parties"], *wishes]}
    plan = Plan(problem, computed(problem, 1))
    assert {one.code for one in plan.unplaced} == {"too_large", "no_wish", "full"}
    for one in plan.unplaced:
        assert str(one.words) == one.reason
        assert one.words.source != one.reason or not one.words.params
    changed = Plan(PROBLEM, ANSWER).standings[11]  # words that another version of the program had frozen
    assert str(changed.words) == "所填的场次都满了。"
