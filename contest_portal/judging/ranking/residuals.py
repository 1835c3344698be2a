"""How far each score lies from what a ranking leads to expect of it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np

from contest_portal.judging.ranking.huber import robust_scale
from contest_portal.judging.ranking.results import Ranking


@dataclass(frozen=True, slots=True)
class Residual:
    """One score beside what was expected, in points; `deviations` is the difference in robust standard deviations.

    `deviations` is None when more than half of the scores are met exactly.
    """

    entry: Hashable
    judge: Hashable
    score: float
    expected: float
    deviations: float | None


def residuals(rows: Iterable[tuple[Hashable, Hashable, float]], ranking: Ranking) -> list[Residual]:
    """In the order of `rows`; those of entries or judges that are not in the ranking are left out.

    Expected is the entry's estimate in the judge's own severity and spread.
    """
    levels = {one.id: one.estimate for one in ranking.entries}
    judges = {one.id: one for one in ranking.judges}
    centre = ranking.mean or 0.0
    known = []
    for entry, judge, score in rows:
        if entry in levels and judge in judges:
            by = judges[judge]
            expected = centre + (levels[entry] - centre) * (by.scale or 1.0) + (by.severity or 0.0)
            known.append((entry, judge, score, expected))
    scale = robust_scale(np.array([score - expected for *_, score, expected in known])) if known else 0.0
    return [
        Residual(
            entry,
            judge,
            score,
            round(expected, 6) + 0.0,
            round((score - expected) / scale, 4) + 0.0 if scale > 1e-9 else None,
        )
        for entry, judge, score, expected in known
    ]
