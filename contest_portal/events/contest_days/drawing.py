"""The order in which teams start, drawn by lot. Pure.

All runs have the same order, so that the time between a team's runs is the same for each; the tables change from run to
run. A coach cannot stand at two tables at once: coaches are put into times as a flow in a network (each of a coach's
teams at another time, no more teams at a time than tables), which finds such an order wherever there is one. The lot
decides first, by SHA-256 of the seed, in which order coaches, teams, times and tables are looked at; whoever has the
same conditions has the same chances. No table stands empty while a team that comes later could start at it. Only where
no order is free of clashes within twice the shortest time, the fewest possible teams share a time with their coach's
other team, and the order says which.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

_Thing = TypeVar("_Thing")

VERSION = "2"
"""Changes whenever the same problem and seed could give another order."""


@dataclass(frozen=True)
class Starter:
    """A team and the key of its coach, the same wherever that person coaches."""

    id: int
    coach: str


@dataclass(frozen=True)
class Busy:
    """When a coach stands at a table of another group: minutes counted from this group's start, `until` not included."""

    coach: str
    start: int
    until: int


@dataclass(frozen=True)
class DrawProblem:
    """All that an order follows from, besides the seed. Numbers are at least 1, `pause` at least 0."""

    teams: Sequence[Starter]
    tables: int
    runs: int
    minutes: int
    pause: int = 0
    busy: Sequence[Busy] = ()

    def start_of(self, run: int, slot: int, slots: int) -> int:
        """Minutes from the group's start; `run` from 1, `slot` from 0, of `slots` times a run."""
        return (run - 1) * (slots * self.minutes + self.pause) + slot * self.minutes


@dataclass(frozen=True)
class Start:
    """A team's place: its number in the order from 1, the time's number from 0, its table in the first run from 1."""

    team: int
    lot: int
    slot: int
    table: int

    def table_in(self, run: int, tables: int) -> int:
        """Its table in that run; each run moves on by one."""
        return (self.table - 1 + run - 1) % tables + 1


@dataclass(frozen=True)
class StartOrder:
    """The order. `slots`: how many times a run has. `clashes`: teams whose coach is needed at another table as well."""

    starts: Sequence[Start]
    slots: int
    clashes: Sequence[int] = field(default_factory=tuple)


def draw_order(problem: DrawProblem, seed: int) -> StartOrder:
    """Who starts when, and at which table. The order of the input has no influence on the result."""
    if not problem.teams:
        return StartOrder((), 0)
    lot = _Lot(seed)
    teams = lot.shuffled(problem.teams, lambda one: f"team-{one.id}")
    of_coach: dict[str, list[int]] = defaultdict(list)
    for team in teams:
        of_coach[team.coach].append(team.id)
    shortest = -(-len(teams) // problem.tables)
    tries: list[_Tried] = []
    for slots in range(shortest, 2 * shortest + 1):
        tries.append(_placed(problem, of_coach, lot, slots))
        if not tries[-1].left_over:
            break
    best = min(tries, key=lambda one: (len(one.left_over), one.slots))
    return _ordered(problem, best, lot)


@dataclass
class _Tried:
    """Teams by time, and those that found none without a clash."""

    slots: int
    by_slot: dict[int, list[int]]
    left_over: list[int]


def _placed(problem: DrawProblem, of_coach: Mapping[str, Sequence[int]], lot: _Lot, slots: int) -> _Tried:
    """Each of a coach's teams at another time: augmenting paths from coaches to times, in the lot's order."""
    times = lot.shuffled(range(slots), lambda slot: f"slot-{slot}")
    allowed = {coach: [slot for slot in times if not _is_busy(problem, coach, slot, slots)] for coach in of_coach}
    standing: dict[int, list[str]] = {slot: [] for slot in times}

    def put(coach: str, seen: set[int]) -> bool:
        for slot in allowed[coach]:
            if slot in seen or coach in standing[slot]:
                continue
            seen.add(slot)
            if len(standing[slot]) < problem.tables:
                standing[slot].append(coach)
                return True
            for other in list(standing[slot]):
                # The other takes another time, and its place becomes free.
                if put(other, seen):
                    standing[slot].remove(other)
                    standing[slot].append(coach)
                    return True
        return False

    waiting = {coach: list(ids) for coach, ids in of_coach.items()}
    for step in range(max(len(ids) for ids in of_coach.values())):
        for coach, ids in of_coach.items():
            if step < len(ids):
                put(coach, set())
    by_slot: dict[int, list[int]] = {slot: [] for slot in range(slots)}
    for slot in times:
        for coach in standing[slot]:
            by_slot[slot].append(waiting[coach].pop(0))
    left_over = [team for ids in waiting.values() for team in ids]
    for team in left_over:
        roomy = [slot for slot in times if len(by_slot[slot]) < problem.tables]
        by_slot[roomy[0]].append(team)
    _move_up(problem, by_slot, left_over, lot)
    return _Tried(slots, by_slot, left_over)


def _move_up(problem: DrawProblem, by_slot: dict[int, list[int]], left_over: Sequence[int], lot: _Lot) -> None:
    """Fill tables that would stand empty with teams of later times whose coach is free then, in the lot's order.

    One way from the first time on is enough: who could not come earlier then, cannot later either.
    """
    coach, slots = {one.id: one.coach for one in problem.teams}, len(by_slot)
    for slot in range(slots):
        later = [team for other in range(slot + 1, slots) for team in by_slot[other] if team not in left_over]
        for team in lot.shuffled(later, f"up-{slot}-{{}}".format):
            if len(by_slot[slot]) == problem.tables:
                break
            here = {coach[one] for one in by_slot[slot]}
            if coach[team] not in here and not _is_busy(problem, coach[team], slot, slots):
                next(teams for teams in by_slot.values() if team in teams).remove(team)
                by_slot[slot].append(team)


def _is_busy(problem: DrawProblem, coach: str, slot: int, slots: int) -> bool:
    starts = [problem.start_of(run, slot, slots) for run in range(1, problem.runs + 1)]
    return any(
        one.coach == coach and start < one.until and one.start < start + problem.minutes
        for one in problem.busy
        for start in starts
    )


def _ordered(problem: DrawProblem, tried: _Tried, lot: _Lot) -> StartOrder:
    starts: list[Start] = []
    for slot, teams in sorted(tried.by_slot.items()):
        tables = lot.shuffled(range(1, problem.tables + 1), f"{{}}-of-{slot}".format)
        standing = lot.shuffled(teams, "at-{}".format)
        for table, team in sorted(zip(tables, standing, strict=False)):
            starts.append(Start(team, len(starts) + 1, slot, table))
    return StartOrder(starts, tried.slots, tuple(sorted(tried.left_over)))


class _Lot:
    """Orders things by SHA-256 of the seed and their names, the same on every machine."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def shuffled(self, things: Iterable[_Thing], name: Callable[[_Thing], str]) -> list[_Thing]:
        return sorted(things, key=lambda one: hashlib.sha256(f"{self.seed} {name(one)}".encode()).digest())
