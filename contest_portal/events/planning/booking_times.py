"""Whether schools can book an event now. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

Stage = Literal["none", "before", "open", "over"]


def booking_stage(
    state: str,
    mode: str,
    opens_at: datetime | None,
    closes_at: datetime | None,
    last_begins_at: datetime | None,
    now: datetime,
) -> Stage:
    """ "none": nobody books, or the event has ended; "before" and "over": not at this time. Limits are inclusive."""
    if state != "public" or mode == "open" or last_begins_at is None:
        return "none"
    if opens_at is not None and now < opens_at:
        return "before"
    if now > (closes_at or last_begins_at) or now > last_begins_at:
        return "over"
    return "open"
