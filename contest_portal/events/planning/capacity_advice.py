"""Who is affected when a session is to hold fewer people than have places, and what could be done: higher packages say it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from contest_portal.core.text import Message
from contest_portal.events.planning.models import EventSession

Adviser = Callable[[EventSession, int, int | None], Sequence[Message]]
"""Asked with a session, the capacity wished for and the number of parties wished for (None: any)."""

_advisers: list[Adviser] = []


def advise_on_capacity(adviser: Adviser) -> Adviser:
    """Register, once at import, what names the parties affected and the ways out, a sentence each."""
    if adviser not in _advisers:
        _advisers.append(adviser)
    return adviser


def capacity_advice(session: EventSession, capacity: int, most_parties: int | None) -> list[Message]:
    """All that the packages above have to say, in their order."""
    return [line for adviser in _advisers for line in adviser(session, capacity, most_parties)]
