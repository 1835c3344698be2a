"""The choice of least cost: a transportation problem, whose vertices are whole numbers, by linear programming.

The programme starts with few columns; others join as long as their reduced cost says they pay, so its optimum is that
of the whole (Dantzig & Wolfe 1960, "Decomposition principle for linear programs").
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import optimize, sparse

from contest_portal.judging.assignment.evenness import Choice
from contest_portal.judging.assignment.lots import Counts, Mask, Vector

_COLUMNS_AT_FIRST = 12  # cheapest judges of a line that the programme starts with
_SLACK = 1e-7  # of the solver


@dataclass(frozen=True)
class Optimum:
    """`chosen` without the forced cells; `reduced` cost of each cell; `pressure` (judges,) what one more task saves."""

    chosen: Mask
    reduced: Vector
    pressure: Vector


def cheapest(choice: Choice, cost: Vector) -> Optimum:
    """The cheapest of all choices; `cost` (rows, judges)."""
    columns = choice.start | _nearest(choice.free, cost)
    while True:
        found = _solve(choice, columns, cost)
        missing = choice.free & ~columns & (found.reduced < -_SLACK)
        if not missing.any():
            return found
        columns |= missing


def _nearest(free: Mask, cost: Vector) -> Mask:
    columns = np.zeros_like(free)
    take = min(_COLUMNS_AT_FIRST, free.shape[1])
    if take:
        nearest = np.argpartition(np.where(free, cost, np.inf), take - 1, axis=1)[:, :take]
        np.put_along_axis(columns, nearest, values=True, axis=1)
    return columns & free


def _solve(choice: Choice, columns: Mask, cost: Vector) -> Optimum:
    row, judge = np.nonzero(columns)
    cells, (rows, judges) = len(row), columns.shape
    if not cells:
        return Optimum(np.zeros_like(columns), np.zeros_like(cost), np.zeros(judges))
    place, slack = np.arange(cells), np.arange(cells, cells + judges)
    values = np.concatenate([np.ones(2 * cells), -np.ones(judges)])
    lines = np.concatenate([row, judge + rows, rows + np.arange(judges)])
    equations = sparse.coo_array((values, (lines, np.concatenate([place, place, slack])))).tocsc()
    most = np.concatenate([np.ones(cells), choice.upper - choice.lower])
    found = _optimum(
        c=np.concatenate([cost[row, judge], np.zeros(judges)]),
        A_eq=equations,
        b_eq=_right_side(choice),
        bounds=np.column_stack([np.zeros_like(most), most]),
    )
    chosen = np.zeros_like(columns)
    chosen[row, judge] = found.x[:cells] > 0.5
    duals = found.eqlin.marginals
    return Optimum(chosen, cost - duals[:rows, None] - duals[None, rows:], -duals[rows:])


def _optimum(**problem: Any) -> Any:
    """By the dual simplex method; about one in some hundreds of problems leaves it without an answer, and then by the
    interior point method, whose crossover ends in a corner, too. Either gives an optimum, hence whole numbers.
    """
    # With presolving, loads that are all fixed take a hundred times as long.
    found = optimize.linprog(method="highs-ds", options={"presolve": False}, **problem)
    if not found.success:
        found = optimize.linprog(method="highs-ipm", **problem)
    if not found.success:
        raise RuntimeError(f"no optimum found for an assignment known to exist: {found.message}")
    return found


def _right_side(choice: Choice) -> Counts:
    return np.concatenate([choice.need, choice.lower])
