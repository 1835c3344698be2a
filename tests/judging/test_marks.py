"""What a judge types: read, checked, summed."""

import pytest

from contest_portal.contests.rules import Criterion
from contest_portal.judging.marks import check_marks, draft_of, total_of
from contest_portal.judging.rubrics import RoundCriterion, frozen, rubric_of

RUBRIC = (Criterion("a", "想象力", 50), Criterion("b", "科学性", 30), Criterion("c", "表达", 20))


@pytest.mark.parametrize(
    ("typed", "mark"),
    [
        ("0", 0),
        ("50", 50),
        ("43.5", 43.5),
        ("４３．５", 43.5),
        (" 7 ", 7),
        ("7.", 7),
        ("7.0", 7),
        ("12.30", 12.3),
        (33.5, 33.5),
        (50.0, 50),
    ],
)
def test_marks_as_people_type_them(typed: object, mark: float) -> None:
    marks, problems = check_marks({"a": typed, "b": 1, "c": 1}, RUBRIC)
    assert (marks["a"], problems) == (mark, [])


@pytest.mark.parametrize(
    "typed", ["", "-1", "50.1", "51", "1e1", "nan", "12.25", "五十", "10,5", "99999", None, "0x1f"]
)
def test_what_is_no_mark_is_refused_by_name(typed: object) -> None:
    marks, problems = check_marks({"a": typed, "b": 1, "c": 1}, RUBRIC)
    assert [code for code, _message in problems] == ["a"]
    assert "想象力" in str(problems[0][1])
    assert "a" not in marks


def test_the_total_is_the_sum_without_rounding_errors() -> None:
    assert total_of({"a": 0.1, "b": 0.2, "c": 0}, RUBRIC) == 0.3


def test_a_rubric_that_is_not_of_100_points_is_scaled() -> None:
    half = (Criterion("a", "想象力", 30), Criterion("b", "科学性", 20))
    assert total_of({"a": 15, "b": 20}, half) == 70


def test_a_draft_keeps_what_was_typed_for_the_rubric_alone() -> None:
    assert draft_of({"a": "4x", "b": "", "z": "9"}, RUBRIC) == {"a": "4x"}


def test_a_frozen_rubric_reads_back_with_its_anchors() -> None:
    plain = rubric_of(frozen(RUBRIC))
    assert [(one.code, one.name, one.max_points) for one in plain] == [
        (one.code, one.name, one.max_points) for one in RUBRIC
    ]
    told = (RoundCriterion("a", "想象力", 50, "想得新", ("照抄", "", "从没见过")),)
    assert rubric_of(frozen(told)) == told
    assert told[0].anchor_lines() == [(0, "照抄"), (50, "从没见过")]


def test_a_rubric_kept_before_there_were_anchors_has_none() -> None:
    kept = [{"code": "a", "name": "想象力", "max_points": 50, "description": ""}]
    assert rubric_of(kept)[0].anchor_lines() == []
