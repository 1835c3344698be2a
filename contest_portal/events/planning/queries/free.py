"""What is free in the sessions of events that have not begun."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.events.planning.free_places import Free, free_in, lapsed_in
from contest_portal.events.planning.models import EventSession


def free_by_event(event_ids: Sequence[int], moment: datetime) -> dict[int, Free]:
    """What may still be booked of each of these events. Two statements."""
    found = {event_id: Free() for event_id in event_ids}
    for session, free in _free(event_ids, moment):
        found[session.event_id].add(session, free)
    return found


def free_by_day(event_ids: Sequence[int], moment: datetime) -> dict[tuple[int, date], Free]:
    """What may still be booked of these events on each day. Two statements."""
    found: dict[tuple[int, date], Free] = {}
    for session, free in _free(event_ids, moment):
        found.setdefault((session.event_id, session.day), Free()).add(session, free)
    return found


def _free(event_ids: Sequence[int], moment: datetime) -> list[tuple[EventSession, int]]:
    if not event_ids:
        return []
    lapsed = lapsed_in(event_ids)
    rows = db.session.scalars(
        select(EventSession)
        .where(EventSession.event_id.in_(event_ids), EventSession.state == "open", EventSession.starts_at > moment)
        .order_by(EventSession.starts_at, EventSession.id)
    )
    return [(row, free_in(row, lapsed)) for row in rows]
