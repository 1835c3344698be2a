"""Contests drawn from the model, with or without favours: how often is chance pointed out, how many favours are?"""

from __future__ import annotations

import random
from dataclasses import dataclass

from contest_portal.judging.diagnostics import SheetFacts, diagnose

SD_ENTRY, SD_JUDGE = 6.0, 5.0


@dataclass(frozen=True)
class Found:
    """Over the drawn contests: shares (0–1) of the honest works pointed out, of single favours and of pairs of judge and
    school found; `honest_leanings` counts pairs pointed out that favoured nobody, a contest."""

    honest_works: float
    favours: float
    leanings: float
    honest_leanings: float


@dataclass(frozen=True)
class Drawn:
    """`singles` (judge, work) and `pairs` (judge, school) favour; the rest is honest."""

    sheets: list[SheetFacts]
    singles: set[tuple[int, int]]
    pairs: set[tuple[int, int]]


def contest(
    lot: random.Random,
    *,
    works: int = 80,
    judges: int = 12,
    reads: int = 3,
    schools: int = 12,
    sd_noise: float = 7.0,
    singles: int = 0,
    pairs: int = 0,
    favour: float = 15.0,
) -> Drawn:
    """Even loads, marks in half points. A pair that favours has four sheets or more, where it finds such."""
    severity = [lot.gauss(0, SD_JUDGE) for _ in range(judges)]
    load, plan = [0] * judges, []
    for work in range(works):
        own = sorted(range(judges), key=lambda judge: (load[judge], lot.random()))[:reads]
        for judge in own:
            load[judge] += 1
        plan += [(work, judge) for judge in own]
    school = [lot.randrange(schools) for _ in range(works)]
    favoured = set(lot.sample(plan, singles))
    count: dict[tuple[int, int], int] = {}
    for work, judge in plan:
        count[judge, school[work]] = count.get((judge, school[work]), 0) + 1
    often = sorted(pair for pair, sheets in count.items() if sheets >= 4)
    leaning = set(lot.sample(often, min(pairs, len(often))))
    level = [lot.gauss(70, SD_ENTRY) for _ in range(works)]
    sheets = []
    for work, judge in plan:
        more = favour if (work, judge) in favoured or (judge, school[work]) in leaning else 0.0
        total = round((level[work] + severity[judge] + lot.gauss(0, sd_noise) + more) * 2) / 2
        sheets.append(SheetFacts(work, judge, total, {}, school[work]))
    return Drawn(sheets, {(judge, work) for work, judge in favoured}, leaning)


def measure(contests: int, seed: int = 1, **values: float) -> Found:
    """What `diagnose` points out in so many contests, on the average."""
    lot = random.Random(seed)
    honest, flagged, there, hit, leaned, seen, wrong = 0, 0, 0, 0, 0, 0, 0
    for _ in range(contests):
        drawn = contest(lot, **values)  # type: ignore[arg-type]
        found = diagnose(drawn.sheets, 1000)
        touched = {work for _judge, work in drawn.singles}
        touched |= {one.entry_id for one in drawn.sheets if (one.judge_id, one.school) in drawn.pairs}
        honest += len({one.entry_id for one in drawn.sheets} - touched)
        flagged += len({one.entry_id for one in found.wide if one.beyond} - touched)
        there += len(drawn.singles)
        hit += len({(one.judge_id, one.entry_id) for one in found.favours} & drawn.singles)
        pairs = {(one.judge_id, one.school) for one in found.leanings}
        leaned += len(drawn.pairs)
        seen += len(pairs & drawn.pairs)
        wrong += len(pairs - drawn.pairs)
    return Found(flagged / honest, hit / there if there else 0, seen / leaned if leaned else 0, wrong / contests)
