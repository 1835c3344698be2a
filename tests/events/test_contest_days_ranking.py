"""The ranking of a contest day by examples that were placed by hand, and how points and times are read."""

from __future__ import annotations

import pytest

from contest_portal.events.contest_days.marks import read_score, read_seconds, score_text, time_text
from contest_portal.events.contest_days.ranking import RunMark, rank


def _places(*runs: list[tuple[float, float | None]]) -> list[tuple[int, int | None]]:
    """(team, place) for teams 1, 2, …"""
    given = [(number, [RunMark(*one) for one in marks]) for number, marks in enumerate(runs, start=1)]
    return [(one.team, one.place) for one in rank(given)]


def test_the_best_run_counts() -> None:
    assert _places([(80, 60), (20, 10)], [(50, 30), (70, 30)]) == [(1, 1), (2, 2)]


def test_the_shorter_time_decides_between_equal_scores() -> None:
    assert _places([(80, 61)], [(80, 60.5)], [(80, None)]) == [(2, 1), (1, 2), (3, 3)]


def test_the_next_best_run_decides_between_equal_best_runs() -> None:
    assert _places([(80, 60), (40, 50)], [(30, 20), (80, 60)], [(80, 60), (40, 45)]) == [(3, 1), (1, 2), (2, 3)]


def test_who_has_one_more_run_is_ahead() -> None:
    assert _places([(80, 60)], [(80, 60), (0, 90)]) == [(2, 1), (1, 2)]


def test_teams_alike_in_all_runs_share_a_place_and_the_next_one_stays_empty() -> None:
    assert _places([(80, 60), (5, 5)], [(90, 1)], [(5, 5), (80, 60)], [(1, 1)]) == [(2, 1), (1, 2), (3, 2), (4, 4)]


def test_a_team_without_a_finished_run_has_no_place() -> None:
    assert _places([], [(0, 10)]) == [(2, 1), (1, None)]


def test_it_is_said_which_run_decided() -> None:
    ranked = rank([(1, [RunMark(80, 60), RunMark(40)]), (2, [RunMark(80, 60), RunMark(30)]), (3, [RunMark(9)])])
    assert [one.decided_by for one in ranked] == [0, 2, 1]


@pytest.mark.parametrize(
    ("typed", "seconds"),
    [
        ("83.45", 83.45),
        ("1:23.45", 83.45),
        ("1：23.4", 83.4),
        ("1分23秒", 83),
        ("2分", 120),
        ("０:59", 59),
        ("120", 120),
    ],
)
def test_a_time_is_read_as_people_write_it(typed: str, seconds: float) -> None:
    assert read_seconds(typed) == seconds


@pytest.mark.parametrize("typed", ["1:75", "-3", "abc", "1:2:3", "12.3456", "", "9999999"])
def test_what_is_no_time_is_refused(typed: str) -> None:
    assert read_seconds(typed) is None


@pytest.mark.parametrize(
    ("seconds", "text"), [(83.45, "1:23.45"), (60, "1:00"), (5, "5"), (45.2, "45.2"), (600, "10:00")]
)
def test_a_time_is_shown_so_that_it_can_be_typed_again(seconds: float, text: str) -> None:
    assert (time_text(seconds), read_seconds(text)) == (text, seconds)


@pytest.mark.parametrize(("typed", "score"), [("85", 85), ("85.5", 85.5), ("-10", -10), (" ９０ ", 90)])
def test_a_score_is_read(typed: str, score: float) -> None:
    assert read_score(typed) == score


@pytest.mark.parametrize("typed", ["", "8,5", "1e3", "85.12345", "nan", "12345678"])
def test_what_is_no_score_is_refused(typed: str) -> None:
    assert read_score(typed) is None


def test_a_score_is_shown_without_zeros() -> None:
    assert [score_text(one) for one in (85.0, 85.5, 0.0, 100.0, None)] == ["85", "85.5", "0", "100", ""]
