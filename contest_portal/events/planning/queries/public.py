"""What everybody reads of events: days of a month, what goes into people's calendars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.events.planning.models import Event, EventSession
from contest_portal.people.grades import stage_of


@dataclass(frozen=True)
class OnDay:
    """What one event has on one day: how many sessions take place."""

    day: date
    event: Event
    sessions: int


def days_of(office_id: int | None, first: date, last: date, kind: str = "") -> list[OnDay]:
    """Every day of the span on which something public takes place, in order. Two statements."""
    statement = (
        select(
            EventSession.day,
            EventSession.event_id,
            func.count(),
        )
        .join(Event, Event.id == EventSession.event_id)
        .where(
            Event.published_at.is_not(None),
            Event.state != "cancelled",
            EventSession.state == "open",
            EventSession.day.between(first, last),
        )
        .group_by(EventSession.day, EventSession.event_id)
        .order_by(EventSession.day, func.min(EventSession.starts_at), EventSession.event_id)
    )
    if office_id is not None:
        statement = statement.where(Event.office_id == office_id)
    if kind:
        statement = statement.where(Event.kind == kind)
    rows = db.session.execute(statement).all()
    events = {one.id: one for one in db.session.scalars(select(Event).where(Event.id.in_({row[1] for row in rows})))}
    return [OnDay(row[0], events[row[1]], row[2]) for row in rows]


def sessions_of_many(event_ids: Sequence[int]) -> dict[int, list[EventSession]]:
    """The sessions of several events in order of time, cancelled ones too."""
    found: dict[int, list[EventSession]] = {event_id: [] for event_id in event_ids}
    statement = select(EventSession).where(EventSession.event_id.in_(event_ids)).order_by(EventSession.starts_at)
    for row in db.session.scalars(statement):
        found[row.event_id].append(row)
    return found


def is_for(event: Event, stage: str) -> bool:
    """Whether pupils of the stage are meant; an event that names neither stages nor grades is for everybody."""
    named = {*event.stages, *(stage_of(grade) for grade in event.grades)}
    return not stage or not named or stage in named
