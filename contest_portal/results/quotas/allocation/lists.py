"""Whether a list that satisfies all rows contains given entries: by a list that is kept at hand, else by a solver."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from contest_portal.results.quotas.allocation.table import NO_LIMIT, Table

Counts = NDArray[np.int64]

_INFEASIBLE = 2  # of scipy's statuses
_EPSILON = 1e-6
_NEARLY = 0.05
"""Any list proves that there is one: how near the solver comes to the most gain is a matter of speed."""


class Lists:
    """All lists that satisfy the table's rows and contain what was taken so far.

    `taken` and `open` count by kind what is on the list and what may still come; `at_hand` is one of the lists. Most
    questions are answered by changing that list by one entry or two; where that does not help, an integer program
    decides.
    """

    def __init__(self, table: Table, available: Counts, gain: NDArray[np.float64]) -> None:
        """`available`: (kinds,) candidates of each kind. `gain`: (kinds,) the more, the earlier a kind comes."""
        self.table = table
        self.taken = np.zeros_like(available)
        self.open = available.copy()
        self.gain = gain
        self.limits = csr_array(table.takes.astype(np.float64))
        self._limits_of = [np.flatnonzero(column) for column in table.takes.T]
        self._used = np.zeros(len(table.bounds), dtype=np.int64)
        found = self._solve(self.taken)
        self.exist = found is not None
        self.at_hand: Counts = found if found is not None else self.taken.copy()

    def full(self, kind: int) -> list[int]:
        """The limits that count this kind and are used up by what was taken."""
        own = self._limits_of[kind]
        full: list[int] = own[self._used[own] >= self.table.most[own]].tolist()
        return full

    def room(self) -> NDArray[np.int64]:
        """How many more each limit lets in: (limits,)."""
        return self.table.most - self._used

    def unmet(self) -> list[int]:
        """The limits that still ask for more than was taken."""
        unmet: list[int] = np.flatnonzero(self._used < self.table.least).tolist()
        return unmet

    def contain(self, more: Mapping[int, int]) -> bool:
        """Whether one of the lists contains so many more of these kinds."""
        if any(self.open[kind] < count or self.full(kind) for kind, count in more.items()):
            return False
        found = self._with(more)
        if found is not None:
            self.at_hand = found
        return found is not None

    def contain_any(self, kinds: list[int]) -> bool:
        """Whether one of the lists contains one more of any of these kinds."""
        found = self._solve(self.taken, any_of=kinds)
        if found is not None:
            self.at_hand = found
        return found is not None

    def doubts(self, kind: int) -> bool:
        """Whether only the solver can tell if one more of this kind fits: none is at hand, no limit is used up."""
        return bool(self.open[kind]) and self.at_hand[kind] == self.taken[kind] and not self.full(kind)

    def take(self, more: Mapping[int, int]) -> None:
        """Put on the list what one of the lists contains. Raises ValueError if none does."""
        found = self._with(more)
        if found is None:
            raise ValueError("no list contains these")
        self.at_hand = found
        for kind, count in more.items():
            self.taken[kind] += count
            self.open[kind] -= count
            self._used[self._limits_of[kind]] += count

    def places_left(self, total: int | None) -> int:
        """How many places are still to be given: of the total, or of the longest list where there is no total."""
        count = int(self.taken.sum())
        if total is not None:
            return total - count
        longest = self._solve(self.taken, gain=np.ones_like(self.gain))
        return int(longest.sum()) - count if longest is not None else 0

    def close(self, kind: int) -> None:
        """Nothing of this kind comes any more."""
        self.open[kind] = 0

    def _with(self, more: Mapping[int, int]) -> Counts | None:
        need = self.taken.copy()
        for kind, count in more.items():
            need[kind] += count
        changed = self.at_hand.copy()
        for kind in more:
            while changed[kind] < need[kind]:
                if not self._changed_by_one(changed, need, kind):
                    return self._solve(need)
        return changed

    def _changed_by_one(self, x: Counts, need: Counts, kind: int) -> bool:
        """Add one of the kind to `x`; if there is no room, in exchange for one that is not needed, and if a limit asks
        for that one, for another of its like."""
        takes, least, most = self.table.takes, self.table.least, self.table.most
        counts = self.limits @ x
        tight = takes[:, kind] & (counts >= most)
        x[kind] += 1
        if not tight.any():
            return True
        others = np.flatnonzero((x > need) & takes[tight].all(axis=0))
        scarce = ~takes[:, kind] & (counts <= least) & (least > 0)
        broken = takes[np.ix_(scarce, others)]
        free = others[~broken.any(axis=0)]
        if len(free):
            x[free[np.argmin(self.gain[free])]] -= 1
            return True
        roomy = (x < self.taken + self.open) & ~takes[counts + takes[:, kind] >= most].any(axis=0)
        for place, other in enumerate(others):
            likes = np.flatnonzero(roomy & takes[np.flatnonzero(scarce)[broken[:, place]]].all(axis=0))
            if len(likes):
                x[other] -= 1
                x[likes[np.argmax(self.gain[likes])]] += 1
                return True
        x[kind] -= 1
        return False

    def _solve(
        self, need: Counts, *, any_of: list[int] | None = None, gain: NDArray[np.float64] | None = None
    ) -> Counts | None:
        """The list of most gain, or nearly, with at least `need` of each kind and one more of `any_of`, or None.

        The relaxation without whole numbers tells at once that there is none, or is whole already; else it names the
        kinds among which a list is looked for first.
        """
        full = self._used >= self.table.most
        kinds = np.flatnonzero((self.open > 0) & ~self.table.takes[full].any(axis=0))
        missing = need - self.taken
        if missing.sum() > missing[kinds].sum() or (missing[kinds] > self.open[kinds]).any():
            return None
        least, most = (self.table.least - self._used).astype(float), self.room().astype(float)
        most[self.table.most >= NO_LIMIT] = np.inf
        matrix, wanted = self.limits[:, kinds], self.gain if gain is None else gain
        if any_of is not None:
            matrix = vstack([matrix, csr_array(np.isin(kinds, any_of).astype(float)[None, :])], format="csr")
            least, most = np.append(least, 1.0), np.append(most, np.inf)
        program = _Program(matrix, least, most, missing[kinds], self.open[kinds], wanted[kinds])
        found = program.best()
        if found is None:
            return None
        whole = self.taken.copy()
        whole[kinds] += found
        return whole


@dataclass(frozen=True)
class _Program:
    """An integer program: how many more of each kind that may still come, between `need` and `upper`, within the limits."""

    matrix: csr_array
    least: NDArray[np.float64]
    most: NDArray[np.float64]
    need: Counts
    upper: Counts
    gain: NDArray[np.float64]

    def best(self) -> Counts | None:
        """The solution of most gain, or nearly; None if there is none.

        The relaxation without whole numbers tells at once that there is none, or is whole already; else it names the
        kinds among which a solution is looked for first.
        """
        relaxed = self.solved(whole=False)
        if relaxed is None or _is_whole(relaxed):
            return self.checked(relaxed)
        likely = (relaxed > self.need + _EPSILON) | (self.gain >= np.quantile(self.gain, 0.9))
        found = self.solved(among=likely)
        return self.checked(found if found is not None else self.solved())

    def solved(self, *, whole: bool = True, among: NDArray[np.bool_] | None = None) -> NDArray[np.float64] | None:
        """A solution, or None if there is none; with `among`, the other kinds get no more than they need."""
        if not len(self.need) or not len(self.least):
            return self.need.astype(float) if (self.least <= 0).all() else None
        result = milp(
            -self.gain,
            integrality=np.full(len(self.need), int(whole)),
            bounds=Bounds(self.need, self.upper if among is None else np.where(among, self.upper, self.need)),
            constraints=LinearConstraint(self.matrix, self.least, self.most),
            options={"mip_rel_gap": _NEARLY},
        )
        if result.x is None and result.status != _INFEASIBLE:
            raise RuntimeError(f"the solver gave up: {result.message}")
        solution: NDArray[np.float64] | None = result.x
        return solution

    def checked(self, solution: NDArray[np.float64] | None) -> Counts | None:
        """The solution in whole numbers, counted again."""
        if solution is None:
            return None
        found: Counts = np.rint(solution).astype(np.int64)
        counts = self.matrix @ found
        if (counts < self.least).any() or (counts > self.most).any():
            raise RuntimeError("the solver's list does not satisfy the rows")
        return found


def _is_whole(solution: NDArray[np.float64]) -> bool:
    return bool((np.abs(solution - np.rint(solution)) < _EPSILON).all())
