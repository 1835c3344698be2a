"""What schools are told of their parties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.database import Work, db
from contest_portal.core.notices import Telling, notify_each
from contest_portal.core.text import Message
from contest_portal.events.booking.models import Booking
from contest_portal.people.models import Membership


def booking_url(booking_id: int) -> str:
    """The address of the party's page."""
    return f"/bookings/{booking_id}"


def tell_school(work: Work, booking: Booking, title: Message, body: Message | None = None) -> None:
    """Tell the school's managers and whoever made the booking; not who acts now, who knows."""
    tell_schools(work, [booking], title, body)


def tell_schools(work: Work, bookings: Sequence[Booking], title: Message, body: Message | None = None) -> None:
    """Tell the schools of many parties the same, each of its own party; a constant number of statements."""
    tell_each(work, [(one, title, body) for one in bookings])


def tell_each(work: Work, words: Sequence[tuple[Booking, Message, Message | None]]) -> None:
    """Tell the school of each of these parties its title and body."""
    accounts = accounts_of([booking for booking, _title, _body in words])
    notify_each(
        work,
        [
            Telling(accounts[booking.id] - {work.actor.account_id}, title, body, booking_url(booking.id))
            for booking, title, body in words
        ],
    )


def accounts_of(bookings: Sequence[Booking]) -> dict[int, set[int]]:
    """Booking → the accounts of the school's managers and of whoever made the booking, if still there; one statement."""
    rows = db.session.execute(
        select(Membership.school_id, Membership.account_id, Membership.role).where(
            Membership.is_active, Membership.school_id.in_({one.school_id for one in bookings})
        )
    ).all()
    of_school = defaultdict(list)
    for row in rows:
        of_school[row.school_id].append(row)
    return {
        booking.id: {
            one.account_id
            for one in of_school[booking.school_id]
            if one.role == str(Role.SCHOOL_MANAGER) or one.account_id == booking.created_by
        }
        for booking in bookings
    }
