"""What a list has to satisfy: entries with ranks and groups, and the rows of the quota table."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor, inf

from contest_portal.core.text import N_, Message


class Kind(StrEnum):
    """What a row of the table says."""

    TOTAL = "total"
    FLOOR = "floor"
    CEILING = "ceiling"
    CAP = "cap"
    DECISION = "decision"


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with its rank and its groups, such as `{"stage": "小学"}`. Equal ranks are equals; None: judging gave none.

    `turn`: among entries of one rank those of a lower turn come first, as a committee that resolves a tie decides; of
    the same rank and turn they are equals.
    """

    id: Hashable
    rank: float | None
    groups: Mapping[str, Hashable] = field(default_factory=dict)
    name: str = ""
    turn: int = 0

    @property
    def place(self) -> tuple[float, int]:
        """Where it comes in the order, the lower the earlier; last without a rank. Equal places are equals."""
        return (inf if self.rank is None else self.rank, self.turn)

    @property
    def label(self) -> str:
        """What sentences call it: its name, else its id."""
        return self.name or str(self.id)


@dataclass(frozen=True, slots=True)
class Row:
    """A floor or a ceiling: how many of the entries that have all the values of `where`, as a number or a share of the total."""

    where: Mapping[str, Hashable]
    count: int | None = None
    share: Fraction | None = None

    def least(self, total: int | None) -> int:
        """As a floor, rounded up. A share needs a total."""
        return self.count if self.count is not None else ceil(_share(self, total))

    def most(self, total: int | None) -> int:
        """As a ceiling, rounded down. A share needs a total."""
        return self.count if self.count is not None else floor(_share(self, total))

    @property
    def name(self) -> str:
        """The values that it names; empty for a row about all entries."""
        return "、".join(str(value) for value in self.where.values())


def _share(row: Row, total: int | None) -> Fraction:
    if row.share is None or total is None:
        raise ValueError("a row says a number, or a share of a total")
    return row.share * total


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `default` entries of each value of the group `by`, other numbers for the named `exceptions`; None: no limit."""

    by: str
    default: int | None
    exceptions: Mapping[Hashable, int | None] = field(default_factory=dict)

    def most(self, value: Hashable) -> int | None:
        return self.exceptions.get(value, self.default)


@dataclass(frozen=True, slots=True)
class Move:
    """A named decision about one entry: on the list or off it, with the reason that goes on record."""

    on_list: bool
    reason: str


@dataclass(frozen=True)
class Problem:
    """All that a list follows from. The list is filled around the decisions in `moves`, by the entries' ids."""

    entries: Sequence[Entry]
    total: int | None = None
    floors: Sequence[Row] = ()
    ceilings: Sequence[Row] = ()
    caps: Sequence[Cap] = ()
    moves: Mapping[Hashable, Move] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len({entry.id for entry in self.entries}) != len(self.entries):
            raise ValueError("an id stands twice")

    def moved(self, *, on_list: bool) -> frozenset[int]:
        """The places of the entries that decisions put on the list, or take off it."""
        return frozenset(
            i for i, one in enumerate(self.entries) if one.id in self.moves and self.moves[one.id].on_list is on_list
        )


@dataclass(frozen=True, slots=True)
class Collision:
    """A row that cannot hold together with the others named beside it: its kind, its place in the problem, and words.

    `place` counts the floors, the ceilings or the caps from 0; for a decision it is the entry's id, for the total 0.
    """

    kind: Kind
    place: Hashable
    message: Message


@dataclass(frozen=True)
class Infeasible:
    """No list satisfies all rows: a smallest set that collides (none can be left out of it), and by how many places."""

    rows: Sequence[Collision]
    missing: int

    @property
    def message(self) -> Message:
        words = N_("这些规定不能同时满足，至少差 %(missing)s 个名额：%(rows)s")
        return Message.of(words, missing=self.missing, rows="；".join(str(one.message) for one in self.rows))
