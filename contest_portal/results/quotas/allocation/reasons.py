"""The line of each entry: what becomes of it, and why, so that a parent can be told."""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from contest_portal.core.text import N_, Message
from contest_portal.results.quotas.allocation.problem import Entry, Kind, Problem
from contest_portal.results.quotas.allocation.table import Bound

BY_FLOOR = N_("第 %(rank)s 名，因「%(row)s」应不少于 %(least)s 件而入选，先于名次在前的 %(count)s 件（%(names)s）")
"""Names works that ranked before; whoever tells it to others than the office leaves `names` out."""


class Decision(StrEnum):
    """What becomes of an entry."""

    IN = "in"
    TIED = "tied"
    RESERVE = "reserve"
    OUT = "out"


class Reason(StrEnum):
    """Why, as a stable code; the line's message says it in words."""

    BY_RANK = "in_by_rank"
    BY_FLOOR = "in_by_floor"
    MOVED_IN = "in_by_decision"
    TIE_DECIDED = "in_by_tie_decision"
    TIED_AT_LINE = "tied_at_line"
    TOTAL_FULL = "reserve_total_full"
    CEILING_FULL = "reserve_ceiling_full"
    RESERVE_FOR_FLOOR = "reserve_for_floor"
    RESERVE_FOR_TIE = "reserve_for_tie"
    BY_CAP = "out_by_cap"
    NO_PLACES = "no_places"
    MOVED_OUT = "out_by_decision"
    VETOED = "out_by_veto"
    STRUCK = "out_by_objection"
    BELOW_MINIMUM = "out_below_minimum"
    UNRANKED = "unranked"


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the list.

    `position`: place on the list, number in the reserve queue of what keeps it out (equals share both), or None.
    """

    entry_id: Hashable
    decision: Decision
    code: Reason
    message: Message
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """Why an entry was passed over: the limits used up by those ahead, else the floors for which places were kept."""

    full: Sequence[Bound]
    kept_for: Sequence[Bound]


@dataclass
class Outcome:
    """What the filling found, by the entries' places in the problem.

    `taken`: those in, best first, each with the floors that still asked for it; `in_without_floors`: who would be in
    if there were none; `short`: the limits that the tied do not all fit in, with the places left.
    """

    in_without_floors: set[int]
    taken: dict[int, list[Bound]] = field(default_factory=dict)
    passed: dict[int, Passed] = field(default_factory=dict)
    tied: Sequence[int] = ()
    short: list[tuple[Bound, int]] = field(default_factory=list)


def lines_of(problem: Problem, outcome: Outcome) -> list[Line]:
    """A line for each entry of the problem: those in by rank, then tied, reserve and out."""
    writing = _Writing(problem, outcome)
    return [*writing.chosen(), *writing.tied(), *writing.left()]


class _Writing:
    def __init__(self, problem: Problem, outcome: Outcome) -> None:
        self.entries, self.problem, self.outcome = problem.entries, problem, outcome
        self.last = max((self.entries[i].place for i in outcome.taken), default=(-math.inf, 0))

    def chosen(self) -> list[Line]:
        """Those in, by rank; without a rank of their own those moved in stand last. Equals share their place."""
        ordered = sorted([*self.outcome.taken, *self.problem.moved(on_list=True)], key=lambda i: self.entries[i].place)
        passed = [i for i, why in self.outcome.passed.items() if why.kept_for]
        numbers = self._shared(ordered)
        return [self._one_in(i, number, passed) for i, number in zip(ordered, numbers, strict=True)]

    def _one_in(self, i: int, position: int, passed: Sequence[int]) -> Line:
        entry = self.entries[i]
        if (move := self.problem.moves.get(entry.id)) is not None:
            message = Message.of(N_("经决定列入：%(reason)s"), reason=move.reason)
            return Line(entry.id, Decision.IN, Reason.MOVED_IN, message, position)
        if i not in self.outcome.in_without_floors:
            for bound in self.outcome.taken[i]:
                ahead_of = [j for j in passed if j not in bound.members and self.entries[j].place <= entry.place]
                if ahead_of:
                    return Line(
                        entry.id, Decision.IN, Reason.BY_FLOOR, self._by_floor(entry, bound, ahead_of), position
                    )
        words = N_("按名次入选，第 %(rank)s 名")
        return Line(entry.id, Decision.IN, Reason.BY_RANK, Message.of(words, rank=_shown(entry)), position)

    def _by_floor(self, entry: Entry, bound: Bound, ahead_of: Sequence[int]) -> Message:
        first = "、".join(self.entries[j].label for j in ahead_of[:3]) + ("等" if len(ahead_of) > 3 else "")
        return Message.of(
            BY_FLOOR, rank=_shown(entry), row=bound.name, least=bound.least, count=len(ahead_of), names=first
        )

    def tied(self) -> list[Line]:
        return [
            Line(self.entries[i].id, Decision.TIED, Reason.TIED_AT_LINE, self._why_tied(i)) for i in self.outcome.tied
        ]

    def _why_tied(self, i: int) -> Message:
        rank = _shown(self.entries[i])
        for bound, left in self.outcome.short:
            if bound.name and i in bound.members:
                words = N_("与他人并列第 %(rank)s 名，「%(row)s」的名额只剩 %(places)s 个，等待评委会决定")
                return Message.of(words, rank=rank, row=bound.name, places=left)
            if i in bound.members:
                words = N_("与他人并列第 %(rank)s 名，名额只剩 %(places)s 个，等待评委会决定")
                return Message.of(words, rank=rank, places=left)
        return Message.of(N_("与他人并列第 %(rank)s 名，不能全部入选，等待评委会决定"), rank=rank)

    def left(self) -> list[Line]:
        """Reserve and out. Equals share their number in the queue of what keeps them out."""
        queues: dict[str | None, list[int]] = {}
        out = []
        for i, why in self.outcome.passed.items():
            bound = _decisive(why)
            if bound is not None and (bound.label[0] is Kind.CAP or bound.most == 0):
                out.append(self._out(i, bound))
            else:
                queues.setdefault(bound.name if bound else None, []).append(i)
        numbers = {i: number for queue in queues.values() for i, number in zip(queue, self._shared(queue), strict=True)}
        reserve = [self._in_reserve(i, numbers[i]) for i in self.outcome.passed if i in numbers]
        return [*reserve, *out, *self._never_candidates()]

    def _in_reserve(self, i: int, position: int) -> Line:
        why, identifier = self.outcome.passed[i], self.entries[i].id
        bound = _decisive(why)
        if bound is None and self._below_the_tie(i):
            message = Message.of(N_("前面有并列待定的作品，候补第 %(position)s"), position=position)
            return Line(identifier, Decision.RESERVE, Reason.RESERVE_FOR_TIE, message, position)
        if bound is None:
            words = N_("剩下的名额须留给「%(rows)s」，候补第 %(position)s")
            message = Message.of(words, rows="」「".join(one.name for one in why.kept_for), position=position)
            return Line(identifier, Decision.RESERVE, Reason.RESERVE_FOR_FLOOR, message, position)
        if bound.label[0] is Kind.TOTAL:
            message = Message.of(N_("名额 %(most)s 个已满，候补第 %(position)s"), most=bound.most, position=position)
            return Line(identifier, Decision.RESERVE, Reason.TOTAL_FULL, message, position)
        words = N_("「%(row)s」名额 %(most)s 个已满，候补第 %(position)s")
        message = Message.of(words, row=bound.name, most=bound.most, position=position)
        return Line(identifier, Decision.RESERVE, Reason.CEILING_FULL, message, position)

    def _below_the_tie(self, i: int) -> bool:
        tied = self.outcome.tied
        return bool(tied) and self.entries[i].place > self.entries[tied[0]].place

    def _out(self, i: int, bound: Bound) -> Line:
        identifier = self.entries[i].id
        if bound.most == 0 and bound.label[0] is Kind.TOTAL:
            return Line(identifier, Decision.OUT, Reason.NO_PLACES, Message.of(N_("没有名额")))
        if bound.most == 0:
            return Line(
                identifier, Decision.OUT, Reason.NO_PLACES, Message.of(N_("「%(row)s」没有名额"), row=bound.name)
            )
        words = (
            N_("「%(row)s」最多 %(most)s 件，已由名次在前的作品占满；本件第 %(rank)s 名，排在最后入选者之前")
            if self.entries[i].place < self.last
            else N_("「%(row)s」最多 %(most)s 件，已由名次在前的作品占满")
        )
        message = Message.of(words, row=bound.name, most=bound.most, rank=_shown(self.entries[i]))
        return Line(identifier, Decision.OUT, Reason.BY_CAP, message)

    def _never_candidates(self) -> list[Line]:
        lines = []
        for entry in self.entries:
            move = self.problem.moves.get(entry.id)
            if move is not None and not move.on_list:
                message = Message.of(N_("经决定不列入：%(reason)s"), reason=move.reason)
                lines.append(Line(entry.id, Decision.OUT, Reason.MOVED_OUT, message))
            elif entry.rank is None and move is None:
                lines.append(Line(entry.id, Decision.OUT, Reason.UNRANKED, Message.of(N_("没有评审名次"))))
        return lines

    def _shared(self, ordered: Sequence[int]) -> list[int]:
        """The number of each in the order; equals share the number of the first of them."""
        numbers: list[int] = []
        for place, i in enumerate(ordered):
            same = place > 0 and self.entries[i].place == self.entries[ordered[place - 1]].place
            numbers.append(numbers[-1] if same else place + 1)
        return numbers


def _decisive(why: Passed) -> Bound | None:
    """Of the limits used up the one that is told: a cap before a ceiling before the total."""
    order = (Kind.CAP, Kind.CEILING, Kind.TOTAL)
    return min(why.full, key=lambda bound: (order.index(bound.label[0]), bound.most), default=None)


def _shown(entry: Entry) -> str:
    return "—" if entry.rank is None else f"{entry.rank:g}"
