"""Who the receivers are: core knows accounts by number only, the room of people registers the answer."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Recipient:
    """A living account as a letter speaks to it. `office` is the name of the office that sends."""

    name: str
    school: str = ""
    office: str = ""

    def values(self) -> dict[str, str]:
        """The fields of every letter that come from the receiver."""
        return {"name": self.name, "school": self.school, "office": self.office}


Pair = tuple[int, int | None]
"""An account and the office that sends, None for the program itself."""
Describe = Callable[[Collection[Pair]], Mapping[Pair, Recipient]]
_describing: list[Describe] = []


def recipients_by(function: Describe) -> Describe:
    """Register who tells names, schools and offices; in a constant number of statements, ended accounts left out."""
    _describing[:] = [function]
    return function


def described(pairs: Collection[Pair]) -> Mapping[Pair, Recipient]:
    """Pair → the receiver; who is gone is not among them."""
    return _describing[0](pairs) if pairs and _describing else {}
