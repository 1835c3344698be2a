"""The list under a large quota table: 10,000 entries, about 200 rows that cross each other."""

from __future__ import annotations

import random
from collections.abc import Mapping
from functools import partial

from benchmarks.measurement import Measurement, timed
from contest_portal.results.quotas.allocation import Allocation, Cap, Entry, Infeasible, Problem, Row, allocate

ENTRIES = 10_000
SECONDS = 10  # promised
GROUPS: Mapping[str, list[str]] = {
    "stage": ["小学", "初中", "高中"],
    "kind": ["个人", "集体"],
    "class": ["城区", "乡镇", "村小"],
    "discipline": [f"学科{number}" for number in range(13)],
}
PAIRS = (("stage", "discipline"), ("discipline", "class"), ("stage", "class"), ("kind", "discipline"))


def measure() -> list[Measurement]:
    """Seconds of lists with few and with many places, and of telling which rows collide."""
    results = []
    for total in (200, 1000, 3000):
        asked = problem(total)
        assert isinstance(allocate(asked), Allocation)
        size = f"{ENTRIES} entries, {total} places, {rows_of(asked)} rows"
        results.append(timed(f"list, {size}", partial(allocate, asked), limit=SECONDS, repeats=3, warm=False))
    collided = problem(1000, floors=1.25)
    assert isinstance(allocate(collided), Infeasible)
    size = f"{ENTRIES} entries, {rows_of(collided)} rows"
    why = timed(f"which rows collide, {size}", lambda: allocate(collided), limit=SECONDS, repeats=3, warm=False)
    return [*results, why]


def rows_of(asked: Problem) -> int:
    """The rows, each school's cap counted."""
    schools = {entry.groups["school"] for entry in asked.entries}
    return 1 + len(asked.floors) + len(asked.ceilings) + len(schools)


def problem(total: int, floors: float = 1.0) -> Problem:
    """Entries of 100 schools of unequal size; half the pairs of groups have a floor, the others a ceiling.

    With `floors` above 1 these ask for more than there are places.
    """
    draw = random.Random(2018)  # noqa: S311 — an example, no secret
    ranks = draw.sample(range(1, ENTRIES + 1), ENTRIES)
    entries = [
        Entry(
            number,
            rank,
            {
                **{name: draw.choice(values) for name, values in GROUPS.items()},
                "school": f"学校{min(int(draw.expovariate(1 / 20)), 99)}",
            },
        )
        for number, rank in enumerate(ranks)
    ]
    low, high = [], []
    for first, second in PAIRS:
        for one in GROUPS[first]:
            for other in GROUPS[second]:
                where = {first: one, second: other}
                fair = total / len(GROUPS[first]) / len(GROUPS[second])
                if draw.random() < 0.5:
                    low.append(
                        Row(where, count=int(fair * draw.uniform(0.3, 0.95) * floors * (2 if floors > 1 else 1)))
                    )
                else:
                    high.append(Row(where, count=int(fair * draw.uniform(1.0, 1.5)) + 1))
    return Problem(entries, total, low, high, [Cap("school", max(4, total // 80), {"学校0": total // 50})])
