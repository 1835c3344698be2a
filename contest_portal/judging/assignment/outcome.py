"""What planning answers: a plan, what is short, or what a repair would change."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Literal

from contest_portal.core.text import Message
from contest_portal.judging.assignment.problem import Pair


@dataclass(frozen=True, slots=True)
class Plan:
    """A complete assignment: `pairs` sorted, kept ones among them; `loads` by judge id, idle judges with 0.

    `expertise_share` is the share of pairs whose judge named the entry's discipline, stage, panel or category (None: no
    judge named any). `balanced`: loads differ by one at most, judges at their own limit aside. `lambda2_random` is λ₂ of
    a plan drawn by chance with the same loads and reads. `links` are the pairs of judges who are not at home there,
    `calibration` those of calibration entries. `notes` say what fell short.
    """

    pairs: tuple[Pair, ...]
    loads: dict[Hashable, int]
    seed: int
    expertise_share: float | None
    balanced: bool
    components: int
    lambda2: float
    lambda2_random: float = 0.0
    links: tuple[Pair, ...] = ()
    calibration: tuple[Pair, ...] = ()
    notes: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Shortage:
    """One reason why no plan exists, independent of the others.

    `what`: "entry", too few judges may read these entries, `missing` counts the judges that each of them lacks;
    "group", these judges are the only ones for these entries and at their limits, or "capacity", all judges are:
    `missing` counts reads, one a judge and an entry at most. `reads_missing` always counts reads; all lines add up to the
    reads that nobody can do. `kept_away`: judges whose being kept away from some of these entries is part of the collision.
    """

    what: Literal["entry", "capacity", "group"]
    missing: int
    message: Message
    entries: tuple[Hashable, ...] = ()
    judges: tuple[Hashable, ...] = ()
    reads_missing: int = 0
    kept_away: tuple[Hashable, ...] = ()


@dataclass(frozen=True, slots=True)
class Infeasible:
    """No plan exists, and why: every collision, each as small as it can be."""

    shortages: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """A read of `entry` that goes from one judge to another; `giver` None: it is new, `taker` None: it falls away."""

    entry: Hashable
    giver: Hashable | None
    taker: Hashable | None


@dataclass(frozen=True, slots=True)
class Repair:
    """The plan after a repair and how it differs from the plan before, by entry."""

    plan: Plan
    moves: tuple[Move, ...]

    @property
    def moved(self) -> tuple[Move, ...]:
        """Reads that change hands."""
        return tuple(move for move in self.moves if move.giver is not None and move.taker is not None)

    @property
    def added(self) -> tuple[Move, ...]:
        """Reads that nobody had."""
        return tuple(move for move in self.moves if move.giver is None)

    @property
    def removed(self) -> tuple[Move, ...]:
        """Reads that nobody takes over: an entry with fewer reads, or one that is judged no more."""
        return tuple(move for move in self.moves if move.taker is None)
