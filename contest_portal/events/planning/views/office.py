"""The office's events: the list, one event with its state."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.planning import presenting, queries, services
from contest_portal.events.planning.event_links import add_event_link, event_tabs
from contest_portal.events.planning.kinds import KINDS
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.services.events import lacks_of
from contest_portal.events.planning.states import EVENT_STATES, changes_from
from contest_portal.events.planning.workbooks import events_workbook
from contest_portal.events.views.blueprint import bp

FILTERS = ("q", "kind", "state")

add_item(
    _l("活动"),
    _l("活动"),
    "events.office_events",
    icon="calendar-event",
    roles=sorted(OFFICE_ROLES),
    order=600,
    also_active_in=["events.office_event"],
)
add_event_link(_l("概况"), "events.office_event", order=0)


@bp.context_processor
def shared() -> dict[str, object]:
    """What the room's templates call everything by."""
    return {"event_tabs": event_tabs, "eventual": presenting}


@bp.get("/office/events")
@permission("events.list")
def office_events() -> Response:
    """The office's events, newest first."""
    listing = _listing()
    return render_page(
        "events/planning/office_events.html",
        page=queries.office_events(current_actor().office_id or 0, listing),
        kinds=[(one.kind, presenting.kind_name(one.kind)) for one in KINDS],
        states=[(code, presenting.event_state(code)) for code in EVENT_STATES],
    )


@bp.get("/office/events/export")
@permission("events.list")
def export_events() -> Response:
    """The same list as a workbook."""
    page = queries.office_events(current_actor().office_id or 0, _listing().whole())
    return workbook_response(events_workbook(page.rows), _("活动.xlsx"))


@bp.get("/office/events/<int:event_id>")
@permission("events.see", of=queries.event)
def office_event(event: Event) -> Response:
    """One event: what comes next, its facts, its sessions in short."""
    return _event_page(event)


@bp.post("/office/events/<int:event_id>/state/<act>")
@permission("events.change", of=queries.event_to_change)
def change_state(event: Event) -> Response:
    """Publish, close, cancel."""
    try:
        row = services.change_state(
            current_actor(), event.id, (request.view_args or {})["act"], request.form.get("why", "")
        )
    except DomainError as error:
        lines = [problem.message for problem in error.problems] or [error.message]
        return _event_page(event, problems=[translate(line) for line in lines], status=error.status)
    flash(_("活动「%(title)s」：%(state)s。", title=row.title, state=presenting.event_state(row.state)), "success")
    return redirect(url_for("events.office_event", event_id=row.id))  # type: ignore[return-value]


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=FILTERS, sort="-day")


def _event_page(event: Event, *, problems: list[str] | None = None, status: int = 200) -> Response:
    sessions = queries.sessions_of(event.id)
    return render_page(
        "events/planning/office_event.html",
        status=status,
        event=queries.event(event.id),  # a refused verb has let go of what was read before
        sessions=sessions,
        open_sessions=[one for one in sessions if one.state == "open"],
        changes=changes_from(event.state),
        lacks=lacks_of(event, list(sessions)) if event.state == "draft" else [],
        problems=problems or [],
        files=queries.files_of(event.id),
    )
