"""All plans that are as even as the one found: which pairs they may differ in, and what loads they may have.

The sum of squared loads is a convex cost of a flow, so one set of prices tells all its optima apart from the rest
(Rockafellar 1984, "Network flows and monotropic optimization", on optimality by equilibrium). The price of a judge is
the lowest load, plus one, among the judges with room to whom a task given to this judge can be passed on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from contest_portal.judging.assignment.filling import Filling
from contest_portal.judging.assignment.lots import Counts, Mask

NO_WAY = np.iinfo(np.int64).max // 4


@dataclass(frozen=True)
class Choice:
    """What is left to choose: `free` cells, of which `need` a line, so that loads lie between `lower` and `upper`.

    `forced` cells are chosen already and count in neither. `start` is one choice that fulfils all of it.
    """

    free: Mask
    forced: Mask
    start: Mask
    need: Counts
    lower: Counts
    upper: Counts


def prices(filling: Filling) -> Counts:
    """(judges,) the load that one more task, passed on as well as possible, would bring somebody to."""
    found = np.full(len(filling.load), NO_WAY, dtype=np.int64)
    giving = filling.assigned.T.astype(np.float32) @ (filling.eligible & ~filling.assigned).astype(np.float32) > 0
    room = filling.load < filling.limit
    for judge in np.argsort(filling.load, kind="stable"):
        if not room[judge] or found[judge] != NO_WAY:
            continue
        found[judge], queue = filling.load[judge] + 1, [int(judge)]
        for taker in queue:
            givers = np.flatnonzero(giving[:, taker] & (found == NO_WAY))
            found[givers] = filling.load[judge] + 1
            queue.extend(int(giver) for giver in givers)
    return found


def equally_even(filling: Filling) -> Choice:
    """Every plan with the same sum of squared loads as the evened filling."""
    price = prices(filling)
    top = np.where(filling.assigned, price, -1).max(axis=1, initial=-1)[:, None]
    free = filling.eligible & (price == top)
    forced = filling.assigned & (price < top)
    counted = forced.sum(axis=0) + filling.base
    return Choice(
        free,
        forced,
        filling.assigned & ~forced,
        filling.need - forced.sum(axis=1),
        np.clip(price - 1, filling.floor, filling.limit) - counted,
        np.clip(price, filling.floor, filling.limit) - counted,
    )
