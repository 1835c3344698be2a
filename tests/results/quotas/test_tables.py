"""The quota table as the office writes it: what it comes to, what is wrong with it, and the list around decisions."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from contest_portal.core.errors import Invalid
from contest_portal.results.quotas.allocation import (
    Allocation,
    Candidate,
    Cap,
    Contradiction,
    Decision,
    Entry,
    Move,
    Options,
    Problem,
    QuotaTable,
    Row,
    RowKind,
    Rulings,
    TableRow,
    allocate,
    contradiction_of,
    list_of,
    problems_of,
    read_table,
    school_cap,
    table_words,
)

OPTIONS = Options(
    stages={"X": "小学组", "C": "初中组", "G": "高中组"},
    classes={"feature": "特色学校"},
    disciplines=("物理学", "化学"),
    schools={1: ("一小", None), 2: ("二小", None), 3: ("实验小学", "feature")},
)
FLOOR, CEILING, SHARE = RowKind.FLOOR, RowKind.CEILING, RowKind.SHARE
CAP, SCHOOL, BONUS = RowKind.CAP, RowKind.SCHOOL, RowKind.BONUS


def work(entry_id: int, rank: int | None = None, **more: Any) -> Candidate:
    """A work ranked by its id, of a pupil of 小学组 in school 1, unless said otherwise."""
    one = Candidate(
        entry_id, rank or entry_id, 100.0 - (rank or entry_id), "X", False, 1, None, "物理学", f"作品{entry_id}"
    )
    return replace(one, **more)


def works(count: int, **more: Any) -> list[Candidate]:
    return [work(number, **more) for number in range(1, count + 1)]


def table(*rows: TableRow, total: int | None = None, **more: Any) -> QuotaTable:
    return QuotaTable(total, rows, **more)


def filled(quotas: QuotaTable, candidates: list[Candidate], rulings: Rulings | None = None) -> Allocation:
    outcome = list_of(quotas, candidates, OPTIONS, rulings)
    assert isinstance(outcome, Allocation)
    return outcome


def chosen(outcome: Allocation, decision: Decision = Decision.IN) -> list[Any]:
    return [line.entry_id for line in outcome.lines if line.decision is decision]


def words(outcome: Allocation) -> dict[Any, str]:
    return {line.entry_id: str(line.message) for line in outcome.lines}


class TestRows:
    def test_floors_and_ceilings_by_any_combination(self) -> None:
        candidates = [*works(4), work(5, is_team=True), work(6, stage="C", is_team=True), work(7, stage="C")]
        rows = [
            TableRow(FLOOR, {"stage": "C"}, 1),
            TableRow(CEILING, {"kind": "team"}, percent=25),
            TableRow(FLOOR, {"stage": "X", "kind": "team"}, 1),
        ]
        # One team at most, and it must be a 小学组 one; so 初中组 comes in with its single pupil, the last of all.
        assert chosen(filled(table(*rows, total=4), candidates)) == [1, 2, 5, 7]

    def test_by_school_class_and_discipline(self) -> None:
        candidates = [*works(3), work(4, school_class="feature", school_id=3), work(5, discipline="化学")]
        rows = [TableRow(FLOOR, {"class": "feature"}, 1), TableRow(FLOOR, {"discipline": "化学"}, 1)]
        assert chosen(filled(table(*rows, total=3), candidates)) == [1, 4, 5]

    def test_shares_of_a_floor_are_rounded_up_of_a_ceiling_down(self) -> None:
        candidates = [*works(26), *(work(number, stage="C") for number in range(27, 40))]
        floor = filled(table(TableRow(FLOOR, {"stage": "C"}, percent=20), total=26), candidates)
        assert len([one for one in chosen(floor) if one > 26]) == 6
        ceiling = filled(table(TableRow(CEILING, {"stage": "X"}, percent=90), total=26), candidates)
        assert len([one for one in chosen(ceiling) if one <= 26]) == 23

    def test_fixed_shares_take_whole_places_and_the_rest_is_free(self) -> None:
        """10/20/50 % of 26: 2, 5 and 13 places; the 6 others go by rank to whoever is best."""
        stages = {"X": range(1, 21), "C": range(21, 41), "G": range(41, 61)}
        candidates = [work(number, stage=stage) for stage, numbers in stages.items() for number in numbers]
        rows = [TableRow(SHARE, {"stage": stage}, percent=part) for stage, part in [("X", 10), ("C", 20), ("G", 50)]]
        outcome = filled(table(*rows, total=26), candidates)
        assert {stage: sum(one in numbers for one in chosen(outcome)) for stage, numbers in stages.items()} == {
            "X": 2 + 6,
            "C": 5,
            "G": 13,
        }

    def test_shares_of_a_hundred_percent_always_have_room(self) -> None:
        rows = [TableRow(SHARE, {"stage": stage}, percent=part) for stage, part in [("X", 33), ("C", 33), ("G", 34)]]
        assert contradiction_of(table(*rows, total=26), OPTIONS) is None

    def test_what_a_group_cannot_fill_is_free(self) -> None:
        outcome = filled(table(TableRow(SHARE, {"stage": "C"}, percent=50), total=4), [*works(5), work(6, stage="C")])
        assert chosen(outcome) == [1, 2, 3, 6]


class TestSchools:
    ROWS = (
        TableRow(CAP, {}, 3),
        TableRow(CAP, {"class": "feature"}, 6),
        TableRow(SCHOOL, school_id=2, count=5),
        TableRow(BONUS, {"class": "feature"}, 1, why="科技特色"),
        TableRow(BONUS, {}, 2, school_id=1, why="承办科技节"),
    )

    @pytest.mark.parametrize(
        ("school", "school_class", "expected"),
        [(1, None, (0, 5)), (2, None, (2, 5)), (3, "feature", (1, 7)), (9, None, (0, 3))],
    )
    def test_named_before_class_before_all_and_bonuses_added(
        self, school: int, school_class: str | None, expected: tuple[int, int]
    ) -> None:
        assert school_cap(table(*self.ROWS), school, school_class) == expected

    def test_a_named_school_of_a_class_has_its_own_number(self) -> None:
        rows = (*self.ROWS, TableRow(SCHOOL, school_id=3, count=9))
        assert school_cap(table(*rows), 3, "feature") == (5, 10), "nine and the bonus of its class"

    def test_without_limit(self) -> None:
        rows = (TableRow(CAP, {}, 1), TableRow(SCHOOL, school_id=2))
        assert school_cap(table(*rows), 2, None) == (1, None)
        candidates = [*works(2), *(work(number, school_id=2) for number in (3, 4))]
        outcome = filled(table(*rows, total=3), candidates)
        assert chosen(outcome) == [1, 3, 4]
        assert words(outcome)[2] == "「一小」最多 1 件，已由名次在前的作品占满；本件第 2 名，排在最后入选者之前"

    def test_what_only_bonuses_say_needs_a_cap(self) -> None:
        found = problems_of(table(TableRow(BONUS, {}, 1, school_id=1, why="承办")), OPTIONS)
        assert [(one.row, one.field) for one in found] == [(0, "amount")]


class TestProblems:
    @pytest.mark.parametrize(
        ("row", "field"),
        [
            (TableRow(FLOOR, {}, 3), "stage"),
            (TableRow(FLOOR, {"stage": "T"}, 3), "stage"),
            (TableRow(FLOOR, {"stage": "X"}), "amount"),
            (TableRow(FLOOR, {"stage": "X"}, percent=120), "amount"),
            (TableRow(FLOOR, {"discipline": "炼金术"}, 1), "discipline"),
            (TableRow(CAP, {"stage": "X"}, 3), "stage"),
            (TableRow(CAP, {}, percent=20), "amount"),
            (TableRow(SCHOOL, {}, 3), "school"),
            (TableRow(SCHOOL, {}, 3, school_id=99), "school"),
            (TableRow(CEILING, {"stage": "X"}, 100_001), "amount"),
        ],
    )
    def test_a_wrong_row_is_told_by_its_field(self, row: TableRow, field: str) -> None:
        assert field in [one.field for one in problems_of(table(row, total=10), OPTIONS) if one.row == 0]

    def test_a_right_table_has_none(self) -> None:
        rows = (*TestSchools.ROWS, TableRow(FLOOR, {"stage": "X", "kind": "team"}, percent=20))
        assert problems_of(table(*rows, total=26, minimum_score=60), OPTIONS) == []

    def test_rows_against_each_other(self) -> None:
        rows = [TableRow(CAP, {}, 3), TableRow(CAP, {}, 4), *(TableRow(SHARE, {"stage": s}, percent=60) for s in "XC")]
        told = [(one.row, str(one.message)) for one in problems_of(table(*rows, total=10), OPTIONS)]
        assert told == [
            (None, "固定份额合计 120%，超过了 100%。"),
            (1, "与第 1 行说的是同一类学校，请合并成一行。"),
        ]

    @pytest.mark.parametrize(("last", "is_told"), [(2.7, False), (2.8, True)])
    def test_shares_are_added_exactly(self, last: float, is_told: bool) -> None:
        # As floating point numbers the first six give a trifle more than 100.
        kinds = [{"stage": stage, "kind": kind} for stage in "XCG" for kind in ("individual", "team")]
        shares = zip(kinds, (37.2, 7.4, 11.2, 35.6, 5.9, last), strict=True)
        rows = [TableRow(SHARE, where, percent=percent) for where, percent in shares]
        told = [str(one.message) for one in problems_of(table(*rows, total=100), OPTIONS)]
        assert any("固定份额合计" in words for words in told) == is_told

    def test_a_percentage_needs_a_total(self) -> None:
        found = problems_of(table(TableRow(FLOOR, {"stage": "X"}, percent=20)), OPTIONS)
        assert [str(one.message) for one in found] == ["总名额不限时不能写百分比，请写件数。"]

    def test_json_and_back(self) -> None:
        whole = table(*TestSchools.ROWS, TableRow(FLOOR, {"stage": "X"}, percent=12.5), total=26, may_stay_empty=True)
        assert read_table(whole.to_json()) == whole

    @pytest.mark.parametrize(
        ("document", "place"),
        [
            ({"total": -1}, "total"),
            ({"rows": [{"kind": "nothing"}]}, "rows[0].kind"),
            ({"rows": [{"kind": "floor", "count": "many"}]}, "rows[0].count"),
            ({"minimum_score": "high"}, "minimum_score"),
        ],
    )
    def test_wrong_json_is_told_by_its_place(self, document: dict[str, Any], place: str) -> None:
        with pytest.raises(Invalid) as caught:
            read_table(document)
        assert str(caught.value.message).startswith(place)


class TestContradictions:
    def told(self, *rows: TableRow, total: int | None = 26) -> tuple[list[int | None], int]:
        found = contradiction_of(table(*rows, total=total), OPTIONS)
        assert found is not None
        return [number for number, _words in found.rows], found.missing

    def test_floors_of_more_than_the_total(self) -> None:
        rows = [
            TableRow(FLOOR, {"stage": "X"}, 15),
            TableRow(CEILING, {"kind": "team"}, 3),
            TableRow(FLOOR, {"stage": "C"}, 14),
        ]
        assert self.told(*rows) == ([None, 0, 2], 3)

    def test_a_ceiling_over_a_floor_within_it(self) -> None:
        rows = [TableRow(CEILING, {"kind": "team"}, 2), TableRow(FLOOR, {"stage": "X", "kind": "team"}, 5)]
        assert set(self.told(*rows)[0]) == {0, 1}
        assert self.told(*rows)[1] == 3

    def test_schools_too_few_for_a_floor(self) -> None:
        """One 特色学校 with six places cannot give eight."""
        rows = [TableRow(CAP, {"class": "feature"}, 6), TableRow(FLOOR, {"class": "feature"}, 8)]
        assert set(self.told(*rows)[0]) == {0, 1}
        assert self.told(*rows)[1] == 2

    def test_rows_are_named_in_words(self) -> None:
        found = contradiction_of(table(TableRow(FLOOR, {"stage": "X"}, 5), total=3), OPTIONS)
        assert found is not None
        assert str(found.message) == (
            "这些规定不能同时满足，至少差 2 个名额：总名额 3 个；第 1 行 「小学组」不少于 5 件"
        )

    def test_what_can_hold_has_none(self) -> None:
        rows = [TableRow(FLOOR, {"stage": s}, percent=20) for s in "XC"] + [
            TableRow(CEILING, {"kind": "team"}, percent=20)
        ]
        assert contradiction_of(table(*rows, total=26), OPTIONS) is None

    def test_decisions_beyond_a_row_are_told_by_row(self) -> None:
        rulings = Rulings(moves={number: Move(True, "推荐") for number in (3, 4)})
        outcome = list_of(table(TableRow(CEILING, {"stage": "X"}, 1), total=5), works(5), OPTIONS, rulings)
        assert isinstance(outcome, Contradiction)
        assert [number for number, _words in outcome.rows] == [0, None, None]


class TestDecisions:
    def test_a_veto_takes_a_work_off_and_says_why(self) -> None:
        outcome = filled(table(total=2), works(3), Rulings(vetoed={1: "弄虚作假"}))
        assert chosen(outcome) == [2, 3]
        assert words(outcome)[1] == "一票否决：弄虚作假"

    def test_a_resolved_tie_goes_in_the_order_decided(self) -> None:
        candidates = [work(1), work(2), *(work(number, rank=3) for number in (3, 4, 5)), work(6)]
        tied = filled(table(total=3), candidates)
        assert (chosen(tied, Decision.TIED), tied.pending_places) == ([3, 4, 5], 1)
        rulings = Rulings(ahead={4: (1, "创新性更高")}, behind={3: "创新性更高", 5: "创新性更高"})
        outcome = filled(table(total=3), candidates, rulings)
        assert chosen(outcome) == [1, 2, 4]
        assert words(outcome)[4] == "与他人并列第 3 名，经决定在并列者中列先：创新性更高"
        assert words(outcome)[5] == "名额 3 个已满，候补第 1；与他人并列第 3 名，经决定列后：创新性更高"
        # With a place more the others are equals again: the next tie waits for a decision of its own.
        assert chosen(filled(table(total=4), candidates, rulings), Decision.TIED) == [3, 5]
        again = replace(rulings, ahead={**rulings.ahead, 5: (2, "投票")}, behind={3: "投票"})
        assert chosen(filled(table(total=4), candidates, again)) == [1, 2, 4, 5]
        # With all places there, nothing is decided between them.
        assert chosen(filled(table(total=5), candidates, rulings)) == [1, 2, 4, 3, 5]

    def test_below_the_minimum_nobody_gets_in_but_by_decision(self) -> None:
        quotas = table(total=4, minimum_score=97.5)
        assert chosen(filled(quotas, works(4))) == [1, 2]
        assert words(filled(quotas, works(4)))[3] == "得分 97.00，低于最低分 97.5"
        assert chosen(filled(quotas, works(4), Rulings(moves={4: Move(True, "评委会推荐")}))) == [1, 2, 4]

    def test_empty_places_shorten_the_list_and_shares_stay(self) -> None:
        candidates = [*works(8), *(work(number, stage="C") for number in (9, 10, 11))]
        quotas = table(TableRow(FLOOR, {"stage": "C"}, percent=20), total=10)
        outcome = filled(quotas, candidates, Rulings(empty=2))
        assert chosen(outcome) == [1, 2, 3, 4, 5, 6, 9, 10]

    def test_a_contradiction_tells_of_the_empty_places(self) -> None:
        outcome = list_of(table(TableRow(FLOOR, {"stage": "X"}, 3), total=4), works(5), OPTIONS, Rulings(empty=2))
        assert isinstance(outcome, Contradiction)
        assert [str(words) for _number, words in outcome.rows] == [
            "总名额 4 个，其中空缺 2 个",
            "「小学组」不少于 3 件（参评 5 件）",
        ]


def test_an_order_among_equals_is_as_good_as_ranks_of_their_own() -> None:
    """Random tables over works with turns: the list is that of works whose ranks are the places in that order."""
    chance = random.Random(20180619)
    for _ in range(300):
        entries = [
            Entry(
                i,
                chance.randrange(1, 5),
                {"stage": chance.choice("XC"), "school": chance.choice("abc")},
                turn=chance.randrange(3),
            )
            for i in range(chance.randrange(1, 9))
        ]
        order = sorted({(one.rank, one.turn) for one in entries})
        plain = [Entry(one.id, order.index((one.rank, one.turn)) + 1, one.groups) for one in entries]
        rows: dict[str, Any] = {
            "total": chance.randrange(0, 7),
            "floors": [Row({"stage": "X"}, chance.randrange(0, 3))],
            "caps": [Cap("school", chance.randrange(1, 4))],
        }
        one, other = (allocate(Problem(each, **rows)) for each in (entries, plain))
        assert type(one) is type(other)
        if isinstance(one, Allocation) and isinstance(other, Allocation):
            assert [(line.entry_id, line.decision, line.code, line.position) for line in one.lines] == [
                (line.entry_id, line.decision, line.code, line.position) for line in other.lines
            ]
            assert one.pending_places == other.pending_places


def test_the_table_in_words() -> None:
    rows = (TableRow(SHARE, {"stage": "X"}, percent=10), *TestSchools.ROWS, TableRow(SCHOOL, school_id=3))
    assert [
        str(one) for one in table_words(table(*rows, total=26, minimum_score=60.5, may_stay_empty=True), OPTIONS)
    ] == [
        "总名额 26 个",
        "「小学组」固定份额 2 件（10%）",
        "每校不多于 3 件",
        "「特色学校」每校不多于 6 件",
        "「二小」可到 5 件",
        "「特色学校」加 1 件（科技特色）",
        "「一小」加 2 件（承办科技节）",
        "「实验小学」可到 不限",
        "得分不低于 60.5",
        "允许空缺",
    ]
