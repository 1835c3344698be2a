"""ICC and reliability from the variance components of a fit; Shrout & Fleiss's six figures of a complete table."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from contest_portal.judging.ranking.fits import Fit
from contest_portal.judging.ranking.results import Reliability
from contest_portal.judging.ranking.table import Table

WANTED = 0.8
"""The reliability that `reads_needed` asks for."""


def reliability(table: Table, fit: Fit) -> Reliability | None:
    """None where the fit has no variance between entries."""
    variance, errors = fit.variance, fit.errors
    if variance is None or errors is None or not variance.entry or variance.judge is None or variance.residual is None:
        return None
    entry, judge, noise = variance.entry, variance.judge, variance.residual
    share = table.weight / table.entry_weight[table.entry]
    raw_error = judge * table.by_entry(share**2) + noise / table.entry_weight
    return Reliability(
        icc=entry / (entry + judge + noise),
        consistency=entry / (entry + noise),
        reached=float(np.mean(np.clip(1 - errors.apart**2 / entry, 0, 1))),
        reached_raw=float(np.mean(entry / (entry + raw_error))),
        judge_share=judge / (entry + judge + noise),
        reads_needed=reads_needed(entry, noise),
        reads_needed_raw=reads_needed(entry, judge + noise),
    )


def reads_needed(entry: float, error: float, wanted: float = WANTED) -> int | None:
    """Reads an entry for that reliability of their mean, after Spearman (1910) and Brown (1910); at least one."""
    if entry <= 0 or not 0 < wanted < 1:
        return None
    return max(1, math.ceil(wanted / (1 - wanted) * error / entry - 1e-9))


@dataclass(frozen=True, slots=True)
class Agreement:
    """Intraclass correlations: of one judge (`icc1`, `icc2`, `icc3`) and of the mean of all k judges (`…k`).

    1: every entry has judges of its own; 2: the same judges, drawn from many; 3: the same judges, the only ones of interest.
    """

    icc1: float
    icc2: float
    icc3: float
    icc1k: float
    icc2k: float
    icc3k: float


def agreement(scores: Sequence[Sequence[float]]) -> Agreement:
    """How far judges agree on a complete table of scores, entries in rows and judges in columns.

    Source: Shrout & Fleiss 1979, Psychological Bulletin 86(2). Raises ValueError when a score is missing, when there
    are fewer than two entries or judges, or when all scores are equal.
    """
    if len({len(row) for row in scores}) != 1:
        raise ValueError("every entry needs one score of every judge")
    table = np.array(scores, dtype=np.float64)
    entries, judges = table.shape
    if entries < 2 or judges < 2 or not np.isfinite(table).all():
        raise ValueError("a complete table of at least two entries and two judges is needed")
    if np.ptp(table) == 0:
        raise ValueError("all scores are equal: there is nothing to agree on")
    grand, by_entry, by_judge = table.mean(), table.mean(axis=1), table.mean(axis=0)
    between = judges * float(np.sum((by_entry - grand) ** 2)) / (entries - 1)
    within = float(np.sum((table - by_entry[:, None]) ** 2)) / (entries * (judges - 1))
    columns = entries * float(np.sum((by_judge - grand) ** 2)) / (judges - 1)
    error = float(np.sum((table - by_entry[:, None] - by_judge + grand) ** 2)) / ((entries - 1) * (judges - 1))
    return Agreement(
        icc1=_share(between - within, between + (judges - 1) * within),
        icc2=_share(between - error, between + (judges - 1) * error + judges * (columns - error) / entries),
        icc3=_share(between - error, between + (judges - 1) * error),
        icc1k=_share(between - within, between),
        icc2k=_share(between - error, between + (columns - error) / entries),
        icc3k=_share(between - error, between),
    )


def _share(part: float, whole: float) -> float:
    """0 where the ratio is not defined: the entries then do not differ at all."""
    return part / whole if whole > 0 else 0.0
