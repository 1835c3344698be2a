"""Events, their sessions and files, one by one and in lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, or_, select

from contest_portal.core.database import db, found
from contest_portal.core.errors import NotFound
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.events.planning.models import Event, EventFile, EventSession
from contest_portal.events.planning.states import EVENT_CHANGES


@dataclass(frozen=True)
class EventLine:
    """An event in a list: its first and last day, and sums over the sessions that take place."""

    event: Event
    first_on: date | None
    last_on: date | None
    sessions: int
    capacity: int
    taken: int


def event(event_id: int) -> Event:
    """The event. Raises NotFound."""
    return found(Event, event_id)


def event_to_change(event_id: int, act: str) -> Event:
    """The event. Raises NotFound, also for an act that no event knows."""
    if act not in {one.act for one in EVENT_CHANGES}:
        raise NotFound
    return event(event_id)


def session(session_id: int) -> EventSession:
    """The session; its event is loaded with it. Raises NotFound."""
    row = found(EventSession, session_id)
    found(Event, row.event_id)
    return row


def event_file(file_id: int, event_id: int | None = None) -> EventFile:
    """The file; its event is loaded with it. Raises NotFound, also where it is not that event's."""
    row = found(EventFile, file_id)
    if event_id not in {None, row.event_id}:
        raise NotFound
    found(Event, row.event_id)
    return row


def sessions_of(event_id: int) -> Sequence[EventSession]:
    """The event's sessions in order of time, cancelled ones too."""
    return db.session.scalars(
        select(EventSession)
        .where(EventSession.event_id == event_id)
        .order_by(EventSession.starts_at, EventSession.number)
    ).all()


def files_of(event_id: int) -> Sequence[EventFile]:
    """The event's files in the order in which they were added."""
    return db.session.scalars(select(EventFile).where(EventFile.event_id == event_id).order_by(EventFile.id)).all()


def office_events(office_id: int, listing: Listing) -> Page[EventLine]:
    """The office's events, newest first: filters `state`, `kind`, `q` (a part of the title)."""
    statement = _lines().where(Event.office_id == office_id)
    if state := listing.get("state"):
        statement = statement.where(Event.state == state)
    if kind := listing.get("kind"):
        statement = statement.where(Event.kind == kind)
    if words := listing.get("q"):
        statement = statement.where(Event.title.contains(words, autoescape=True))
    columns = {"day": _DAYS.c.first_on, "title": Event.title}
    page = paginate(sorted_by(statement, listing, columns, tie=Event.id.desc()), listing, scalars=False)
    return Page([_line(row) for row in page.rows], page.total, listing)


def events_of(office_id: int, *, states: Sequence[str] = ("draft", "public", "closed")) -> list[Event]:
    """The office's events in these states, newest first: what other pages choose from."""
    return list(
        db.session.scalars(
            select(Event).where(Event.office_id == office_id, Event.state.in_(states)).order_by(Event.id.desc())
        )
    )


def public_events(
    office_id: int | None = None, *, ends_from: date | None = None, begins_by: date | None = None, kind: str = ""
) -> list[EventLine]:
    """Events that were made public, by their first day; of one office, of one kind, of a span of days.

    An event without sessions that take place (all cancelled) stands in no span.
    """
    statement = _public_lines(office_id, kind)
    if ends_from is not None:
        statement = statement.where(_DAYS.c.last_on >= ends_from)
    if begins_by is not None:
        statement = statement.where(_DAYS.c.first_on <= begins_by)
    return [_line(row) for row in db.session.execute(statement.order_by(_DAYS.c.first_on, Event.id))]


def coming_events(office_id: int | None, day: date, kind: str = "") -> list[EventLine]:
    """Public events that are not over on that day, by their first day; those without a session at the end."""
    wanted = or_(_DAYS.c.last_on >= day, _DAYS.c.last_on.is_(None))
    order = (_DAYS.c.first_on.is_(None), _DAYS.c.first_on, Event.id)
    statement = _public_lines(office_id, kind).where(wanted).order_by(*order)
    return [_line(row) for row in db.session.execute(statement)]


def past_events(office_id: int | None, day: date, kind: str = "", *, most: int) -> list[EventLine]:
    """Public events whose last day was before, the newest first."""
    statement = _public_lines(office_id, kind).where(_DAYS.c.last_on < day)
    newest = statement.order_by(_DAYS.c.last_on.desc(), Event.id.desc()).limit(most)
    return [_line(row) for row in db.session.execute(newest)]


_DAYS = (
    select(
        EventSession.event_id,
        func.min(EventSession.day).label("first_on"),
        func.max(EventSession.day).label("last_on"),
        func.count().label("sessions"),
        func.sum(EventSession.capacity).label("capacity"),
        func.sum(EventSession.taken).label("taken"),
    )
    .where(EventSession.state == "open")
    .group_by(EventSession.event_id)
    .subquery("days")
)


def _lines() -> Select[tuple[Event, date | None, date | None, int | None, int | None, int | None]]:
    return select(
        Event, _DAYS.c.first_on, _DAYS.c.last_on, _DAYS.c.sessions, _DAYS.c.capacity, _DAYS.c.taken
    ).outerjoin(_DAYS, _DAYS.c.event_id == Event.id)


def _public_lines(
    office_id: int | None, kind: str
) -> Select[tuple[Event, date | None, date | None, int | None, int | None, int | None]]:
    statement = _lines().where(Event.published_at.is_not(None))
    if office_id is not None:
        statement = statement.where(Event.office_id == office_id)
    return statement.where(Event.kind == kind) if kind else statement


def _line(row: Any) -> EventLine:
    one, first, last, sessions, capacity, taken = row
    return EventLine(one, first, last, int(sessions or 0), int(capacity or 0), int(taken or 0))
