"""Many sessions by a pattern: looked at first, then made; made again, only what is missing."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import local, timezone
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import Invalid
from contest_portal.core.text import N_
from contest_portal.events.planning.event_data import SessionData
from contest_portal.events.planning.generator import Existing, Outcome, Pattern, Planned, generate
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.events.planning.services.sessions import add_sessions
from contest_portal.people.queries.calendar import own_days


def preview_sessions(event: Event, pattern: Pattern) -> Outcome:
    """What the pattern would make now, and what it leaves out. Changes nothing."""
    return generate(pattern, own_days(event.office_id), _existing(event.id))


def generate_sessions(actor: Actor, event_id: int, pattern: Pattern, place: str = "") -> list[EventSession]:
    """Make the pattern's sessions that are missing. Raises Invalid where none is, Conflict where the event has ended."""
    with unit_of_work(actor, "events.generate_sessions") as work:
        event = locked(Event, event_id)
        outcome = preview_sessions(event, pattern)
        if not outcome.sessions:
            raise Invalid("events.nothing_missing", N_("按这样的安排没有要新增的场次。"))
        rows = add_sessions(actor, event_id, [_data(planned, pattern, place) for planned in outcome.sessions])
        work.record(event, after={"sessions": len(rows), "left_out_days": len(outcome.left_out)})
    return rows


def _data(planned: Planned, pattern: Pattern, place: str) -> SessionData:
    begin, end = _moment(planned.day, planned.slot.begin), _moment(planned.day, planned.slot.end)
    return SessionData(begin, end, pattern.capacity, pattern.most_parties, place)


def _existing(event_id: int) -> list[Existing]:
    rows = db.session.scalars(select(EventSession).where(EventSession.event_id == event_id))
    return [
        Existing(row.number, row.day, local(row.starts_at).time(), _end(local(row.starts_at), local(row.ends_at)))
        for row in rows
    ]


def _end(begin: datetime, end: datetime) -> time:
    """The end on the day of the beginning: one that lasts over midnight takes the rest of its day."""
    return end.time() if end.date() == begin.date() else time(23, 59, 59)


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, tzinfo=timezone())
