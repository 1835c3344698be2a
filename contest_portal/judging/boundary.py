"""The boundary round: whom to read again when more reads are given only to the works near the line.

A read of a work that is surely in or surely out changes nothing. Each further read goes where it raises the expected
number of right decisions most, by the distribution of the levels that the ranking has estimated: a work with level
`estimate ± se` is right when it stands on that side of the line on which its true level is. The gain of the first read
can be small and that of three together large, so reads are given in the batch with the best gain a read. This is the
knowledge gradient (Frazier, Powell & Dayanik 2008, SIAM J. Control Optim. 47) for the loss "wrong side of the line", with
batches after Frazier & Powell 2010, Decision Analysis 7. Compared with other ways in docs/decisions/simulation.md.

Pure: the same ranking gives the same plan, whatever the machine.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from contest_portal.judging.ranking import BAND, Ranking
from contest_portal.judging.ranking.quota import normals

Vector = NDArray[np.float64]

DRAWS = 4_000
"""Draws behind the expected numbers: a share of right places is then known to about ±0.003 (one standard error)."""

_MOST_AT_ONCE = 6  # reads weighed together for one work
_POINTS = np.linspace(-4, 4, 81)  # of a standard normal; its mass outside is 6e-5
_MASS = np.exp(-(_POINTS**2) / 2) / np.sum(np.exp(-(_POINTS**2) / 2))


@dataclass(frozen=True)
class BoundaryPlan:
    """Who is read again and what it is expected to bring.

    `entries` are (id, extra reads), most reads first; `reads` is their sum, below what was asked where the works of the
    band have no more judges left. `expected_right_before` and `expected_right_after` are works, of `quota` places, that
    truly belong there. `line` is the level in points that parts the works. `near` are all works of the band.
    """

    entries: tuple[tuple[Hashable, int], ...]
    reads: int
    quota: int
    expected_right_before: float
    expected_right_after: float
    line: float
    near: tuple[Hashable, ...]

    @property
    def gain(self) -> float:
        """Works more that are expected to be right."""
        return self.expected_right_after - self.expected_right_before


@dataclass(frozen=True)
class _Levels:
    """The estimated distribution: works' levels normal around `mean` with `variance`; a read adds noise of `noise`."""

    ids: list[Hashable]
    mean: Vector
    variance: Vector
    noise: float
    line: float

    def right(self, extra: Vector) -> Vector:
        """(works,) probability to stand on the right side of the line after `extra` reads each."""
        moved = self.variance**2 / (self.variance + self.noise / np.maximum(extra, 1e-9))
        moved = np.where(extra > 0, moved, 0.0)  # variance by which the estimate will move
        left = np.sqrt(np.maximum(self.variance - moved, 1e-12))
        distance = self.mean - self.line
        there = distance[:, None] + np.sqrt(moved)[:, None] * _POINTS
        return np.asarray(ndtr(np.abs(there) / left[:, None]) @ _MASS)


def plan_boundary(
    ranking: Ranking,
    quota: int,
    reads: int,
    *,
    band: tuple[float, float] = BAND,
    readers: Mapping[Hashable, int] | None = None,
) -> BoundaryPlan:
    """Give up to `reads` more reads to works whose probability to be among the best `quota` lies within `band`.

    `readers` are the judges that may still read a work, by its id (missing: none); without it every judge of the
    ranking may read what that judge has not read. Only probabilities of the ranking made for the same quota are used,
    others are worked out from the estimates. Raises ValueError for a quota that is not below the number of works, for
    negative reads, for a ranking without standard errors or whose noise was not estimated.
    """
    if not 1 <= quota < len(ranking.entries):
        raise ValueError(f"a quota of {quota} among {len(ranking.entries)} works leaves nothing to decide")
    if reads < 0:
        raise ValueError("reads cannot be below zero")
    levels = _levels(ranking, quota)
    low, high = band
    near = np.array([low <= share <= high for share in _probabilities(ranking, levels, quota)])
    most = np.array([_room(ranking, one.id, one.reads, readers) for one in ranking.entries], dtype=np.int64)
    extra = _placed(levels, np.where(near, most, 0), reads)
    before, after = _expected_right(levels, quota, np.zeros(len(extra))), _expected_right(levels, quota, extra)
    given = [(identifier, int(count)) for identifier, count in zip(levels.ids, extra, strict=True) if count]
    return BoundaryPlan(
        entries=tuple(sorted(given, key=lambda one: -one[1])),  # stable: by rank within the same number
        reads=int(extra.sum()),
        quota=quota,
        expected_right_before=round(before, 3),
        expected_right_after=round(max(before, after), 3),
        line=round(levels.line, 6),
        near=tuple(identifier for identifier, is_near in zip(levels.ids, near, strict=True) if is_near),
    )


def _levels(ranking: Ranking, quota: int) -> _Levels:
    if ranking.variance.residual is None or any(one.se is None for one in ranking.entries):
        raise ValueError("the ranking has no standard errors")
    mean = np.array([one.estimate for one in ranking.entries])
    variance = np.maximum(np.array([float(one.se or 0) for one in ranking.entries]) ** 2, 1e-9)
    # A judge's severity is known but for its own error, which every read by that judge carries.
    known = [one.se**2 for one in ranking.judges if one.se is not None]
    noise = max(ranking.variance.residual + (float(np.mean(known)) if known else 0.0), 1e-9)

    def surplus(line: float) -> float:
        return float(np.sum(ndtr((mean - line) / np.sqrt(variance)))) - quota

    reach = 12 * float(np.sqrt(variance.max()))
    line = brentq(surplus, float(mean.min()) - reach, float(mean.max()) + reach, xtol=1e-9)
    return _Levels([one.id for one in ranking.entries], mean, variance, noise, float(line))


def _probabilities(ranking: Ranking, levels: _Levels, quota: int) -> list[float]:
    if ranking.quota == quota and all(one.p_in_quota is not None for one in ranking.entries):
        return [float(one.p_in_quota or 0) for one in ranking.entries]
    return [float(share) for share in ndtr((levels.mean - levels.line) / np.sqrt(levels.variance))]


def _room(ranking: Ranking, identifier: Hashable, reads: int, readers: Mapping[Hashable, int] | None) -> int:
    left = len(ranking.judges) - reads if readers is None else readers.get(identifier, 0)
    return max(left, 0)


def _placed(levels: _Levels, most: NDArray[np.int64], reads: int) -> NDArray[np.int64]:
    """(works,) extra reads, `most` at the highest; always the batch with the best gain a read."""
    extra = np.zeros(len(most), dtype=np.int64)
    works = np.flatnonzero(most)
    gains = {int(work): _gains(levels, int(work), 0) for work in works}
    left = reads
    while left:
        best = (0.0, -1, 0)
        for work, gain in gains.items():
            room = min(int(most[work] - extra[work]), left, _MOST_AT_ONCE)
            if room < 1:
                continue
            share = gain[:room] / np.arange(1, room + 1)
            batch = int(np.argmax(share)) + 1
            if best[1] < 0 or share[batch - 1] > best[0] + 1e-12:  # the first of equals: the higher rank
                best = (float(share[batch - 1]), work, batch)
        if best[1] < 0:
            break
        _, work, batch = best
        extra[work] += batch
        left -= batch
        gains[work] = _gains(levels, work, int(extra[work]))
    return extra


def _gains(levels: _Levels, work: int, has: int) -> Vector:
    """(batches,) what 1, 2, … reads more would add to the probability that the work stands on its right side."""
    one = _Levels([], levels.mean[work : work + 1], levels.variance[work : work + 1], levels.noise, levels.line)
    counts = np.arange(has, has + _MOST_AT_ONCE + 1, dtype=np.float64)
    spread = _Levels([], np.repeat(one.mean, len(counts)), np.repeat(one.variance, len(counts)), one.noise, one.line)
    right = spread.right(counts)
    return right[1:] - right[0]


def _expected_right(levels: _Levels, quota: int, extra: NDArray[np.int64] | Vector) -> float:
    """Works among the best `quota` of the estimates after the extra reads that are truly among the best `quota`."""
    bits = np.random.PCG64(0)
    works = len(levels.mean)
    count = max(200, min(DRAWS, 4_000_000 // works))
    true = levels.mean + normals(bits, count, works) * np.sqrt(levels.variance)
    error = normals(bits, count, works)
    moved = levels.variance / (levels.variance + levels.noise / np.maximum(extra, 1e-9))
    moved = np.where(extra > 0, moved, 0.0)
    read = true + error * np.sqrt(levels.noise / np.maximum(extra, 1))
    seen = levels.mean + moved * (read - levels.mean)
    return float(np.mean(np.sum(_best(seen, quota) & _best(true, quota), axis=1)))


def _best(level: NDArray[np.float64], quota: int) -> NDArray[np.bool_]:
    best = np.argsort(-level, axis=1, kind="stable")[:, :quota]
    chosen = np.zeros(level.shape, dtype=bool)
    np.put_along_axis(chosen, best, True, axis=1)
    return chosen
