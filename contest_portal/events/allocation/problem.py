"""Sessions with places, parties with wishes, and what becomes of each."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from contest_portal.core.text import Message


@dataclass(frozen=True, slots=True)
class Session:
    """`capacity` people at once, in at most `most_parties` parties (None: any number); a part of a divided party counts as one.

    Sessions of one `day` that follow each other by `order` are next to each other.
    """

    id: Hashable
    capacity: int
    day: Hashable = ""
    order: float = 0
    most_parties: int | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """`size` people who come together, their wishes from the first on, and how much placing them counts.

    With `may_split`, whole `classes` (their sizes add up to `size`) may go to several sessions next to each other.
    """

    id: Hashable
    size: int
    wishes: Sequence[Hashable]
    priority: Fraction = Fraction(1)
    classes: Sequence[int] = ()
    may_split: bool = False


@dataclass(frozen=True)
class Problem:
    """All that a plan follows from. Raises ValueError where it contradicts itself."""

    sessions: Sequence[Session]
    parties: Sequence[Party]

    def __post_init__(self) -> None:
        known = {session.id for session in self.sessions}
        if len(known) != len(self.sessions) or len({party.id for party in self.parties}) != len(self.parties):
            raise ValueError("an id stands twice")
        for party in self.parties:
            if party.size < 1 or any(size < 1 for size in party.classes):
                raise ValueError(f"party {party.id!r} has nobody in it")
            if party.may_split and sum(party.classes) != party.size:
                raise ValueError(f"the classes of party {party.id!r} are not its size")
            if not set(party.wishes) <= known:
                raise ValueError(f"party {party.id!r} wishes a session that is not there")


@dataclass(frozen=True, slots=True)
class Placement:
    """A party with its people by session, and the position of its wish, from 1; of a split party the worst."""

    party_id: Hashable
    people: Mapping[Hashable, int]
    wish: int


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A party that got nothing, with a code and the reason in words."""

    party_id: Hashable
    code: str
    message: Message = field(compare=False)
