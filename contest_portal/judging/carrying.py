"""Rounds that count together by weight: points, raw points, standard errors, the chance to be within the places. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from contest_portal.judging.ranking.fits import Errors
from contest_portal.judging.ranking.quota import p_in_quota
from contest_portal.judging.standings import Line, ranks_of, shared


@dataclass(frozen=True)
class Carried:
    """What a round found of a work: points, their standard error, that without what all works share, the raw points.

    `pull` (0–1) is the share of its distance to the mean by which the method drew the work towards the mean.
    """

    points: float
    se: float | None = None
    se_apart: float | None = None
    raw: float | None = None
    pull: float = 0.0

    @classmethod
    def of_line(cls, line: Mapping[str, Any]) -> Carried:
        """From a frozen line that has points. Lines of old rankings keep one error alone, which is the larger."""
        apart = line.get("se_apart")
        return cls(
            line["score"],
            line.get("se"),
            line.get("se") if apart is None else apart,
            line.get("raw"),
            line.get("pull") or 0.0,
        )

    @classmethod
    def from_list(cls, values: Sequence[Any]) -> Carried:
        """From `to_list`. Raises TypeError, ValueError for anything else."""
        points, se, apart, raw, pull = values
        return cls(float(points), _number(se), _number(apart), _number(raw), float(pull))

    def to_list(self) -> list[float | None]:
        """As JSON-able data."""
        return [self.points, self.se, self.se_apart, self.raw, self.pull]


@dataclass(frozen=True)
class Together:
    """How a round counts with the one before: `earlier` by entry, `weight` its share of the whole, and `spread`, the
    variance of works in squared points that this round's method drew them together by (None: it draws none)."""

    earlier: Mapping[int, Carried]
    weight: float
    spread: float | None = None

    def lines(self, lines: Sequence[Line], chances: Mapping[int, float]) -> list[Line]:
        """Points of both rounds; a work that one of them lacks has no rank."""
        both = {line.entry_id: self.combined(line) for line in lines}
        ranks = ranks_of({entry_id: one.points for entry_id, one in both.items() if one is not None})
        raw = {entry_id: one.raw for entry_id, one in both.items() if one is not None and one.raw is not None}
        raw_ranks = ranks_of(raw)
        ties = shared(ranks.values())
        return [
            replace(
                line,
                score=None if one is None else one.points,
                rank=ranks.get(line.entry_id),
                tied=ranks.get(line.entry_id) in ties,
                raw=raw.get(line.entry_id),
                raw_rank=raw_ranks.get(line.entry_id),
                se=None if one is None else one.se,
                se_apart=None if one is None else one.se_apart,
                pull=0.0 if one is None else one.pull,
                p_in_quota=chances.get(line.entry_id),
            )
            for line in lines
            for one in [both[line.entry_id]]
        ]

    def combined(self, line: Line) -> Carried | None:
        """The work by both rounds; None where one of them has no points.

        A method that draws works towards the mean errs by `pull` of a work's own level, in both rounds in the same
        direction: their errors' covariance is pull · pull · variance of works. Why: docs/decisions/ranking.md.
        """
        earlier = self.earlier.get(line.entry_id)
        if earlier is None or line.score is None:
            return None
        own, weight = 1 - self.weight, self.weight
        together = 2 * own * weight * line.pull * earlier.pull * (self.spread or 0.0)

        def error(se: float | None, earlier_se: float | None) -> float | None:
            if se is None or earlier_se is None:
                return None
            return round(math.sqrt((own * se) ** 2 + (weight * earlier_se) ** 2 + together), 6)

        return Carried(
            round(own * line.score + weight * earlier.points, 6),
            error(line.se, earlier.se),
            error(line.se_apart, earlier.se_apart),
            None if line.raw is None or earlier.raw is None else round(own * line.raw + weight * earlier.raw, 6),
            round(own * line.pull + weight * earlier.pull, 6),
        )

    def chances(self, lines: Sequence[Line], wanted: Mapping[str, int], seed: int) -> dict[int, float]:
        """Entry → the chance to be within the places of its group by both rounds; none where an error is not known."""
        found: dict[int, float] = {}
        groups = {"": wanted[""]} if "" in wanted else wanted
        for stage, places in sorted(groups.items()):
            own = {
                line.entry_id: one
                for line in sorted(lines, key=lambda line: line.entry_id)
                if (not stage or line.stage_code == stage) and (one := self.combined(line)) is not None
            }
            if not own or any(one.se_apart is None for one in own.values()):
                continue
            points, errors = (np.array([getattr(one, name) for one in own.values()]) for name in ("points", "se_apart"))
            shares = p_in_quota(points, Errors(errors), places, seed)
            found.update((entry_id, round(share, 4)) for entry_id, share in zip(own, shares.tolist(), strict=True))
        return found


def _number(value: Any) -> float | None:
    return None if value is None else float(value)
