"""How wide each judge spreads the marks (打分幅度), shrunken towards 1 by what the judges have in common.

`score − centre = scale × (entry + severity + noise)`: a judge of scale 1.3 gives the same works marks that lie 30 % further
apart. The logarithm of each scale is estimated from the judge's own sheets against what the other judges say of the same
entries, then drawn towards 0 by empirical Bayes (Morris 1983, JASA 78; the variance between judges after DerSimonian &
Laird 1986). The scores brought to one spread are fitted again, until nothing changes.
"""

from __future__ import annotations

import numpy as np

from contest_portal.judging.ranking.equations import Equations
from contest_portal.judging.ranking.reml import Ratios, ratios, solve_at
from contest_portal.judging.ranking.table import Labels, Table, Vector

SCALE_FROM = 9
"""Sheets below which a judge's spread says more about chance than about the judge."""

_ROUNDS, _CONVERGED = 25, 1e-5
_WIDEST = 1.5  # logarithm of the widest scale taken seriously: 4.5 times the others'


def scale_scores(table: Table, scale: Vector) -> Table:
    """The scores brought to one spread, around the mean of all."""
    return table.with_scores(table.mean + (table.score - table.mean) / scale[table.judge])


def judge_scales(table: Table) -> Vector | None:
    """(judges,) scales, 1 for judges of fewer than nine sheets; None when the scores show no difference at all.

    The table must be one that the mixed model can carry.
    """
    able = np.flatnonzero(table.judge_reads >= SCALE_FROM)
    if len(able) < 2:
        return None
    logs, near = np.zeros(table.judges), None
    for _ in range(_ROUNDS):
        scaled = scale_scores(table, np.exp(logs))
        equations = Equations(scaled, entries_fixed=False)
        near = ratios(equations, near)
        if not near.entry:
            return None
        found, spread = _own_scales(table, equations, near)
        again = np.zeros(table.judges)
        again[able] = _shrunken(found[able], spread[able])
        if not again.any():
            return None
        step = float(np.max(np.abs(again - logs)))
        logs = again
        if step < _CONVERGED:
            break
    return np.exp(logs)


def _own_scales(table: Table, equations: Equations, near: Ratios) -> tuple[Vector, Vector]:
    """(judges,) logarithms of the scales by maximum likelihood, and the variances of those.

    `table` holds the scores as they were given, `equations` those brought to one spread.
    """
    assert near.entry is not None
    scaled = equations.table
    solved, noise = solve_at(equations, near)
    severity, judge, entry_ratio = solved.judge_levels, near.judge * noise, near.entry
    mean = _part_means(scaled, severity)
    from_mean = scaled.score - mean[table.entry_part[table.entry]] - severity[table.judge]
    precision = (table.entry_weight + 1 / entry_ratio)[table.entry] - table.weight
    others = (table.by_entry(table.weight * from_mean)[table.entry] - table.weight * from_mean) / precision
    trust = 1 / (noise / precision + noise / table.weight)
    x = table.score - table.mean
    d = table.mean - mean[table.entry_part[table.entry]] - others
    total = table.by_judge(trust) + 1 / max(judge, 1e-9 * noise)
    of_x, of_d = table.by_judge(trust * x), table.by_judge(trust * d)
    # Minus the log-likelihood of a log scale t: n·t + (a·e^-2t + 2b·e^-t)/2, the judge's severity integrated out.
    a = np.maximum(table.by_judge(trust * x * x) - of_x**2 / total, 1e-12)
    b = table.by_judge(trust * x * d) - of_x * of_d / total
    reads = table.judge_reads
    # Its slope n − a·s² − b·s, s = e^-t, is a parabola with one positive root.
    root = (-b + np.sqrt(b * b + 4 * a * reads)) / (2 * a)
    logs = np.clip(-np.log(root), -_WIDEST, _WIDEST)
    curvature = 2 * a * root**2 + b * root
    return logs, 1 / np.maximum(curvature, 1e-9)


def _part_means(table: Table, severity: Vector) -> Vector:
    """(parts,) mean of the entries' levels, severity removed."""
    part: Labels = table.entry_part
    level = table.by_entry(table.weight * (table.score - severity[table.judge])) / table.entry_weight
    return np.bincount(part, level, table.parts) / np.bincount(part, minlength=table.parts)


def _shrunken(logs: Vector, spread: Vector) -> Vector:
    """Drawn towards their mean, which becomes 0, by the variance that is left between them."""
    weight = 1 / spread
    centred = logs - float(np.sum(weight * logs) / np.sum(weight))
    excess = float(np.sum(weight * centred**2)) - (len(logs) - 1)
    between = excess / float(np.sum(weight) - np.sum(weight**2) / np.sum(weight))
    if between <= 0:
        return np.zeros(len(logs))
    return centred * between / (between + spread)
