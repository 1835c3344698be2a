"""The mixed model with Huber weights: a score far from what the others lead to expect counts less.

The residuals beyond 1.345 robust standard deviations are weighted down to that bound, the model is fitted again to the
scores so moved, until nothing moves any more. The moved scores carry the right amount of noise, so that variance
components and standard errors come out of the same equations. Sources: Huber 1964, Annals of Mathematical Statistics 35;
Fellner 1986, Technometrics 28, for variance components.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from scipy.special import ndtr

from contest_portal.core.text import Message
from contest_portal.judging.ranking.equations import Equations, Solution
from contest_portal.judging.ranking.fits import Fit
from contest_portal.judging.ranking.reml import EXACT, Ratios, fit_mixed, ratios, solve_at
from contest_portal.judging.ranking.results import Method, Variance
from contest_portal.judging.ranking.table import Table, Vector

BOUND = 1.345
"""In standard deviations: 95 % as efficient as least squares when the noise is normal."""

_SLOPE = 2 * float(ndtr(BOUND)) - 1  # share of normal noise inside the bound
_DENSITY = math.exp(-(BOUND**2) / 2) / math.sqrt(2 * math.pi)
_BOUNDED = _SLOPE - 2 * BOUND * _DENSITY + 2 * BOUND**2 * (1 - float(ndtr(BOUND)))  # variance of bounded normal noise
_INFLATION = _BOUNDED / _SLOPE**2  # of the moved scores' noise against normal noise: 1.05
_TURNS = 20  # of the variance ratios; they settle within eight
_ROUNDS = 100  # of the weights at given ratios
_SETTLED = 1e-5  # on the log scale of the ratios
_CONVERGED = 1e-8  # of the robust scale


def robust_scale(residuals: Vector) -> float:
    """Standard deviation from the median absolute residual, which single odd scores do not move."""
    return 1.4826 * float(np.median(np.abs(residuals)))


def fit_huber(equations: Equations, start: Ratios, reason: Message) -> Fit:
    """The mixed model with Huber weights; `start` are the variance ratios of the plain one."""
    given, found = equations.table, start
    moved = equations
    for turn in range(_TURNS):
        solved, _ = solve_at(moved, found)
        scale = robust_scale((given.score - solved.fitted) * np.sqrt(given.weight))
        if scale**2 * given.count <= EXACT * given.spread:
            break  # more than half of the scores fit exactly: there is no scale to bound by
        moved = _weighted(given, solved, scale)
        before, found = found, ratios(moved, found)
        if turn and _apart(before, found) < _SETTLED:
            break
    fit = fit_mixed(moved, found, reason)
    assert fit.variance is not None
    assert fit.variance.residual is not None
    variance = Variance(fit.variance.entry, fit.variance.judge, fit.variance.residual / _INFLATION)
    return replace(fit, method=Method.HUBER, variance=variance)


def _weighted(given: Table, solved: Solution, scale: float) -> Equations:
    """The equations of the moved scores, at the variance ratios of `solved`: one factor serves all rounds."""
    root_weight = np.sqrt(given.weight)
    fitted = solved.fitted
    for _ in range(_ROUNDS):
        residual = np.clip((given.score - fitted) * root_weight, -BOUND * scale, BOUND * scale)
        equations = solved.equations.with_scores(fitted + residual / (_SLOPE * root_weight))
        solved = solved.again(equations)
        step = float(np.max(np.abs(solved.fitted - fitted)))
        fitted = solved.fitted
        if step <= _CONVERGED * scale:
            break
    return equations


def _apart(one: Ratios, other: Ratios) -> float:
    pairs = [(one.judge, other.judge)]
    if one.entry is not None and other.entry is not None:
        pairs.append((one.entry, other.entry))
    return max(abs(math.log((a + 1e-7) / (b + 1e-7))) for a, b in pairs)
