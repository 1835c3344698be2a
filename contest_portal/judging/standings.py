"""A category's standings: the weighted mean beside the estimates with the judges' severity removed. Pure.

The models are fitted once for a whole category, over all its stage groups, since the same judges read them; ranks are
then counted within whatever works are asked for (one stage group, or all).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from contest_portal.core.kept_messages import keep
from contest_portal.judging.ranking import VERSION, EntryEstimate, Method, Ranking, rank
from contest_portal.judging.ranking.ties import competition_ranks

PRECISION = 0.01
"""Points that are equal at two decimals are a tie, as they are shown."""


@dataclass(frozen=True)
class Score:
    """One sheet: the total out of 100 and the marks it is made of."""

    entry_id: int
    judge_id: int
    total: float
    marks: Mapping[str, float]


@dataclass(frozen=True)
class Work:
    """One entry that takes part; `stage_code` is its stage group."""

    id: int
    number: str
    stage_code: str


@dataclass(frozen=True)
class Line:
    """One work's line as it is frozen. Points out of 100, None where nobody read or the method gave nothing.

    `score` is the points by the round's method and `rank` goes by it; `raw_rank`, `additive_rank` and `mixed_rank` by
    the others. Ranks are 1, 2, 2, 4; `tied` says that another work has the same `rank`. `spread` is the highest total
    less the lowest; `criteria` the mean points of each criterion. `part` numbers the connected part of the judges.
    `se_apart` is `se` without what all works have in common, None in rankings that were frozen before it was kept.
    `p_in_quota` is the probability (0–1) to be within the places; `broken_by` the tie-breaks that parted it from others,
    `passed_over` those that could not be asked. `pull` (0–1) is the share of its distance to the mean by which the method
    drew it towards the mean. In a round that counts with an earlier one `score`, `raw`, their ranks, errors, `pull` and
    `p_in_quota` are those of both; the rest is of this round alone.
    """

    entry_id: int
    number: str
    stage_code: str
    reads: int
    raw: float | None
    additive: float | None
    mixed: float | None
    score: float | None
    se: float | None
    rank: int | None
    raw_rank: int | None
    additive_rank: int | None
    mixed_rank: int | None
    tied: bool
    spread: float | None
    part: int | None
    criteria: Mapping[str, float]
    p_in_quota: float | None = None
    broken_by: Sequence[str] = ()
    se_apart: float | None = None
    passed_over: Sequence[str] = ()
    pull: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """As JSON-able data."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Line:
        """The line that `to_dict` gave."""
        return cls(**data)


@dataclass(frozen=True)
class Fitted:
    """One category's scores with each method applied: `chosen` is the round's own."""

    chosen: Ranking
    additive: Ranking
    mixed: Ranking
    scores: Sequence[Score]

    @property
    def spread(self) -> float | None:
        """The variance of works by which the round's method drew them towards the mean; None where it draws none."""
        draws = self.chosen.method in {Method.MIXED, Method.HUBER} and not self.chosen.entries_fixed
        return self.chosen.variance.entry if draws else None

    def facts(self) -> dict[str, Any]:
        """What is frozen beside the lines: methods with their reasons, severities, variances, connected parts."""
        return {
            "version": VERSION,
            "requested": str(self.chosen.requested),
            "used": str(self.chosen.method),
            "reason": keep(self.chosen.reason),
            "reasons": {"additive": keep(self.additive.reason), "mixed": keep(self.mixed.reason)},
            "mean": self.chosen.mean,
            "lambda2": self.chosen.lambda2,
            "scaled": self.chosen.scaled,
            "quota": self.chosen.quota,
            "seed": self.chosen.seed,
            "variance": asdict(self.mixed.variance),
            "reliability": self.mixed.reliability and asdict(self.mixed.reliability),
            "entries_fixed": self.mixed.entries_fixed,
            "parts": [{"entries": len(part.entries), "judges": list(part.judges)} for part in self.chosen.components],
            "scores": len(self.scores),
            "judges": self._judges(),
            "precision": PRECISION,
        }

    def _judges(self) -> list[dict[str, Any]]:
        """One line a judge: reads, mean total, severity by both methods with standard errors."""
        totals: dict[int, list[float]] = defaultdict(list)
        for score in self.scores:
            totals[score.judge_id].append(score.total)
        additive = {one.id: one for one in _own(self.additive, Method.ADDITIVE)}
        mixed = {one.id: one for one in _own(self.mixed, Method.MIXED)}
        lines = []
        for judge_id in sorted(totals):
            by_addition, by_model = additive.get(judge_id), mixed.get(judge_id)
            lines.append(
                {
                    "judge_id": judge_id,
                    "reads": len(totals[judge_id]),
                    "mean": round(math.fsum(totals[judge_id]) / len(totals[judge_id]), 6),
                    "additive": by_addition and by_addition.severity,
                    "additive_se": by_addition and by_addition.se,
                    "mixed": by_model and by_model.severity,
                    "mixed_se": by_model and by_model.se,
                }
            )
        return lines


Places = Sequence[tuple[Sequence[Hashable], int]]
"""Places for groups of works: (entry ids, how many)."""


def fit(
    scores: Sequence[Score],
    method: Method,
    *,
    scale: bool = False,
    quota: int | None = None,
    group_quotas: Places = (),
    seed: int = 0,
) -> Fitted:
    """The category's scores by the round's method and, for comparison, by both that remove the judges' severity.

    `quota` places for all works, or `group_quotas` for stage groups, give the lines their `p_in_quota`.
    """
    rows = [(score.entry_id, score.judge_id, score.total) for score in scores]
    chosen = rank(rows, method=method, scale=scale, quota=quota, group_quotas=group_quotas, seed=seed)
    own = {} if scale else {method: chosen}
    additive, mixed = (own.get(one) or rank(rows, method=one) for one in (Method.ADDITIVE, Method.MIXED))
    return Fitted(chosen, additive, mixed, scores)


def standings(fitted: Fitted, works: Sequence[Work]) -> list[Line]:
    """The lines of `works` by rank, then number; works that nobody read stand last, without a rank."""
    chosen = _points(fitted.chosen, works)
    raw = {one.id: one.raw for one in fitted.chosen.entries}
    additive = _points(fitted.additive, works, Method.ADDITIVE)
    mixed = _points(fitted.mixed, works, Method.MIXED)
    ids = [work.id for work in works]
    ranks = {name: ranks_of({id_: values[id_] for id_ in ids if id_ in values}) for name, values in (
        ("chosen", chosen), ("raw", raw), ("additive", additive), ("mixed", mixed))}  # fmt: skip
    known = {one.id: one for one in fitted.chosen.entries}
    totals, criteria = _details(fitted.scores)
    ties = shared(ranks["chosen"].values())
    lines = []
    for work in works:
        estimate: EntryEstimate | None = known.get(work.id)
        own_rank = ranks["chosen"].get(work.id)
        lines.append(
            Line(
                entry_id=work.id,
                number=work.number,
                stage_code=work.stage_code,
                reads=len(totals.get(work.id, ())),
                raw=raw.get(work.id),
                additive=additive.get(work.id),
                mixed=mixed.get(work.id),
                score=chosen.get(work.id),
                se=estimate.se if estimate else None,
                rank=own_rank,
                raw_rank=ranks["raw"].get(work.id),
                additive_rank=ranks["additive"].get(work.id),
                mixed_rank=ranks["mixed"].get(work.id),
                tied=own_rank in ties,
                spread=round(max(totals[work.id]) - min(totals[work.id]), 6) if work.id in totals else None,
                part=estimate.component if estimate else None,
                criteria=criteria.get(work.id, {}),
                p_in_quota=estimate.p_in_quota if estimate else None,
                se_apart=estimate.se_apart if estimate else None,
                pull=_pull(estimate, fitted.spread),
            )
        )
    return sorted(lines, key=lambda line: (line.rank is None, line.rank, line.number))


def _pull(estimate: EntryEstimate | None, spread: float | None) -> float:
    """The part of a work's variance that its sheets left open: by so much it is drawn to the mean (0 drawn by none)."""
    if estimate is None or estimate.se_apart is None or spread is None:
        return 0.0
    return round(min(1.0, estimate.se_apart**2 / spread), 6) if spread > 0 else 1.0


def _own(ranking: Ranking, method: Method) -> Iterable[Any]:
    """The ranking's judges, none when the method had to give way to another."""
    return ranking.judges if ranking.method is method else ()


def _points(ranking: Ranking, works: Sequence[Work], method: Method | None = None) -> dict[Any, float]:
    if method is not None and ranking.method is not method:
        return {}
    wanted = {work.id for work in works}
    return {one.id: one.estimate for one in ranking.entries if one.id in wanted}


def ranks_of(values: Mapping[int, float]) -> dict[int, int]:
    """Ranks 1, 2, 2, 4 from the highest value down, equal where they are shown as equal."""
    return dict(zip(values, competition_ranks(list(values.values()), PRECISION), strict=True))


def shared(ranks: Iterable[int]) -> set[int | None]:
    """The ranks that stand more than once."""
    seen: set[int] = set()
    return {one for one in ranks if one in seen or seen.add(one)}  # type: ignore[func-returns-value]


def _details(scores: Sequence[Score]) -> tuple[dict[int, list[float]], dict[int, dict[str, float]]]:
    """Each work's totals, and the mean points of each criterion."""
    totals: dict[int, list[float]] = defaultdict(list)
    marks: dict[int, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for score in scores:
        totals[score.entry_id].append(score.total)
        for code, value in score.marks.items():
            marks[score.entry_id][code].append(value)
    means = {
        entry_id: {code: round(math.fsum(values) / len(values), 4) for code, values in by_code.items()}
        for entry_id, by_code in marks.items()
    }
    return totals, means
