"""The order of interviews, drawn by lot: no two at once before the same judges or with the same people. Pure.

Works fill their panel's sessions from the first on; who comes when is the lot's, by SHA-256 of the seed and the work,
which is the same on every machine. Where people of two works would be in two places at once, works of the panel change
places, by lot again, until nobody is; if that does not end well, another lot is drawn.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from contest_portal.core.text import N_, Message

VERSION = "1"
"""Changes whenever the same sessions, works and seed could give another order."""

MOVE = timedelta(minutes=10)
"""What people need from one place to another (DEFAULT)."""

_LOTS = 40
_EXCHANGES = 400


@dataclass(frozen=True)
class Sitting:
    """A stretch of time in one place, before one panel's judges; `panel` None takes works of any. `round_name` where it
    is another round's."""

    id: int
    place: str
    starts_at: datetime
    ends_at: datetime
    minutes_each: int
    panel: int | None = None
    judges: frozenset[int] = frozenset()
    round_name: str = ""

    @property
    def room(self) -> int:
        """How many works fit in."""
        return int((self.ends_at - self.starts_at) / timedelta(minutes=self.minutes_each))

    def slots(self) -> list[Slot]:
        """Its times, from the first on."""
        step = timedelta(minutes=self.minutes_each)
        return [
            Slot(
                self.id,
                position + 1,
                self.starts_at + position * step,
                self.starts_at + (position + 1) * step,
                self.place,
            )
            for position in range(self.room)
        ]


@dataclass(frozen=True)
class Slot:
    """One talk's time and place; `position` counts from 1 within its session."""

    session: int
    position: int
    starts_at: datetime
    ends_at: datetime
    place: str

    def collides(self, other: Slot) -> bool:
        """Whether nobody can be at both: they overlap, or there is no time to go from one place to the other."""
        gap = timedelta(0) if self.place == other.place else MOVE
        return self.starts_at < other.ends_at + gap and other.starts_at < self.ends_at + gap


@dataclass(frozen=True)
class Invited:
    """A work that is to be presented; `people` are keys of those who come with it: authors, tutors."""

    id: int
    number: str
    panel: int | None = None
    people: frozenset[str] = frozenset()


Order = dict[int, Slot]
"""Work → its slot."""


@dataclass(frozen=True)
class Elsewhere:
    """What other rounds have fixed already: their sessions, and works with their slots, under ids that no own work has."""

    sessions: Sequence[Sitting] = ()
    works: Sequence[tuple[Invited, Slot]] = ()


NOTHING_ELSEWHERE = Elsewhere()


@dataclass(frozen=True)
class Impossible:
    """No order, and why."""

    reasons: tuple[Message, ...]


def draw(
    sessions: Sequence[Sitting], works: Sequence[Invited], seed: int, elsewhere: Elsewhere = NOTHING_ELSEWHERE
) -> Order | Impossible:
    """A slot for every work, at which nobody is at another round's interview."""
    reasons = sitting_twice(sessions, elsewhere.sessions)
    chosen, short = _slots_by_panel(sessions, works)
    if reasons or short:
        return Impossible((*reasons, *short))
    colliding: list[tuple[Invited, Invited]] = []
    for lot in range(_LOTS):
        order = _by_lot(chosen, works, f"{seed}-{lot}")
        colliding = _part(order, works, f"{seed}-{lot}", elsewhere.works)
        if not colliding:
            return order
    words = N_("作品 %(first)s 与 %(second)s 有共同的作者或辅导教师，时间错不开，请增加场次或错开各组的时间。")
    return Impossible(tuple(Message.of(words, first=one.number, second=other.number) for one, other in colliding))


def sitting_twice(sessions: Sequence[Sitting], others: Sequence[Sitting] = ()) -> list[Message]:
    """Sessions, also of other rounds, at one time in one place, or whose judges are partly the same and cannot be at
    both: they need time to go from place to place, too."""
    found = []
    listed = sorted(sessions, key=lambda one: (one.starts_at, one.id))
    pairs = [(one, other) for i, one in enumerate(listed) for other in listed[i + 1 :]]
    for one, other in [*pairs, *((one, other) for one in listed for other in others)]:
        overlap = one.starts_at < other.ends_at and other.starts_at < one.ends_at
        gap = timedelta(0) if one.place == other.place else MOVE
        too_near = one.starts_at < other.ends_at + gap and other.starts_at < one.ends_at + gap
        if overlap and one.place == other.place:
            found.append(_taken_twice(one, other))
        elif too_near and one.judges & other.judges:
            found.append(_wanted_twice(one, other, overlap=overlap))
    return found


def _taken_twice(one: Sitting, other: Sitting) -> Message:
    if other.round_name:
        words = N_("「%(first)s」在这段时间已经安排了「%(round)s」的问辩，请错开。")
        return Message.of(words, first=one.place, round=other.round_name)
    return Message.of(N_("「%(first)s」有两个场次时间重叠，请错开。"), first=one.place)


def _wanted_twice(one: Sitting, other: Sitting, *, overlap: bool) -> Message:
    values = {"first": one.place, "second": other.place, "count": len(one.judges & other.judges)}
    minutes = int(MOVE.total_seconds() // 60)
    if other.round_name:
        words = N_(
            "「%(first)s」的场次与「%(round)s」在「%(second)s」的问辩重叠或相隔不足 %(minutes)s 分钟，"
            "而有 %(count)s 名评委两边都要到场，请错开。"
        )
        return Message.of(words, **values, round=other.round_name, minutes=minutes)
    if overlap:
        words = N_("「%(first)s」与「%(second)s」的场次时间重叠，而有 %(count)s 名评委两边都要到场，请错开。")
        return Message.of(words, **values)
    words = N_(
        "「%(first)s」与「%(second)s」的场次相隔不足 %(minutes)s 分钟，而有 %(count)s 名评委两边都要到场，"
        "请留出走动的时间。"
    )
    return Message.of(words, **values, minutes=minutes)


def clashes(
    order: Mapping[int, Slot], works: Sequence[Invited], judges: Mapping[int, frozenset[int]], moved: frozenset[int]
) -> list[Message]:
    """Why the `moved` works cannot come when `order` says: their people or judges (by work) would be in two places, or
    two works in one. All need time to go from place to place."""
    by_id = {work.id: work for work in works}
    found = []
    for one in sorted(moved & order.keys()):
        for other in sorted(order.keys() - {one}):
            if other in moved and other < one:
                continue
            own, its = order[one], order[other]
            values = {"first": by_id[one].number, "second": by_id[other].number}
            if (own.session, own.position) == (its.session, its.position):
                found.append(Message.of(N_("作品 %(first)s 与 %(second)s 排在了同一个时间。"), **values))
            elif own.collides(its) and by_id[one].people & by_id[other].people:
                found.append(
                    Message.of(N_("作品 %(first)s 与 %(second)s 有共同的作者或辅导教师，时间错不开。"), **values)
                )
            elif own.collides(its) and judges.get(one, frozenset()) & judges.get(other, frozenset()):
                found.append(Message.of(N_("作品 %(first)s 与 %(second)s 有同一位评委，时间错不开。"), **values))
    return found


def _slots_by_panel(
    sessions: Sequence[Sitting], works: Sequence[Invited]
) -> tuple[dict[int | None, list[Slot]], list[Message]]:
    """Panel → as many slots as it has works, its own sessions before those that take any; and what is too little."""
    by_panel: dict[int | None, list[Invited]] = defaultdict(list)
    for work in works:
        by_panel[work.panel].append(work)
    listed = sorted(sessions, key=lambda one: (one.starts_at, one.id))
    shared = [slot for one in listed if one.panel is None for slot in one.slots()]
    chosen: dict[int | None, list[Slot]] = {}
    short = []
    for panel in sorted(by_panel, key=lambda one: (one is None, one or 0)):
        own = [slot for one in listed if one.panel == panel and panel is not None for slot in one.slots()]
        wanted = len(by_panel[panel])
        taken, missing = own[:wanted], wanted - len(own)
        if missing > 0:
            taken, shared = [*taken, *shared[:missing]], shared[missing:]
        chosen[panel] = taken
        if len(taken) < wanted:
            words = N_("%(first)s 等 %(count)s 件作品只排得下 %(room)s 件，请延长时间、缩短每件的时间或增加场次。")
            numbers = sorted(work.number for work in by_panel[panel])
            short.append(Message.of(words, first=numbers[0], count=wanted, room=len(taken)))
    return chosen, short


def _by_lot(slots: Mapping[int | None, Sequence[Slot]], works: Sequence[Invited], lot: str) -> Order:
    order: Order = {}
    for panel, own in slots.items():
        drawn = sorted((one for one in works if one.panel == panel), key=lambda one: _lot(lot, one.id))
        order.update(zip((one.id for one in drawn), own, strict=True))
    return order


def _part(
    order: Order, works: Sequence[Invited], lot: str, fixed: Sequence[tuple[Invited, Slot]] = ()
) -> list[tuple[Invited, Invited]]:
    """Exchange works of a panel until nobody is in two places at once; those of other rounds stay where they are. Gives
    the pairs that still collide."""
    others = {work.id: slot for work, slot in fixed}
    every = [*works, *(work for work, _slot in fixed)]
    linked = [pair for pair in _linked(every) if not others.keys() >= set(pair)]
    by_id = {work.id: work for work in every}
    own, order = order, {**order, **others}
    try:
        return _parted(order, by_id, linked, lot, frozenset(others))
    finally:
        own.update((work.id, order[work.id]) for work in works)


def _parted(
    order: Order, by_id: Mapping[int, Invited], linked: Sequence[tuple[int, int]], lot: str, fixed: frozenset[int]
) -> list[tuple[Invited, Invited]]:
    for turn in range(_EXCHANGES):
        colliding = [pair for pair in linked if order[pair[0]].collides(order[pair[1]])]
        if not colliding:
            return []
        first, second = colliding[0]
        if not _exchange(order, by_id, linked, (first, second), f"{lot}-{turn}", fixed):
            break
    return [(by_id[one], by_id[other]) for one, other in linked if order[one].collides(order[other])]


def _exchange(
    order: Order,
    works: Mapping[int, Invited],
    linked: Sequence[tuple[int, int]],
    pair: tuple[int, int],
    lot: str,
    fixed: frozenset[int],
) -> bool:
    """One exchange after which fewer pairs collide; False where there is none."""
    touched: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for one in linked:
        for work_id in one:
            touched[work_id].append(one)

    def collisions(*ids: int) -> int:
        pairs = {one for work_id in ids for one in touched[work_id]}
        return sum(order[one].collides(order[other]) for one, other in pairs)

    for moving in sorted(set(pair) - fixed, key=pair.index):
        partners = [one for one in order if one not in {moving, *fixed} and works[one].panel == works[moving].panel]
        for partner in sorted(partners, key=lambda one: _lot(lot, one)):
            before = collisions(moving, partner)
            order[moving], order[partner] = order[partner], order[moving]
            if collisions(moving, partner) < before:
                return True
            order[moving], order[partner] = order[partner], order[moving]
    return False


def _linked(works: Iterable[Invited]) -> list[tuple[int, int]]:
    """Pairs of works that somebody comes with both of."""
    by_person: dict[str, list[int]] = defaultdict(list)
    for work in works:
        for person in work.people:
            by_person[person].append(work.id)
    return sorted(
        {
            (min(one, other), max(one, other))
            for ids in by_person.values()
            for i, one in enumerate(ids)
            for other in ids[i + 1 :]
        }
    )


def _lot(lot: str, work_id: int) -> bytes:
    return hashlib.sha256(f"{lot}-{work_id}".encode()).digest()
