"""What was done with parties: their state, their own history and the audit trail, in one place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import insert

from contest_portal.core.clock import now
from contest_portal.core.database import Work
from contest_portal.events.booking.models import Booking, BookingChange
from contest_portal.events.booking.states import BookingAct, target_of


@dataclass(frozen=True)
class Done:
    """An act with one party. `details`: numbers and words without persons."""

    booking: Booking
    act: str
    details: Mapping[str, Any] = field(default_factory=dict)
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def change_state(work: Work, booking: Booking, act: BookingAct, **details: Any) -> None:
    """Do `act` with the party. Raises Conflict where its state does not allow it."""
    change_states(work, [(booking, act, details)])


def change_states(work: Work, acts: Iterable[tuple[Booking, BookingAct, Mapping[str, Any]]]) -> None:
    """Do an act with each of these parties, with its details. Raises Conflict where a state does not allow it."""
    done = []
    for booking, act, details in acts:
        before = booking.state
        booking.state = target_of(act, before)
        done.append(Done(booking, act, details, {"state": before}, {"state": booking.state}))
    note_each(work, done)


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
    note_each(work, [Done(booking, act, details, before or {}, after or {})])


def note_each(work: Work, done: Sequence[Done]) -> None:
    """A line of history and a record for each: the parties and the lines are written together, however many they are."""
    if not done:
        return
    moment = now()
    for one in done:
        one.booking.updated_at, one.booking.version = moment, (one.booking.version or 0) + 1
    work.session.flush()
    rows = [
        {
            "booking_id": one.booking.id,
            "act": one.act,
            "details": dict(one.details),
            "by": work.actor.account_id,
            "at": moment,
        }
        for one in done
    ]
    work.session.execute(insert(BookingChange), rows)
    for one in done:
        after = {**one.after, **one.details}
        work.record(one.booking, action=f"events.booking_{one.act}", before=dict(one.before), after=after)
