"""Connected parts of the judge–entry graph, and how well it holds together.

Severity can be compared within a connected part only; λ₂ of the normalised Laplacian (Chung 1997, "Spectral graph
theory"; Fiedler 1973 for the algebraic connectivity) says how well.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from contest_portal.judging.assignment.lots import Mask, drawn_lots, sort_key
from contest_portal.judging.assignment.problem import Pair

_SWAPS_A_PAIR = 3
_SWAPS_AT_MOST = 100_000
_NOISE = 1e-12  # of an eigenvalue that is zero


def connectivity(pairs: Iterable[Pair]) -> tuple[int, float]:
    """Number of connected parts of the judge–entry graph, and λ₂, the second eigenvalue of its normalised Laplacian.

    λ₂ lies between 0 (unconnected) and 1: the larger, the better the judges' severities can be told apart.
    """
    listed = sorted(set(pairs), key=lambda pair: (sort_key(pair[0]), sort_key(pair[1])))
    if not listed:
        return 0, 0.0
    judge, entry = (_numbered([pair[side] for pair in listed]) for side in (0, 1))
    return _connectivity(entry, judge)


def connectivity_by_chance(pairs: Iterable[Pair], seed: int) -> float:
    """λ₂ of a plan drawn by chance in which every judge has as many tasks and every entry as many reads.

    Two pairs drawn by lot swap their judges, many times over (Rao, Jana & Bandyopadhyay 1996, "A Markov chain Monte
    Carlo method for generating random (0,1)-matrices with given marginals", Sankhyā A 58).
    """
    listed = sorted(set(pairs), key=lambda pair: (sort_key(pair[0]), sort_key(pair[1])))
    if not listed:
        return 0.0
    judge, entry = (_numbered([pair[side] for pair in listed]).tolist() for side in (0, 1))
    count = min(_SWAPS_A_PAIR * len(listed), _SWAPS_AT_MOST)
    drawn = (drawn_lots(seed, 3, 2 * count) * len(listed)).astype(np.int64).tolist()
    present = set(zip(judge, entry, strict=True))
    for one, other in zip(drawn[:count], drawn[count:], strict=True):
        crossed = (judge[other], entry[one]), (judge[one], entry[other])
        if crossed[0] not in present and crossed[1] not in present:
            present -= {(judge[one], entry[one]), (judge[other], entry[other])}
            present.update(crossed)
            judge[one], judge[other] = judge[other], judge[one]
    return _connectivity(np.array(entry), np.array(judge))[1]


def parts_of(pairs: Mask) -> tuple[int, NDArray[np.int32], NDArray[np.int32]]:
    """Number of connected parts with at least one pair; labels of entries and of judges, −1 without a pair."""
    graph = sparse.csr_array(pairs.astype(np.int8))
    whole = sparse.block_array([[None, graph], [graph.T, None]], format="csr")
    _, label = csgraph.connected_components(whole, directed=False)
    entry, judge = label[: pairs.shape[0]], label[pairs.shape[0] :]
    entry, judge = np.where(pairs.any(axis=1), entry, -1), np.where(pairs.any(axis=0), judge, -1)
    return len(set(judge.tolist()) - {-1}), entry, judge


def bridges_of(pairs: Mask) -> Mask:
    """Pairs without which the part that they are in would fall in two (Tarjan 1974, "A note on finding the bridges
    of a graph", Information Processing Letters 2)."""
    rows = pairs.shape[0]
    neighbours = [np.flatnonzero(line) + rows for line in pairs] + [np.flatnonzero(line) for line in pairs.T]
    order, low = np.full(sum(pairs.shape), -1), np.zeros(sum(pairs.shape), dtype=np.int64)
    found, count = np.zeros_like(pairs), 0
    for root in range(rows):
        if order[root] >= 0:
            continue
        order[root] = low[root] = count = count + 1
        stack = [(root, -1, iter(neighbours[root].tolist()))]
        while stack:
            node, parent, rest = stack[-1]
            following = next(rest, None)
            if following is None:
                stack.pop()
                if parent >= 0:
                    low[parent] = min(low[parent], low[node])
                    if low[node] > order[parent]:
                        found[min(node, parent), max(node, parent) - rows] = True
            elif order[following] < 0:
                order[following] = low[following] = count = count + 1
                stack.append((following, node, iter(neighbours[following].tolist())))
            elif following != parent:
                low[node] = min(low[node], order[following])
    return found


def _numbered(keys: list[object]) -> NDArray[np.int64]:
    index = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.array([index[key] for key in keys], dtype=np.int64)


def _connectivity(entry: NDArray[np.int64], judge: NDArray[np.int64]) -> tuple[int, float]:
    graph = sparse.coo_array((np.ones(len(entry)), (entry, judge)), shape=(entry.max() + 1, judge.max() + 1)).tocsr()
    parts = parts_of(graph.toarray() > 0)[0]
    if parts > 1:
        return parts, 0.0
    by_entry = sparse.diags_array(1 / np.sqrt(graph.sum(axis=1)))
    by_judge = sparse.diags_array(1 / np.sqrt(graph.sum(axis=0)))
    scaled = by_entry @ graph @ by_judge
    squares = np.linalg.eigvalsh((scaled.T @ scaled).toarray())
    second = float(np.sqrt(squares[-2])) if len(squares) > 1 and squares[-2] > _NOISE else 0.0
    return 1, round(1 - second, 9) + 0.0
