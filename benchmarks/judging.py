"""Assignment and ranking at the size of a province's category."""

from __future__ import annotations

import random

from benchmarks.measurement import Measurement, timed
from contest_portal.judging.assignment import Entry, Judge, Plan, Problem, assign
from contest_portal.judging.ranking import Method, rank

ENTRIES, JUDGES, READS = 2000, 60, 3
FIELDS = ("物质科学", "生命科学", "地球环境与宇宙科学", "技术", "行为与社会科学")


def measure() -> list[Measurement]:
    """Seconds to assign 2,000 entries × 3 reads to 60 judges, and to rank the 6,000 scores, by method."""
    free, tight = problem(), problem(limit=ENTRIES * READS // JUDGES)
    size = f"{ENTRIES} entries × {READS} reads × {JUDGES} judges"
    plan = assign(free, seed=1)
    assert isinstance(plan, Plan)
    rows = scores(plan)
    return [
        timed(f"assignment, {size}", lambda: assign(free, seed=1), limit=5),
        timed(f"assignment, every judge at the limit, {size}", lambda: assign(tight, seed=1), limit=5),
        timed(f"ranking, additive, {len(rows)} scores", lambda: rank(rows, method=Method.ADDITIVE), limit=1),
        timed(
            f"ranking, mixed model, judges random, {len(rows)} scores", lambda: rank(rows, entries_fixed=True), limit=1
        ),
        timed(f"ranking, mixed model, entries and judges random, {len(rows)} scores", lambda: rank(rows), limit=1),
        timed(f"ranking, Huber weights, {len(rows)} scores", lambda: rank(rows, method=Method.HUBER)),
        *large(),
    ]


def large() -> list[Measurement]:
    """Seconds to fit 73,000 scores of 3,000 × 1,100 levels, whichever of the two are the entries."""
    results = []
    for entries, judges in ((3000, 1100), (1100, 3000)):
        rows = free_scores(entries, judges, 73_000)
        name = f"ranking, mixed model, {len(rows)} scores of {entries} entries × {judges} judges"
        results.append(timed(name, lambda rows=rows: rank(rows), limit=10, repeats=3))
    return results


def free_scores(entries: int, judges: int, count: int) -> list[tuple[object, object, float]]:
    """`count` scores of entries and judges drawn freely."""
    draw = random.Random(73)  # noqa: S311 — an example, no secret
    level, severity = [draw.gauss(75, 6) for _ in range(entries)], [draw.gauss(0, 5) for _ in range(judges)]
    pairs = [(draw.randrange(entries), draw.randrange(judges)) for _ in range(count)]
    return [(entry, judge, level[entry] + severity[judge] + draw.gauss(0, 7)) for entry, judge in pairs]


def problem(limit: int | None = None) -> Problem:
    """Entries of 80 schools, judges of 60 of them with two fields each, and two hundred declared conflicts."""
    draw = random.Random(2018)  # noqa: S311 — an example, no secret
    entries = [Entry(number, f"school {draw.randrange(80)}", draw.choice(FIELDS)) for number in range(ENTRIES)]
    judges = [
        Judge(f"judge {number}", f"school {number}", limit, frozenset(draw.sample(FIELDS, 2)))
        for number in range(JUDGES)
    ]
    conflicts = {(f"judge {draw.randrange(JUDGES)}", draw.randrange(ENTRIES)) for _ in range(200)}
    return Problem(entries, judges, READS, conflicts)


def scores(plan: Plan) -> list[tuple[object, object, float]]:
    """A score for each task, with the spreads that district contests show: entries 6, judges 5, noise 7 points."""
    draw = random.Random(7)  # noqa: S311 — an example, no secret
    level = {entry: draw.gauss(75, 6) for entry in sorted({entry for _, entry in plan.pairs}, key=str)}
    severity = {judge: draw.gauss(0, 5) for judge in plan.loads}
    return [
        (entry, judge, float(round(level[entry] + severity[judge] + draw.gauss(0, 7)))) for judge, entry in plan.pairs
    ]
