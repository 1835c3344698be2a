"""Small numbers of people in a public table are hidden, and enough others that nobody can work them out. Pure.

A table is published with its sums, which make one more row and one more column of it. Take rows and columns as nodes and
hidden cells as edges: a hidden cell can be worked out exactly when its edge is a bridge (Gusfield 1988, A graph theoretic
approach to statistical data security, SIAM J. Comput. 17:552). So rings of cells are hidden until no bridge is left.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

SMALLEST_SHOWN = 5
"""Fewer people than this, but more than none, are hidden."""

Cell = tuple[int, int]


def with_sums(counts: Sequence[Sequence[int]]) -> list[list[int]]:
    """The table with the sums of its rows behind each and those of its columns below."""
    rows = [[*row, sum(row)] for row in counts]
    return [*rows, [sum(column) for column in zip(*rows, strict=True)]]


def shown(counts: Sequence[Sequence[int]], least: int = SMALLEST_SHOWN) -> list[list[int | None]]:
    """The table with its sums, as `with_sums` gives it; None where a number is hidden.

    `counts`: rows × columns of people, at least one of each.
    """
    table = with_sums(counts)
    hidden = {(r, c) for r, row in enumerate(table) for c, number in enumerate(row) if 0 < number < least}
    while (bridge := _first_bridge(hidden)) is not None:
        hidden |= _ring(table, hidden, bridge)
    return [[None if (r, c) in hidden else number for c, number in enumerate(row)] for r, row in enumerate(table)]


def _first_bridge(hidden: Iterable[Cell]) -> Cell | None:
    edges = sorted(hidden)
    return next((cell for cell in edges if not _joined(cell, [one for one in edges if one != cell])), None)


def _joined(cell: Cell, edges: Sequence[Cell]) -> bool:
    """Whether the cell's row and its column are joined by other hidden cells."""
    near: defaultdict[tuple[str, int], list[tuple[str, int]]] = defaultdict(list)
    for row, column in edges:
        near["row", row].append(("column", column))
        near["column", column].append(("row", row))
    start, end = ("row", cell[0]), ("column", cell[1])
    seen, waiting = {start}, [start]
    while waiting:
        for other in near[waiting.pop()]:
            if other not in seen:
                seen.add(other)
                waiting.append(other)
    return end in seen


def _ring(table: Sequence[Sequence[int]], hidden: set[Cell], cell: Cell) -> set[Cell]:
    """The three corners that make a ring with the cell and take the fewest people away; zeros, which many guess, last."""
    most = table[-1][-1] + 1
    r, c = cell

    def cost(corners: Iterable[Cell]) -> int:
        return sum(table[row][column] or most for row, column in corners if (row, column) not in hidden)

    rings = [
        ((r, column), (row, c), (row, column))
        for row in range(len(table))
        for column in range(len(table[0]))
        if row != r and column != c
    ]
    return set(min(rings, key=lambda corners: (cost(corners), tuple(corners))))
