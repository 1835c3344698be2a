"""From the problem to the plan: exactly where that can be computed, else by a search that says how far it may be off."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from contest_portal.events.allocation.choices import Floats, Ints, Table
from contest_portal.events.allocation.problem import Placement, Problem, Unplaced
from contest_portal.events.allocation.reasons import reason_of
from contest_portal.events.allocation.searching import searched
from contest_portal.events.allocation.solving import best, stages_of

EXACT_WIDTH = 300
"""Up to so many variables the whole program is solved; nodes are limited all the same."""
_NODES = 1_000
_TAKEN = 0.5


@dataclass(frozen=True)
class Plan:
    """Who comes where, and who got nothing, both by id; `is_best`: it is proven that no plan is better."""

    placed: Sequence[Placement]
    unplaced: Sequence[Unplaced]
    seed: int
    is_best: bool


def allocate(problem: Problem, seed: int) -> Plan:
    """The best plan; among equally good ones the seed draws lots. See the package for what best means."""
    table = Table(problem)
    solution, is_best = _solved(table, seed)
    return _plan(table, solution, seed, is_best=is_best)


def _solved(table: Table, seed: int) -> tuple[Floats, bool]:
    if table.width <= EXACT_WIDTH:
        answer = best(table, _lots(table, seed), _NODES)
        if answer is not None and answer.is_best:
            return answer.solution, True
        found = searched(table, seed)
        if answer is None or _worth(table, found) > _worth(table, answer.solution):
            return found, False
        return answer.solution, False
    found = searched(table, seed)
    return found, False


def _lots(table: Table, seed: int) -> list[Ints]:
    """The draw: a lot for each party, the higher the more its place and its earlier wishes count; then one for each choice."""
    generator = np.random.default_rng(seed)
    lots = 1 + generator.permutation(len(table.parties))
    late = int(table.wish.max(initial=0)) + 1
    return [lots[table.party_of] * (late - table.wish), 1 + generator.permutation(len(table.choices))]


def _worth(table: Table, solution: Floats) -> tuple[int, ...]:
    taken = solution[: len(table.choices)] > _TAKEN
    return tuple(int(gain[taken].sum()) for gain in stages_of(table))


def _plan(table: Table, solution: Floats, seed: int, *, is_best: bool) -> Plan:
    placed, room = {}, table.capacity.copy()
    parties = np.zeros(len(table.sessions), dtype=np.int64)
    for number in np.flatnonzero(solution[: len(table.choices)] > _TAKEN).tolist():
        choice, people = table.choices[number], table.people_of(number, solution)
        for session, count in people.items():
            room[session] -= count
            parties[session] += 1
        placed[choice.party] = Placement(
            table.parties[choice.party].id,
            {table.sessions[session].id: count for session, count in sorted(people.items())},
            choice.wish,
        )
    left = [place for place in range(len(table.parties)) if place not in placed]
    return Plan(
        [placed[place] for place in sorted(placed)],
        [reason_of(table, place, room, parties) for place in left],
        seed,
        is_best,
    )
