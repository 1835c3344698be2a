"""Which entries have one of their reads from a judge of another panel, so that panels can be compared."""

from __future__ import annotations

from math import ceil

import numpy as np

from contest_portal.judging.assignment.filling import Filling
from contest_portal.judging.assignment.grid import Grid, Rows
from contest_portal.judging.assignment.lots import Counts, Mask


def links_to_plan(grid: Grid, link_share: float, current: Mask | None = None) -> tuple[list[int], int]:
    """Entries to link, one by one in the order in which they matter, and how many of them must be tried at least.

    Those that judges at home cannot read alone come first, then by lot, until each panel has its share. `current`
    (entries, judges): a plan to stay close to; its linked reads stay, and only entries that lack a read join them.
    """
    if not link_share:
        return [], 0
    guests = grid.allowed & ~grid.home & ~grid.fixed
    linked = (grid.fixed & ~grid.home).any(axis=1)
    staying = np.zeros_like(grid.wanted)
    if current is not None:
        staying = np.minimum((current & guests).sum(axis=1), grid.wanted)
    reads = grid.wanted + grid.fixed.sum(axis=1)
    can_home = (grid.allowed & grid.home & ~grid.fixed).sum(axis=1)
    calibrated = np.array([one.id in grid.problem.calibration for one in grid.entries], dtype=np.bool_)
    possible = (reads >= 2) & (grid.wanted >= 1) & guests.any(axis=1) & ~linked & ~calibrated & (staying == 0)
    short = possible & (can_home < grid.wanted)
    open_to = possible if current is None else possible & (short | (_held(grid, current) < grid.wanted))
    chosen: list[tuple[bool, int, int]] = []
    for panel in dict.fromkeys(one.panel for one in grid.entries):
        of_panel = np.array([one.panel == panel for one in grid.entries], dtype=np.bool_)
        comparable = of_panel & (reads >= 2) & (guests.any(axis=1) | linked) & ~calibrated
        left = ceil(link_share * int(comparable.sum()) - 1e-9)
        left -= int((of_panel & (linked | (staying > 0))).sum())
        candidates = sorted(np.flatnonzero(of_panel & open_to), key=lambda entry: not short[entry])
        chosen += [(not short[entry], place, int(entry)) for place, entry in enumerate(candidates[: max(left, 0)])]
    first = np.repeat(np.arange(len(staying)), staying).tolist()
    needed = sum(not spare for spare, _, _ in chosen)
    return first + [entry for _, _, entry in sorted(chosen)], len(first) + needed


def filled(grid: Grid, links: list[int], needed: int) -> tuple[Rows, Filling, int]:
    """Reads placed with as many of the links as can be, and how many that are.

    Links are given up, the last first, when all of them cannot be had: half of those in question at a time.
    """
    tried: dict[int, tuple[Rows, Filling]] = {}

    def missing(count: int) -> int:
        if count not in tried:
            guest_reads: Counts = np.bincount(links[:count], minlength=len(grid.entries)).astype(np.int64)
            rows = Rows.of(grid, guest_reads)
            filling = Filling(rows)
            filling.place_all()
            tried[count] = rows, filling
        return int(tried[count][1].unplaced.sum())

    best = len(links)
    if missing(best):
        best = min((best, needed, 0), key=lambda count: (missing(count), -count))
    if not missing(best):
        low, high = best, len(links)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if not missing(middle) else (low, middle)
        best = low
    return *tried[best], best


def _held(grid: Grid, current: Mask) -> Counts:
    """(entries,) how many of the wanted reads the plan so far has."""
    held: Counts = (current & grid.allowed & ~grid.fixed).sum(axis=1)
    return held
