"""Filling a shortlist: by hand, and properties over many random categories."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.core.text import N_, Message
from contest_portal.results.quotas import (
    Decision,
    Line,
    Move,
    OverQuota,
    Quotas,
    RankedEntry,
    Reason,
    fill_shortlist,
)


def ranked(*ranks: int | None, stage: str | None = None) -> list[RankedEntry]:
    return [RankedEntry(f"{stage or ''}{place}", rank, stage) for place, rank in enumerate(ranks, start=1)]


def ids(lines: list[Line], decision: Decision) -> list[Any]:
    return [line.entry_id for line in lines if line.decision is decision]


def pending_places(lines: list[Line]) -> int:
    """Places on the list that wait for a decision between equals."""
    return sum({line.row: line.places for line in lines if line.decision is Decision.TIED}.values())


def words(lines: list[Line]) -> dict[Any, str]:
    return {line.entry_id: str(line.message) for line in lines}


class TestTotal:
    def test_the_best_get_in_and_the_others_queue(self) -> None:
        lines = fill_shortlist(ranked(4, 2, 1, 3), Quotas(total=2))
        assert words(lines) == {
            "3": "按名次入选，第 1 名",
            "2": "按名次入选，第 2 名",
            "4": "名额 2 个已满，候补第 1",
            "1": "名额 2 个已满，候补第 2",
        }
        assert [line.position for line in lines] == [1, 2, 1, 2]
        assert [line.code for line in lines] == [Reason.BY_RANK] * 2 + [Reason.TOTAL_FULL] * 2

    def test_equals_at_the_cut_are_tied_and_nobody_behind_them_gets_in(self) -> None:
        lines = fill_shortlist([*ranked(*range(1, 26)), *ranked(26, 26, 26, 29, stage="x")], Quotas(total=26))
        assert len(ids(lines, Decision.IN)) == 25
        assert ids(lines, Decision.TIED) == ["x1", "x2", "x3"]
        assert words(lines)["x1"] == "与他人并列第 26 名，名额只剩 1 个，等待评委会决定"
        assert words(lines)["x4"] == "名额 26 个已满，候补第 3"
        assert pending_places(lines) == 1

    def test_equals_who_all_fit_are_in_and_share_their_place(self) -> None:
        lines = fill_shortlist(ranked(1, 2, 2, 4), Quotas(total=3))
        assert [(line.entry_id, line.position) for line in lines if line.decision is Decision.IN] == [
            ("1", 1),
            ("2", 2),
            ("3", 2),
        ]
        assert pending_places(lines) == 0

    def test_without_any_quota_everybody_ranked_is_in(self) -> None:
        lines = fill_shortlist(ranked(1, 2, 2, None), Quotas())
        assert ids(lines, Decision.IN) == ["1", "2", "3"]
        assert words(lines)["4"] == "没有评审名次"

    def test_a_quota_of_none_is_not_a_queue(self) -> None:
        lines = fill_shortlist(ranked(1, 2), Quotas(total=0))
        assert ids(lines, Decision.OUT) == ["1", "2"]
        assert words(lines)["1"] == "本类别没有名额"


class TestStages:
    def test_each_stage_has_its_own_cut_and_queue(self) -> None:
        entries = [
            RankedEntry("a", 1, "小学组"),
            RankedEntry("b", 2, "小学组"),
            RankedEntry("c", 3, "中学组"),
            RankedEntry("d", 4, "小学组"),
            RankedEntry("e", 5, "中学组"),
        ]
        lines = fill_shortlist(entries, Quotas(by_stage={"小学组": 1, "中学组": 2}))
        assert ids(lines, Decision.IN) == ["a", "c", "e"]
        assert words(lines)["b"] == "小学组名额 1 个已满，候补第 1"
        assert words(lines)["d"] == "小学组名额 1 个已满，候补第 2"

    def test_a_tie_in_one_stage_does_not_hold_the_other_up(self) -> None:
        entries = [*ranked(1, 2, 2, 5, stage="小学组"), *ranked(4, 6, stage="中学组")]
        lines = fill_shortlist(entries, Quotas(total=4, by_stage={"小学组": 2, "中学组": 2}))
        assert ids(lines, Decision.IN) == ["小学组1", "中学组1", "中学组2"]
        assert ids(lines, Decision.TIED) == ["小学组2", "小学组3"]
        assert words(lines)["小学组2"] == "与他人并列第 2 名，小学组名额只剩 1 个，等待评委会决定"
        assert words(lines)["小学组4"] == "小学组名额 2 个已满，候补第 2"
        assert pending_places(lines) == 1

    def test_the_total_caps_the_stages(self) -> None:
        entries = [*ranked(1, 3, 5, stage="小学组"), *ranked(2, 4, 6, stage="中学组")]
        lines = fill_shortlist(entries, Quotas(total=3, by_stage={"小学组": 1, "中学组": 3}))
        assert ids(lines, Decision.IN) == ["小学组1", "中学组1", "中学组2"]
        assert words(lines)["小学组2"] == "小学组名额 1 个已满，候补第 1"
        assert words(lines)["中学组3"] == "名额 3 个已满，候补第 1"

    def test_equals_of_two_stages_tie_for_the_last_place_in_total(self) -> None:
        entries = [RankedEntry("a", 1, "小学组"), RankedEntry("b", 1, "中学组")]
        lines = fill_shortlist(entries, Quotas(total=1, by_stage={"小学组": 1, "中学组": 1}))
        assert ids(lines, Decision.TIED) == ["a", "b"]
        assert pending_places(lines) == 1

    def test_equals_of_a_full_stage_have_no_part_in_the_tie(self) -> None:
        entries = [RankedEntry("a", 1, "小学组"), RankedEntry("b", 2, "小学组"), RankedEntry("c", 2, "中学组")]
        lines = fill_shortlist(entries, Quotas(total=2, by_stage={"小学组": 1, "中学组": 1}))
        assert ids(lines, Decision.IN) == ["a", "c"]
        assert ids(lines, Decision.RESERVE) == ["b"]

    def test_a_stage_can_be_named_otherwise_than_its_key(self) -> None:
        name = Message.of(N_("小学组"))
        lines = fill_shortlist(ranked(1, 2, stage="primary"), Quotas(by_stage={"primary": 1}, names={"primary": name}))
        assert words(lines)["primary2"] == "小学组名额 1 个已满，候补第 1"

    def test_a_stage_without_places_says_so(self) -> None:
        lines = fill_shortlist(ranked(1, stage="高中组"), Quotas(by_stage={"高中组": 0}))
        assert words(lines) == {"高中组1": "高中组没有名额"}


class TestDecisions:
    def test_the_list_is_filled_around_them(self) -> None:
        decisions = {"1": Move(on_list=False, reason="弄虚作假"), "4": Move(on_list=True, reason="评委会复议")}
        lines = fill_shortlist(ranked(1, 2, 3, 4), Quotas(total=2), decisions)
        assert words(lines) == {
            "2": "按名次入选，第 2 名",
            "4": "经决定列入：评委会复议",
            "3": "名额 2 个已满，候补第 1",
            "1": "经决定不列入：弄虚作假",
        }
        assert [line.position for line in lines] == [1, 2, 1, None]

    def test_a_decision_resolves_a_tie(self) -> None:
        entries, quotas = ranked(1, 2, 2, 4), Quotas(total=2)
        lines = fill_shortlist(entries, quotas, {"3": Move(on_list=True, reason="评委会投票 5:2")})
        assert ids(lines, Decision.IN) == ["1", "3"]
        assert ids(lines, Decision.TIED) == []
        assert [(line.entry_id, line.position) for line in lines if line.decision is Decision.RESERVE] == [
            ("2", 1),
            ("4", 2),
        ]

    @pytest.mark.parametrize(
        ("quotas", "message"),
        [
            (Quotas(total=1), "经决定列入的有 2 件，超过名额 1 个"),
            (Quotas(total=9, by_stage={"小学组": 1}), "经决定列入的有 2 件，超过小学组名额 1 个"),
        ],
    )
    def test_more_than_the_quota_is_refused(self, quotas: Quotas, message: str) -> None:
        move = Move(on_list=True, reason="推荐")
        with pytest.raises(OverQuota) as refusal:
            fill_shortlist(ranked(1, 2, 3, stage="小学组"), quotas, {"小学组2": move, "小学组3": move, "gone": move})
        assert str(refusal.value.message) == message


@pytest.mark.parametrize(("entries", "quotas"), [(ranked(1) + ranked(2), Quotas()), (ranked(1), Quotas(total=-1))])
def test_nonsense_is_refused(entries: list[RankedEntry], quotas: Quotas) -> None:
    with pytest.raises(ValueError, match=r"twice|below zero"):
        fill_shortlist(entries, quotas)


entry_lists = st.lists(st.tuples(st.integers(1, 8), st.sampled_from(["小学组", "初中组", "高中组"])), max_size=20).map(
    lambda drawn: [RankedEntry(place, rank, stage) for place, (rank, stage) in enumerate(drawn)]
)
quota_tables = st.builds(
    Quotas,
    total=st.none() | st.integers(0, 12),
    by_stage=st.dictionaries(st.sampled_from(["小学组", "初中组"]), st.integers(0, 6)),
)
move_lists = st.dictionaries(st.integers(0, 19), st.builds(Move, on_list=st.booleans(), reason=st.just("评委会决定")))


class TestAnyCategory:
    @settings(max_examples=400, deadline=None)
    @given(entries=entry_lists, quotas=quota_tables, decisions=move_lists)
    def test_never_above_the_quota_even_when_every_tie_is_resolved(
        self, entries: list[RankedEntry], quotas: Quotas, decisions: dict[int, Move]
    ) -> None:
        try:
            lines = fill_shortlist(entries, quotas, decisions)
        except OverQuota:
            assert any(move.on_list for move in decisions.values())
            return
        stage = {entry.id: entry.stage for entry in entries}
        assert sorted(line.entry_id for line in lines) == sorted(stage)
        on_list = ids(lines, Decision.IN)
        pending = {line.row: line.places for line in lines if line.decision is Decision.TIED}
        if quotas.total is not None:
            assert len(on_list) + sum(pending.values()) <= quotas.total
        for row, count in Counter(stage[entry] for entry in on_list).items():
            assert count + pending.get(row, 0) <= quotas.by_stage.get(row, len(entries))

    @settings(max_examples=400, deadline=None)
    @given(entries=entry_lists, quotas=quota_tables)
    def test_nobody_is_passed_over_and_equals_of_a_stage_are_never_split(
        self, entries: list[RankedEntry], quotas: Quotas
    ) -> None:
        outcome = {line.entry_id: line.decision for line in fill_shortlist(entries, quotas)}
        order = [Decision.IN, Decision.TIED, Decision.RESERVE]
        for better in entries:
            for other in entries:
                if better.stage != other.stage:
                    continue
                first, second = outcome[better.id], outcome[other.id]
                if better.rank == other.rank:
                    assert first is second
                elif better.rank < other.rank and Decision.OUT not in {first, second}:  # type: ignore[operator]
                    assert order.index(first) <= order.index(second)

    @settings(max_examples=300, deadline=None)
    @given(entries=entry_lists, quotas=quota_tables)
    def test_no_place_is_left_empty_while_somebody_waits(self, entries: list[RankedEntry], quotas: Quotas) -> None:
        lines = fill_shortlist(entries, quotas)
        stage = {entry.id: entry.stage for entry in entries}
        used = Counter(stage[entry] for entry in ids(lines, Decision.IN))
        pending = {line.row: line.places for line in lines if line.decision is Decision.TIED}
        for line in lines:
            if line.decision is Decision.RESERVE and line.row is None:
                assert quotas.total == sum(used.values()) + sum(pending.values())
            elif line.decision is Decision.RESERVE:
                assert quotas.by_stage[line.row] == used[line.row] + pending.get(line.row, 0)

    @settings(max_examples=200, deadline=None)
    @given(entries=entry_lists, quotas=quota_tables, decisions=move_lists, shuffle=st.randoms(use_true_random=False))
    def test_the_order_of_the_input_changes_nothing(
        self, entries: list[RankedEntry], quotas: Quotas, decisions: dict[int, Move], shuffle: Any
    ) -> None:
        again = list(entries)
        shuffle.shuffle(again)
        try:
            lines = fill_shortlist(entries, quotas, decisions)
        except OverQuota as refusal:
            with pytest.raises(OverQuota, match=str(refusal)):
                fill_shortlist(again, quotas, decisions)
        else:
            assert repr(fill_shortlist(again, quotas, decisions)) == repr(lines)
