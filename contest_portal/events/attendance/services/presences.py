"""Who of a training is there, by name, session by session."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now, today
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_
from contest_portal.events.attendance.models import Presence
from contest_portal.events.booking.models import Booking, BookingPerson
from contest_portal.events.planning.models import EventSession


def tick_presences(
    actor: Actor, session_id: int, *, present: Collection[int], absent: Collection[int]
) -> tuple[int, int]:
    """Tick and untick persons (ids of BookingPerson); gives how many of each were changed.

    A page sends only what was changed on it, so that two phones that tick different people do not undo each other.
    People of other events are passed over. Raises Conflict before the session's day.
    """
    with unit_of_work(actor, "events.tick_presences") as work:
        session = locked(EventSession, session_id)
        if session.day > today():
            raise Conflict("events.too_early", N_("这一场还没有到日子，当天才能点名。"))
        known = set(
            db.session.scalars(
                select(BookingPerson.id)
                .join(Booking, Booking.id == BookingPerson.booking_id)
                .where(Booking.event_id == session.event_id, BookingPerson.id.in_([*present, *absent]))
            )
        )
        there = set(db.session.scalars(select(Presence.person_id).where(Presence.session_id == session_id)))
        come, gone = (set(present) & known) - there, (set(absent) & known & there) - set(present)
        for person_id in sorted(come):
            work.session.add(
                Presence(session_id=session_id, person_id=person_id, recorded_by=actor.account_id, recorded_at=now())
            )
        if gone:
            work.session.execute(
                delete(Presence).where(Presence.session_id == session_id, Presence.person_id.in_(gone))
            )
        if come or gone:
            work.record(session, after={"present": sorted(come), "absent": sorted(gone)})
    return len(come), len(gone)
