"""Ranks, and what decides between entries of equal rank."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


def step_of(value: float, precision: float) -> int:
    """The multiple of `precision` that a value rounds to (half up): values of one step are equal."""
    return math.floor(value / precision + 0.5 + 1e-6)


def competition_ranks(values: Sequence[float], precision: float) -> list[int]:
    """Ranks 1, 2, 2, 4 from the highest value down; values that round to the same multiple of `precision` are equal."""
    steps = [step_of(value, precision) for value in values]
    first: dict[int, int] = {}
    for position, step in enumerate(sorted(steps, reverse=True), start=1):
        first.setdefault(step, position)
    return [first[step] for step in steps]


@dataclass(frozen=True)
class TieRule:
    """One rule of the ordered list: `values` entry → points, the higher first, equal within `precision`.

    A criterion's mean, the sum of raw scores, the votes of a committee. An entry without a value leaves the tie open, and
    so do entries that differ in `among`: a sum over three sheets says nothing against one over two.
    """

    code: str
    values: Mapping[Hashable, float]
    precision: float = 0.01
    among: Mapping[Hashable, Hashable] = field(default_factory=dict)

    def parts(self, group: Sequence[Hashable]) -> bool:
        """Whether the rule may be asked of these entries."""
        comparable = len({self.among.get(identifier) for identifier in group}) == 1
        return comparable and all(identifier in self.values for identifier in group)


@dataclass(frozen=True)
class Placed:
    """One entry after the tie-break: its rank, the codes of the rules that parted it from others of its first rank, in
    their order, whether others still share its rank: those are left to the committee; and which rules could not be asked."""

    id: Hashable
    rank: int
    broken_by: tuple[str, ...]
    tied: bool
    passed_over: tuple[str, ...] = ()


def break_ties(ranks: Mapping[Hashable, int], rules: Sequence[TieRule]) -> list[Placed]:
    """Every entry by its new rank, those of equal rank in the order given.

    Each rule parts only what the rules before it left equal. A group in which a rule lacks a value for any entry, or whose
    values cannot be compared, passes to the next rule undivided: a missing figure is no low figure.
    """
    groups: dict[int, list[Hashable]] = defaultdict(list)
    for identifier, rank in ranks.items():
        groups[rank].append(identifier)
    placed: list[Placed] = []
    for rank in sorted(groups):
        placed += _part(groups[rank], rank, list(rules), ())
    return placed


def _part(
    group: Sequence[Hashable],
    rank: int,
    rules: Sequence[TieRule],
    used: tuple[str, ...],
    passed: tuple[str, ...] = (),
) -> Iterable[Placed]:
    if len(group) == 1 or not rules:
        return [Placed(identifier, rank, used, len(group) > 1, passed) for identifier in group]
    rule, *others = rules
    if not rule.parts(group):
        return _part(group, rank, others, used, (*passed, rule.code))
    steps: dict[int, list[Hashable]] = defaultdict(list)
    for identifier in group:
        steps[step_of(rule.values[identifier], rule.precision)].append(identifier)
    if len(steps) > 1:
        used = (*used, rule.code)
    placed: list[Placed] = []
    for step in sorted(steps, reverse=True):
        placed += _part(steps[step], rank + len(placed), others, used, passed)
    return placed
