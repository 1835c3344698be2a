"""Lots that fall the same way for a seed on every machine, and the order in which things are drawn."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from contest_portal.judging.assignment.problem import Entry, Judge, Pair

Mask = NDArray[np.bool_]
Counts = NDArray[np.int64]
Vector = NDArray[np.float64]

_One = TypeVar("_One", Entry, Judge)


def drawn_lots(seed: int, stream: int, count: int) -> Vector:
    """Numbers from 0 to below 1, taken from the generator's raw bits, which are the same in every version."""
    bits = np.random.PCG64(np.random.SeedSequence([seed % 2**64, stream])).random_raw(count)
    return (bits >> np.uint64(11)).astype(np.float64) * 2.0**-53


def shuffled(things: Sequence[_One], seed: int, stream: int) -> list[_One]:
    """In an order drawn by lot that does not depend on the order of the input."""
    ordered = sorted(things, key=lambda one: sort_key(one.id))
    return [ordered[i] for i in np.argsort(drawn_lots(seed, stream, len(ordered)), kind="stable")]


def sort_key(identifier: Hashable) -> tuple[str, Any]:
    """Orders ids of several types."""
    return type(identifier).__name__, identifier if isinstance(identifier, (int, str)) else str(identifier)


def by_entry_and_judge(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Sorted by entry, then judge."""
    return tuple(sorted(pairs, key=lambda pair: (sort_key(pair[1]), sort_key(pair[0]))))
