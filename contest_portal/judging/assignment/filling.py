"""Every read placed along augmenting paths, loads evened out along cost-reducing paths.

Tasks are moved until no path leads from a judge to one with at least two tasks fewer. The sum of squared loads is then
the least possible, and the loads are as even as any plan's in every sense: smallest maximum and largest minimum at once
(Harvey, Ladner, Lovász & Tamir 2006, "Semi-matchings for bipartite graphs and load balancing", Journal of Algorithms 59).
"""

from __future__ import annotations

import numpy as np

from contest_portal.judging.assignment.grid import Rows
from contest_portal.judging.assignment.lots import Counts, Mask


class Filling:
    """A growing assignment of lines to judges in which tasks may still move along paths."""

    def __init__(self, rows: Rows) -> None:
        self.eligible: Mask = rows.eligible
        self.need: Counts = rows.need
        self.assigned: Mask = np.zeros_like(rows.eligible)
        self.base: Counts = rows.grid.prior  # tasks that stand outside of these lines
        self.load: Counts = rows.grid.prior.copy()
        self.floor: Counts = rows.grid.prior.copy()
        self.limit: Counts = rows.grid.limit
        self.unplaced: Counts = np.zeros(len(rows.need), dtype=np.int64)
        self.blocked: Mask = np.zeros(len(rows.grid.judges), dtype=np.bool_)  # full, and so is all that can be reached

    def place_all(self) -> None:
        """Every read that can be placed; `unplaced` counts the others.

        What is `blocked` then is the smallest set of judges that explains it: the source's side of the smallest
        minimum cut (Ford & Fulkerson 1962, "Flows in networks"), the same whichever paths were taken.
        """
        for row in np.argsort(self.eligible.sum(axis=1) - self.need, kind="stable"):
            for placed in range(int(self.need[row])):
                if not self._place(int(row)):
                    self.unplaced[row] = self.need[row] - placed
                    break

    def _place(self, row: int) -> bool:
        able = self.eligible[row] & ~self.assigned[row]
        free = np.flatnonzero(able & (self.load < self.limit))
        if len(free):
            judge = int(free[np.argmin(self.load[free])])
            self.assigned[row, judge] = True
            self.load[judge] += 1
            return True
        if not (able & ~self.blocked).any():
            return False
        reached, came_from = self._reach(able, np.zeros_like(able))
        ends = np.flatnonzero(reached & (self.load < self.limit))
        if not len(ends):
            self.blocked |= reached
            return False
        end = int(ends[np.argmin(self.load[ends])])
        start = self._shift(end, came_from)
        self.assigned[row, start] = True
        self.load[end] += 1
        return True

    def even_out(self) -> None:
        """Move tasks until no judge can reach one with at least two tasks fewer and room for more."""
        closed = np.zeros_like(self.blocked)  # nothing can be moved out of these, and all of them are level
        while (open_to_give := ~closed & (self.load > self.floor)).any():
            start = int(np.argmax(np.where(open_to_give, self.load, -1)))
            starts = np.zeros_like(closed)
            starts[start] = True
            reached, came_from = self._reach(starts, closed)
            ends = np.flatnonzero(reached & (self.load < self.limit) & (self.load <= self.load[start] - 2))
            if len(ends):
                end = int(ends[np.argmin(self.load[ends])])
                self._shift(end, came_from)
                self.load[start] -= 1
                self.load[end] += 1
            else:
                closed |= reached

    def _reach(self, starts: Mask, closed: Mask) -> tuple[Mask, dict[int, tuple[int, int]]]:
        """Judges to whom tasks can be passed on from `starts`, with for each the (judge, line) it comes from."""
        reached, came_from, queue = starts.copy(), {}, [int(i) for i in np.flatnonzero(starts)]
        for judge in queue:
            tasks = np.flatnonzero(self.assigned[:, judge])
            takers = self.eligible[tasks] & ~self.assigned[tasks]
            for other in np.flatnonzero(takers.any(axis=0) & ~reached & ~closed):
                came_from[int(other)] = (judge, int(tasks[np.argmax(takers[:, other])]))
                reached[other] = True
                queue.append(int(other))
        return reached, came_from

    def _shift(self, end: int, came_from: dict[int, tuple[int, int]]) -> int:
        """Pass one task along each link of the path to `end`; gives the judge at its start, who now has one less."""
        judge = end
        while judge in came_from:
            giver, task = came_from[judge]
            self.assigned[task, giver] = False
            self.assigned[task, judge] = True
            judge = giver
        return judge
