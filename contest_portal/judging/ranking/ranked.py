"""Ranking from scores: raw means, and estimates with the judges' severity removed.

The model is `score = entry + judge + noise`. A judge who is lenient with everyone lifts the raw mean of the entries
that happened to be drawn for that judge; both corrected methods take that out, each in its own way:

* additive least squares: entries and judges fixed (two-way analysis of variance, unequal numbers of reads allowed);
* mixed model: judges random, entries fixed or random, variances by REML (Patterson & Thompson 1971, Biometrika 58),
  solved through Henderson's mixed-model equations with the block of the entries, which is diagonal, absorbed. What is
  left to factor has the size of the judges.

Judges who share no entry, not even through others, cannot be compared. Each connected part of the judge–entry graph is
therefore corrected inside itself only: the judges' effects sum to zero in every part.

Pure: plain values in and out. The order of the input has no influence on any byte of the result.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize, sparse
from scipy.sparse import csgraph

from contest_portal.core.text import N_, Message
from contest_portal.judging.ranking.results import Component, EntryEstimate, JudgeEstimate, Method, Ranking, Variance

Vector = NDArray[np.float64]
Labels = NDArray[np.intp]

VERSION = "1"
"""Changes whenever the same scores could give another figure; frozen with each ranking."""

_DECIMALS = 6  # far below any score's precision, far above the last bits, in which machines differ
_GAMMA_LOG_RANGE = (-24.0, 18.0)  # variance ratios are searched between e^-24 (no effect) and e^18 (no noise)
_EXACT_FIT = 1e-9  # share of the scores' spread below which the remaining noise counts as none


def rank(
    rows: Iterable[tuple[Hashable, Hashable, float]],
    *,
    method: Method = Method.MIXED,
    weights: Sequence[float] | None = None,
    entries_fixed: bool = False,
    scale: bool = False,  # noqa: ARG001
    quota: int | None = None,  # noqa: ARG001
    precision: float = 0.01,
    seed: int = 0,  # noqa: ARG001
) -> Ranking:
    """Rank the entries of `rows`, each `(entry, judge, score)`; `weights`, one a row, say how much a score counts.

    `entries_fixed` only matters to the mixed model: fixed entries keep their own level, random ones are drawn towards
    the mean the more, the fewer reads they have. Estimates that are equal when rounded to `precision` share a rank.
    A method that the scores cannot carry gives way to a simpler one; `method` and `reason` of the result say so.
    Raises ValueError for a score that is no finite number, a weight that is not above zero, or lists unequal in length.
    """
    table = _Table.of(list(rows), weights)
    method = {Method.TRIMMED: Method.RAW, Method.HUBER: Method.MIXED}.get(method, method)
    if precision <= 0:
        raise ValueError("precision must be above zero")
    if not table.count:
        nothing = Message.of(N_("还没有评分，无法排名。"))
        return Ranking((), (), Variance(), None, (), Method.RAW, True, method, nothing)
    fit = _fit(table, method, entries_fixed)
    return _ranking(table, fit, method, precision)


# --- the scores as arrays -------------------------------------------------------------------------------------------


def _sort_key(identifier: Hashable) -> tuple[str, Any]:
    return type(identifier).__name__, identifier if isinstance(identifier, (int, str)) else str(identifier)


@dataclass(frozen=True)
class _Table:
    """Scores as arrays, in an order that depends on their content alone; what every method needs of them."""

    entry_ids: list[Hashable]
    judge_ids: list[Hashable]
    entry: Labels  # (rows,) position in entry_ids
    judge: Labels  # (rows,)
    score: Vector  # (rows,)
    weight: Vector  # (rows,)
    design: sparse.csr_array  # (entries, judges), summed weights
    entry_part: Labels  # (entries,) number of the connected part
    judge_part: Labels  # (judges,)
    parts: int

    @classmethod
    def of(cls, rows: list[tuple[Hashable, Hashable, float]], weights: Sequence[float] | None) -> _Table:
        if weights is not None and len(weights) != len(rows):
            raise ValueError(f"{len(rows)} scores but {len(weights)} weights")
        entry_ids = sorted({row[0] for row in rows}, key=_sort_key)
        judge_ids = sorted({row[1] for row in rows}, key=_sort_key)
        entry_index = {identifier: i for i, identifier in enumerate(entry_ids)}
        judge_index = {identifier: i for i, identifier in enumerate(judge_ids)}
        entry = np.array([entry_index[row[0]] for row in rows], dtype=np.intp)
        judge = np.array([judge_index[row[1]] for row in rows], dtype=np.intp)
        score = np.array([float(row[2]) for row in rows], dtype=np.float64)
        weight = np.ones(len(rows)) if weights is None else np.array(weights, dtype=np.float64)
        if not np.isfinite(score).all():
            raise ValueError("every score must be a finite number")
        if not (np.isfinite(weight).all() and (weight > 0).all()):
            raise ValueError("every weight must be a finite number above zero")
        order = np.lexsort((weight, score, judge, entry))
        entry, judge, score, weight = entry[order], judge[order], score[order], weight[order]
        shape = (len(entry_ids), len(judge_ids))
        design = sparse.coo_array((weight, (entry, judge)), shape=shape).tocsr()
        entry_part, judge_part, parts = _connected_parts(design)
        return cls(entry_ids, judge_ids, entry, judge, score, weight, design, entry_part, judge_part, parts)

    @property
    def count(self) -> int:
        return len(self.score)

    @property
    def entry_weight(self) -> Vector:
        return self.by_entry(self.weight)

    @property
    def judge_weight(self) -> Vector:
        return self.by_judge(self.weight)

    @property
    def raw(self) -> Vector:
        return self.by_entry(self.weight * self.score) / self.entry_weight

    def by_entry(self, values: Vector) -> Vector:
        return np.bincount(self.entry, weights=values, minlength=len(self.entry_ids)).astype(np.float64)

    def by_judge(self, values: Vector) -> Vector:
        return np.bincount(self.judge, weights=values, minlength=len(self.judge_ids)).astype(np.float64)


def _connected_parts(design: sparse.csr_array) -> tuple[Labels, Labels, int]:
    entries = design.shape[0]
    if not design.shape[0]:
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp), 0
    graph = sparse.block_array([[None, design], [design.T, None]], format="csr")
    parts, label = csgraph.connected_components(graph, directed=False)
    return label[:entries].astype(np.intp), label[entries:].astype(np.intp), int(parts)


# --- the fits -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fit:
    method: Method
    entries_fixed: bool
    reason: Message
    estimate: Vector
    se: Vector | None
    severity: Vector | None = None
    severity_se: Vector | None = None
    variance: Variance = Variance()  # noqa: RUF009


@dataclass(frozen=True)
class _Absorbed:
    """The least-squares equations of the judges after the entries are absorbed, in the basis of their eigenvectors.

    `values` (judges,) start with one exact zero for each connected part; `gradient` is the right-hand side there.
    """

    values: Vector
    vectors: Vector
    gradient: Vector
    within: float  # squares of the scores around their entries' means
    residual: float  # what remains of `within` when the judges are fixed effects
    freedom: int  # degrees of freedom of `residual`

    @classmethod
    def of(cls, table: _Table) -> _Absorbed:
        deviation = table.score - table.raw[table.entry]
        scaled = sparse.diags_array(1 / table.entry_weight) @ table.design
        laplacian = np.diag(table.judge_weight) - (table.design.T @ scaled).toarray()
        values, vectors = linalg.eigh(laplacian)
        values[: table.parts] = 0.0
        gradient = vectors.T @ table.by_judge(table.weight * deviation)
        gradient[: table.parts] = 0.0
        within = float(np.sum(table.weight * deviation**2))
        residual = within - float(np.sum(gradient[table.parts :] ** 2 / values[table.parts :]))
        freedom = table.count - len(table.entry_ids) - len(table.judge_ids) + table.parts
        return cls(values, vectors, gradient, within, max(residual, 0.0), freedom)

    def solve(self, inverse_values: Vector) -> tuple[Vector, Vector]:
        """The judges' effects and their covariance in units of the noise, for a spectrum already inverted."""
        return self.vectors @ (inverse_values * self.gradient), (self.vectors * inverse_values) @ self.vectors.T


def _fit(table: _Table, method: Method, entries_fixed: bool) -> _Fit:
    if method is Method.RAW:
        return _fit_raw(table, Message.of(N_("按原始加权平均分排名，未扣除评委评分尺度偏差。")))
    if len(table.judge_ids) == table.parts:
        why = N_("没有两名评委评过同一件作品，评委的宽严无法比较，按原始平均分排名。")
        return _fit_raw(table, Message.of(why))
    absorbed = _Absorbed.of(table)
    if method is Method.ADDITIVE:
        return _fit_additive(table, absorbed, _reason(table, N_("已用加性最小二乘法扣除评委评分尺度偏差。")))
    if absorbed.freedom < 1:
        why = N_("共同评阅太少（%(scores)s 个评分，%(judges)s 名评委），评委的宽严与偶然误差分不开，按原始平均分排名。")
        return _fit_raw(table, Message.of(why, scores=table.count, judges=len(table.judge_ids)))
    if absorbed.residual <= _EXACT_FIT * _spread(table):
        why = N_("扣除评委评分尺度偏差后各评分完全一致，混合模型没有误差可估计，改用加性最小二乘法。")
        return _fit_additive(table, absorbed, _reason(table, why))
    if entries_fixed:
        why = N_("已用混合模型（评委随机，作品固定）扣除评委评分尺度偏差。")
        return _fit_judges_random(table, absorbed, _reason(table, why))
    both = _fit_both_random(table)
    if both is None:
        why = N_("评分没有显示出作品之间的系统差别，作品按固定效应处理，用混合模型扣除评委评分尺度偏差。")
        return _fit_judges_random(table, absorbed, _reason(table, why))
    return both


def _reason(table: _Table, how: str) -> Message:
    if table.parts == 1:
        return Message.of(how)
    apart = N_(
        "%(how)s评委与作品分成 %(parts)s 个互不相连的部分，部分之间的宽严无法比较：只在各部分内部校正，部分之间未作校正。"
    )
    return Message.of(apart, how=Message.of(how), parts=table.parts)


def _spread(table: _Table) -> float:
    mean = np.average(table.score, weights=table.weight)
    return float(np.sum(table.weight * (table.score - mean) ** 2))


def _fit_raw(table: _Table, reason: Message) -> _Fit:
    raw = table.raw
    freedom = table.count - len(table.entry_ids)
    within = float(np.sum(table.weight * (table.score - raw[table.entry]) ** 2))
    residual = within / freedom if freedom else None
    se = None if residual is None else np.sqrt(residual / table.entry_weight)
    return _Fit(Method.RAW, True, reason, raw, se, variance=Variance(residual=residual))


def _entries_at_average_judge(table: _Table, severity: Vector, covariance: Vector) -> tuple[Vector, Vector]:
    """Entries' levels once the judges' effects are known, and their variances in units of the noise."""
    share = sparse.diags_array(1 / table.entry_weight) @ table.design
    spread = np.asarray((share @ covariance) * share.toarray()).sum(axis=1)
    return table.raw - share @ severity, 1 / table.entry_weight + spread


def _fit_additive(table: _Table, absorbed: _Absorbed, reason: Message) -> _Fit:
    inverse = np.zeros_like(absorbed.values)
    inverse[table.parts :] = 1 / absorbed.values[table.parts :]
    severity, covariance = absorbed.solve(inverse)
    estimate, spread = _entries_at_average_judge(table, severity, covariance)
    if absorbed.freedom < 1:
        return _Fit(Method.ADDITIVE, True, reason, estimate, None, severity)
    residual = absorbed.residual / absorbed.freedom
    se, severity_se = np.sqrt(residual * spread), np.sqrt(residual * np.diag(covariance))
    return _Fit(Method.ADDITIVE, True, reason, estimate, se, severity, severity_se, Variance(residual=residual))


def _fit_judges_random(table: _Table, absorbed: _Absorbed, reason: Message) -> _Fit:
    freedom = table.count - len(table.entry_ids)
    gamma = _judge_ratio(absorbed, freedom)
    inverse = gamma / (1 + gamma * absorbed.values)
    severity, covariance = absorbed.solve(inverse)
    residual = (absorbed.within - float(np.sum(inverse * absorbed.gradient**2))) / freedom
    estimate, spread = _entries_at_average_judge(table, severity, covariance)
    se, severity_se = np.sqrt(residual * spread), np.sqrt(residual * np.diag(covariance))
    variance = Variance(judge=gamma * residual, residual=residual)
    return _Fit(Method.MIXED, True, reason, estimate, se, severity, severity_se, variance)


def _judge_ratio(absorbed: _Absorbed, freedom: int) -> float:
    """Judges' variance over the noise's by REML: the likelihood has one unknown, so its best bracket is solved exactly."""
    values, squares = absorbed.values, absorbed.gradient**2

    def criterion(log_gamma: float) -> float:
        gamma = math.exp(log_gamma)
        rest = absorbed.within - float(np.sum(gamma * squares / (1 + gamma * values)))
        return freedom * math.log(rest) + float(np.sum(np.log1p(gamma * values)))

    def slope(log_gamma: float) -> float:
        gamma = math.exp(log_gamma)
        rest = absorbed.within - float(np.sum(gamma * squares / (1 + gamma * values)))
        fall = float(np.sum(squares / (1 + gamma * values) ** 2))
        return float(np.sum(values / (1 + gamma * values))) - freedom * fall / rest

    grid = np.linspace(*_GAMMA_LOG_RANGE, 145)
    best = int(np.argmin([criterion(point) for point in grid]))
    if best == 0:
        return 0.0
    if best == len(grid) - 1:
        return math.exp(grid[-1])
    return math.exp(optimize.brentq(slope, grid[best - 1], grid[best + 1], xtol=1e-13))


class _BothRandom:
    """REML with entries and judges random and one fixed mean for each connected part.

    The unknowns after the entries are absorbed are the parts' means followed by the judges' effects.
    """

    def __init__(self, table: _Table) -> None:
        self.table = table
        self.parts, entries, judges = table.parts, len(table.entry_ids), len(table.judge_ids)
        self.freedom = table.count - self.parts
        self.entry_weight = table.entry_weight
        self.centre = float(np.average(table.score, weights=table.weight))
        centred = table.weight * (table.score - self.centre)
        self.total = float(np.sum(centred * (table.score - self.centre)))
        self.entry_sum = table.by_entry(centred)
        part_of_entry = sparse.coo_array(
            (np.ones(entries), (np.arange(entries), table.entry_part)), shape=(entries, self.parts)
        ).tocsr()
        self.part_of_entry = part_of_entry.toarray()
        means = sparse.diags_array(self.entry_weight) @ part_of_entry
        self.rows = sparse.hstack([means, table.design], format="csr")  # (entries, parts + judges)
        self.right = np.concatenate([part_of_entry.T @ self.entry_sum, table.by_judge(centred)])
        corner = np.zeros((self.parts, judges))
        corner[table.judge_part, np.arange(judges)] = table.judge_weight
        weights = part_of_entry.T @ self.entry_weight
        self.base = np.block([[np.diag(weights), corner], [corner.T, np.diag(table.judge_weight)]])

    def _solve(self, entry_gamma: float, judge_gamma: float) -> tuple[Vector, Any, Vector, Vector, float]:
        keep = 1 / (self.entry_weight + 1 / entry_gamma)
        left = self.base - (self.rows.T @ (sparse.diags_array(keep) @ self.rows)).toarray()
        left[np.arange(self.parts, len(left)), np.arange(self.parts, len(left))] += 1 / judge_gamma
        factor = linalg.cho_factor(left, lower=True)
        right = self.right - self.rows.T @ (keep * self.entry_sum)
        unknowns = linalg.cho_solve(factor, right)
        entry_effect = keep * (self.entry_sum - self.rows @ unknowns)
        rest = self.total - float(np.sum(keep * self.entry_sum**2)) - float(right @ unknowns)
        rest = max(rest, _EXACT_FIT * self.total)  # at the far end of the range rounding could take it below zero
        return keep, factor, unknowns, entry_effect, rest

    def criterion(self, log_gammas: Vector) -> tuple[float, Vector]:
        """Minus twice the profiled restricted log-likelihood, without its constant, and its gradient."""
        entry_gamma, judge_gamma = np.exp(log_gammas)
        keep, factor, unknowns, entry_effect, rest = self._solve(entry_gamma, judge_gamma)
        noise = rest / self.freedom
        judges = len(self.table.judge_ids)
        value = (
            self.freedom * math.log(rest)
            + float(np.sum(np.log1p(entry_gamma * self.entry_weight)))
            + judges * math.log(judge_gamma)
            + 2 * float(np.sum(np.log(np.diag(factor[0]))))
        )
        inverse = linalg.cho_solve(factor, np.eye(len(factor[0])))
        absorbed = (self.rows.T @ (sparse.diags_array(keep**2) @ self.rows)).toarray()
        entry_trace = float(np.sum(keep)) + float(np.sum(inverse * absorbed))
        judge_trace = float(np.trace(inverse[self.parts :, self.parts :]))
        effect = unknowns[self.parts :]
        gradient = np.array(
            [
                len(keep) - entry_trace / entry_gamma - float(entry_effect @ entry_effect) / (entry_gamma * noise),
                judges - judge_trace / judge_gamma - float(effect @ effect) / (judge_gamma * noise),
            ]
        )
        return value, gradient

    def fit(self, log_gammas: Vector, reason: Message) -> _Fit:
        entry_gamma, judge_gamma = np.exp(log_gammas)
        keep, factor, unknowns, entry_effect, rest = self._solve(entry_gamma, judge_gamma)
        noise = rest / self.freedom
        inverse = linalg.cho_solve(factor, np.eye(len(factor[0])))
        estimate = self.centre + unknowns[self.table.entry_part] + entry_effect
        toward = -(sparse.diags_array(keep) @ self.rows).toarray()
        toward[:, : self.parts] += self.part_of_entry
        se = np.sqrt(noise * (keep + np.sum((toward @ inverse) * toward, axis=1)))
        severity_se = np.sqrt(noise * np.diag(inverse)[self.parts :])
        variance = Variance(entry=entry_gamma * noise, judge=judge_gamma * noise, residual=noise)
        severity = unknowns[self.parts :]
        return _Fit(Method.MIXED, False, reason, estimate, se, severity, severity_se, variance)


def _fit_both_random(table: _Table) -> _Fit | None:
    """None when the scores show no variance between entries: shrunken to one value they could not be ranked."""
    if len(table.entry_ids) <= table.parts:
        return None
    model = _BothRandom(table)
    low, high = _GAMMA_LOG_RANGE
    found = [
        optimize.minimize(
            model.criterion,
            np.array(start),
            jac=True,
            method="L-BFGS-B",
            bounds=[(low, high)] * 2,
            options={"ftol": 1e-15, "gtol": 1e-9, "maxiter": 200},
        )
        for start in ((0.0, 0.0), (-3.0, 1.0))
    ]
    best = min(found, key=lambda result: float(result.fun))
    if best.x[0] <= low / 2:
        return None
    why = N_("已用混合模型（评委与作品均随机）扣除评委评分尺度偏差。")
    return model.fit(best.x, _reason(table, why))


# --- the result -----------------------------------------------------------------------------------------------------


def _ranking(table: _Table, fit: _Fit, requested: Method, precision: float) -> Ranking:
    entry_reads = np.bincount(table.entry, minlength=len(table.entry_ids))
    judge_reads = np.bincount(table.judge, minlength=len(table.judge_ids))
    raw, estimate, se = _rounded(table.raw), _rounded(fit.estimate), _rounded_or_none(fit.se, len(table.entry_ids))
    severity = _rounded_or_none(fit.severity, len(table.judge_ids))
    severity_se = _rounded_or_none(fit.severity_se, len(table.judge_ids))
    ranks, raw_ranks = _competition_ranks(estimate, precision), _competition_ranks(raw, precision)
    entries = [
        EntryEstimate(
            id=identifier,
            reads=int(entry_reads[i]),
            raw=raw[i],
            estimate=estimate[i],
            se=se[i],
            rank=ranks[i],
            raw_rank=raw_ranks[i],
            component=int(table.entry_part[i]),
        )
        for i, identifier in enumerate(table.entry_ids)
    ]
    judges = [
        JudgeEstimate(identifier, int(judge_reads[i]), severity[i], severity_se[i])
        for i, identifier in enumerate(table.judge_ids)
    ]
    return Ranking(
        entries=tuple(sorted(entries, key=lambda entry: entry.rank)),
        judges=tuple(judges),
        variance=_variance(fit.variance),
        mean=_round(np.average(table.score, weights=table.weight)),
        components=_components(table),
        method=fit.method,
        entries_fixed=fit.entries_fixed,
        requested=requested,
        reason=fit.reason,
    )


def _variance(variance: Variance) -> Variance:
    return Variance(
        *(None if part is None else _round(part) for part in (variance.entry, variance.judge, variance.residual))
    )


def _components(table: _Table) -> tuple[Component, ...]:
    return tuple(
        Component(
            tuple(table.entry_ids[i] for i in np.flatnonzero(table.entry_part == part)),
            tuple(table.judge_ids[i] for i in np.flatnonzero(table.judge_part == part)),
        )
        for part in range(table.parts)
    )


def _competition_ranks(values: list[float], precision: float) -> list[int]:
    """Ranks 1, 2, 2, 4 from the highest value down; values that round (half up) to the same multiple are equal."""
    steps = [math.floor(value / precision + 0.5 + 1e-6) for value in values]
    first: dict[int, int] = {}
    for position, step in enumerate(sorted(steps, reverse=True), start=1):
        first.setdefault(step, position)
    return [first[step] for step in steps]


def _round(value: float) -> float:
    return round(float(value), _DECIMALS) + 0.0  # adding zero turns -0.0 into 0.0


def _rounded(values: Vector) -> list[float]:
    return [_round(value) for value in values]


def _rounded_or_none(values: Vector | None, length: int) -> list[float] | list[None]:
    return [None] * length if values is None else _rounded(values)


# --- agreement ------------------------------------------------------------------------------------------------------


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
