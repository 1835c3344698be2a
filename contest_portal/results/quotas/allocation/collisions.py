"""Why there is no list: a smallest set of rows that collide, and how many places are missing."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from contest_portal.core.text import N_, Message
from contest_portal.results.quotas.allocation.problem import Collision, Infeasible, Kind, Problem
from contest_portal.results.quotas.allocation.table import NO_LIMIT, Bound, Label, table_of


def collision_of(
    problem: Problem, bounds: Sequence[Bound], candidates: frozenset[int], moved: frozenset[int], copies: int = 1
) -> Infeasible:
    """Rows that no list satisfies together, of which none can be left out; decisions are rows too.

    `copies`: how many each candidate stands for.
    """
    in_order = sorted(moved, key=lambda i: problem.entries[i].label)
    decisions = [
        Bound((Kind.DECISION, problem.entries[i].id), problem.entries[i].label, 1, 1, frozenset({i})) for i in in_order
    ]
    everything = [*bounds, *decisions]

    def collide(labels: Iterable[Label]) -> int:
        kept = set(labels)
        return _missing([bound for bound in everything if bound.label in kept], candidates, copies)

    labels = list(dict.fromkeys(bound.label for bound in everything))
    needed = set(_smallest([], labels, lambda some: collide(some) > 0))
    rows = [Collision(*label, _in_words(problem, label, everything)) for label in labels if label in needed]
    return Infeasible(rows, collide(needed))


def _smallest(
    kept: Sequence[Label], doubtful: Sequence[Label], collide: Callable[[Sequence[Label]], bool], *, added: bool = False
) -> list[Label]:
    """QuickXplain (Junker 2004): of `doubtful` a smallest part that collides together with `kept`."""
    if added and collide(kept):
        return []
    if len(doubtful) == 1:
        return list(doubtful)
    half = len(doubtful) // 2
    first, second = doubtful[:half], doubtful[half:]
    of_second = _smallest([*kept, *first], second, collide, added=bool(first))
    of_first = _smallest([*kept, *of_second], first, collide, added=bool(of_second))
    return [*of_first, *of_second]


def _missing(bounds: Sequence[Bound], candidates: frozenset[int], copies: int) -> int:
    """By how many places the limits must give way at least before a list satisfies them; 0 when one does."""
    if not bounds:
        return 0
    table = table_of(list(bounds), candidates)
    limits, kinds = table.takes.shape
    available = copies * np.bincount(list(table.kind_of.values()), minlength=kinds)
    matrix = hstack([csr_array(table.takes.astype(float)), eye_array(limits), -eye_array(limits)], format="csr")
    most = np.where(table.most >= NO_LIMIT, np.inf, table.most)
    result = milp(
        np.concatenate([np.zeros(kinds), np.ones(2 * limits)]),
        integrality=np.ones(kinds + 2 * limits),
        bounds=Bounds(0, np.concatenate([available, np.full(2 * limits, np.inf)])),
        constraints=LinearConstraint(matrix, table.least, most),
    )
    if result.x is None:
        raise RuntimeError(f"the solver gave up: {result.message}")
    return round(result.fun)


def _in_words(problem: Problem, label: Label, bounds: Sequence[Bound]) -> Message:
    kind, place = label
    own = [bound for bound in bounds if bound.label == label]
    if kind is Kind.TOTAL:
        return Message.of(N_("总名额 %(most)s 个"), most=own[0].most)
    if kind is Kind.FLOOR:
        words = N_("「%(row)s」不少于 %(least)s 件（共有 %(count)s 件）")
        return Message.of(words, row=own[0].name, least=own[0].least, count=len(own[0].members))
    if kind is Kind.CEILING:
        return Message.of(N_("「%(row)s」不多于 %(most)s 件"), row=own[0].name, most=own[0].most)
    if kind is Kind.CAP:
        return _cap_in_words(problem, place)
    return Message.of(N_("经决定列入的作品 %(name)s"), name=own[0].name)


def _cap_in_words(problem: Problem, place: Hashable) -> Message:
    cap = problem.caps[int(str(place))]
    exceptions = "、".join(f"{value} {'不限' if most is None else most}" for value, most in cap.exceptions.items())
    if exceptions:
        words = N_("按 %(by)s 每个不多于 %(most)s 件（%(exceptions)s）")
        return Message.of(words, by=cap.by, most="不限" if cap.default is None else cap.default, exceptions=exceptions)
    return Message.of(N_("按 %(by)s 每个不多于 %(most)s 件"), by=cap.by, most=cap.default)
