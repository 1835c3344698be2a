"""Awards by level, by the definition; real lists recomputed from their totals."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.results.awards.merits import MeritRule, WorkOf, merits
from contest_portal.results.awards.prizes.awarding import (
    Fixed,
    Level,
    PrizeRule,
    Prizes,
    Ranked,
    TooMany,
    award_prizes,
    awarded_count,
    level_places,
    read_rule,
)
from contest_portal.results.awards.prizes.checks import problem_of
from contest_portal.results.awards.prizes.decisions import tell_decisions

ROOT = Path(__file__).parents[3]
PUBLISHED = ROOT / "tests" / "published" / "published_prizes.csv"
EVERYBODY = PrizeRule(winners_by="all_ranked")


def ranked(*ranks: int | None, scores: Sequence[float] = ()) -> list[Ranked]:
    return [Ranked(n, rank, scores[n - 1] if scores else 100.0 - n) for n, rank in enumerate(ranks, start=1)]


def awarded(rule: PrizeRule, works: list[Ranked], fixed: dict[int, Fixed] | None = None) -> dict[object, str]:
    outcome = award_prizes(rule, works, len(works), dict(fixed or {}))
    assert isinstance(outcome, Prizes)
    return {line.entry_id: "待定" if line.state == "tied" else line.award for line in outcome.lines}


def test_ten_winners_are_one_four_and_five() -> None:
    # Floor of 1.5; floor of 5 for the first two together; the rest.
    assert list(level_places(EVERYBODY, 10).values()) == [1, 4, 5]


def test_the_difference_to_each_real_list_is_the_one_told_in_the_documents() -> None:
    page = (ROOT / "docs" / "decisions" / "awards.md").read_text(encoding="utf-8")
    told = {}
    for line in page.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and cells[1].isdigit():
            told[cells[0]] = cells[1:]
    with PUBLISHED.open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(told) == 12
    for row in rows:
        real = [int(row[key]) for key in ("first", "second", "third")]
        rule = list(level_places(EVERYBODY, sum(real)).values())
        apart = [f"{ours - theirs:+d}" if ours != theirs else "0" for ours, theirs in zip(rule, real, strict=True)]
        expected = [str(sum(real)), " : ".join(map(str, real)), " : ".join(map(str, rule)), " / ".join(apart)]
        assert told[row["contest"]] == expected


def test_equals_across_a_border_wait_and_those_behind_keep_their_level() -> None:
    rule = PrizeRule(levels=(Level("一等奖", count=2), Level("二等奖", count=2)), by_count=True)
    assert awarded(rule, ranked(1, 2, 2, 4, 5)) == {1: "一等奖", 2: "待定", 3: "待定", 4: "二等奖", 5: ""}


def test_the_order_of_the_file_decides_nothing() -> None:
    rule = PrizeRule(levels=(Level("一等奖", count=2), Level("二等奖", count=1)), by_count=True)
    works = ranked(1, 2, 2, 2)
    assert awarded(rule, works) == awarded(rule, works[::-1]) == {1: "一等奖", 2: "待定", 3: "待定", 4: "待定"}


def test_a_decision_resolves_a_tie_and_the_others_follow() -> None:
    rule = PrizeRule(levels=(Level("一等奖", count=2), Level("二等奖", count=2)), by_count=True)
    fixed = {3: Fixed("一等奖", "投票 5:2")}
    assert awarded(rule, ranked(1, 2, 2, 4, 5), fixed) == {1: "一等奖", 2: "二等奖", 3: "一等奖", 4: "二等奖", 5: ""}


def test_who_gets_none_by_decision_leaves_the_place_to_the_next() -> None:
    rule = PrizeRule(levels=(Level("一等奖", count=1), Level("二等奖", count=1)), by_count=True)
    assert awarded(rule, ranked(1, 2, 3), {1: Fixed("", "弄虚作假")}) == {1: "", 2: "一等奖", 3: "二等奖"}


def test_more_decided_than_there_are_places_is_told_with_both_numbers() -> None:
    rule = PrizeRule(levels=(Level("一等奖", count=1), Level("二等奖", count=1)), by_count=True)
    outcome = award_prizes(rule, ranked(1, 2), 2, {1: Fixed("一等奖", "x"), 2: Fixed("一等奖", "x")})
    assert isinstance(outcome, TooMany)
    assert (outcome.level, outcome.fixed, outcome.places) == ("一等奖", 2, 1)


def test_an_empty_place_goes_to_nobody() -> None:
    rule = PrizeRule(levels=(Level("一等奖", count=2), Level("二等奖", count=2)), by_count=True, empty={"一等奖": 1})
    assert awarded(rule, ranked(1, 2, 3, 4)) == {1: "一等奖", 2: "二等奖", 3: "二等奖", 4: ""}


def test_a_work_below_the_minimum_gets_the_next_level_and_the_place_stays_empty() -> None:
    rule = PrizeRule(
        levels=(Level("一等奖", count=2, minimum=90.0), Level("二等奖", count=2, minimum=60.0)), by_count=True
    )
    works = ranked(1, 2, 3, scores=(95, 80, 50))
    assert awarded(rule, works) == {1: "一等奖", 2: "二等奖", 3: ""}
    outcome = award_prizes(rule, works, 3)
    assert isinstance(outcome, Prizes)
    assert dict(outcome.left_over) == {"一等奖": 1, "二等奖": 1}


def test_a_work_that_was_not_judged_gets_nothing() -> None:
    assert awarded(EVERYBODY, ranked(1, None)) == {1: "三等奖", 2: ""}


def test_the_share_of_winners_is_of_all_works_or_of_those_that_may_win() -> None:
    works = ranked(1, 2, 3, 4)
    of_all = award_prizes(PrizeRule(winners_share=Fraction(30)), works, 10)
    of_able = award_prizes(PrizeRule(winners_by="share_of_ranked", winners_share=Fraction(50)), works, 10)
    assert isinstance(of_all, Prizes)
    assert isinstance(of_able, Prizes)
    assert (sum(of_all.places.values()), sum(of_able.places.values())) == (3, 2)


def shared(*parts: tuple[str, object], **more: object) -> PrizeRule:
    levels = tuple(Level(name, Fraction(str(share))) for name, share in parts)
    return PrizeRule(levels=levels, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (PrizeRule(levels=()), "至少写一个"),
        (shared(("一等奖", 20), ("二等奖", 35), ("三等奖", 50)), "合计是 105%"),
        (shared(("一等奖", "12.5"), ("二等奖", "12.5")), "合计是 25%"),
        (shared(("一等奖", 35), ("二等奖", 50), ("三等奖", 0)), "「三等奖」没有写比例"),
        (shared(("二等奖", 35), ("一等奖", 15), ("三等奖", 50)), "「一等奖」应排在「二等奖」前面"),
        (shared(("银奖", 50), ("优秀奖", 25), ("金奖", 25)), "「金奖」应排在「银奖」前面"),
        (PrizeRule(levels=(Level("金奖", Fraction(100), minimum=101.0),)), "最低分是 101"),
        (
            PrizeRule(levels=(Level("金奖", Fraction(50), minimum=60.0), Level("银奖", Fraction(50), minimum=80.0))),
            "不能低于下一等级",
        ),
    ],
)
def test_a_rule_says_what_is_wrong_with_it(rule: PrizeRule, told: str) -> None:
    problem = problem_of(rule)
    assert problem is not None
    assert told in str(problem[1])


def test_no_more_places_stay_empty_than_there_are() -> None:
    levels = (Level("一等奖", count=1), Level("二等奖", count=3))
    problem = problem_of(PrizeRule(levels=levels, by_count=True, empty={"一等奖": 5}))
    assert problem is not None
    assert str(problem[1]) == "「一等奖」有 1 个名额，空缺填了 5 个。空缺不能多于名额。"
    assert problem_of(PrizeRule(levels=levels, by_count=True, empty={"一等奖": 1})) is None


@pytest.mark.parametrize(
    "rule",
    [
        PrizeRule(),
        shared(("特等奖", "37.2"), ("一等奖", "7.4"), ("二等奖", "55.4")),
        PrizeRule(levels=(Level("一等奖", count=1, minimum=100.0), Level("优秀奖", count=0)), by_count=True),
    ],
)
def test_a_rule_that_can_be_followed_is_taken(rule: PrizeRule) -> None:
    assert problem_of(rule) is None


def test_a_rule_is_the_same_after_json() -> None:
    rule = PrizeRule(
        levels=(Level("金奖", Fraction("12.5"), 0, 80.0), Level("银奖", Fraction("87.5"))), empty={"金奖": 1}
    )
    assert read_rule(rule.to_json()) == rule


@st.composite
def standings(draw: st.DrawFn) -> list[Ranked]:
    sizes = draw(st.lists(st.integers(1, 4), max_size=12))
    works: list[Ranked] = []
    for size in sizes:
        rank = len(works) + 1
        works += [Ranked(len(works) + n, rank, 100.0 - rank) for n in range(size)]
    return draw(st.permutations(works))


RULES = st.builds(
    PrizeRule,
    levels=st.just(EVERYBODY.levels),
    winners_by=st.sampled_from(["share_of_entries", "share_of_ranked", "all_ranked", "count"]),
    winners_share=st.integers(1, 100).map(Fraction),
    winners_count=st.integers(1, 30),
)


@given(standings(), RULES)
def test_nobody_is_above_a_better_one_equals_are_equal_and_no_level_is_overfull(
    works: list[Ranked], rule: PrizeRule
) -> None:
    outcome = award_prizes(rule, works, len(works))
    assert isinstance(outcome, Prizes)
    height = {level.name: n for n, level in enumerate(rule.levels)} | {"": len(rule.levels)}
    by_id = {work.entry_id: work for work in works}
    settled = [line for line in outcome.lines if line.state != "tied"]
    for one in settled:
        for other in settled:
            if (by_id[one.entry_id].rank or 0) < (by_id[other.entry_id].rank or 0):
                assert height[one.award] <= height[other.award]
    for rank in {work.rank for work in works}:
        assert len({(line.award, line.state) for line in outcome.lines if by_id[line.entry_id].rank == rank}) == 1
    given_awards = Counter(line.award for line in outcome.lines if line.award)
    assert all(count <= outcome.places[name] for name, count in given_awards.items())
    # Every place is given, left over, or waits with a tie.
    assert sum(outcome.places.values()) - sum(given_awards.values()) - sum(outcome.left_over.values()) <= len(
        outcome.tied
    )


@given(st.integers(0, 5000))
def test_the_levels_add_up_to_the_winners_and_each_is_within_one_of_its_share(winners: int) -> None:
    places = list(level_places(EVERYBODY, winners).values())
    assert sum(places) == winners
    assert all(abs(count - winners * share / 100) < 1 for count, share in zip(places, (15, 35, 50), strict=True))


def test_points_are_summed_line_by_line_and_equals_at_the_last_place_wait() -> None:
    rule = MeritRule(
        "优秀组织奖", {"一等奖": 5, "二等奖": 3}, per_entry=1, per_students=100, most_for_students=2, places=2
    )
    found = merits(
        rule,
        [
            ("甲", [WorkOf("一等奖"), WorkOf("")], 350),  # 5 + 2 + at most 2
            ("乙", [WorkOf("二等奖")], 0),
            ("丙", [WorkOf("二等奖")], 99),
            ("丁", [], 0),
        ],
    )
    assert [(one.key, one.points, one.state) for one in found] == [
        ("甲", 9, "given"),
        ("乙", 4, "tied"),
        ("丙", 4, "tied"),
        ("丁", 0, "none"),
    ]
    assert [(term.label, term.count, term.points) for term in found[0].terms] == [
        ("一等奖", 1, 5),
        ("参赛作品", 2, 2),
        ("参与学生", 350, 2),
    ]


def test_a_work_of_two_tutors_gives_each_half_its_points() -> None:
    rule = MeritRule("优秀科技辅导员", {"一等奖": 5}, is_shared=True)
    assert merits(rule, [("李", [WorkOf("一等奖", among=2)], 0)])[0].points == Fraction(5, 2)


def reasons(rule: PrizeRule, works: list[Ranked], fixed: dict[int, Fixed] | None = None) -> dict[object, str]:
    verdicts: dict[Hashable, Fixed] = dict(fixed or {})
    outcome = award_prizes(rule, works, len(works), verdicts)
    assert isinstance(outcome, Prizes)
    told = tell_decisions(rule, works, len(works), verdicts, outcome)
    assert [(line.entry_id, line.award, line.state) for line in told.lines] == [
        (line.entry_id, line.award, line.state) for line in outcome.lines
    ]
    return {line.entry_id: str(line.message) for line in told.lines}


def test_a_share_of_few_works_that_is_no_place_says_so() -> None:
    assert reasons(PrizeRule(), ranked(1)) == {1: "本类别参评作品共 1 件，获奖比例为 60%，获奖名额为 0。"}
    of_able = PrizeRule(winners_by="share_of_ranked", winners_share=Fraction("12.5"))
    assert reasons(of_able, ranked(1, 2))[1] == "可评奖的作品共 2 件，获奖比例为 12.5%，获奖名额为 0。"


def test_who_is_behind_the_places_reads_how_many_there_are_and_how_many_stay_empty() -> None:
    rule = PrizeRule(levels=(Level("一等奖", count=1), Level("二等奖", count=1)), by_count=True)
    assert reasons(rule, ranked(1, 2, 3))[3] == "第 3 名，获奖名额共 2 个，按名次排到这里已没有名额。"
    spare = replace(rule, empty={"二等奖": 1})
    assert reasons(spare, ranked(1, 2))[2] == "第 2 名，获奖名额共 2 个，其中空缺 1 个，按名次排到这里已没有名额。"


def test_a_minimum_is_the_reason_of_the_work_below_it_and_of_those_behind_it() -> None:
    rule = PrizeRule(
        levels=(Level("一等奖", count=2, minimum=90.0), Level("二等奖", count=1, minimum=60.0)), by_count=True
    )
    found = reasons(rule, ranked(1, 2, 3, scores=(95, 80, 70)))
    assert found[2] == "第 2 名，得分低于一等奖的最低分 90 分，在二等奖 1 个名额之内。"
    # Ranks of a later round need not follow the scores.
    found = reasons(rule, ranked(1, 2, 3, scores=(80, 50, 95)))
    assert found[3] == "第 3 名，二等奖的名额已由名次在前的作品取得；一等奖因名次在前的作品低于最低分，到此为止。"


def test_a_level_that_is_full_is_named_beside_the_minimum_that_was_missed() -> None:
    levels = (Level("一等奖", count=1), Level("二等奖", count=2, minimum=99.0), Level("三等奖", count=2))
    rule = PrizeRule(levels=levels, by_count=True, empty={"一等奖": 1})
    found = reasons(rule, ranked(1, 2, 3, scores=(95, 90, 85)))
    assert found[1] == "第 1 名，得分低于二等奖的最低分 99 分，在三等奖 2 个名额之内。"
    assert found[3] == "第 3 名，三等奖的名额已由名次在前的作品取得；二等奖还有名额，但得分低于最低分 99 分。"


def test_the_first_reads_why_it_has_no_first_award() -> None:
    rule = PrizeRule(levels=(Level("一等奖", count=1), Level("二等奖", count=2)), by_count=True, empty={"一等奖": 1})
    told = "第 1 名，一等奖没有名额（空缺，或按比例舍去小数后为 0），在二等奖 2 个名额之内。"
    assert reasons(rule, ranked(1, 2))[1] == told


def test_places_left_empty_are_no_awards() -> None:
    rule = PrizeRule(levels=(Level("一等奖", count=1), Level("二等奖", count=3)), by_count=True, empty={"一等奖": 5})
    assert awarded_count(rule, 10, 10) == 3
    assert awarded_count(rule, 2, 2) == 2


BOTH = PrizeRule(levels=(Level("二等奖", count=1), Level("三等奖", count=2)), by_count=True)


def test_a_better_work_that_a_decision_costs_its_place_reads_that() -> None:
    # As tried: two equals behind the second one get the two third awards by decision.
    fixed = {3: Fixed("三等奖", "x"), 4: Fixed("三等奖", "x")}
    found = reasons(BOTH, ranked(1, 2, 3, 3, 5), fixed)
    assert found[2] == "第 2 名，按名次本在三等奖之列；评委会决定把名额给予名次在后的作品，因此不获奖。"
    assert found[5] == "第 5 名，获奖名额共 3 个，按名次排到这里已没有名额。", "it lost nothing"
    found = reasons(BOTH, ranked(1, 2, 3, 4), {3: Fixed("二等奖", "x")})
    assert found[1] == "第 1 名，按名次本在二等奖之列；评委会决定把名额给予名次在后的作品，因此为三等奖。"
    assert found[2] == "第 2 名，在三等奖 2 个名额之内。"


def test_a_work_that_nobody_judged_takes_a_place_from_those_that_were() -> None:
    found = reasons(BOTH, ranked(1, 2, 3, None), {4: Fixed("三等奖", "x")})
    assert found[3] == "第 3 名，按名次本在三等奖之列；评委会决定把名额给予名次在后的作品，因此不获奖。"


def test_an_equal_that_the_committee_did_not_choose_reads_that_and_is_not_displaced() -> None:
    found = reasons(BOTH, ranked(1, 2, 3, 3), {3: Fixed("三等奖", "x")})
    assert found[4] == "并列第 3 名，三等奖的名额由评委会决定给了并列的其他作品。"
    found = reasons(BOTH, ranked(1, 1, 3), {1: Fixed("二等奖", "x")})
    assert found[2] == "并列第 1 名，二等奖的名额由评委会决定给了并列的其他作品，本作品为三等奖。"


@given(standings(), RULES, st.data())
def test_what_is_told_of_a_decision_is_so(works: list[Ranked], rule: PrizeRule, data: st.DataObject) -> None:
    """By definition: displaced is who would have more without the awards decided for works behind it."""
    able = [one for one in works if one.rank is not None]
    chosen = data.draw(st.lists(st.sampled_from(able), max_size=3, unique=True)) if able else []
    fixed: dict[Hashable, Fixed] = {
        one.entry_id: Fixed(data.draw(st.sampled_from(["一等奖", "二等奖", "三等奖", ""])), "x") for one in chosen
    }
    outcome = award_prizes(rule, works, len(works), fixed)
    if isinstance(outcome, TooMany):
        return
    told = tell_decisions(rule, works, len(works), fixed, outcome)
    rank_of = {one.entry_id: one.rank or 0 for one in works}
    height = {level.name: n for n, level in enumerate(rule.levels)} | {"": len(rule.levels)}
    for line in told.lines:
        if line.entry_id in fixed or line.state == "tied":
            continue
        rank = rank_of[line.entry_id]
        without = {key: one for key, one in fixed.items() if not one.award or rank_of[key] <= rank}
        would = award_prizes(rule, works, len(works), without)
        assert isinstance(would, Prizes)
        (alone,) = [one for one in would.lines if one.entry_id == line.entry_id]
        best = str(alone.message.params["award"]) if alone.state == "tied" else alone.award
        assert (line.code == "displaced") == (height[best] < height[line.award])
