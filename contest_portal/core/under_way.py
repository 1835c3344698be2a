"""What is under way, for the start page: one room brings the blocks, the rooms above add their figures to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contest_portal.core.actor import Actor


@dataclass(frozen=True)
class Figure:
    """A number with the page behind it. `tone` warning: somebody should act on it. Texts are shown as they are."""

    label: str
    value: int | str
    url: str
    tone: str = "neutral"


@dataclass(frozen=True)
class Block:
    """A thing under way: a contest, a round. `key` names it for the rooms that add figures.

    `ends_at` is the moment that `ends_label` speaks of. `act` is the (label, address) of what is to be done next.
    """

    key: int
    title: str
    url: str
    badge: str = ""
    line: str = ""
    ends_label: str = ""
    ends_at: datetime | None = None
    act: tuple[str, str] | None = None
    figures: Sequence[Figure] = ()


BlockSource = Callable[[Actor], Sequence[Block]]
FigureSource = Callable[[Actor, Collection[int]], Mapping[int, Sequence[Figure]]]

_blocks: list[tuple[frozenset[Any], BlockSource]] = []
_figures: list[tuple[int, frozenset[Any], FigureSource]] = []


def add_blocks(roles: Collection[Any], source: BlockSource) -> None:
    """Add a source of blocks for these roles once at import."""
    _blocks.append((frozenset(roles), source))


def add_figures(roles: Collection[Any], source: FigureSource, *, order: int) -> None:
    """Add a source of figures for these roles' blocks once at import; it is asked for all blocks together."""
    _figures.append((order, frozenset(roles), source))


def under_way(actor: Actor) -> list[tuple[Block, list[Figure]]]:
    """The actor's blocks, each with all its figures."""
    blocks = [block for roles, source in _blocks if actor.role in roles for block in source(actor)]
    keys = [block.key for block in blocks]
    found: dict[int, list[Figure]] = {block.key: list(block.figures) for block in blocks}
    for _order, roles, source in sorted(_figures, key=lambda one: one[0]):
        if keys and actor.role in roles:
            for key, figures in source(actor, keys).items():
                found[key].extend(figures)
    return [(block, found[block.key]) for block in blocks]
