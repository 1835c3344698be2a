"""What each method gives, before it is rounded and ranked; and the two methods that do not look at the judges."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from contest_portal.core.text import Message
from contest_portal.judging.ranking.results import Method, Variance
from contest_portal.judging.ranking.table import Labels, Matrix, Table, Vector


@dataclass(frozen=True)
class Errors:
    """How wrong the estimates may be together: covariance = diag(own²) + shared · sharedᵀ, in squared points.

    `own` (entries,), `shared` (entries, k) or None. The low rank is what makes a joint draw cheap.
    """

    own: Vector
    shared: Matrix | None = None

    def of(self, entries: Labels) -> Errors:
        """Those of some entries."""
        return Errors(self.own[entries], None if self.shared is None else self.shared[entries])

    @property
    def se(self) -> Vector:
        """(entries,) standard errors."""
        if self.shared is None:
            return self.own
        return np.sqrt(self.own**2 + np.einsum("ij,ij->i", self.shared, self.shared))

    @property
    def apart(self) -> Vector:
        """(entries,) standard errors without what all have in common: that moves no entry past another."""
        if self.shared is None:
            return self.own
        return Errors(self.own, self.shared - self.shared.mean(axis=0)).se


@dataclass(frozen=True)
class Fit:
    """One method's estimates. `errors`, `severity`, `severity_se` are None where the method or the scores give none."""

    method: Method
    entries_fixed: bool
    reason: Message
    estimate: Vector
    errors: Errors | None
    severity: Vector | None = None
    severity_se: Vector | None = None
    variance: Variance | None = None


def fit_raw(table: Table, reason: Message) -> Fit:
    """Weighted means; their standard errors from the scores' spread around them, pooled over all entries."""
    freedom = table.count - table.entries
    if freedom < 1:
        return Fit(Method.RAW, True, reason, table.raw, None)
    residual = table.within / freedom
    errors = Errors(np.sqrt(residual / table.entry_weight))
    return Fit(Method.RAW, True, reason, table.raw, errors, variance=Variance(residual=residual))


TRIMMED_FROM = 5
"""Reads from which an entry's highest and lowest score are dropped, as is the custom."""


def fit_trimmed(table: Table, reason: Message) -> Fit:
    """Means without each entry's highest and lowest score, where it has five or more; plain means below that.

    Standard errors after Tukey & McLaughlin (1963): the dropped scores count as the next ones inside, and the spread is
    pooled over all entries. Rows are sorted by entry and judge, so equal scores are dropped in a fixed order.
    """
    order = np.lexsort((table.score, table.entry))
    entry, score, weight = table.entry[order], table.score[order].copy(), table.weight[order].copy()
    ends = np.cumsum(table.entry_reads)
    starts = ends - table.entry_reads
    trimmed = table.entry_reads >= TRIMMED_FROM
    low, high = starts[trimmed], ends[trimmed] - 1
    score[low], score[high] = score[low + 1], score[high - 1]
    kept = weight.copy()
    kept[low] = kept[high] = 0
    kept_weight = np.bincount(entry, kept, table.entries)
    estimate = np.bincount(entry, kept * score, table.entries) / kept_weight
    freedom = table.count - table.entries - 2 * int(trimmed.sum())
    if freedom < 1:
        return Fit(Method.TRIMMED, True, reason, estimate, None)
    centre = np.bincount(entry, weight * score, table.entries) / table.entry_weight
    residual = float(np.sum(weight * (score - centre[entry]) ** 2)) / freedom
    errors = Errors(np.sqrt(residual / kept_weight))
    return Fit(Method.TRIMMED, True, reason, estimate, errors, variance=Variance(residual=residual))
