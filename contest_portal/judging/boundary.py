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

import heapq
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from contest_portal.judging.ranking import BAND, Ranking
from contest_portal.judging.ranking.quota import normals

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Counts = NDArray[np.int64]

DRAWS = 4_000
"""Draws behind the expected numbers: a share of right places is then known to about ±0.003 (one standard error)."""

MOST_EXTRA = 30
"""Further reads of one work beyond which nothing is worth planning."""

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

    def moved(self, extra: Vector) -> Vector:
        """Variance by which the estimates will move with `extra` reads (works, …)."""
        variance = self.variance.reshape(-1, *[1] * (extra.ndim - 1))
        return np.where(extra > 0, variance**2 / (variance + self.noise / np.maximum(extra, 1)), 0.0)

    def right(self, most: int) -> Matrix:
        """(works, most + 1) probability to stand on the right side of the line after 0, 1, … `most` further reads."""
        moved = self.moved(np.tile(np.arange(most + 1.0), (len(self.mean), 1)))
        left = np.sqrt(np.maximum(self.variance[:, None] - moved, 1e-12))
        found = np.empty(moved.shape)
        for count in range(most + 1):
            there = (self.mean - self.line)[:, None] + np.sqrt(moved[:, count])[:, None] * _POINTS
            found[:, count] = ndtr(np.abs(there) / left[:, count][:, None]) @ _MASS
        return found


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
    near = _near(ranking, levels, quota, band)
    extra = _placed(levels, np.where(near, _rooms(ranking, readers), 0), reads)
    before, after = _expected_right(levels, quota, np.zeros(len(extra))), _expected_right(levels, quota, extra)
    return BoundaryPlan(
        entries=_given(levels, extra),
        reads=int(extra.sum()),
        quota=quota,
        expected_right_before=round(before, 3),
        expected_right_after=round(max(before, after), 3),
        line=round(levels.line, 6),
        near=tuple(identifier for identifier, is_near in zip(levels.ids, near, strict=True) if is_near),
    )


def place_reads(
    ranking: Ranking, quota: int, reads: int, *, band: tuple[float, float] = BAND
) -> tuple[tuple[Hashable, int], ...]:
    """The `entries` of the plan alone, without what it is expected to bring, which takes longer to work out."""
    levels = _levels(ranking, quota)
    near = _near(ranking, levels, quota, band)
    return _given(levels, _placed(levels, np.where(near, _rooms(ranking, None), 0), reads))


def _given(levels: _Levels, extra: Counts) -> tuple[tuple[Hashable, int], ...]:
    given = [(identifier, int(count)) for identifier, count in zip(levels.ids, extra, strict=True) if count]
    return tuple(sorted(given, key=lambda one: -one[1]))  # stable: by rank within the same number


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


def _near(ranking: Ranking, levels: _Levels, quota: int, band: tuple[float, float]) -> NDArray[np.bool_]:
    """(works,) whether the probability to be among the best lies within the band."""
    if ranking.quota == quota and all(one.p_in_quota is not None for one in ranking.entries):
        share = np.array([float(one.p_in_quota or 0) for one in ranking.entries])
    else:
        share = ndtr((levels.mean - levels.line) / np.sqrt(levels.variance))
    return np.asarray((share >= band[0]) & (share <= band[1]))


def _rooms(ranking: Ranking, readers: Mapping[Hashable, int] | None) -> Counts:
    """(works,) how many judges may still read each."""
    given = readers or {}
    unread = [len(ranking.judges) - one.reads for one in ranking.entries]
    rooms = unread if readers is None else [given.get(one.id, 0) for one in ranking.entries]
    return np.maximum(np.array(rooms, dtype=np.int64), 0)


def _placed(levels: _Levels, most: Counts, reads: int) -> Counts:
    """(works,) extra reads, `most` at the highest; always the batch with the best gain a read, the higher rank first."""
    extra = np.zeros(len(most), dtype=np.int64)
    right = levels.right(min(int(most.max(initial=0)), MOST_EXTRA))
    most = np.minimum(most, MOST_EXTRA)

    def best(work: int) -> tuple[float, int, int] | None:
        has = int(extra[work])
        room = min(int(most[work]) - has, left, _MOST_AT_ONCE)
        if room < 1:
            return None
        share = (right[work, has + 1 : has + room + 1] - right[work, has]) / np.arange(1, room + 1)
        batch = int(np.argmax(share)) + 1
        return -round(float(share[batch - 1]), 9), work, batch

    left = reads
    waiting = [one for work in np.flatnonzero(most) if (one := best(int(work)))]
    heapq.heapify(waiting)
    while left and waiting:
        _, work, batch = heapq.heappop(waiting)
        if batch <= left:
            extra[work] += batch
            left -= batch
        again = best(work)
        if again:
            heapq.heappush(waiting, again)
    return extra


def _expected_right(levels: _Levels, quota: int, extra: Counts | Vector) -> float:
    """Works among the best `quota` of the estimates after the extra reads that are truly among the best `quota`."""
    bits = np.random.PCG64(0)
    works = len(levels.mean)
    count = max(200, min(DRAWS, 4_000_000 // works))
    true = levels.mean + normals(bits, count, works) * np.sqrt(levels.variance)
    read = true + normals(bits, count, works) * np.sqrt(levels.noise / np.maximum(extra, 1))
    seen = levels.mean + levels.moved(np.asarray(extra, dtype=np.float64)) / levels.variance * (read - levels.mean)
    return float(np.mean(np.sum(_best(seen, quota) & _best(true, quota), axis=1)))


def _best(level: Matrix, quota: int) -> NDArray[np.bool_]:
    """(draws, works) which are the best `quota`; of equals the higher rank."""
    best = np.argsort(-level, axis=1, kind="stable")[:, :quota]
    chosen = np.zeros(level.shape, dtype=bool)
    np.put_along_axis(chosen, best, True, axis=1)
    return chosen
