"""Hidden numbers: small ones, and enough beside them that nothing can be worked out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from contest_portal.reports.small_cells import SMALLEST_SHOWN, shown, with_sums

Table = list[list[int | None]]
counts = st.integers(1, 5).flatmap(
    lambda columns: st.lists(
        st.lists(st.one_of(st.integers(0, 8), st.integers(0, 400)), min_size=columns, max_size=columns),
        min_size=1,
        max_size=5,
    )
)


def worked_out(table: Table) -> set[tuple[int, int]]:
    """The hidden cells that follow from the others: those in no direction in which the equations leave room."""
    hidden = [(r, c) for r, row in enumerate(table) for c, number in enumerate(row) if number is None]
    rows, columns = len(table), len(table[0])
    equations = np.zeros((rows + columns, len(hidden)))
    for place, (r, c) in enumerate(hidden):
        equations[r, place] = -1 if c == columns - 1 else 1
        equations[rows + c, place] = -1 if r == rows - 1 else 1
    if not hidden:
        return set()
    _u, sizes, directions = np.linalg.svd(equations)
    free = directions[int((sizes > 1e-9).sum()) :]
    return {cell for place, cell in enumerate(hidden) if not (np.abs(free[:, place]) > 1e-9).any()}


def test_a_table_without_small_numbers_is_shown_whole() -> None:
    assert shown([[10, 20], [0, 5]]) == [[10, 20, 30], [0, 5, 5], [10, 25, 35]]


def test_one_small_number_takes_the_cheapest_ring_with_it() -> None:
    # 3 is hidden; the ring with 10 (its row), 6 (its column) and 20 (across) takes 36 people away, fewer than any other.
    assert shown([[3, 10, 90], [6, 20, 80], [70, 60, 50]]) == [
        [None, None, 90, 103],
        [None, None, 80, 106],
        [70, 60, 50, 180],
        [79, 90, 220, 389],
    ]


def test_a_small_sum_is_hidden_as_well() -> None:
    table = shown([[2, 1], [30, 40]])
    assert table[0] == [None, None, None]
    assert None in table[1]
    assert worked_out(table) == set()


def test_a_single_cell_is_hidden_with_its_sums() -> None:
    assert shown([[3]]) == [[None, None], [None, None]]


@given(counts)
@settings(max_examples=300, deadline=None)
def test_no_small_number_is_shown_or_can_be_worked_out(given_counts: list[list[int]]) -> None:
    table = shown(given_counts)
    whole = with_sums(given_counts)
    for row, numbers in zip(table, whole, strict=True):
        for number, true in zip(row, numbers, strict=True):
            assert number is None or number == true
            assert number is None or number == 0 or number >= SMALLEST_SHOWN
    assert worked_out(table) == set()
