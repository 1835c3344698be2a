"""What a school's party got in the published plan, and why."""

from __future__ import annotations

from flask import Response

from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.events.allocating import wording
from contest_portal.events.allocating.queries.standing import booking_with_event, outcome_of
from contest_portal.events.booking.models import Booking
from contest_portal.events.views.blueprint import bp


@bp.get("/bookings/<int:booking_id>/plan")
@permission("events.see_outcome", of=booking_with_event)
def outcome(booking: Booking) -> Response:
    """Before publishing: that it is not yet known."""
    found = outcome_of(booking)
    return render_page(
        "events/allocating/outcome.html", booking=booking, event=booking.event, line=found.line, words=wording
    )
