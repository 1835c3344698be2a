"""A good plan where the whole program is too large: what a relaxation gives, then improved a few sessions at a time.

Each step empties a handful of sessions that the same parties wish, and fills them anew as well as possible from all who
came there and all who have nothing yet. A step never makes the plan worse. Easy steps are followed by larger ones, hard
ones by smaller ones. The work is counted in columns and nodes, not by a clock: the same problem and seed give the same
plan on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csc_array

from contest_portal.events.allocation.choices import Floats, Ints, Table
from contest_portal.events.allocation.solving import is_whole, relaxed

LEAST_WORK, MOST_WORK = 20_000, 90_000
"""Columns times nodes of the programs solved on the way; the most is about ten seconds of a processor."""

_WORK_A_COLUMN = 15

PASSES_WITHOUT_GAIN = 2
"""After so many passes over all sessions that changed nothing, the search ends."""

_FEWEST, _MOST = 6.0, 30.0  # sessions at once
_LARGER, _SMALLER = 1.1, 0.8
_EASY, _HARD = 1, 12  # nodes
_NODES = 60
_TAKEN = 0.5


def searched(table: Table, seed: int) -> Floats:
    """A plan as a solution of the program: (width,), whole numbers."""
    search = _Search(table, np.random.default_rng(seed))
    search.begin()
    work = min(max(LEAST_WORK, _WORK_A_COLUMN * table.width), MOST_WORK)
    while search.work < work and search.idle <= PASSES_WITHOUT_GAIN * len(table.sessions) and search.has_choices:
        search.step()
    search.place_who_fits()
    return search.solution


@dataclass
class _Search:
    table: Table
    lots: np.random.Generator

    def __post_init__(self) -> None:
        self.columns = csc_array(self.table.program.matrix)
        self.solution: Floats = np.zeros(self.table.width)
        self._first_share = len(self.table.choices)
        self._choice_of: Ints = np.array(
            [*range(self._first_share), *(share.choice for share in self.table.shares)], dtype=np.int64
        )
        self._wished_at: list[set[int]] = [set() for _ in self.table.sessions]
        for choice in self.table.choices:
            for session in choice.run:
                self._wished_at[session].add(choice.party)
        self._sessions_of: list[set[int]] = [set() for _ in self.table.parties]
        for choice in self.table.choices:
            self._sessions_of[choice.party].update(choice.run)
        self._queue: list[int] = []
        self._at_once = 9.0
        self.work = self.idle = 0
        self.has_choices = self._first_share > 0

    def begin(self) -> None:
        """Take what the relaxation takes whole, then place who fits: the more it counts and the smaller, the earlier."""
        if not self.has_choices:
            return
        table = self.table
        weights = self._weights(np.arange(table.width))
        fractions = relaxed(weights, table.program, table.most)
        whole = np.ones(self._first_share, dtype=bool)
        np.logical_and.at(whole, self._choice_of, is_whole(fractions))
        self.solution = np.where(whole[self._choice_of], np.round(fractions), 0.0)
        self.place_who_fits()

    def place_who_fits(self) -> None:
        """Place who has nothing and fits into a wished session as it is: steps may leave room behind at the end."""
        table = self.table
        placed = {table.choices[number].party for number in self._taken()}
        room, parties = table.capacity - self._used(), self._parties()
        order = sorted(
            (number for number, choice in enumerate(table.choices) if len(choice.run) == 1),
            key=lambda n: (-table.priority[n], table.size[n], table.wish[n], n),
        )
        for number in order:
            choice = table.choices[number]
            session, most = choice.run[0], table.sessions[choice.run[0]].most_parties
            if most is not None and parties[session] >= most:
                continue
            if choice.party not in placed and table.size[number] <= room[session]:
                placed.add(choice.party)
                parties[session] += 1
                room[session] -= table.size[number]
                self.solution[number] = 1.0

    def step(self) -> None:
        """Empty some sessions and fill them anew."""
        table, sessions = self.table, self._some_sessions()
        taken = self._taken()
        bound = {table.choices[number].party for number in taken if not sessions.issuperset(table.choices[number].run)}
        free = np.array(
            [choice.party not in bound and sessions.issuperset(choice.run) for choice in table.choices], dtype=bool
        )[self._choice_of]
        columns = np.flatnonzero(free)
        self.work += 1 + len(columns)
        self.idle += 1
        if not len(columns):
            return
        rest = np.where(free, 0.0, self.solution)
        used = table.program.matrix @ rest
        part = self.columns[:, columns].tocsr()
        rows = np.flatnonzero(np.diff(part.indptr))
        weights = self._weights(columns)
        result = milp(
            -weights,
            constraints=LinearConstraint(
                part[rows], (table.program.least - used)[rows], (table.program.most - used)[rows]
            ),
            integrality=np.ones(len(columns)),
            bounds=Bounds(0, table.most[columns]),
            options={"node_limit": _NODES, "mip_rel_gap": 0.0},
        )
        nodes = int(result.mip_node_count or 0)
        self.work += nodes * len(columns)
        self._at_once *= _LARGER if nodes <= _EASY else _SMALLER if nodes > _HARD else 1.0
        self._at_once = min(max(self._at_once, _FEWEST), _MOST)
        if result.x is None:
            return
        filled = np.round(result.x)
        before, after = weights @ self.solution[columns], weights @ filled
        if after > before:
            self.idle = 0
        if after >= before:
            rest[columns] = filled
            self.solution = rest

    def _some_sessions(self) -> set[int]:
        """A session in turn, and others that the same parties wish."""
        if not self._queue:
            self._queue = self.lots.permutation(len(self.table.sessions)).tolist()
        first = self._queue.pop()
        near = sorted(set().union(*(self._sessions_of[party] for party in self._wished_at[first])) - {first})
        drawn = self.lots.permutation(len(near))[: round(self._at_once) - 1]
        return {first, *(near[place] for place in drawn)}

    def _weights(self, columns: NDArray[np.int64]) -> Floats:
        """One number for the three stages: more of an earlier stage outweighs all of the later ones in these columns."""
        table = self.table
        choices = columns[columns < self._first_share]
        parties = len(set(table.party_of[choices].tolist()))
        a_person = 1 + parties * int(table.wish[choices].max(initial=1))
        people = min(int(table.capacity.sum()), parties * int(table.size[choices].max(initial=1)))
        weights = np.zeros(len(columns))
        own = (
            table.priority[choices] * float(1 + a_person * people) + table.size[choices] * float(a_person)
        ) - table.wish[choices]
        weights[: len(choices)] = own
        return weights

    def _taken(self) -> list[int]:
        taken: list[int] = np.flatnonzero(self.solution[: self._first_share] > _TAKEN).tolist()
        return taken

    def _parties(self) -> Ints:
        parties = np.zeros(len(self.table.sessions), dtype=np.int64)
        for number in self._taken():
            for session in self.table.choices[number].run:
                parties[session] += 1
        return parties

    def _used(self) -> Ints:
        used = np.zeros(len(self.table.sessions), dtype=np.int64)
        for number in self._taken():
            for session, people in self.table.people_of(number, self.solution).items():
                used[session] += people
        return used
