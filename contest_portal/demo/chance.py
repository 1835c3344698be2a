"""Where the demo's chance comes from: a number and words, so that the same seed gives the same year. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


def chance(seed: int, *words: object) -> Random:
    """A source of its own for each purpose: what one part draws does not move what another draws."""
    return Random(" ".join([str(seed), *map(str, words)]))  # noqa: S311  a made-up year, no secret


def weighted(rng: Random, items: Sequence[Item], weights: Sequence[float]) -> Item:
    """One of the items, the heavier the likelier."""
    return rng.choices(items, weights)[0]


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """`total` divided by weight into whole numbers: the largest remainders get what is left over."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    counts = [int(part) for part in exact]
    by_remainder = sorted(range(len(weights)), key=lambda place: (counts[place] - exact[place], place))
    for place in by_remainder[: total - sum(counts)]:
        counts[place] += 1
    return counts
