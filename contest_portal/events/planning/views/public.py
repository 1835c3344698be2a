"""Events for everybody: one event with its sessions."""

from __future__ import annotations

from flask import Response

from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.events.planning import queries
from contest_portal.events.planning.models import Event
from contest_portal.events.views.blueprint import bp


@bp.get("/events/<int:event_id>")
@permission("events.read", of=queries.event)
def show_event(event: Event) -> Response:
    """An event: when, where, for whom, how many places are free."""
    return render_page(
        "events/planning/event.html",
        event=event,
        sessions=queries.sessions_of(event.id),
        files=queries.files_of(event.id),
    )
