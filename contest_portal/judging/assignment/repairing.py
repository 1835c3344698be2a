"""Plans mended in mid-round: sheets that are in stay, and as few of the other tasks as possible change hands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Hashable
from dataclasses import replace

import numpy as np

from contest_portal.judging.assignment.cheapest import cheapest
from contest_portal.judging.assignment.evenness import Choice
from contest_portal.judging.assignment.filling import Filling
from contest_portal.judging.assignment.grid import Grid
from contest_portal.judging.assignment.linking import filled, links_to_plan
from contest_portal.judging.assignment.lots import Mask, Vector, by_entry_and_judge, sort_key
from contest_portal.judging.assignment.outcome import Infeasible, Move, Repair
from contest_portal.judging.assignment.planning import as_plan, settled
from contest_portal.judging.assignment.problem import Pair, Problem
from contest_portal.judging.assignment.shortages import shortages_of

BEGUN_COUNTS_AS = 8
"""So many untouched tasks change hands rather than one that its judge has begun."""


def repair(
    problem: Problem,
    plan_pairs: Collection[Pair],
    read_pairs: Collection[Pair],
    seed: int,
    *,
    begun_pairs: Collection[Pair] = (),
    even: bool = True,
) -> Repair | Infeasible:
    """The plan that fulfils `problem` as it is now, near to the plan so far, or what is short.

    `plan_pairs` is the whole plan so far, `read_pairs` the sheets that are in: they stay, also of judges who are no
    longer in the problem (leave out who has left; add who has come). `even`: loads become as even as a new plan's, and
    among such plans the fewest tasks change hands; not `even`: the fewest possible change hands, and loads are as
    even as that allows. Then expertise, then lots. Raises ValueError as `assign`.
    """
    grid = Grid.of(replace(problem, kept={*problem.kept, *read_pairs}), seed)
    current = _mask(grid, plan_pairs)
    links, needed = links_to_plan(grid, problem.link_share, current)
    rows, filling, linked = filled(grid, links, needed)
    if filling.unplaced.any():
        return Infeasible(shortages_of(rows, filling))
    staying = _mask(grid, begun_pairs) * (BEGUN_COUNTS_AS - 1.0) + 1
    changes = -(current * staying)  # (entries, judges) a task that stays saves what its move would cost
    certain = np.zeros_like(filling.eligible)
    if not even:
        certain = _keep_to_fewest(filling, changes[rows.entry])
    filling.even_out()
    weight = grid.one_expert_read * (len(grid.judges) + 2)
    chosen = settled(rows, filling, grid.cost()[rows.entry] + weight * changes[rows.entry], certain, weight / 2)
    plan = as_plan(rows, chosen, len(links) - linked)
    return Repair(plan, _moves({*plan_pairs, *read_pairs}, set(plan.pairs)))


def _mask(grid: Grid, pairs: Collection[Pair]) -> Mask:
    """Pairs that are not given, as (entries, judges)."""
    row = {one.id: i for i, one in enumerate(grid.entries)}
    column = {one.id: i for i, one in enumerate(grid.judges)}
    mask = np.zeros_like(grid.fixed)
    for judge, entry in pairs:
        if entry in row and judge in column:
            mask[row[entry], column[judge]] = True
    return mask & ~grid.fixed


def _keep_to_fewest(filling: Filling, changes: Vector) -> Mask:
    """Leave in the filling only what plans with the fewest changes may differ in; gives the cells that all of them have.

    The prices of the linear programme tell (complementary slackness): a cell that costs is in none of them, one that
    saves is in all, and a judge under pressure stays at the limit.
    """
    room = filling.limit - filling.base
    best = cheapest(
        Choice(
            filling.eligible,
            np.zeros_like(filling.eligible),
            filling.assigned,
            filling.need,
            np.zeros_like(room),
            np.minimum(room, len(filling.need)),
        ),
        changes,
    )
    certain: Mask = best.chosen & (best.reduced < -0.5)
    filling.eligible = filling.eligible & (np.abs(best.reduced) <= 0.5)
    filling.assigned = best.chosen & ~certain
    filling.load = filling.base + best.chosen.sum(axis=0)
    filling.floor = np.where(best.pressure > 0.5, filling.load, filling.base + certain.sum(axis=0))
    filling.limit = np.where(best.pressure < -0.5, filling.load, filling.limit)
    filling.base = filling.base + certain.sum(axis=0)
    filling.need = filling.need - certain.sum(axis=1)
    return certain


def _moves(before: set[Pair], after: set[Pair]) -> tuple[Move, ...]:
    """The difference, by entry: who gives to whom."""
    givers: dict[Hashable, list[Hashable]] = defaultdict(list)
    takers: dict[Hashable, list[Hashable]] = defaultdict(list)
    for judge, entry in by_entry_and_judge(before - after):
        givers[entry].append(judge)
    for judge, entry in by_entry_and_judge(after - before):
        takers[entry].append(judge)
    moves = []
    for entry in sorted({*givers, *takers}, key=sort_key):
        given, taken = givers[entry], takers[entry]
        width = max(len(given), len(taken))
        for giver, taker in zip(_padded(given, width), _padded(taken, width), strict=True):
            moves.append(Move(entry, giver, taker))
    return tuple(moves)


def _padded(judges: list[Hashable], width: int) -> list[Hashable | None]:
    return [*judges, *[None] * (width - len(judges))]
