"""A judge's own totals so far: how they spread, whether they say anything at all, which works are level. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

FEWEST_TO_JUDGE = 6
"""Below this many sheets nothing is said about likeness."""
ALIKE_SPAN = 2.0
ALIKE_SHARE = 0.8
BIN = 5


@dataclass(frozen=True)
class Bin:
    """Totals from `low` up to, not including, `high` points (100 itself belongs to the last bin)."""

    low: int
    high: int
    count: int


def histogram(totals: Sequence[float]) -> list[Bin]:
    """How many totals (0 to 100) lie in each five points, from the lowest that occurs to the highest, gaps included."""
    if not totals:
        return []
    counts = Counter(min(int(total // BIN), 100 // BIN - 1) for total in totals)
    return [Bin(place * BIN, (place + 1) * BIN, counts[place]) for place in range(min(counts), max(counts) + 1)]


@dataclass(frozen=True)
class Alike:
    """`count` totals that lie within `low` and `high` points, of which `same` are one and the same, `common`."""

    count: int
    low: float
    high: float
    same: int
    common: float


def alike(totals: Sequence[float]) -> Alike | None:
    """What to remind a judge of whose totals hardly differ: at least six, all within two points, or four of five the
    same. Otherwise None. A ranking can take nothing from such sheets."""
    if len(totals) < FEWEST_TO_JUDGE:
        return None
    low, high = min(totals), max(totals)
    common, same = max(Counter(totals).items(), key=lambda one: (one[1], one[0]))
    if high - low > ALIKE_SPAN and same < ALIKE_SHARE * len(totals):
        return None
    return Alike(len(totals), low, high, same, common)


def levels(totals: Sequence[float]) -> list[tuple[int, int]]:
    """For each total its place from the highest (1, 2, 2, 4) and how many share it."""
    counts = Counter(totals)
    return [(1 + sum(count for other, count in counts.items() if other > total), counts[total]) for total in totals]
