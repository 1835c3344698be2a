"""The scores as arrays, and the graph that judges and entries make."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import eigsh

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Labels = NDArray[np.intp]

_DENSE_CELLS = 200_000  # below this, small dense products are quicker than the bookkeeping of sparse ones
_DENSE_EIGENVALUES = 400  # from this size on only the largest eigenvalues are computed
_OF_READS = ("entry_reads", "judge_reads", "entry_weight", "judge_weight", "design", "_labels", "lambda2")


def sort_key(identifier: Hashable) -> tuple[str, Any]:
    """An order of identifiers that depends on nothing but themselves."""
    return type(identifier).__name__, identifier if isinstance(identifier, (int, str)) else str(identifier)


@dataclass(frozen=True)
class Table:
    """Scores as arrays, in an order that depends on their content alone; what every method needs of them."""

    entry_ids: list[Hashable]
    judge_ids: list[Hashable]
    entry: Labels  # (rows,) position in entry_ids
    judge: Labels  # (rows,)
    score: Vector  # (rows,)
    weight: Vector  # (rows,)

    @classmethod
    def of(cls, rows: Sequence[tuple[Hashable, Hashable, float]], weights: Sequence[float] | None) -> Table:
        """Raises ValueError for a score that is no finite number, a weight that is not above zero, unequal lengths."""
        if weights is not None and len(weights) != len(rows):
            raise ValueError(f"{len(rows)} scores but {len(weights)} weights")
        entry_ids = sorted({row[0] for row in rows}, key=sort_key)
        judge_ids = sorted({row[1] for row in rows}, key=sort_key)
        entry_index = {identifier: i for i, identifier in enumerate(entry_ids)}
        judge_index = {identifier: i for i, identifier in enumerate(judge_ids)}
        entry = np.array([entry_index[row[0]] for row in rows], dtype=np.intp)
        judge = np.array([judge_index[row[1]] for row in rows], dtype=np.intp)
        score = np.array([row[2] for row in rows], dtype=np.float64)
        weight = np.ones(len(rows)) if weights is None else np.array(weights, dtype=np.float64)
        if not np.isfinite(score).all():
            raise ValueError("every score must be a finite number")
        if not (np.isfinite(weight).all() and (weight > 0).all()):
            raise ValueError("every weight must be a finite number above zero")
        order = np.lexsort((weight, score, judge, entry))
        return cls(entry_ids, judge_ids, entry[order], judge[order], score[order], weight[order])

    def with_scores(self, score: Vector) -> Table:
        """The same reads with other scores; what follows from the reads alone is not worked out again."""
        other = replace(self, score=score)
        other.__dict__.update((name, self.__dict__[name]) for name in _OF_READS if name in self.__dict__)
        return other

    @property
    def count(self) -> int:
        """Number of scores."""
        return len(self.score)

    @property
    def entries(self) -> int:
        """Number of entries."""
        return len(self.entry_ids)

    @property
    def judges(self) -> int:
        """Number of judges."""
        return len(self.judge_ids)

    @cached_property
    def entry_reads(self) -> Labels:
        """(entries,) scores of each."""
        return np.bincount(self.entry, minlength=self.entries)

    @cached_property
    def judge_reads(self) -> Labels:
        """(judges,) scores of each."""
        return np.bincount(self.judge, minlength=self.judges)

    @cached_property
    def entry_weight(self) -> Vector:
        """(entries,) summed weights."""
        return self.by_entry(self.weight)

    @cached_property
    def judge_weight(self) -> Vector:
        """(judges,) summed weights."""
        return self.by_judge(self.weight)

    @cached_property
    def raw(self) -> Vector:
        """(entries,) weighted means."""
        return self.by_entry(self.weight * self.score) / self.entry_weight

    @cached_property
    def mean(self) -> float:
        """The weighted mean of all scores."""
        return float(np.sum(self.weight * self.score) / np.sum(self.weight))

    @cached_property
    def spread(self) -> float:
        """Weighted squares of the scores around their mean."""
        return float(np.sum(self.weight * (self.score - self.mean) ** 2))

    @cached_property
    def within(self) -> float:
        """Weighted squares of the scores around their entries' means."""
        return float(np.sum(self.weight * (self.score - self.raw[self.entry]) ** 2))

    def by_entry(self, values: Vector) -> Vector:
        """(rows,) summed up by entry."""
        return np.bincount(self.entry, weights=values, minlength=self.entries).astype(np.float64)

    def by_judge(self, values: Vector) -> Vector:
        """(rows,) summed up by judge."""
        return np.bincount(self.judge, weights=values, minlength=self.judges).astype(np.float64)

    @cached_property
    def design(self) -> Any:
        """(entries, judges) summed weights: a dense array when it is small, else a sparse one."""
        shape = (self.entries, self.judges)
        if self.entries * self.judges <= _DENSE_CELLS:
            cells = np.bincount(self.entry * self.judges + self.judge, self.weight, self.entries * self.judges)
            return cells.astype(np.float64).reshape(shape)
        return sparse.coo_array((self.weight, (self.entry, self.judge)), shape=shape).tocsr()

    @cached_property
    def _labels(self) -> tuple[int, Labels]:
        size = self.entries + self.judges
        graph = sparse.coo_array((np.ones(self.count), (self.entry, self.entries + self.judge)), shape=(size, size))
        parts, label = csgraph.connected_components(graph.tocsr(), directed=False)
        return int(parts), label.astype(np.intp)

    @property
    def parts(self) -> int:
        """Number of connected parts: sets of judges who can be compared through entries that they share."""
        return self._labels[0]

    @property
    def entry_part(self) -> Labels:
        """(entries,) number of the connected part."""
        return self._labels[1][: self.entries]

    @property
    def judge_part(self) -> Labels:
        """(judges,) number of the connected part."""
        return self._labels[1][self.entries :]

    @cached_property
    def lambda2(self) -> float:
        """Second eigenvalue of the graph's normalised Laplacian: 0 when it falls apart, 1 when all is joined to all."""
        if self.parts != 1 or min(self.entries, self.judges) < 2:
            return 0.0
        read = (self.design > 0).astype(np.float64)
        big, small = np.asarray(read.sum(axis=1)), np.asarray(read.sum(axis=0))
        if self.entries < self.judges:
            read, big, small = read.T, small, big
        squares = read.T @ (sparse.diags_array(1 / big) @ read)
        squares = squares.toarray() if sparse.issparse(squares) else squares
        squares = squares / np.sqrt(np.outer(small, small))
        return 1 - float(np.sqrt(max(_second_largest(squares), 0.0)))


def _second_largest(matrix: Matrix) -> float:
    if len(matrix) < _DENSE_EIGENVALUES:
        return float(np.linalg.eigvalsh(matrix)[-2])
    start = np.ones(len(matrix)) + np.arange(len(matrix)) / len(matrix)  # fixed, so that the same comes out each time
    return float(np.sort(eigsh(matrix, k=2, v0=start, return_eigenvectors=False))[0])
