"""Reads of events and their sessions."""

from contest_portal.events.planning.queries.events import (
    coming_events,
    event,
    event_file,
    event_to_change,
    events_of,
    files_of,
    office_events,
    past_events,
    public_events,
    session,
    sessions_of,
)

__all__ = [
    "coming_events",
    "event",
    "event_file",
    "event_to_change",
    "events_of",
    "files_of",
    "office_events",
    "past_events",
    "public_events",
    "session",
    "sessions_of",
]
