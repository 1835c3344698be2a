"""The verbs of planning: events, their sessions, their files."""

from contest_portal.events.planning.services.events import (
    change_state,
    duplicate_event,
    edit_event,
    make_event,
    publish,
)
from contest_portal.events.planning.services.sessions import add_sessions, cancel_session, edit_session

__all__ = [
    "add_sessions",
    "cancel_session",
    "change_state",
    "duplicate_event",
    "edit_event",
    "edit_session",
    "make_event",
    "publish",
]
