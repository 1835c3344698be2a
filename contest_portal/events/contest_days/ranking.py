"""The ranking of a contest day: the best of a team's runs counts. Pure.

A run is better with the higher score; with the same score, with the shorter time; a run whose time was not taken is
behind those with a time. Teams are compared by their best runs; where these are alike in score and time, by their
second best, and so on; a team that has no further run is behind one that has. Teams alike in all runs share a place,
and the places after it stay empty (1, 2, 2, 4). A team without any finished run has no place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class RunMark:
    """What a finished run reached: points, and seconds where its time was taken."""

    score: float
    seconds: float | None = None


@dataclass(frozen=True)
class Ranked:
    """A team's place, or None without a finished run; its marks, the best first.

    `decided_by`: which of its runs (1 the best, 2 the second best, …) told it from the team before it; 0 where both
    share a place, and for the first.
    """

    team: int
    place: int | None
    marks: Sequence[RunMark]
    decided_by: int


def rank(runs_of: Sequence[tuple[int, Sequence[RunMark]]]) -> list[Ranked]:
    """All teams, the first place first; who shares a place stands in the order of the ids, who has none at the end."""
    lines = sorted((_keys(marks), team) for team, marks in runs_of if marks)
    ranked: list[Ranked] = []
    marks_of = dict(runs_of)
    before: tuple[tuple[float, float], ...] = ()
    for number, (keys, team) in enumerate(lines, start=1):
        decided = _first_difference(before, keys) if ranked else 0
        place = ranked[-1].place if ranked and not decided else number
        ranked.append(Ranked(team, place, _best_first(marks_of[team]), decided))
        before = keys
    without = sorted(team for team, marks in runs_of if not marks)
    return [*ranked, *(Ranked(team, None, (), 0) for team in without)]


def _key(mark: RunMark) -> tuple[float, float]:
    return -mark.score, float("inf") if mark.seconds is None else mark.seconds


def _best_first(marks: Sequence[RunMark]) -> list[RunMark]:
    return sorted(marks, key=_key)


def _keys(marks: Sequence[RunMark]) -> tuple[tuple[float, float], ...]:
    # Behind the last run stands one worse than any, so that whoever has one more is ahead.
    return (*(_key(mark) for mark in _best_first(marks)), (float("inf"), float("inf")))


def _first_difference(one: tuple[tuple[float, float], ...], other: tuple[tuple[float, float], ...]) -> int:
    """Which run differs, from 1; 0: none."""
    return next((number for number, (a, b) in enumerate(zip(one, other, strict=False), start=1) if a != b), 0)
