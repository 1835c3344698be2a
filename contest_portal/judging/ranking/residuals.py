"""How far each score lies from what all the other scores lead to expect of it.

Additive least squares, entries and judges fixed: it asks nothing of the entries' distribution, holds in each connected
part on its own, and with normal noise the residuals are exactly t distributed. A score pulls its own entry's level along,
with three reads by about a third; so it is compared with what is expected without it, its own leverage and the lost
degrees of freedom taken into account (externally studentised residuals: Cook & Weisberg 1982, Residuals and Influence in
Regression, 2.2). Several scores at once are compared in the same way (ibid., mean shift of a group).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

from contest_portal.judging.ranking.equations import Equations
from contest_portal.judging.ranking.reml import EXACT
from contest_portal.judging.ranking.table import Table, Vector

LEAST_FREEDOM = 2
"""Degrees of freedom below which nothing is left to compare a score with."""

_ALONE = 1e-8  # share of a score's variance below which nothing else tells what to expect of it
_CELLS = 2_000_000  # of the scores' square root at a time


@dataclass(frozen=True, slots=True)
class Residual:
    """One score beside what the others lead to expect, in points.

    `deviations` is the difference over its own standard error, None where nothing can be compared; `chance` the
    probability (0–1) that chance alone leaves a score so far off, to either side.
    """

    entry: Hashable
    judge: Hashable
    score: float
    expected: float | None
    deviations: float | None
    chance: float | None


@dataclass(frozen=True, slots=True)
class Shift:
    """Several scores together: `points` above what the others lead to expect, with `deviations` and the probability
    `chance` (0–1) that chance alone lifts them so far."""

    points: float
    deviations: float
    chance: float


class Residuals:
    """The residuals of one table of `(entry, judge, score)`; ids of entries and judges are any keys."""

    def __init__(self, rows: Iterable[tuple[Hashable, Hashable, float]]) -> None:
        given = list(rows)
        self._by_judge: dict[Hashable, list[int]] | None = None
        if not given:
            self._scores: list[Residual] = []
            return
        self.table = table = Table.of(given, None)
        self.freedom = table.count - table.entries - table.judges + table.parts
        equations = Equations(table, entries_fixed=True, absorb_entries=True)
        solved = equations.solve(0.0, 0.0, sum_to_zero=True)
        self.left = table.score - solved.fitted
        self.rest = solved.rest
        self.own, self.shared = solved.big_errors(solved.root, with_mean=False)
        self.kept = solved.small_errors(solved.root, with_mean=False)
        self.can_compare = self.freedom >= LEAST_FREEDOM and solved.rest > EXACT * table.spread
        self._scores = self._each()

    def scores(self) -> Sequence[Residual]:
        """One for each score, by entry and judge."""
        return self._scores

    def together(self, judge: Hashable, entries: Sequence[Hashable]) -> Shift | None:
        """One judge's scores of these entries; None where nothing else tells what to expect of them together."""
        if not self._scores or not self.can_compare:
            return None
        wanted = set(entries)
        rows = [place for place in self._rows_of(judge) if self.table.entry_ids[self.table.entry[place]] in wanted]
        if not rows:
            return None
        entry, kept = self.table.entry[rows], self.kept[self.table.judge[rows[0]]]
        reach = self.shared[entry].sum(axis=0) + len(rows) * kept
        free = len(rows) - float(self.own[entry].sum()) - float(reach @ reach)
        if free <= _ALONE * len(rows):
            return None
        points = float(self.left[rows].sum()) / free
        deviations = points * free**0.5 / self._noise(points**2 * free) ** 0.5
        return Shift(round(points, 6), round(deviations, 4), float(stdtr(self.freedom - 1, -deviations)))

    def _rows_of(self, judge: Hashable) -> list[int]:
        if self._by_judge is None:
            order = np.argsort(self.table.judge, kind="stable")
            parts = np.split(order, np.cumsum(self.table.judge_reads)[:-1])
            self._by_judge = dict(zip(self.table.judge_ids, (part.tolist() for part in parts), strict=True))
        return self._by_judge.get(judge, [])

    def _noise(self, explained: float) -> float:
        """The noise's variance once what a shift explains is taken out of the rest; never quite nothing."""
        return max(self.rest - explained, EXACT * self.table.spread) / (self.freedom - 1)

    def _each(self) -> list[Residual]:
        table, free = self.table, 1 - self._leverage()
        entry, judge = table.entry.tolist(), table.judge.tolist()
        found = []
        for place, (score, left, own) in enumerate(zip(table.score.tolist(), self.left.tolist(), free.tolist(), strict=True)):  # fmt: skip
            who = (table.entry_ids[entry[place]], table.judge_ids[judge[place]], score)
            if not self.can_compare or own <= _ALONE:
                found.append(Residual(*who, None, None, None))
                continue
            deviations = left / (own * self._noise(left**2 / own)) ** 0.5
            chance = 2 * float(stdtr(self.freedom - 1, -abs(deviations)))
            found.append(Residual(*who, round(score - left / own, 6) + 0.0, round(deviations, 4) + 0.0, chance))
        return found

    def _leverage(self) -> Vector:
        """(rows,) the share of a score that it expects of itself."""
        table = self.table
        found = self.own[table.entry].copy()
        size = max(1, _CELLS // max(1, self.kept.shape[1]))
        for start in range(0, table.count, size):
            block = slice(start, start + size)
            root = self.shared[table.entry[block]] + self.kept[table.judge[block]]
            found[block] += np.einsum("ij,ij->i", root, root)
        return found
