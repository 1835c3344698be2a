"""The problem as arrays: who may read what, what stands already, how much is to be placed."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np

from contest_portal.judging.assignment.lots import Counts, Mask, Vector, drawn_lots, shuffled
from contest_portal.judging.assignment.problem import Entry, Judge, Pair, Problem, checked


@dataclass(frozen=True)
class Grid:
    """Entries by judges, both in an order drawn by lot, so that "the first" is a fair choice.

    `given` are the pairs that stand: kept ones and those of calibration entries.
    """

    problem: Problem
    seed: int
    entries: list[Entry]
    judges: list[Judge]
    given: tuple[Pair, ...]
    fixed: Mask  # (entries, judges) the given pairs whose judge is here
    left: Mask  # (entries, judges who left) the kept pairs of judges who are not here any more
    allowed: Mask  # (entries, judges) no conflict, no own school, a category of the judge's
    home: Mask  # (entries, judges) a panel of the judge's
    matches: Mask  # (entries, judges) expertise names the entry
    wanted: Counts  # (entries,) reads still to place
    prior: Counts  # (judges,) given tasks
    limit: Counts  # (judges,) most tasks, given ones included
    lots: Vector  # (entries, judges)

    @classmethod
    def of(cls, problem: Problem, seed: int) -> Grid:
        """Raises ValueError as `checked` does."""
        checked(problem)
        entries, judges = shuffled(problem.entries, seed, 0), shuffled(problem.judges, seed, 1)
        row, column = {one.id: i for i, one in enumerate(entries)}, {one.id: i for i, one in enumerate(judges)}
        allowed, home = _not_barred(entries, judges), _codes_kept(entries, judges, "panel", "panels")
        for judge, entry in problem.conflicts:
            if judge in column and entry in row:
                allowed[row[entry], column[judge]] = False
        kept = [pair for pair in set(problem.kept) if pair[1] in row]
        fixed = np.zeros_like(allowed)
        for judge, entry in kept:
            if judge in column:
                fixed[row[entry], column[judge]] = True
        left = _of_judges_who_left([(judge, row[entry]) for judge, entry in kept if judge not in column], len(entries))
        limit = np.array([len(entries) + 1 if one.limit is None else one.limit for one in judges], dtype=np.int64)
        _give_calibration(problem, row, allowed & home, fixed, limit)
        reads = np.array([problem.reads if one.reads is None else one.reads for one in entries], dtype=np.int64)
        given = {(judges[k].id, entries[i].id) for i, k in np.argwhere(fixed)} | set(kept)
        return cls(
            problem,
            seed,
            entries,
            judges,
            tuple(given),
            fixed,
            left,
            allowed,
            home,
            matches=_expert(entries, judges),
            wanted=np.maximum(reads - fixed.sum(axis=1) - left.sum(axis=1), 0),
            prior=fixed.sum(axis=0, dtype=np.int64),
            limit=np.maximum(limit, fixed.sum(axis=0)),
            lots=drawn_lots(seed, 2, len(entries) * len(judges)).reshape(len(entries), len(judges)),
        )

    def cost(self) -> Vector:
        """Lots, and more than all that an exchange could gain by lots for each pair without expertise."""
        return self.lots + self.one_expert_read * ~self.matches

    @property
    def one_expert_read(self) -> float:
        """What a read without expertise costs: an exchange passes each judge once and gains less than 1 there."""
        return len(self.judges) + 1.0


@dataclass(frozen=True)
class Rows:
    """What is to be placed, line by line: the reads of an entry by judges at home there, and those by guests.

    An entry's two lines have no judge in common, so that what is exact for lines is exact for entries.
    """

    grid: Grid
    entry: Counts  # (rows,) index of the entry
    guests: Mask  # (rows,) a line for guests
    need: Counts  # (rows,)
    eligible: Mask  # (rows, judges)

    @classmethod
    def of(cls, grid: Grid, guest_reads: Counts) -> Rows:
        """`guest_reads` (entries,): how many of the reads still wanted are for guests."""
        linked = np.flatnonzero(guest_reads)
        entry = np.concatenate([np.arange(len(grid.entries)), linked])
        guests = np.arange(len(entry)) >= len(grid.entries)
        free = grid.allowed & ~grid.fixed
        return cls(
            grid,
            entry,
            guests,
            need=np.concatenate([grid.wanted - guest_reads, guest_reads[linked]]),
            eligible=np.concatenate([free & grid.home, (free & ~grid.home)[linked]]),
        )

    def by_entry(self, chosen: Mask) -> Mask:
        """Chosen cells of lines, and what is given, as entries by judges."""
        pairs = self.grid.fixed.copy()
        np.logical_or.at(pairs, self.entry, chosen)
        return pairs

    def graph(self, chosen: Mask) -> Mask:
        """`by_entry`, and beside it the judges who left: what they read ties entries together as well."""
        return np.hstack([self.by_entry(chosen), self.grid.left])


def _of_judges_who_left(pairs: list[tuple[Hashable, int]], entries: int) -> Mask:
    """(entries, these judges) of (judge, index of the entry)."""
    column = {judge: place for place, judge in enumerate(dict.fromkeys(judge for judge, _entry in pairs))}
    left = np.zeros((entries, len(column)), dtype=np.bool_)
    for judge, entry in pairs:
        left[entry, column[judge]] = True
    return left


def _give_calibration(problem: Problem, row: dict[Hashable, int], readable: Mask, fixed: Mask, limit: Counts) -> None:
    """Everybody at home reads them; who has a limit below their number reads the first ones by lot."""
    for entry in sorted(row[one] for one in set(problem.calibration) if one in row):
        fixed[entry] |= readable[entry] & (fixed.sum(axis=0) < limit)


def _not_barred(entries: list[Entry], judges: list[Judge]) -> Mask:
    """Own school kept away, categories kept."""
    index, codes = _codes([one.school for one in entries])
    mask = _codes_kept(entries, judges, "category", "categories")
    for column, judge in enumerate(judges):
        if judge.employer is not None and judge.employer in index:
            mask[:, column] &= codes != index[judge.employer]
    return mask


def _codes_kept(entries: list[Entry], judges: list[Judge], of_entry: str, of_judge: str) -> Mask:
    index, codes = _codes([getattr(one, of_entry) for one in entries])
    mask = np.ones((len(entries), len(judges)), dtype=np.bool_)
    for column, judge in enumerate(judges):
        if own := getattr(judge, of_judge):
            mask[:, column] = np.isin(codes, [code for key, code in index.items() if key is None or key in own])
    return mask


def _expert(entries: list[Entry], judges: list[Judge]) -> Mask:
    mask = np.zeros((len(entries), len(judges)), dtype=np.bool_)
    for subjects in ("discipline", "stage", "panel", "category"):
        index, codes = _codes([getattr(one, subjects) for one in entries])
        for column, judge in enumerate(judges):
            named = [code for subject, code in index.items() if subject is not None and subject in judge.expertise]
            if named:
                mask[:, column] |= np.isin(codes, named)
    return mask


def _codes(keys: list[Hashable | None]) -> tuple[dict[Hashable | None, int], Counts]:
    index = {key: code for code, key in enumerate(dict.fromkeys(keys))}
    return index, np.array([index[key] for key in keys], dtype=np.int64)
