"""Assignment at the size of a province: 10,000 entries × 3 reads × 300 judges."""

from __future__ import annotations

import random
from dataclasses import replace

from benchmarks.measurement import Measurement, timed
from contest_portal.judging.assignment import Entry, Infeasible, Judge, Plan, Problem, assign, repair

ENTRIES, JUDGES, READS, PANELS = 10_000, 300, 3, 10
SECONDS = 30  # promised
FIELDS = [f"field {number}" for number in range(12)]


def measure() -> list[Measurement]:
    """Seconds of a plan of each kind, of telling why there is none, and of a repair in mid-round."""
    size = f"{ENTRIES} entries × {READS} reads × {JUDGES} judges"
    free, linked = problem(), problem(panels=PANELS)
    tight, short = problem(limit=ENTRIES * READS // JUDGES), problem(limit=ENTRIES * READS // JUDGES - 10)
    plan = assign(linked, seed=1)
    assert isinstance(plan, Plan)
    assert isinstance(assign(short, seed=1), Infeasible)
    read = set(plan.pairs[::2])
    fewer = replace(linked, judges=linked.judges[1:])
    return [
        timed(f"plan, {size}", lambda: assign(free, seed=1), limit=SECONDS),
        timed(f"plan, {PANELS} linked panels, {size}", lambda: assign(linked, seed=1), limit=SECONDS, warm=False),
        timed(f"plan, every judge at the limit, {size}", lambda: assign(tight, seed=1), limit=SECONDS),
        timed(f"why there is no plan, {size}", lambda: assign(short, seed=1), limit=SECONDS, repeats=3, warm=False),
        timed(f"repair, half read, even, {size}", lambda: repair(fewer, plan.pairs, read, 1), limit=SECONDS, repeats=3),
        timed(
            f"repair, half read, fewest moves, {size}",
            lambda: repair(fewer, plan.pairs, read, 1, even=False),
            limit=SECONDS,
            repeats=3,
            warm=False,
        ),
    ]


def problem(limit: int | None = None, panels: int = 0) -> Problem:
    """Entries of 400 schools, judges of them with three fields each, 3,000 declared conflicts."""
    draw = random.Random(2018)  # noqa: S311 — an example, no secret
    entries = [
        Entry(number, f"school {draw.randrange(400)}", draw.choice(FIELDS), number % panels if panels else None)
        for number in range(ENTRIES)
    ]
    judges = [
        Judge(
            f"judge {number}",
            f"school {draw.randrange(400)}",
            limit,
            frozenset(draw.sample(FIELDS, 3)),
            frozenset({number % panels} if panels else ()),
        )
        for number in range(JUDGES)
    ]
    conflicts = {(f"judge {draw.randrange(JUDGES)}", draw.randrange(ENTRIES)) for _ in range(3000)}
    return Problem(entries, judges, READS, conflicts, link_share=0.3 if panels else 0.0)
