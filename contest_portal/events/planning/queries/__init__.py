"""Reads of events and their sessions."""

from contest_portal.events.planning.queries.events import (
    event,
    event_file,
    event_to_change,
    events_of,
    files_of,
    office_events,
    public_events,
    session,
    sessions_of,
)

__all__ = [
    "event",
    "event_file",
    "event_to_change",
    "events_of",
    "files_of",
    "office_events",
    "public_events",
    "session",
    "sessions_of",
]
