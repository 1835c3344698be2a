"""How many places of a session are free now. Forms whose time is over still count until a job gives their places back;
the package that keeps places says which they are, so that no page shows them as taken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from contest_portal.events.planning.models import EventSession

Asker = Callable[[Sequence[int]], Mapping[int, tuple[int, int]]]
"""Asked with events; answers (people, parties) by session that are counted for forms whose time is over."""

_askers: list[Asker] = []


def ask_of_lapsed(asker: Asker) -> Asker:
    """Register, once at import, who knows what is counted though its time is over."""
    if asker not in _askers:
        _askers.append(asker)
    return asker


def lapsed_in(event_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """(people, parties) by session that are counted in these events though their time is over."""
    found: dict[int, tuple[int, int]] = {}
    for asker in _askers if event_ids else ():
        for session_id, (people, parties) in asker(event_ids).items():
            before = found.get(session_id, (0, 0))
            found[session_id] = (before[0] + people, before[1] + parties)
    return found


def free_in(session: EventSession, lapsed: Mapping[int, tuple[int, int]]) -> int:
    """How many people of a further party may come to the session; 0 where it is full or takes no other party."""
    people, parties = lapsed.get(session.id, (0, 0))
    if session.most_parties is not None and session.parties - parties >= session.most_parties:
        return 0
    return session.capacity - session.taken + people


@dataclass
class Free:
    """What may still be booked of an event, or of a day of it: sessions that have not begun, and what is free in them.

    `left`: all of them; `with_room`: those that take another party; `days`: on which there are such ones.
    `least`: free in the fullest, which a party of a course needs. `one_school`: each takes one party at a time, so that
    the number of places says nothing.
    """

    left: int = 0
    with_room: int = 0
    people: int = 0
    least: int | None = None
    days: set[date] = field(default_factory=set)
    one_school: bool = True

    def add(self, session: EventSession, free: int) -> None:
        """Count a session in."""
        self.left += 1
        self.least = free if self.least is None else min(self.least, free)
        self.one_school = self.one_school and session.most_parties == 1
        if free > 0:
            self.with_room += 1
            self.people += free
            self.days.add(session.day)
