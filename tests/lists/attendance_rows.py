"""Every party of an event's session came with a teacher by name; the counts of the first were corrected often."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from contest_portal.core.clock import now
from contest_portal.events.attendance.models import CheckIn, CheckInCorrection, Presence
from contest_portal.events.booking.models import BookingPerson


class Maker(Protocol):
    """What fills the world with rows."""

    teachers: list[int]

    def many(self, model: Any, row: Callable[[int], dict[str, Any]], count: int | None = None) -> list[int]: ...


def fill_attendance(maker: Maker, session_id: int, parties: list[int]) -> int:
    """Gives the id of the first check-in."""
    moment = now()
    counts = {"session_id": session_id, "pupils": 40, "adults": 2, "arrived_at": moment, "recorded_at": moment}
    came = maker.many(CheckIn, lambda n: {**counts, "key": f"row-{n:05d}", "booking_id": parties[n], "version": 1})
    was = {"check_in_id": came[0], "pupils_before": 39, "adults_before": 2, "pupils": 40, "adults": 2, "at": moment}
    maker.many(CheckInCorrection, lambda n: {**was, "why": f"第 {n} 次清点"})
    people = maker.many(BookingPerson, lambda n: {"booking_id": parties[n], "teacher_id": maker.teachers[n]})
    maker.many(Presence, lambda n: {"session_id": session_id, "person_id": people[n], "recorded_at": moment})
    return came[0]
