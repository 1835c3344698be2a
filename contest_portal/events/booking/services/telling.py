"""What schools are told of their parties."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.database import Work, db
from contest_portal.core.notices import notify
from contest_portal.core.text import Message
from contest_portal.events.booking.models import Booking
from contest_portal.people.models import Membership
from contest_portal.people.queries.recipients import managers_of


def booking_url(booking_id: int) -> str:
    """The address of the party's page."""
    return f"/bookings/{booking_id}"


def tell_school(work: Work, booking: Booking, title: Message, body: Message | None = None) -> None:
    """Tell the school's managers and whoever made the booking; not who acts now, who knows."""
    makers = db.session.scalars(
        select(Membership.account_id).where(
            Membership.account_id == booking.created_by, Membership.school_id == booking.school_id, Membership.is_active
        )
    )
    accounts = {*managers_of(booking.school_id), *makers} - {work.actor.account_id}
    notify(work, accounts, title, body, booking_url(booking.id))
