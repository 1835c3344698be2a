"""The ranking itself: choose the method, fit, round, rank."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import fields
from typing import Any

import numpy as np

from contest_portal.core.text import N_, Message
from contest_portal.judging.ranking.choosing import Chosen, choose
from contest_portal.judging.ranking.fits import Fit
from contest_portal.judging.ranking.quota import p_in_quota
from contest_portal.judging.ranking.reliability import reliability
from contest_portal.judging.ranking.results import (
    Component,
    EntryEstimate,
    JudgeEstimate,
    Method,
    Ranking,
    Reliability,
    Variance,
)
from contest_portal.judging.ranking.table import Labels, Table, Vector
from contest_portal.judging.ranking.ties import competition_ranks

VERSION = "5"
"""Changes whenever the same scores could give another figure; frozen with each ranking."""

_DECIMALS = 6  # far below any score's precision, far above the last bits, in which machines differ


def rank(
    rows: Iterable[tuple[Hashable, Hashable, float]],
    *,
    method: Method = Method.MIXED,
    weights: Sequence[float] | None = None,
    entries_fixed: bool = False,
    scale: bool = False,
    quota: int | None = None,
    group_quotas: Sequence[tuple[Sequence[Hashable], int]] = (),
    precision: float = 0.01,
    seed: int = 0,
) -> Ranking:
    """Rank the entries of `rows`, each `(entry, judge, score)`; `weights`, one a row, say how much a score counts.

    `entries_fixed` only matters to the mixed models: fixed entries keep their own level, random ones are drawn towards
    the mean the more, the fewer reads they have. `scale` brings the judges' marks to one spread first. With a `quota` of
    places each entry gets the probability to be within it, drawn with `seed`; `group_quotas` give places to groups of
    entries instead, each (entries, places), and entries of no group get no probability. Estimates that are equal when rounded to
    `precision` share a rank.

    A method that the scores cannot carry gives way to a simpler one; `method` and `reason` of the result say so. The
    order of the rows has no influence on any byte of the result. Raises ValueError for a score that is no finite number,
    a weight that is not above zero, lists unequal in length, a quota below one.
    """
    if not (math.isfinite(precision) and precision > 0):
        raise ValueError("precision must be above zero")
    if any(places < 1 for _, places in group_quotas) or (quota is not None and quota < 1):
        raise ValueError("a quota is at least one place")
    table = Table.of(list(rows), weights)
    if not table.count:
        nothing = Message.of(N_("还没有评分，无法排名。"))
        return Ranking((), (), Variance(), None, (), Method.RAW, True, method, nothing, quota=quota, seed=seed)
    chosen = choose(table, method, entries_fixed=entries_fixed, scale=scale)
    fit = chosen.fit
    return Ranking(
        entries=_entries(table, fit, precision, _probabilities(table, fit, quota, group_quotas, seed)),
        judges=_judges(table, chosen),
        variance=_variance(fit.variance),
        mean=_round(table.mean),
        components=_components(table),
        method=fit.method,
        entries_fixed=fit.entries_fixed,
        requested=method,
        reason=fit.reason,
        lambda2=_round(table.lambda2),
        reliability=_reliability(table, fit),
        scaled=chosen.scales is not None,
        quota=quota,
        seed=seed,
    )


def _probabilities(
    table: Table, fit: Fit, quota: int | None, group_quotas: Sequence[tuple[Sequence[Hashable], int]], seed: int
) -> Sequence[float | None]:
    found: list[float | None] = [None] * table.entries
    index = {identifier: place for place, identifier in enumerate(table.entry_ids)}
    groups = [(table.entry_ids, quota)] if quota is not None else group_quotas
    estimate = np.round(fit.estimate, _DECIMALS)
    for identifiers, places in groups:
        own = np.array(sorted(index[one] for one in identifiers if one in index), dtype=np.intp)
        if len(own) <= places:
            shares = np.ones(len(own))
        elif fit.errors is None:
            continue
        else:
            shares = p_in_quota(estimate[own], fit.errors.of(own), places, seed)
        for place, share in zip(own.tolist(), shares.tolist(), strict=True):
            found[place] = round(share, 4)
    return found


def _entries(
    table: Table, fit: Fit, precision: float, probability: Sequence[float | None]
) -> tuple[EntryEstimate, ...]:
    raw, estimate = _rounded(table.raw), _rounded(fit.estimate)
    se = _rounded_or_none(None if fit.errors is None else fit.errors.se, table.entries)
    apart = _rounded_or_none(None if fit.errors is None else fit.errors.apart, table.entries)
    ranks, raw_ranks = competition_ranks(estimate, precision), competition_ranks(raw, precision)
    reads, parts = table.entry_reads.tolist(), table.entry_part.tolist()
    columns = (table.entry_ids, reads, raw, estimate, se, ranks, raw_ranks, parts, probability, apart)
    entries = [EntryEstimate(*values) for values in zip(*columns, strict=True)]
    return tuple(sorted(entries, key=lambda entry: entry.rank))


def _judges(table: Table, chosen: Chosen) -> tuple[JudgeEstimate, ...]:
    fit, scales = chosen.fit, chosen.scales
    severity, se = fit.severity, fit.severity_se
    if scales is not None and severity is not None:  # back from the common spread to the points that were given
        severity, se = severity * scales, None if se is None else se * scales
    columns = (
        table.judge_ids,
        table.judge_reads.tolist(),
        _rounded_or_none(severity, table.judges),
        _rounded_or_none(se, table.judges),
        _rounded_or_none(scales, table.judges),
    )
    return tuple(JudgeEstimate(*values) for values in zip(*columns, strict=True))


def _components(table: Table) -> tuple[Component, ...]:
    def ids(of: Sequence[Hashable], label: Labels) -> list[list[Hashable]]:
        found: list[list[Hashable]] = [[] for _ in range(table.parts)]
        for identifier, part in zip(of, label.tolist(), strict=True):
            found[part].append(identifier)
        return found

    entries, judges = ids(table.entry_ids, table.entry_part), ids(table.judge_ids, table.judge_part)
    return tuple(Component(tuple(one), tuple(two)) for one, two in zip(entries, judges, strict=True))


def _variance(variance: Variance | None) -> Variance:
    if variance is None:
        return Variance()
    parts = (variance.entry, variance.judge, variance.residual)
    return Variance(*(None if part is None else _round(part) for part in parts))


def _reliability(table: Table, fit: Fit) -> Reliability | None:
    found = reliability(table, fit)
    if found is None:
        return None
    rounded: dict[str, Any] = {}
    for field in fields(found):
        value = getattr(found, field.name)
        rounded[field.name] = _round(value) if isinstance(value, float) else value
    return Reliability(**rounded)


def _round(value: float) -> float:
    return round(float(value), _DECIMALS) + 0.0  # adding zero turns -0.0 into 0.0


def _rounded(values: Vector) -> list[float]:
    return [round(value, _DECIMALS) + 0.0 for value in values.tolist()]


def _rounded_or_none(values: Vector | None, length: int) -> Sequence[float | None]:
    return [None] * length if values is None else _rounded(values)
