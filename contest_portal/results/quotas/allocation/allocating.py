"""The list: down the ranks, an entry gets in whenever some list that satisfies all rows contains it with those already in."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np

from contest_portal.results.quotas.allocation.collisions import collision_of
from contest_portal.results.quotas.allocation.lists import Lists
from contest_portal.results.quotas.allocation.problem import Infeasible, Problem
from contest_portal.results.quotas.allocation.reasons import Line, Outcome, Passed, lines_of
from contest_portal.results.quotas.allocation.table import Bound, Table, bounds_of, table_of


@dataclass(frozen=True)
class Allocation:
    """A line for each entry: those in by rank, then tied, reserve and out; and how many places wait for the tie."""

    lines: Sequence[Line]
    pending_places: int = 0


def allocate(problem: Problem) -> Allocation | Infeasible:
    """The list that is lexicographically best by rank among all that satisfy every row.

    At the first group of equals of which some but not all that could each be in can be in together, the group is tied
    and all places from there on are pending. The order of the input has no influence.

    Raises ValueError for an id that stands twice, or a share without a total.
    """
    entries = problem.entries
    moved = problem.moved(on_list=True)
    ranked = frozenset(i for i, one in enumerate(entries) if one.rank is not None)
    candidates = moved | (ranked - problem.moved(on_list=False))
    bounds = bounds_of(problem, candidates)
    ordered = sorted(candidates, key=lambda i: (entries[i].place, _sort_key(entries[i].id)))
    filling = _Filling(problem, table_of(bounds, candidates), ordered, moved)
    if not filling.begin():
        return collision_of(problem, bounds, candidates, moved)
    filling.fill()
    return Allocation(lines_of(problem, filling.outcome), filling.pending)


def collision_alone(problem: Problem, copies: int) -> Infeasible | None:
    """Why the rows hold for no list at all, were there `copies` of each of the problem's entries; None when they can hold.

    The entries stand for all sorts that the rows tell apart: what is found here no ranking can mend.
    """
    candidates = frozenset(range(len(problem.entries)))
    bounds = bounds_of(problem, candidates, copies)
    table = table_of(bounds, candidates)
    available = copies * np.bincount(list(table.kind_of.values()), minlength=table.takes.shape[1])
    if Lists(table, available.astype(np.int64), np.ones(len(available))).exist:
        return None
    return collision_of(problem, bounds, candidates, frozenset(), copies)


def _sort_key(identifier: Hashable) -> tuple[str, Any]:
    return type(identifier).__name__, identifier if isinstance(identifier, (int, str)) else str(identifier)


class _Filling:
    """The list while it is filled from the top; nothing is taken back."""

    def __init__(self, problem: Problem, table: Table, ordered: Sequence[int], moved: frozenset[int]) -> None:
        self.problem, self.table, self.moved = problem, table, moved
        self.free = [i for i in ordered if i not in moved]
        available = np.zeros(table.takes.shape[1], dtype=np.int64)
        gain = np.zeros(len(available))
        for place, i in reversed(list(enumerate(ordered))):
            available[table.kind_of[i]] += 1
            gain[table.kind_of[i]] = 2.0 - place / len(ordered)
        self.lists = Lists(table, available, gain)
        self.outcome = Outcome(in_without_floors=self._without_floors())
        self.pending = 0

    def begin(self) -> bool:
        """Take what decisions moved in; False when no list satisfies the rows with these."""
        more = self._by_kind(self.moved)
        if not self.lists.exist or not self.lists.contain(more):
            return False
        self.lists.take(more)
        return True

    def fill(self) -> None:
        decided = 0
        for _, group in groupby(self.free, key=self._place):
            equals = list(group)
            decided += len(equals)
            able = self._able(equals, self.free[decided:])
            if not self.lists.contain(self._by_kind(able)):
                self._tie(able)
                self.pending = self.lists.places_left(self.problem.total)
                for i in self.free[decided:]:
                    self._pass(i)
                return
            self._take(able)

    def _place(self, i: int) -> tuple[float, int]:
        return self.problem.entries[i].place

    def _by_kind(self, entries: Sequence[int] | frozenset[int]) -> dict[int, int]:
        counts: dict[int, int] = {}
        for i in entries:
            kind = self.table.kind_of[i]
            counts[kind] = counts.get(kind, 0) + 1
        return counts

    def _able(self, equals: Sequence[int], below: Sequence[int]) -> list[int]:
        """Those of the equals that could each be in; the others are passed over for good."""
        able = []
        for i in equals:
            kind = self.table.kind_of[i]
            if self.lists.contain({kind: 1}):
                able.append(i)
            else:
                self._pass(i)
                self._close(kind, below)
        return able

    def _take(self, able: Sequence[int]) -> None:
        unmet = self._bounds(self.lists.unmet())
        self.lists.take(self._by_kind(able))
        for i in able:
            self.outcome.taken[i] = [bound for bound in unmet if i in bound.members]

    def _tie(self, able: Sequence[int]) -> None:
        """The tie, and the limits with fewer places left than the equals ask for."""
        self.outcome.tied = able
        for bound, left in zip(self.table.bounds, self.lists.room(), strict=True):
            if left < sum(i in bound.members for i in able):
                self.outcome.short.append((bound, int(left)))

    def _pass(self, i: int) -> None:
        full = self._bounds(self.lists.full(self.table.kind_of[i]))
        self.outcome.passed[i] = Passed(full, [] if full else self._bounds(self.lists.unmet()))

    def _bounds(self, numbers: Sequence[int]) -> list[Bound]:
        return [self.table.bounds[number] for number in numbers]

    def _close(self, kind: int, below: Sequence[int]) -> None:
        """No list contains this kind any more; find at once for which of the kinds further down the same is true."""
        if not self.lists.open[kind]:
            return
        self.lists.close(kind)
        if self.lists.full(kind):
            return
        doubted = [k for k in dict.fromkeys(self.table.kind_of[i] for i in below) if self.lists.doubts(k)]
        width = 1
        while doubted and not self.lists.contain_any(doubted[:width]):
            for closed in doubted[:width]:
                self.lists.close(closed)
            doubted, width = doubted[width:], 2 * width

    def _without_floors(self) -> set[int]:
        """Who would be in if there were no floors: an entry then fits whenever no limit is used up. Up to the first tie."""
        takes, most = self.table.takes, self.table.most
        taken = set(self.moved)
        counts = takes[:, [self.table.kind_of[i] for i in self.moved]].sum(axis=1)
        for _, group in groupby(self.free, key=self._place):
            able = [i for i in group if not (takes[:, self.table.kind_of[i]] & (counts >= most)).any()]
            more = takes[:, [self.table.kind_of[i] for i in able]].sum(axis=1)
            if (counts + more > most).any():
                break
            counts = counts + more
            taken.update(able)
        return taken
