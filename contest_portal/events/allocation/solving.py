"""The best choice, stage by stage: each stage keeps what the stages before it reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from contest_portal.events.allocation.choices import Floats, Ints, Program, Table

_HALF = 0.5  # between two whole numbers
_NEARLY_WHOLE = 1e-6


@dataclass(frozen=True)
class Answer:
    """A solution of the program, and whether it is proven that there is none better."""

    solution: Floats
    is_best: bool


def stages_of(table: Table) -> list[Ints]:
    """What is to be made largest, one after the other: (choices,) each, in whole numbers."""
    return [table.priority, table.size, -table.wish]


def best(table: Table, extra: list[Ints], nodes: int | None) -> Answer | None:
    """The best solution by `stages_of` and then by `extra`, each (choices,) and made largest.

    Uses at most `nodes` nodes of the solver's tree a stage. None where these did not lead to any solution.
    """
    program, is_best = table.program, True
    solution: Floats | None = None
    for gain in [*stages_of(table), *extra]:
        weights = np.concatenate([gain.astype(np.float64), np.zeros(len(table.shares))])
        found = _largest(weights, program, table.most, nodes)
        if found is None:
            return Answer(solution, False) if solution is not None else None
        solution, proven = found
        is_best = is_best and proven
        reached = int(gain @ np.round(solution[: len(gain)]).astype(np.int64))
        program = _keeping(program, weights, reached)
    return None if solution is None else Answer(solution, is_best)


def _largest(weights: Floats, program: Program, most: Floats, nodes: int | None) -> tuple[Floats, bool] | None:
    if not len(weights):
        return weights, True
    options = {"mip_rel_gap": 0.0} | ({} if nodes is None else {"node_limit": nodes})
    result = milp(
        -weights,
        constraints=LinearConstraint(program.matrix, program.least, program.most),
        integrality=np.ones(len(weights)),
        bounds=Bounds(0, most),
        options=options,
    )
    if result.x is None:
        return None
    solution: Floats = np.round(result.x)
    return solution, result.status == 0


def _keeping(program: Program, weights: Floats, reached: int) -> Program:
    return Program(
        csr_array(vstack([program.matrix, csr_array(weights[np.newaxis, :])])),
        np.append(program.least, reached - _HALF),
        np.append(program.most, np.inf),
    )


def relaxed(weights: Floats, program: Program, most: Floats) -> Floats:
    """The best solution in fractions: (width,). Nothing at all is always allowed, so there is one."""
    result = linprog(-weights, **_as_inequalities(program), bounds=np.column_stack([np.zeros_like(most), most]))
    solution: Floats = result.x
    return solution


def _as_inequalities(program: Program) -> dict[str, object]:
    upper, lower = np.isfinite(program.most), np.isfinite(program.least)
    matrix = vstack([program.matrix[np.flatnonzero(upper)], -program.matrix[np.flatnonzero(lower)]])
    return {"A_ub": csr_array(matrix), "b_ub": np.concatenate([program.most[upper], -program.least[lower]])}


def is_whole(solution: Floats) -> NDArray[np.bool_]:
    """Which variables are whole, up to the solver's tolerance."""
    whole: NDArray[np.bool_] = np.abs(solution - np.round(solution)) < _NEARLY_WHOLE
    return whole
