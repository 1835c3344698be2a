"""Henderson's mixed-model equations for entries and judges, the larger of the two absorbed.

The unknowns are a mean for each connected part (none when the entries are fixed), the entries' and the judges' levels.
The block of either factor is diagonal, so the larger one is eliminated exactly and what is left to factor has the size of
the smaller. Source: Henderson 1984, Applications of Linear Models in Animal Breeding; Patterson & Thompson 1971,
Biometrika 58, for the restricted likelihood.

Everything is in units of the noise: a factor's `penalty` is the noise's variance over its own, zero when it is fixed.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import linalg, sparse

from contest_portal.judging.ranking.table import Labels, Matrix, Table, Vector


class Equations:
    """The equations of one table; `solve` gives them a penalty for each factor."""

    def __init__(self, table: Table, *, entries_fixed: bool, absorb_entries: bool | None = None) -> None:
        self.entries_fixed = entries_fixed
        larger = table.entries >= table.judges
        self.absorbs_entries = larger if absorb_entries is None else absorb_entries
        entry = (table.entry, table.entry_part, table.entry_weight)
        judge = (table.judge, table.judge_part, table.judge_weight)
        big, small = (entry, judge) if self.absorbs_entries else (judge, entry)
        self.big_of_row, self.big_part, self.big_weight = big
        self.small_of_row, self.small_part, self.small_weight = small
        self.cells: Any = table.design if self.absorbs_entries else table.design.T  # (big, small)
        self.bigs, self.smalls = len(self.big_weight), len(self.small_weight)
        self.means = 0 if entries_fixed else table.parts
        self._take(table)

    def _take(self, table: Table) -> None:
        self.table, self.centre = table, table.mean
        weighted = table.weight * (table.score - self.centre)
        self.total = float(np.sum(weighted * (table.score - self.centre)))
        self.big_sum, self.small_sum = self.sums(weighted)

    def with_scores(self, score: Vector) -> Equations:
        """The same equations with another right-hand side."""
        other = copy(self)
        other._take(self.table.with_scores(score))
        return other

    def sums(self, weighted: Vector) -> tuple[Vector, Vector]:
        """(rows,) summed up by the absorbed and by the kept factor."""
        return (
            np.bincount(self.big_of_row, weighted, self.bigs).astype(np.float64),
            np.bincount(self.small_of_row, weighted, self.smalls).astype(np.float64),
        )

    def by_part(self, part: Labels, values: Vector) -> Vector:
        """Values of a factor's levels summed up by connected part, as the equations of the means take them."""
        if not self.means:
            return np.zeros(0)
        return np.bincount(part, values, self.means).astype(np.float64)

    def gram(self, keep: Vector) -> Matrix:
        """(means + small, means + small): the absorbed factor's columns against each other, weighted by `keep`."""
        if sparse.issparse(self.cells):
            inner = (self.cells.T @ (sparse.diags_array(keep) @ self.cells)).toarray()
        else:
            inner = (self.cells.T * keep) @ self.cells
        if not self.means:
            return inner
        whole = np.zeros((self.means + self.smalls,) * 2)
        whole[self.means :, self.means :] = inner
        self._border(
            whole, self.by_part(self.big_part, keep * self.big_weight**2), self.cells.T @ (keep * self.big_weight)
        )
        return whole

    def _border(self, whole: Matrix, corner: Vector, edge: Vector) -> None:
        whole[np.arange(self.means), np.arange(self.means)] = corner
        columns = self.means + np.arange(self.smalls)
        whole[self.small_part, columns] = whole[columns, self.small_part] = edge

    def solve(self, big_penalty: float, small_penalty: float, *, sum_to_zero: bool = False) -> Solution:
        """Raises LinAlgError when the equations have no single solution.

        `sum_to_zero` makes the kept levels add up to nothing in each connected part: what fixed effects need.
        """
        keep = 1 / (self.big_weight + big_penalty)
        left = -self.gram(keep)
        if self.means:
            corner = left[np.arange(self.means), np.arange(self.means)] + self.by_part(self.big_part, self.big_weight)
            columns = self.means + np.arange(self.smalls)
            self._border(left, corner, left[self.small_part, columns] + self.small_weight)
        diagonal = self.means + np.arange(self.smalls)
        left[diagonal, diagonal] += self.small_weight + small_penalty
        if sum_to_zero:
            left[self.means :, self.means :] += self.zero_sum * float(np.mean(self.small_weight))
        return Solution(self, keep, linalg.cholesky(left, lower=True, check_finite=False))

    @cached_property
    def zero_sum(self) -> Matrix:
        """(small, small) projection on the mean of each connected part."""
        same = self.small_part[:, None] == self.small_part[None, :]
        return same / np.bincount(self.small_part)[self.small_part]


@dataclass
class Solution:
    """The equations solved for the scores: levels around `Equations.centre`, and what their errors follow from."""

    equations: Equations
    keep: Vector  # (big,) inverse of the absorbed diagonal
    factor: Matrix  # lower Cholesky factor of what was left

    def __post_init__(self) -> None:
        own = self.equations
        means = own.by_part(own.big_part, own.big_sum)
        self.mean, self.big, self.small, right, unknowns = self._levels(means, own.big_sum, own.small_sum)
        rest = own.total - float(np.sum(self.keep * own.big_sum**2)) - float(right @ unknowns)
        self.rest = max(rest, 0.0)  # rounding could take it below zero

    def again(self, equations: Equations) -> Solution:
        """The same factor for another right-hand side: next to nothing to do."""
        return Solution(equations, self.keep, self.factor)

    @property
    def entry_levels(self) -> Vector:
        """(entries,) in points, their part's mean included."""
        own = self.equations
        level = own.centre + (self.big if own.absorbs_entries else self.small)
        return level + self.mean[own.table.entry_part] if own.means else level

    @property
    def judge_levels(self) -> Vector:
        """(judges,) in points."""
        return self.small if self.equations.absorbs_entries else self.big

    @property
    def fitted(self) -> Vector:
        """(rows,) what is expected of each score."""
        table = self.equations.table
        return self.entry_levels[table.entry] + self.judge_levels[table.judge]

    def _levels(
        self, mean_sum: Vector, big_sum: Vector, small_sum: Vector
    ) -> tuple[Vector, Vector, Vector, Vector, Vector]:
        own = self.equations
        kept = self.keep * big_sum
        edge = own.by_part(own.big_part, own.big_weight * kept)
        right = np.concatenate([mean_sum - edge, small_sum - own.cells.T @ kept])
        unknowns = linalg.cho_solve((self.factor, True), right, check_finite=False)
        mean, small = unknowns[: own.means], unknowns[own.means :]
        lifted = own.cells @ small
        if own.means:
            lifted = lifted + own.big_weight * mean[own.big_part]
        return mean, kept - self.keep * lifted, small, right, unknowns

    def information(self, effects: list[tuple[bool, Vector]], noise: float) -> Matrix:
        """Average information of the variance ratios on the log scale, the noise profiled out.

        `effects` are the random factors: (whether absorbed, levels). Source: Johnson & Thompson 1995, J. Dairy Sci. 78.
        """
        own, table = self.equations, self.equations.table
        rows = [levels[own.big_of_row if absorbed else own.small_of_row] for absorbed, levels in effects]
        solved = []
        for row in rows:
            big_sum, small_sum = own.sums(table.weight * row)
            means = own.by_part(own.big_part, big_sum)
            mean, big, small, *_ = self._levels(means, big_sum, small_sum)
            fitted = big[own.big_of_row] + small[own.small_of_row]
            solved.append(row - (fitted + mean[own.big_part[own.big_of_row]] if own.means else fitted))
        return np.array([[float(np.sum(table.weight * a * b)) / noise for b in solved] for a in rows])

    @cached_property
    def inverse(self) -> Matrix:
        """(means + small, means + small), in units of the noise."""
        upper, _ = linalg.lapack.dpotri(self.factor, lower=1)
        return np.tril(upper) + np.tril(upper, -1).T

    @cached_property
    def log_determinant(self) -> float:
        """Of all the equations' left side."""
        return 2 * float(np.sum(np.log(np.diag(self.factor)))) - float(np.sum(np.log(self.keep)))

    def traces(self) -> tuple[float, float]:
        """Traces of the inverse's blocks of the absorbed and of the kept factor."""
        own = self.equations
        big = float(np.sum(self.keep)) + float(np.sum(self.inverse * own.gram(self.keep**2)))
        return big, float(np.trace(self.inverse[own.means :, own.means :]))

    @cached_property
    def root(self) -> Matrix:
        """A square root of `inverse`: root · rootᵀ."""
        return linalg.solve_triangular(self.factor, np.eye(len(self.factor)), lower=True, check_finite=False).T

    def big_errors(self, root: Matrix, *, with_mean: bool) -> tuple[Vector, Matrix]:
        """(variance of its own, shared part) of the absorbed levels, their part's mean included or not."""
        own = self.equations
        shared = -np.asarray(own.cells @ root[own.means :])
        if own.means:
            shared -= own.big_weight[:, None] * root[own.big_part]
        shared *= self.keep[:, None]
        if with_mean and own.means:
            shared += root[own.big_part]
        return self.keep, shared

    def small_errors(self, root: Matrix, *, with_mean: bool) -> Matrix:
        """The shared part of the kept levels' errors, their part's mean included or not."""
        own = self.equations
        return root[own.means :] + (root[own.small_part] if with_mean and own.means else 0)
