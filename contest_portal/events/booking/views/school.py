"""活动预约: what a school has, what it should do next, what is open for it."""

from __future__ import annotations

from flask import Response
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select

from contest_portal.core.actor import SCHOOL_ROLES, Actor
from contest_portal.core.clock import now
from contest_portal.core.database import found
from contest_portal.core.navigation import Count, add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.events.booking import presenting
from contest_portal.events.booking.models import Booking, Waiting
from contest_portal.events.booking.queries import school as queries
from contest_portal.events.views.blueprint import bp
from contest_portal.people.models import School


def _to_answer(actor: Actor) -> Count:
    """Parties that lose something if nobody answers."""
    offered = select(Waiting.booking_id).where(Waiting.state == "offered", Waiting.offered_until > now())
    return select(func.count(Booking.id)).where(
        Booking.school_id == actor.school_id,
        or_(
            Booking.state == "unplaced",
            (Booking.state == "held") & (Booking.held_until > now()),
            (Booking.state == "waiting") & Booking.id.in_(offered),
        ),
    )


add_item(
    _l("活动"),
    _l("活动预约"),
    "events.own_bookings",
    icon="calendar-check",
    roles=sorted(SCHOOL_ROLES),
    order=610,
    badge=_to_answer,
    also_active_in=["events.book_", "events.wait_", "events.booking_"],
)


@bp.context_processor
def shared() -> dict[str, object]:
    """What the room's templates call parties by."""
    return {"partial": presenting}


@bp.get("/bookings")
@permission("events.own_bookings")
def own_bookings() -> Response:
    """The school's parties and the events that are open for it."""
    school = found(School, current_actor().school_id or 0)
    return render_page("events/booking/own_bookings.html", own=queries.own_page(school), school=school)
