"""What was done with a party: its state, its own history and the audit trail, in one place."""

from __future__ import annotations

from typing import Any

from contest_portal.core.clock import now
from contest_portal.core.database import Work
from contest_portal.events.booking.models import Booking, BookingChange
from contest_portal.events.booking.states import BookingAct, target_of


def change_state(work: Work, booking: Booking, act: BookingAct, **details: Any) -> None:
    """Do `act` with the party. Raises Conflict where its state does not allow it."""
    before = booking.state
    booking.state = target_of(act, before)
    note(work, booking, act, before={"state": before}, after={"state": booking.state}, **details)


def note(
    work: Work,
    booking: Booking,
    act: str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    **details: Any,
) -> None:
    """A line of the party's history, and the record of the trail. `details`: numbers and words without persons."""
    moment = now()
    booking.updated_at, booking.version = moment, (booking.version or 0) + 1
    work.session.flush()
    work.session.add(
        BookingChange(booking_id=booking.id, act=act, details=details, by=work.actor.account_id, at=moment)
    )
    work.record(booking, action=f"events.booking_{act}", before=before, after={**(after or {}), **details})
