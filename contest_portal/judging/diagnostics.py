"""What the sheets of one category say of its judges and of the works to look at again. Pure.

A sign is a reason to look, never a verdict: severity is no fault, and a work may deserve what one judge alone saw.
"""

from __future__ import annotations

import math
import statistics
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np

from contest_portal.judging.ranking import Method, Ranking, Residual, Residuals, rank

LEAST_SHEETS = 5
"""Sheets of a judge from which agreement and halo are told."""

FALSE_ALARM = 0.01
"""The probability that chance alone points out a work (DEFAULT): one in a hundred works that nobody favoured."""

FALSE_LEANING = 0.05
"""Expected share of chance among the pairs of judge and school that are pointed out (DEFAULT); where nobody leans, the
probability that any pair of the category is."""

LEAST_OF_SCHOOL = 2
"""Sheets of one judge for one school from which they are looked at together."""

Z95 = 1.959964


@dataclass(frozen=True)
class SheetFacts:
    """One sheet that counts. `marks` are shares of the criterion's most points, 0–1; `school` is any key or None."""

    entry_id: int
    judge_id: int
    total: float
    marks: Mapping[str, float]
    school: int | None = None
    seconds: int = 0


@dataclass(frozen=True)
class JudgeFacts:
    """One judge. Points out of 100; None where there are too few sheets or the model gives nothing.

    `severity` with the 95 % interval `low`–`high`, which are None where no error could be estimated; `sd` of the own
    totals; `agreement` is the correlation of the own totals with the other judges' mean of the same works, their severity
    removed; `seconds` the median of a sheet; `halo` the mean correlation between the own criteria (1: one impression decides all).
    """

    judge_id: int
    sheets: int
    mean: float
    severity: float | None
    low: float | None
    high: float | None
    sd: float | None
    agreement: float | None
    seconds: float | None
    halo: float | None


@dataclass(frozen=True)
class WideEntry:
    """A work whose judges are far apart: `spread` between its totals, `beyond` where chance does not explain one."""

    entry_id: int
    spread: float
    low: float
    high: float
    is_wide: bool
    beyond: bool


@dataclass(frozen=True)
class Favour:
    """A score far above what the other scores, their judges' severity removed, lead to expect of this judge."""

    judge_id: int
    entry_id: int
    score: float
    expected: float
    deviations: float
    school: int | None


@dataclass(frozen=True)
class Leaning:
    """A judge who gave one school's works `points` more, on the average of `sheets`, than all others lead to expect."""

    judge_id: int
    school: int
    sheets: int
    points: float
    deviations: float


@dataclass(frozen=True)
class Diagnosis:
    """What one category's sheets say. `pairs` are the reads, for a picture of who read what. `judges_alike`: the model saw
    no difference between judges; their severities are then those of least squares."""

    judges: Sequence[JudgeFacts]
    wide: Sequence[WideEntry]
    favours: Sequence[Favour]
    leanings: Sequence[Leaning]
    ranking: Ranking
    pairs: Sequence[tuple[int, int]]
    judges_alike: bool = False


def diagnose(sheets: Sequence[SheetFacts], wide_spread: float) -> Diagnosis:
    """Severity by the mixed model (judges and works random), or by least squares where that model saw no difference
    between judges and so would tell of none; what is expected of a score by all other scores.

    Named are works whose totals differ by `wide_spread` points or more, or of which one score is further off than chance
    explains; such scores in favour; judges whose scores for one school are. How often chance is pointed out in error, and
    what is found: docs/decisions/ranking.md.
    """
    rows = [(one.entry_id, one.judge_id, one.total) for one in sheets]
    ranking = rank(rows, method=Method.MIXED)
    alike = ranking.variance.judge == 0
    left = Residuals(rows)
    far = _far(left.scores())
    return Diagnosis(
        judges=_judges(sheets, ranking, rank(rows, method=Method.ADDITIVE) if alike else ranking),
        wide=_wide(sheets, wide_spread, {one.entry for one in far}),
        favours=_favours(sheets, far),
        leanings=_leanings(sheets, left),
        ranking=ranking,
        pairs=sorted({(one.judge_id, one.entry_id) for one in sheets}),
        judges_alike=alike,
    )


def _far(scores: Sequence[Residual]) -> list[Residual]:
    """Scores that chance does not explain. A work of many reads has as many chances to be pointed out, so each of its
    scores gets its part of `FALSE_ALARM` (Bonferroni)."""
    reads = Counter(one.entry for one in scores if one.chance is not None)
    return [one for one in scores if one.chance is not None and one.chance * reads[one.entry] <= FALSE_ALARM]


def _judges(sheets: Sequence[SheetFacts], ranking: Ranking, shown: Ranking) -> list[JudgeFacts]:
    """`ranking` says what is removed before judges are compared, `shown` how severe they are said to be."""
    own: dict[int, list[SheetFacts]] = defaultdict(list)
    for one in sheets:
        own[one.judge_id].append(one)
    severity: dict[Any, tuple[float | None, float | None]] = {one.id: (one.severity, one.se) for one in shown.judges}
    others = _others(sheets, {cast("int", one.id): one.severity or 0.0 for one in ranking.judges})
    found = []
    for judge_id, lines in sorted(own.items()):
        totals = [one.total for one in lines]
        value, se = severity.get(judge_id, (None, None))
        low, high = (None, None) if value is None or se is None else (value - Z95 * se, value + Z95 * se)
        timed = [one.seconds for one in lines if one.seconds > 0]
        found.append(
            JudgeFacts(
                judge_id,
                len(lines),
                math.fsum(totals) / len(totals),
                value,
                low,
                high,
                statistics.stdev(totals) if len(totals) > 1 else None,
                _correlation([(one.total, others.get((one.judge_id, one.entry_id))) for one in lines]),
                statistics.median(timed) if timed else None,
                _halo(lines),
            )
        )
    return found


def _others(sheets: Sequence[SheetFacts], severity: Mapping[int, float]) -> dict[tuple[int, int], float]:
    """(judge, entry) → the mean of the other judges' totals of the entry, each without the judge's severity."""
    sums: dict[int, list[float]] = defaultdict(list)
    for one in sheets:
        sums[one.entry_id].append(one.total - severity.get(one.judge_id, 0.0))
    means = {}
    for one in sheets:
        values = sums[one.entry_id]
        if len(values) > 1:
            own = one.total - severity.get(one.judge_id, 0.0)
            means[one.judge_id, one.entry_id] = (math.fsum(values) - own) / (len(values) - 1)
    return means


def _correlation(pairs: Sequence[tuple[float, float | None]]) -> float | None:
    known = [(a, b) for a, b in pairs if b is not None]
    if len(known) < LEAST_SHEETS:
        return None
    first, second = np.array(known, dtype=np.float64).T
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return round(float(np.corrcoef(first, second)[0, 1]), 4)


def _halo(lines: Sequence[SheetFacts]) -> float | None:
    """The mean correlation between criteria over the judge's sheets; criteria that never change are left out."""
    codes = sorted(set.intersection(*(set(one.marks) for one in lines))) if lines else []
    table = np.array([[one.marks[code] for code in codes] for one in lines], dtype=np.float64)
    if len(lines) < LEAST_SHEETS or len(codes) < 2:
        return None
    table = table[:, np.ptp(table, axis=0) > 0]
    if table.shape[1] < 2:
        return None
    matrix = np.atleast_2d(np.corrcoef(table.T))
    return round(float(matrix[np.triu_indices(len(matrix), 1)].mean()), 4)


def _wide(sheets: Sequence[SheetFacts], wide_spread: float, unexpected: set[Any]) -> list[WideEntry]:
    totals: dict[int, list[float]] = defaultdict(list)
    for one in sheets:
        totals[one.entry_id].append(one.total)
    found = [
        WideEntry(entry, round(max(values) - min(values), 4), min(values), max(values), max(values) - min(values) >= wide_spread, entry in unexpected)
        for entry, values in totals.items()
        if len(values) > 1
    ]  # fmt: skip
    return sorted(
        (one for one in found if one.is_wide or one.beyond), key=lambda one: (not one.beyond, -one.spread, one.entry_id)
    )


def _favours(sheets: Sequence[SheetFacts], far: Sequence[Residual]) -> list[Favour]:
    schools = {one.entry_id: one.school for one in sheets}
    found = [
        Favour(judge, entry, one.score, one.expected, one.deviations, schools[entry])
        for one in far
        if one.expected is not None and one.deviations is not None and one.deviations > 0
        for entry, judge in [(cast("int", one.entry), cast("int", one.judge))]
    ]
    return sorted(found, key=lambda one: (-one.deviations, one.entry_id, one.judge_id))


def _leanings(sheets: Sequence[SheetFacts], left: Residuals) -> list[Leaning]:
    """Pairs of judge and school that stay after Benjamini & Hochberg (1995) over all pairs of the category."""
    works: dict[tuple[int, int], set[int]] = defaultdict(set)
    for one in sheets:
        if one.school is not None:
            works[one.judge_id, one.school].add(one.entry_id)
    shifts = {
        pair: shift
        for pair, entries in sorted(works.items())
        if len(entries) >= LEAST_OF_SCHOOL and (shift := left.together(pair[0], sorted(entries))) is not None
    }
    limit = discovery_limit([shift.chance for shift in shifts.values()], FALSE_LEANING)
    found = [
        Leaning(judge, school, len(works[judge, school]), shift.points, shift.deviations)
        for (judge, school), shift in shifts.items()
        if shift.chance <= limit
    ]
    return sorted(found, key=lambda one: (-one.deviations, one.judge_id, one.school))


def discovery_limit(chances: Sequence[float], share: float) -> float:
    """The highest of the `chances` up to which at most `share` of what is pointed out is expected to be chance; -1: none."""
    ordered = sorted(chances)
    kept = [chance for place, chance in enumerate(ordered, 1) if chance <= share * place / len(ordered)]
    return kept[-1] if kept else -1.0
