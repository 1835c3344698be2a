"""Who is on the shortlist: down the ranks within the quota, nothing cut by the order of a file.

A category has places in total, by stage group, or both; then the total caps the stages. At a cut that goes through a
group of equals the whole group is tied, its places stay pending, and the committee decides. The committee's and the
office's decisions come in by name, and the rest of the list is filled around them.

Pure: plain values in and out. The order of the input has no influence on the result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import groupby
from typing import Any

from contest_portal.core.text import N_, Message


class Decision(StrEnum):
    """What becomes of an entry."""

    IN = "in"
    TIED = "tied"
    RESERVE = "reserve"
    OUT = "out"


class Reason(StrEnum):
    """Why, as a stable code; the line's message says it in words."""

    BY_RANK = "in_by_rank"
    MOVED_IN = "in_by_decision"
    TIED_AT_CUT = "tied_at_cut"
    STAGE_FULL = "stage_full"
    TOTAL_FULL = "total_full"
    NO_PLACES = "no_places"
    MOVED_OUT = "out_by_decision"
    UNRANKED = "unranked"


@dataclass(frozen=True, slots=True)
class RankedEntry:
    """An entry with its rank (None: judging gave none) and its stage group, if the category has any."""

    id: Hashable
    rank: int | None
    stage: Hashable | None = None


@dataclass(frozen=True, slots=True)
class Quotas:
    """Places in `total` (None: no limit) and `by_stage`; a stage without a row is limited by the total alone.

    `names` gives a stage group's name in sentences, such as 小学组, where its key is not already that.
    """

    total: int | None = None
    by_stage: Mapping[Hashable, int] = field(default_factory=dict)
    names: Mapping[Hashable, str | Message] = field(default_factory=dict)

    def name(self, stage: Hashable) -> str | Message:
        return self.names.get(stage, str(stage))


@dataclass(frozen=True, slots=True)
class Move:
    """A named decision about one entry: on the list or off it, with the reason that goes on record."""

    on_list: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One entry of the shortlist.

    `position`: place on the list (equals share it), number in the reserve queue, or None. `row`: the stage group whose
    quota a tied or reserve line waits for, None for the total. `places`: for tied lines, how many places their group
    waits for.
    """

    entry_id: Hashable
    decision: Decision
    code: Reason
    message: Message
    position: int | None = None
    row: Hashable | None = None
    places: int = 0


class OverQuota(ValueError):
    """Entries moved onto the list by decision take more places than there are; `message` says where and how many."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def fill_shortlist(
    entries: Iterable[RankedEntry], quotas: Quotas, decisions: Mapping[Hashable, Move] | None = None
) -> list[Line]:
    """One line for each entry: those on the list first, then tied, reserve and out, each in the order of ranks.

    Entries of equal rank are equals. Decisions about entries that are not here are ignored.
    Raises OverQuota when the decisions alone exceed the quota, ValueError for an id given twice or a negative quota.
    """
    ordered = sorted(entries, key=lambda entry: (entry.rank is None, entry.rank or 0, _sort_key(entry.id)))
    if len({entry.id for entry in ordered}) != len(ordered):
        raise ValueError("an id stands twice")
    if any(count < 0 for count in (quotas.total or 0, *quotas.by_stage.values())):
        raise ValueError("a quota cannot be below zero")
    moves = decisions or {}
    filling = _Filling(quotas)
    free = []
    for entry in ordered:
        if entry.id in moves:
            filling.move(entry, moves[entry.id])
        elif entry.rank is None:
            filling.leave_out(entry)
        else:
            free.append(entry)
    filling.check_moves()
    for _, group in groupby(free, key=lambda entry: entry.rank):
        filling.take(list(group))
    return _in_order(ordered, filling.lines)


def _sort_key(identifier: Hashable) -> tuple[str, Any]:
    return type(identifier).__name__, identifier if isinstance(identifier, (int, str)) else str(identifier)


class _Filling:
    """Places left while the list is filled from the top; one pass, nothing is taken back."""

    def __init__(self, quotas: Quotas) -> None:
        self.quotas = quotas
        self.total_left = quotas.total
        self.stage_left = dict(quotas.by_stage)
        self.queue: defaultdict[Hashable | None, int] = defaultdict(int)
        self.lines: dict[Hashable, Line] = {}

    def move(self, entry: RankedEntry, move: Move) -> None:
        if move.on_list:
            self._occupy(entry.stage, 1)
            message = Message.of(N_("经决定列入：%(reason)s"), reason=move.reason)
            self.lines[entry.id] = Line(entry.id, Decision.IN, Reason.MOVED_IN, message)
        else:
            message = Message.of(N_("经决定不列入：%(reason)s"), reason=move.reason)
            self.lines[entry.id] = Line(entry.id, Decision.OUT, Reason.MOVED_OUT, message)

    def leave_out(self, entry: RankedEntry) -> None:
        self.lines[entry.id] = Line(entry.id, Decision.OUT, Reason.UNRANKED, Message.of(N_("没有评审名次")))

    def check_moves(self) -> None:
        for stage, left in self.stage_left.items():
            quota = self.quotas.by_stage[stage]
            if left < 0:
                words = N_("经决定列入的有 %(count)s 件，超过%(stage)s名额 %(quota)s 个")
                raise OverQuota(Message.of(words, count=quota - left, stage=self.quotas.name(stage), quota=quota))
        if self.total_left is not None and self.total_left < 0:
            quota = self.quotas.total or 0
            words = N_("经决定列入的有 %(count)s 件，超过名额 %(quota)s 个")
            raise OverQuota(Message.of(words, count=quota - self.total_left, quota=quota))

    def take(self, equals: Sequence[RankedEntry]) -> None:
        """Decide about all entries of one rank together."""
        stage_full = [entry for entry in equals if self.stage_left.get(entry.stage) == 0]
        able = [entry for entry in equals if self.stage_left.get(entry.stage) != 0]
        for stage, entries in _by_stage(stage_full):
            self._queue(stage, entries)
        if self.total_left == 0:
            self._queue(None, able)
            return
        groups = [(stage, entries, self._places_for(stage, len(entries))) for stage, entries in _by_stage(able)]
        if self.total_left is not None and sum(places for _, _, places in groups) > self.total_left:
            self._tie(None, able, self.total_left)
            self.total_left = 0
            return
        for stage, entries, places in groups:
            if places < len(entries):
                self._tie(stage, entries, places)
            else:
                self._let_in(entries)
            self._occupy(stage, places)

    def _places_for(self, stage: Hashable | None, wanted: int) -> int:
        return min(wanted, self.stage_left.get(stage, wanted))

    def _occupy(self, stage: Hashable | None, places: int) -> None:
        if stage in self.stage_left:
            self.stage_left[stage] -= places
        if self.total_left is not None:
            self.total_left -= places

    def _let_in(self, entries: Sequence[RankedEntry]) -> None:
        for entry in entries:
            message = Message.of(N_("按名次入选，第 %(rank)s 名"), rank=entry.rank)
            self.lines[entry.id] = Line(entry.id, Decision.IN, Reason.BY_RANK, message)

    def _tie(self, row: Hashable | None, entries: Sequence[RankedEntry], places: int) -> None:
        total = N_("与他人并列第 %(rank)s 名，名额只剩 %(places)s 个，等待评委会决定")
        stage = N_("与他人并列第 %(rank)s 名，%(stage)s名额只剩 %(places)s 个，等待评委会决定")
        for entry in entries:
            message = (
                Message.of(total, rank=entry.rank, places=places)
                if row is None
                else Message.of(stage, rank=entry.rank, places=places, stage=self.quotas.name(row))
            )
            line = Line(entry.id, Decision.TIED, Reason.TIED_AT_CUT, message, row=row, places=places)
            self.lines[entry.id] = line
        self.queue[row] += len(entries) - places  # those who will not be chosen stand first in the queue

    def _queue(self, row: Hashable | None, entries: Sequence[RankedEntry]) -> None:
        """Equals share their number in the queue of the row that keeps them out."""
        position = self.queue[row] + 1
        self.queue[row] += len(entries)
        quota = self.quotas.total if row is None else self.quotas.by_stage[row]
        for entry in entries:
            if not quota:
                self.lines[entry.id] = Line(entry.id, Decision.OUT, Reason.NO_PLACES, self._no_places(row), row=row)
            elif row is None:
                message = Message.of(N_("名额 %(quota)s 个已满，候补第 %(position)s"), quota=quota, position=position)
                self.lines[entry.id] = Line(entry.id, Decision.RESERVE, Reason.TOTAL_FULL, message, position)
            else:
                words = N_("%(stage)s名额 %(quota)s 个已满，候补第 %(position)s")
                message = Message.of(words, stage=self.quotas.name(row), quota=quota, position=position)
                self.lines[entry.id] = Line(entry.id, Decision.RESERVE, Reason.STAGE_FULL, message, position, row)

    def _no_places(self, row: Hashable | None) -> Message:
        if row is None:
            return Message.of(N_("本类别没有名额"))
        return Message.of(N_("%(stage)s没有名额"), stage=self.quotas.name(row))


def _by_stage(entries: Sequence[RankedEntry]) -> Iterator[tuple[Hashable | None, list[RankedEntry]]]:
    groups: dict[Hashable | None, list[RankedEntry]] = {}
    for entry in entries:
        groups.setdefault(entry.stage, []).append(entry)
    return iter(groups.items())


def _in_order(ordered: Sequence[RankedEntry], lines: Mapping[Hashable, Line]) -> list[Line]:
    """The lines of each decision together, those on the list with their place, which equals share."""
    result: list[Line] = []
    on_list = [entry for entry in ordered if lines[entry.id].decision is Decision.IN]
    for _, equals in groupby(on_list, key=lambda entry: entry.rank):
        position = len(result) + 1
        result += [replace(lines[entry.id], position=position) for entry in equals]
    for decision in (Decision.TIED, Decision.RESERVE, Decision.OUT):
        result += [lines[entry.id] for entry in ordered if lines[entry.id].decision is decision]
    return result
