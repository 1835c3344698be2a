"""The boundary round: whom to read again when more reads are given only to the works near the line.

A read of a work that is surely in or surely out changes nothing. Within the band reads are given in proportion to
p(1 - p), the variance of "belongs among the best", where p is the estimated probability to be within the quota: a work at
evens gets the most. They are dealt out one by one by Sainte-Laguë's divisors, so that any number of reads gives the fairest
whole shares. In simulations this found two points of recall more than the one-step knowledge gradient, which trusts the
first round's estimates so far that it reads too few works: docs/decisions/simulation.md.

Pure: the same ranking gives the same plan, whatever the machine.
"""

from __future__ import annotations

import heapq
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import ndtr

from contest_portal.judging.ranking import BAND, EntryEstimate, Ranking
from contest_portal.judging.ranking.quota import normals

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Counts = NDArray[np.int64]

DRAWS = 4_000
"""Draws behind the expected numbers: a share of right places is then known to about ±0.003 (one standard error)."""


@dataclass(frozen=True)
class BoundaryPlan:
    """Who is read again and what it is expected to bring.

    `entries` are (id, extra reads), most reads first; `reads` is their sum, below what was asked where the works of the
    band have no more judges left. `expected_right_before` and `expected_right_after` are works, of `quota` places, that
    truly belong there. `lines` are the levels in points that part the works of each group. `near` are all of the band.
    """

    entries: tuple[tuple[Hashable, int], ...]
    reads: int
    quota: int
    expected_right_before: float
    expected_right_after: float
    lines: tuple[float, ...]
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
    return plan_boundaries(
        [replace(ranking, quota=quota, entries=_for_quota(ranking, quota))], reads, band=band, readers=readers
    )


def plan_boundaries(
    rankings: Sequence[Ranking],
    reads: int,
    *,
    band: tuple[float, float] = BAND,
    readers: Mapping[Hashable, int] | None = None,
) -> BoundaryPlan:
    """The same where several groups of works have a line each: every ranking by its own quota, the reads given to
    whichever line they help most."""
    if reads < 0:
        raise ValueError("reads cannot be below zero")
    lines = [_line(ranking, band, readers) for ranking in rankings]
    share, most = (np.concatenate([getattr(one, name) for one in lines]) for name in ("share", "most"))
    extra = np.split(_placed(share, most, reads), np.cumsum([len(one.share) for one in lines])[:-1])
    before = [_expected_right(one.levels, one.quota, np.zeros(len(one.share))) for one in lines]
    after = [_expected_right(one.levels, one.quota, own) for one, own in zip(lines, extra, strict=True)]
    given = [pair for one, own in zip(lines, extra, strict=True) for pair in _given(one.levels, own)]
    return BoundaryPlan(
        entries=tuple(sorted(given, key=lambda pair: -pair[1])),
        reads=int(sum(own.sum() for own in extra)),
        quota=sum(one.quota for one in lines),
        expected_right_before=round(sum(before), 3),
        expected_right_after=round(sum(map(max, before, after)), 3),
        lines=tuple(round(one.levels.line, 6) for one in lines),
        near=tuple(id_ for one in lines for id_, is_near in zip(one.levels.ids, one.near, strict=True) if is_near),
    )


@dataclass(frozen=True)
class _Line:
    """The works around one line: probability to be above it, within the band or not, the most reads they can be given."""

    levels: _Levels
    quota: int
    share: Vector
    near: NDArray[np.bool_]
    most: Counts


def _line(ranking: Ranking, band: tuple[float, float], readers: Mapping[Hashable, int] | None) -> _Line:
    quota = ranking.quota or 0
    if not 1 <= quota < len(ranking.entries):
        raise ValueError(f"a quota of {quota} among {len(ranking.entries)} works leaves nothing to decide")
    levels = _levels(ranking, quota)
    share = _shares(ranking, levels, quota)
    near = (share >= band[0]) & (share <= band[1])
    return _Line(levels, quota, share, near, np.where(near, _rooms(ranking, readers), 0))


def _for_quota(ranking: Ranking, quota: int) -> tuple[EntryEstimate, ...]:
    """The entries with what is known of this quota: probabilities made for another say nothing."""
    if ranking.quota == quota:
        return ranking.entries
    return tuple(replace(one, p_in_quota=None) for one in ranking.entries)


def place_reads(
    ranking: Ranking, quota: int, reads: int, *, band: tuple[float, float] = BAND
) -> tuple[tuple[Hashable, int], ...]:
    """The `entries` of the plan alone, without what it is expected to bring, which takes longer to work out."""
    one = _line(replace(ranking, quota=quota, entries=_for_quota(ranking, quota)), band, None)
    return _given(one.levels, _placed(one.share, one.most, reads))


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


def _shares(ranking: Ranking, levels: _Levels, quota: int) -> Vector:
    """(works,) probability to be among the best `quota`."""
    if ranking.quota == quota and all(one.p_in_quota is not None for one in ranking.entries):
        return np.array([float(one.p_in_quota or 0) for one in ranking.entries])
    return np.asarray(ndtr((levels.mean - levels.line) / np.sqrt(levels.variance)))


def _rooms(ranking: Ranking, readers: Mapping[Hashable, int] | None) -> Counts:
    """(works,) how many judges may still read each."""
    given = readers or {}
    unread = [len(ranking.judges) - one.reads for one in ranking.entries]
    rooms = unread if readers is None else [given.get(one.id, 0) for one in ranking.entries]
    return np.maximum(np.array(rooms, dtype=np.int64), 0)


def _placed(share: Vector, most: Counts, reads: int) -> Counts:
    """(works,) extra reads in proportion to p(1 - p), `most` at the highest; of equals the higher rank comes first."""
    extra = np.zeros(len(most), dtype=np.int64)
    # A work that is given readers is worth a read however sure its place is, after all others.
    weight = np.round(np.maximum(share * (1 - share), 1e-9), 9)
    waiting = [(-float(weight[work]), int(work)) for work in np.flatnonzero(most)]
    heapq.heapify(waiting)
    for _ in range(min(reads, int(most.sum()))):
        _, work = heapq.heappop(waiting)
        extra[work] += 1
        if extra[work] < most[work]:
            heapq.heappush(waiting, (-float(weight[work]) / (2 * int(extra[work]) + 1), work))
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
