"""Parties that had places and did not come."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.booking.models import BookingPlace
from contest_portal.events.booking.places import gate, locked_sessions
from contest_portal.events.booking.services import record_no_show
from contest_portal.events.planning.models import EventSession


def mark_no_shows(actor: Actor, session: EventSession, booking_ids: Collection[int]) -> int:
    """Note that these parties did not come; gives how many that were.

    Who has checked in meanwhile is passed over. Raises Conflict before the session's end, Invalid for nobody.
    """
    if not booking_ids:
        raise Invalid("events.nobody", N_("请先勾选没有来的队伍。"), field="booking")
    if now() < session.ends_at:
        raise Conflict("events.not_over", N_("本场还没有结束，队伍可能还在路上。请在结束后再标为「未到」。"))
    session_id, event_id = session.id, session.event_id
    with unit_of_work(actor, "events.mark_no_shows"):
        gate(event_id)
        locked_sessions([session_id])
        came = select(CheckIn.booking_id).where(
            CheckIn.session_id == session_id, CheckIn.undone_at.is_(None), CheckIn.booking_id.is_not(None)
        )
        missing = db.session.scalars(
            select(BookingPlace.booking_id)
            .where(
                BookingPlace.session_id == session_id,
                BookingPlace.booking_id.in_(list(booking_ids)),
                BookingPlace.no_show_at.is_(None),
                BookingPlace.booking_id.not_in(came),
            )
            .order_by(BookingPlace.booking_id)
        ).all()
        for booking_id in missing:
            record_no_show(actor, booking_id, session_id)
    return len(missing)


def take_no_show_back(actor: Actor, session_id: int, booking_id: int) -> None:
    """It was marked by mistake. Raises NotFound for a party without places in the session."""
    record_no_show(actor, booking_id, session_id, did_not_come=False)
