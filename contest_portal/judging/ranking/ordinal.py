"""Ordinal input: words in an order (差, 中, 良, 优) or places in a judge's own pile, as figures that can be averaged.

Both become normal scores: the standard normal value at the middle of the share of sheets that stand below and at that
level (van der Waerden 1952). Equal steps between the words are thereby not assumed; the estimates are in standard
deviations of the judges' opinions instead of points.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Sequence

import numpy as np
from scipy.special import ndtri

from contest_portal.judging.ranking.table import Vector


def normal_scores(levels: Sequence[float]) -> list[float]:
    """A figure for each level, the higher the better; equal levels get equal figures, and the mean is about 0."""
    values, place, count = np.unique(np.array(levels, dtype=np.float64), return_inverse=True, return_counts=True)
    if not len(values):
        return []
    middle = (np.cumsum(count) - count / 2) / len(levels)
    figures: Vector = np.asarray(ndtri(middle))
    return [float(figure) for figure in figures[place]]


def from_words(words: Sequence[str], order: Sequence[str]) -> list[float]:
    """Words as normal scores over all sheets; `order` from the lowest. Raises ValueError for a word that is not in it."""
    index = {word: place for place, word in enumerate(order)}
    unknown = sorted({word for word in words if word not in index})
    if unknown:
        raise ValueError("、".join(unknown))
    return normal_scores([index[word] for word in words])


def from_places(places: Sequence[float], judges: Sequence[Hashable]) -> list[float]:
    """Places in each judge's own pile, 1 the best, as normal scores within the judge: no judge is lenient in ranks."""
    piles: dict[Hashable, list[int]] = defaultdict(list)
    for row, judge in enumerate(judges):
        piles[judge].append(row)
    figures = [0.0] * len(places)
    for rows in piles.values():
        for row, figure in zip(rows, normal_scores([-places[row] for row in rows]), strict=True):
            figures[row] = figure
    return figures
