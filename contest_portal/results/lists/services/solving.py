"""The list that a table makes is computed while no transaction is open: the solver may take seconds, and others save meanwhile.

A verb that fills a list runs as `@solved_aside`. When it comes to the list and the list of just these inputs is not known yet, it
is taken back, the list is computed, and the verb begins anew; it finds its list as long as the inputs are the same still.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec, TypeVar

from contest_portal.core.database import is_under_way
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_
from contest_portal.results.quotas.allocation import (
    Allocation,
    Candidate,
    Contradiction,
    Options,
    QuotaTable,
    Rulings,
    list_of,
)

P = ParamSpec("P")
R = TypeVar("R")

MOST_TRIES = 5


@dataclass(frozen=True)
class Inputs:
    """All that a list follows from. Equal inputs make the same list."""

    table: QuotaTable
    candidates: list[Candidate]
    options: Options
    rulings: Rulings

    def solved(self) -> Allocation | Contradiction:
        """The list, computed now."""
        return list_of(self.table, self.candidates, self.options, self.rulings)


class _NotSolved(Exception):
    """Takes the verb back until the list of these inputs is known."""

    def __init__(self, inputs: Inputs) -> None:
        self.inputs = inputs


_Known = list[tuple[Inputs, Allocation | Contradiction]]
_known: ContextVar[_Known | None] = ContextVar("lists_known", default=None)


def outcome_of(inputs: Inputs) -> Allocation | Contradiction:
    """The list of these inputs; computed at once only where nobody up there can begin anew."""
    known = _known.get()
    if known is None:
        return inputs.solved()
    for before, outcome in known:
        if before == inputs:
            return outcome
    raise _NotSolved(inputs)


def solved_aside(verb: Callable[P, R]) -> Callable[P, R]:
    """The verb, begun anew with each list that it needed. Raises Conflict where others change the inputs all the time.

    Within another such verb the outer one begins anew; within any other unit of work nothing can, and the list is
    computed there.
    """

    @wraps(verb)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        if _known.get() is not None or is_under_way():
            return verb(*args, **kwargs)
        known: _Known = []
        token = _known.set(known)
        try:
            for _try in range(MOST_TRIES):
                try:
                    return verb(*args, **kwargs)
                except _NotSolved as asked:
                    known.append((asked.inputs, asked.inputs.solved()))
        finally:
            _known.reset(token)
        words = N_("计算名单的时候，名额、排名、作品或评委会的决定又有改动，没有保存。请稍后再试一次。")
        raise Conflict("results.list_moved", words)

    return wrapped
