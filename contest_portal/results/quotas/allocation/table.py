"""The rows of a problem as numbers: kinds of entries that no row tells apart, and how many each row takes of them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from contest_portal.results.quotas.allocation.problem import Kind, Problem, Row

Label = tuple[Kind, Hashable]
"""A row of the problem: its kind, and its place (for a decision the entry's id)."""

NO_LIMIT = 1 << 40


@dataclass(frozen=True)
class Bound:
    """One limit: between `least` and `most` of the entries `members` (their places in the problem)."""

    label: Label
    name: str
    least: int
    most: int
    members: frozenset[int]


@dataclass(frozen=True)
class Table:
    """`takes[r, k]` is 1 when limit r counts entries of kind k; `kind_of` gives each entry's kind by its place."""

    bounds: list[Bound]
    takes: NDArray[np.bool_]  # (limits, kinds)
    least: NDArray[np.int64]  # (limits,)
    most: NDArray[np.int64]  # (limits,)
    kind_of: dict[int, int]


def bounds_of(problem: Problem, candidates: frozenset[int], copies: int = 1) -> list[Bound]:
    """The limits that the problem's rows set to the candidates, given by their places in the problem.

    A floor with fewer candidates than places asks for all of them. `copies`: how many each candidate stands for.
    """
    having = _by_value(problem, candidates)

    def matching(row: Row) -> frozenset[int]:
        return candidates.intersection(*(having.get(value, frozenset()) for value in row.where.items()))

    bounds = []
    if problem.total is not None:
        bounds.append(Bound((Kind.TOTAL, 0), "", 0, problem.total, candidates))
    for place, row in enumerate(problem.floors):
        members = matching(row)
        least = min(row.least(problem.total), copies * len(members))
        bounds.append(Bound((Kind.FLOOR, place), row.name, least, NO_LIMIT, members))
    for place, row in enumerate(problem.ceilings):
        members = matching(row)
        bounds.append(Bound((Kind.CEILING, place), row.name, 0, row.most(problem.total), members))
    for place, cap in enumerate(problem.caps):
        for (group, value), members in having.items():
            most = cap.most(value) if group == cap.by else None
            if most is not None:
                bounds.append(Bound((Kind.CAP, place), str(value), 0, most, members))
    return bounds


def _by_value(problem: Problem, candidates: frozenset[int]) -> dict[tuple[str, Hashable], frozenset[int]]:
    """The candidates by (group, value)."""
    members: dict[tuple[str, Hashable], set[int]] = {}
    for i in sorted(candidates):
        for value in problem.entries[i].groups.items():
            members.setdefault(value, set()).add(i)
    return {value: frozenset(places) for value, places in members.items()}


def table_of(bounds: list[Bound], candidates: Iterable[int]) -> Table:
    """The limits over kinds of candidates: two entries are of a kind when the same limits count them."""
    counted_by: dict[int, list[int]] = {i: [] for i in sorted(candidates)}
    for number, bound in enumerate(bounds):
        for i in bound.members:
            counted_by[i].append(number)
    kinds: dict[tuple[int, ...], int] = {}
    kind_of = {i: kinds.setdefault(tuple(numbers), len(kinds)) for i, numbers in counted_by.items()}
    takes = np.zeros((len(bounds), len(kinds)), dtype=np.bool_)
    for numbers, kind in kinds.items():
        takes[list(numbers), kind] = True
    least = np.array([bound.least for bound in bounds], dtype=np.int64)
    most = np.array([bound.most for bound in bounds], dtype=np.int64)
    return Table(bounds, takes, least, most, kind_of)
