"""Parties whose session the office cancelled: which it was, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.events.booking.models import BookingChange


@dataclass(frozen=True)
class Displaced:
    """The session that a party lost. `at`: 09-12 09:00; `queued`: it only stood in its queue."""

    number: int
    at: str
    why: str
    queued: bool


def displaced(changes: Iterable[BookingChange]) -> Displaced | None:
    """What the newest of these changes, the newest first, says about a lost session; None where none was lost."""
    found = next((one.details for one in changes if one.act == "displace"), None)
    return _displaced(found) if found is not None else None


def displaced_of(booking_ids: Iterable[int]) -> dict[int, Displaced]:
    """The lost session of each of these parties that lost one; one statement."""
    rows = db.session.scalars(
        select(BookingChange)
        .where(BookingChange.booking_id.in_(list(booking_ids)), BookingChange.act == "displace")
        .order_by(BookingChange.id)
    )
    found = {row.booking_id: _displaced(row.details) for row in rows}
    return {booking_id: one for booking_id, one in found.items() if one is not None}


def _displaced(details: Mapping[str, Any]) -> Displaced | None:
    """None where the history was written before it named the session."""
    if "session" not in details:
        return None
    return Displaced(details["session"], details["at"], details.get("why", ""), bool(details.get("queued")))
