"""Variance components by restricted maximum likelihood, and the mixed model's estimates that follow from them.

`score = mean + entry + judge + noise`, judges random, entries random or fixed. The likelihood is climbed by Newton steps
with average information (Johnson & Thompson 1995) on the log scale of the two variance ratios, until the gradient
itself is gone: a likelihood that no longer changes would leave the ratios uncertain in their sixth digit.
"""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
from scipy import linalg

from contest_portal.core.text import Message
from contest_portal.judging.ranking.equations import Equations, Solution
from contest_portal.judging.ranking.fits import Errors, Fit
from contest_portal.judging.ranking.results import Method, Variance
from contest_portal.judging.ranking.table import Table, Vector

LOWEST, HIGHEST = -16.0, 18.0
"""Logarithms of the variance ratios searched: e^-16 of the noise is no effect, e^18 leaves no noise."""

_START = -0.5  # a variance ratio of 0.6: what contests show
_LONGEST_STEP = 3.0
_STEPS = 60
_CONVERGED = 1e-9  # length of a step, on the log scale
_SMALL = 100  # tables below this many scores can have two hills, so they are climbed from two sides


@dataclass(frozen=True)
class Ratios:
    """Variances of the entries (None: fixed) and of the judges over the noise's, and the likelihood reached there."""

    entry: float | None
    judge: float
    criterion: float


class Likelihood:
    """Minus twice the restricted log-likelihood, profiled over mean and noise, as a function of log variance ratios."""

    def __init__(self, equations: Equations) -> None:
        self.equations = equations
        absorbed = equations.absorbs_entries
        # The random factors, each as whether it is the absorbed one: entries first, then judges.
        self.factors = [not absorbed] if equations.entries_fixed else [absorbed, not absorbed]
        fixed = equations.table.entries if equations.entries_fixed else equations.means
        self.freedom = equations.table.count - fixed

    def solution(self, logs: Vector) -> Solution:
        """The equations solved at these ratios."""
        penalty = dict(zip(self.factors, np.exp(-logs), strict=True))
        return self.equations.solve(penalty.get(True, 0.0), penalty.get(False, 0.0))

    def _effects(self, solved: Solution) -> list[tuple[bool, Vector]]:
        return [(absorbed, solved.big if absorbed else solved.small) for absorbed in self.factors]

    def value(self, logs: Vector, solved: Solution) -> float:
        """The criterion, without its constant."""
        rest = max(solved.rest, 1e-300)
        levels = sum(len(effect) * log for (_, effect), log in zip(self._effects(solved), logs.tolist(), strict=True))
        return self.freedom * math.log(rest) + solved.log_determinant + levels

    def slope(self, logs: Vector, solved: Solution) -> Vector:
        """The criterion's gradient."""
        noise = solved.rest / self.freedom
        traces = dict(zip((True, False), solved.traces(), strict=True))
        return np.array(
            [
                len(effect) - (traces[absorbed] + float(effect @ effect) / noise) * math.exp(-log)
                for (absorbed, effect), log in zip(self._effects(solved), logs.tolist(), strict=True)
            ]
        )

    def curvature(self, logs: Vector, solved: Solution) -> np.ndarray:
        """About the criterion's Hessian: never negative, so that a step always goes down."""
        noise = solved.rest / self.freedom
        effects = self._effects(solved)
        along = np.array(
            [float(e @ e) / noise * math.exp(-log) for (_, e), log in zip(effects, logs.tolist(), strict=True)]
        )
        return solved.information(effects, noise) - np.outer(along, along) / self.freedom

    def climb(self, start: Vector) -> tuple[Vector, float]:
        """The ratios where the criterion is least, and its value there."""
        logs = start.copy()
        solved = self.solution(logs)
        value = self.value(logs, solved)
        for _ in range(_STEPS):
            slope = self.slope(logs, solved)
            # A ratio at its end that would go further stays there; the others go on without it.
            free = ~(((logs <= LOWEST) & (slope >= 0)) | ((logs >= HIGHEST) & (slope <= 0)))
            if not free.any():
                break
            step = np.zeros_like(logs)
            step[free] = _newton_step(self.curvature(logs, solved)[np.ix_(free, free)], slope[free])
            if np.max(np.abs(step)) < _CONVERGED:
                break
            logs, solved, value, moved = self._go(logs, step, value, slope)
            if not moved:
                break
        return logs, value

    def _go(self, logs: Vector, step: Vector, value: float, slope: Vector) -> tuple[Vector, Solution, float, bool]:
        """As far along `step` as the criterion does not rise by more than rounding could make it."""
        tolerance = 1e-12 * (abs(value) + 1)
        share = 1.0
        while True:
            there = np.clip(logs + share * step, LOWEST, HIGHEST)
            solved = self.solution(there)
            reached = self.value(there, solved)
            if reached <= value + tolerance or share < 1e-6:
                return there, solved, reached, share >= 1e-6
            share /= 4


def _newton_step(curvature: np.ndarray, slope: Vector) -> Vector:
    """Capped; where the curvature says nothing, as at the flat ends or of judges whose means are all the same, a long step
    downhill for the ratio that it says nothing of, each of the others going its own way."""
    downhill = -np.sign(slope) * _LONGEST_STEP
    own = np.nan_to_num(np.diag(curvature), posinf=0.0, neginf=0.0)
    told = own > np.finfo(float).eps * max(1.0, float(np.max(own)))
    step = np.clip(np.where(told, -slope / np.where(told, own, 1.0), downhill), -_LONGEST_STEP, _LONGEST_STEP)
    if np.isfinite(curvature).all() and np.linalg.cond(curvature, 1) * np.finfo(float).eps < 1:
        with suppress(linalg.LinAlgError):  # not positive definite
            step = -linalg.cho_solve(linalg.cho_factor(curvature), slope)
    if not np.isfinite(step).all() or float(step @ slope) > 0:
        step = downhill
    longest = float(np.max(np.abs(step)))
    return step * (_LONGEST_STEP / longest) if longest > _LONGEST_STEP else step


def ratios(equations: Equations, near: Ratios | None = None) -> Ratios:
    """The variance ratios by REML; 0 for an effect that the scores do not show. `near`: where a like table had them."""
    likelihood = Likelihood(equations)
    count = len(likelihood.factors)
    starts = [np.full(count, _START)]
    if near is not None:
        known = [near.judge] if count == 1 else [near.entry or 0.0, near.judge]
        starts = [np.log(np.maximum(known, math.exp(LOWEST + 2)))]
    elif equations.table.count < _SMALL:
        starts.append(np.array([-3.0, 1.0][-count:]))
        starts.append(np.array([1.0, -3.0][-count:]))
    logs, value = min((likelihood.climb(start) for start in starts), key=lambda found: found[1])
    found = [0.0 if log <= LOWEST + 1 else math.exp(log) for log in logs.tolist()]
    return Ratios(None if count == 1 else found[0], found[-1], value)


def solve_at(equations: Equations, found: Ratios) -> tuple[Solution, float]:
    """The equations solved at these variance ratios, and the noise's variance there."""
    likelihood = Likelihood(equations)
    given = [found.judge] if found.entry is None else [found.entry, found.judge]
    solved = likelihood.solution(np.log(np.maximum(given, math.exp(LOWEST))))
    return solved, solved.rest / likelihood.freedom


def fit_mixed(equations: Equations, found: Ratios, reason: Message) -> Fit:
    """Estimates, severities and their errors at these variance ratios; with an entries' one of zero only the
    variances have a meaning. Judges without a variance are given no error: the model's would be 0, which is no certainty
    that they do not differ, but the model's taking it for granted."""
    table = equations.table
    solved, noise = solve_at(equations, found)
    root = solved.root * math.sqrt(noise)
    own, shared = solved.big_errors(root, with_mean=equations.absorbs_entries)
    own = np.sqrt(own * noise)
    kept = solved.small_errors(root, with_mean=not equations.absorbs_entries)
    if equations.absorbs_entries:
        errors, severity = Errors(own, shared), Errors(np.zeros(table.judges), kept)
    else:
        errors, severity = Errors(np.zeros(table.entries), kept), Errors(own, shared)
    variance = Variance(None if found.entry is None else found.entry * noise, found.judge * noise, noise)
    fixed = equations.entries_fixed
    levels, severity_se = (solved.judge_levels, severity.se) if found.judge else (np.zeros(table.judges), None)
    return Fit(Method.MIXED, fixed, reason, solved.entry_levels, errors, levels, severity_se, variance)


def fit_additive(table: Table, reason: Message) -> Fit:
    """Entries and judges fixed: least squares, the judges' effects adding up to nothing in each connected part."""
    equations = Equations(table, entries_fixed=True, absorb_entries=True)
    solved = equations.solve(0.0, 0.0, sum_to_zero=True)
    estimate, severity = solved.entry_levels, solved.judge_levels
    freedom = table.count - table.entries - table.judges + table.parts
    if freedom < 1:
        return Fit(Method.ADDITIVE, True, reason, estimate, None, severity)
    noise = solved.rest / freedom if solved.rest > EXACT * table.spread else 0.0
    root = (solved.root - equations.zero_sum @ solved.root) * math.sqrt(noise)
    own, shared = solved.big_errors(root, with_mean=False)
    severity_se = Errors(np.zeros(table.judges), solved.small_errors(root, with_mean=False)).se if noise else None
    errors = Errors(np.sqrt(own * noise), shared)
    return Fit(Method.ADDITIVE, True, reason, estimate, errors, severity, severity_se, Variance(residual=noise))


EXACT = 1e-9
"""Share of the scores' spread below which what remains of it counts as no noise at all."""


def fits_exactly(table: Table) -> bool:
    """Whether entries and judges explain every score, so that no noise can be estimated."""
    equations = Equations(table, entries_fixed=True)
    return equations.solve(0.0, 0.0, sum_to_zero=True).rest <= EXACT * table.spread
