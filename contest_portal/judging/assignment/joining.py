"""Parts of a plan joined to one: tasks change hands between them as long as that leaves fewer parts.

Loads stay as even as they are: two tasks are exchanged, or one goes to a judge with exactly one fewer. A pair that is no
bridge leaves its part in one piece, so an exchange with any pair of another part joins the two parts.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from contest_portal.judging.assignment.filling import Filling
from contest_portal.judging.assignment.grid import Rows
from contest_portal.judging.assignment.lots import Mask, Vector
from contest_portal.judging.assignment.parts import bridges_of, parts_of

_PAIRS_LOOKED_AT = 500  # of a part, and of the others
Exchange = tuple[float, tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]]
"""What it costs, pairs given up, pairs taken on: (line, judge)."""


def join_parts(rows: Rows, filling: Filling, chosen: Mask, cost: Vector, most: float = np.inf) -> None:
    """Change `chosen` (rows, judges) as long as that leaves fewer parts, the cheapest exchange of a part first.

    An exchange that costs `most` or more is not worth it.
    """
    while True:
        pairs = rows.graph(chosen)
        parts, of_entry, of_all = parts_of(pairs)
        of_judge = of_all[: len(rows.grid.judges)]
        if parts <= 1 or not _join_once(
            _Parts(rows, filling, chosen, cost, of_entry, of_judge, bridges_of(pairs)), most
        ):
            return


class _Parts:
    """The parts of one moment."""

    def __init__(
        self,
        rows: Rows,
        filling: Filling,
        chosen: Mask,
        cost: Vector,
        of_entry: NDArray[np.int32],
        of_judge: NDArray[np.int32],
        bridges: Mask,
    ) -> None:
        self.eligible, self.chosen, self.cost, self.of_judge = rows.eligible, chosen, cost, of_judge
        self.line, self.judge = np.nonzero(chosen)
        self.label = of_entry[rows.entry[self.line]]
        self.is_bridge = bridges[rows.entry[self.line], self.judge]
        self.load = rows.grid.prior + chosen.sum(axis=0)
        self.limit, self.floor = filling.limit, filling.floor

    def best_exchange(self, part: int, closed: set[int]) -> Exchange | None:
        """The cheapest one that joins this part to another that is not closed."""
        inside, outside = self.label == part, (self.label != part) & ~np.isin(self.label, list(closed))
        others = (self.of_judge != part) & (self.of_judge >= 0) & ~np.isin(self.of_judge, list(closed))
        mine = self._pick(inside & self.eligible[self.line][:, others].any(axis=1))
        found = [one for one in (self._cheapest_move(mine, others),) if one]
        yours = self._pick(outside & self.eligible[self.line][:, self.of_judge == part].any(axis=1))
        if len(mine) and len(yours):
            found += [one for one in (self._cheapest_swap(mine, yours),) if one]
        return min(found, default=None)

    def _pick(self, wanted: Mask) -> NDArray[np.int64]:
        places = np.flatnonzero(wanted)
        return places[np.argsort(self.is_bridge[places], kind="stable")][:_PAIRS_LOOKED_AT]

    def _cheapest_swap(self, mine: NDArray[np.int64], yours: NDArray[np.int64]) -> Exchange | None:
        e, u, f, v = self.line[mine], self.judge[mine], self.line[yours], self.judge[yours]
        allowed = self.eligible[np.ix_(e, v)] & self.eligible[np.ix_(f, u)].T
        allowed &= ~(self.is_bridge[mine][:, None] & self.is_bridge[yours][None, :])
        before = self.cost[e, u][:, None] + self.cost[f, v][None, :]
        gain = np.where(allowed, self.cost[np.ix_(e, v)] + self.cost[np.ix_(f, u)].T - before, np.inf)
        i, k = np.unravel_index(int(np.argmin(gain)), gain.shape)
        if not allowed[i, k]:
            return None
        old, new = ((e[i], u[i]), (f[k], v[k])), ((e[i], v[k]), (f[k], u[i]))
        return float(gain[i, k]), old, new

    def _cheapest_move(self, mine: NDArray[np.int64], others: Mask) -> Exchange | None:
        places = mine[~self.is_bridge[mine] & (self.load > self.floor)[self.judge[mine]]]
        e, u, takers = self.line[places], self.judge[places], np.flatnonzero(others & (self.load < self.limit))
        allowed = self.eligible[np.ix_(e, takers)] & (self.load[u][:, None] == self.load[takers][None, :] + 1)
        if not allowed.any():
            return None
        gain = np.where(allowed, self.cost[np.ix_(e, takers)] - self.cost[e, u][:, None], np.inf)
        i, k = np.unravel_index(int(np.argmin(gain)), gain.shape)
        return float(gain[i, k]), ((e[i], u[i]),), ((e[i], takers[k]),)


def _join_once(parts: _Parts, most: float) -> bool:
    """Each part, the smallest first, is joined to one that has not changed yet; whether anything was."""
    sizes = np.bincount(parts.label)
    closed: set[int] = set()
    for part in np.argsort(sizes, kind="stable"):
        if not sizes[part] or int(part) in closed:
            continue
        exchange = parts.best_exchange(int(part), closed)
        if exchange is None or exchange[0] >= most:
            continue
        _, given_up, taken_on = exchange
        closed |= {int(part), *(int(parts.of_judge[judge]) for _, judge in (*given_up, *taken_on))}
        for line, judge in given_up:
            parts.chosen[line, judge] = False
        for line, judge in taken_on:
            parts.chosen[line, judge] = True
            parts.load[judge] += len(taken_on) == 1
        for _line, judge in given_up:
            parts.load[judge] -= len(taken_on) == 1
    return bool(closed)
