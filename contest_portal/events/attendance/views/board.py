"""The live board of an event, and all its sessions with their counts."""

from __future__ import annotations

from flask import Response, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.clock import local, now
from contest_portal.core.downloads import workbook_response
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.events.attendance import documents
from contest_portal.events.attendance.queries import board as queries
from contest_portal.events.planning.event_links import add_event_link
from contest_portal.events.planning.models import Event
from contest_portal.events.planning.queries import event as event_of
from contest_portal.events.views.blueprint import bp

add_event_link(
    _l("签到"),
    "events.board",
    order=400,
    also_active_in=["events.session_door", "events.check_in_party", "events.show_check_in", "events.attendance"],
)


@bp.get("/office/events/<int:event_id>/board")
@permission("events.see", of=event_of)
def board(event: Event) -> Response:
    """Expected, arrived, in the hall now, by session of today."""
    return render_page(
        "events/attendance/board.html", event=event, board=queries.board_of(event), at=f"{local(now()):%H:%M:%S}"
    )


@bp.get("/office/events/<int:event_id>/attendance")
@permission("events.see", of=event_of)
def attendance(event: Event) -> Response:
    """All sessions of the event with who was expected and who came."""
    parties, pupils, adults = queries.event_total(event)
    return render_page(
        "events/attendance/attendance.html",
        event=event,
        page=queries.sessions_page(event, _listing()),
        parties=parties,
        pupils=pupils,
        adults=adults,
    )


@bp.get("/office/events/<int:event_id>/attendance/export")
@permission("events.see", of=event_of)
def export_attendance(event: Event) -> Response:
    """Every party that came, with its counts and what was corrected."""
    rows = queries.check_ins_of(event, _listing().get("day"))
    return workbook_response(documents.counts_workbook(event, rows), _("%(title)s到场人次.xlsx", title=event.title))


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS)
