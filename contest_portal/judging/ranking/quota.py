"""How sure it is that an entry belongs to the best K: the probability, and the entries near the line."""

from __future__ import annotations

from collections.abc import Hashable, Iterable

import numpy as np
from scipy.special import ndtri

from contest_portal.judging.ranking.fits import Errors
from contest_portal.judging.ranking.results import EntryEstimate
from contest_portal.judging.ranking.table import Matrix, Vector

DRAWS = 4_000
"""Draws of the joint distribution: a probability is then known to ±0.008 at worst (one standard error)."""

BAND = (0.1, 0.9)
"""Probabilities between which an entry counts as near the line (DEFAULT)."""

_CELLS = 2_000_000  # drawn at a time
_LARGE, _FEWER_DRAWS = 500_000, 1_000  # from so many shared errors on, ±0.016 must do


def p_in_quota(estimate: Vector, errors: Errors, quota: int, seed: int) -> Vector:
    """(entries,) the probability to be among the best `quota`; they add up to `quota`.

    The entries' levels are drawn together, normal around their estimates with the estimates' covariance: entries that
    share judges are wrong together. The lots come from raw bits of PCG64, which are the same everywhere. Equal levels
    share the places that are left.
    """
    entries = len(estimate)
    if quota >= entries:
        return np.ones(entries)
    bits = np.random.PCG64(seed)
    inside = np.zeros(entries)
    draws = _FEWER_DRAWS if errors.shared is not None and errors.shared.size > _LARGE else DRAWS
    size = max(1, min(draws, _CELLS // entries))
    for start in range(0, draws, size):
        count = min(size, draws - start)
        level = np.broadcast_to(estimate, (count, entries)).copy()
        if errors.own.any():
            level += normals(bits, count, entries) * errors.own
        if errors.shared is not None:
            level += normals(bits, count, errors.shared.shape[1]) @ errors.shared.T
        inside += _best(level, quota)
    return inside / draws


def _best(level: Matrix, quota: int) -> Vector:
    """(entries,) in how many of the draws each is among the best."""
    line = -np.partition(-level, quota - 1, axis=1)[:, quota - 1 : quota]
    above, at = level > line, level == line
    share = (quota - above.sum(axis=1)) / at.sum(axis=1)
    return np.asarray((above + at * share[:, None]).sum(axis=0))


def normals(bits: np.random.PCG64, rows: int, columns: int) -> Matrix:
    """(rows, columns) standard normal values from the generator's raw bits."""
    raw = bits.random_raw(rows * columns)
    return np.asarray(ndtri(((raw >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53).reshape(rows, columns))


def boundary_band(entries: Iterable[EntryEstimate], band: tuple[float, float] = BAND) -> tuple[Hashable, ...]:
    """The entries whose place is open: those with a probability within `band`, ends included, in the order given."""
    low, high = band
    return tuple(one.id for one in entries if one.p_in_quota is not None and low <= one.p_in_quota <= high)
