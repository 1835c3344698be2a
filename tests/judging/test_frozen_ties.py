"""Works of equal points in a frozen ranking: what parts them, what is passed over, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from contest_portal.judging.carrying import Carried
from contest_portal.judging.frozen import Inputs, rankings_of
from contest_portal.judging.standings import Score, Work
from contest_portal.judging.tie_breaks import criterion_key


def lines_of(
    totals: dict[int, Sequence[float]], tie_breaks: Sequence[str], method: str = "raw"
) -> dict[int, dict[str, Any]]:
    """Each work's totals, by judges 1, 2, …; the lines by work."""
    scores = [Score(work, judge, total, {}) for work, own in totals.items() for judge, total in enumerate(own, start=1)]
    works = [Work(work, f"N{work}", "X") for work in totals]
    (found,) = rankings_of(Inputs(method, works, scores, tie_breaks=tie_breaks))
    return {line["entry_id"]: line for line in found.lines}


def test_a_sheet_more_is_no_merit() -> None:
    """Equal means of three and of two sheets: sums would put the first ahead for its number of sheets alone."""
    lines = lines_of({1: [80, 80, 80], 2: [80, 80], 3: [70, 70]}, ["raw", "vote"])
    assert [(lines[work]["rank"], lines[work]["tied"]) for work in (1, 2, 3)] == [(1, True), (1, True), (3, False)]
    assert [lines[work]["broken_by"] for work in (1, 2)] == [[], []]
    assert [lines[work]["passed_over"] for work in (1, 2, 3)] == [["raw"], ["raw"], []]


def test_works_of_as_many_sheets_are_parted_by_the_raw_scores() -> None:
    """By the trimmed means, 80, both are equal; each has five sheets."""
    lines = lines_of({1: [60, 80, 80, 80, 95], 2: [60, 80, 80, 80, 90]}, ["raw"], method="trimmed")
    assert [(lines[work]["rank"], lines[work]["broken_by"]) for work in (1, 2)] == [(1, ["raw"]), (2, ["raw"])]


def test_a_rule_before_may_leave_works_of_as_many_sheets() -> None:
    """The criterion parts the work of one sheet from the others, whose sums are then comparable."""
    idea = criterion_key("idea")
    scores = [
        Score(1, 1, 80, {"idea": 9}),
        *(Score(work, judge, 80, {"idea": 7}) for work in (2, 3) for judge in (1, 2)),
    ]
    works = [Work(work, f"N{work}", "X") for work in (1, 2, 3)]
    (found,) = rankings_of(Inputs("raw", works, scores, tie_breaks=[idea, "raw"]))
    assert [(one["entry_id"], one["rank"], one["passed_over"]) for one in found.lines] == [
        (1, 1, []),
        (2, 2, []),
        (3, 2, []),
    ]


def test_a_criterion_that_no_sheet_has_is_said_to_be_passed_over() -> None:
    lines = lines_of({1: [80, 80], 2: [80, 80]}, [criterion_key("gone"), "raw"])
    assert [one["passed_over"] for one in lines.values()] == [[criterion_key("gone")]] * 2


def test_raw_points_of_two_rounds_are_those_of_both() -> None:
    """Half and half: 60 and 90 against 90 and 70; by this round alone the second would be first by raw means."""
    scores = [Score(1, 1, 60, {}), Score(1, 2, 60, {}), Score(2, 1, 90, {}), Score(2, 2, 90, {}), Score(3, 1, 50, {})]
    works = [Work(work, f"N{work}", "X") for work in (1, 2, 3)]
    given = Inputs("raw", works, scores, carry_weight=0.5)
    earlier = {1: Carried(99, raw=99), 2: Carried(60, raw=60), 3: Carried(60)}
    (found,) = rankings_of(replace(given, carried=earlier))
    lines = {line["entry_id"]: line for line in found.lines}
    assert [(lines[work]["score"], lines[work]["raw"]) for work in (1, 2)] == [(79.5, 79.5), (75, 75)]
    assert [(lines[work]["rank"], lines[work]["raw_rank"]) for work in (1, 2)] == [(1, 1), (2, 2)]
    assert (lines[3]["score"], lines[3]["raw"], lines[3]["raw_rank"]) == (
        55,
        None,
        None,
    )  # no raw points of the earlier
