"""What a plan is made of: an event's sessions and wishes, as the problem that is frozen."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.events.booking.models import Booking, BookingGroup, BookingWish
from contest_portal.events.booking.splitting import class_sizes
from contest_portal.events.planning.models import Event, EventSession


def problem_of(event: Event) -> dict[str, Any]:
    """The problem as plain JSON, in the order of ids; four statements.

    A session has the room that is left. Cancelled ones and those that have begun have none, and still stand between
    their neighbours. `number` is for people, the computation does not use it.
    """
    return {"sessions": _sessions(event), "parties": _parties(event)}


def _sessions(event: Event) -> list[dict[str, Any]]:
    rows = db.session.scalars(select(EventSession).where(EventSession.event_id == event.id).order_by(EventSession.id))
    return [_session(one) for one in rows]


def _session(one: EventSession) -> dict[str, Any]:
    takes_place = one.state == "open" and one.starts_at > now()
    found = {
        "id": one.id,
        "number": one.number,
        "capacity": one.capacity - one.taken if takes_place else 0,
        "day": one.day.isoformat(),
        "order": local(one.starts_at).hour * 60 + local(one.starts_at).minute,
    }
    return found if one.most_parties is None else found | {"most_parties": one.most_parties - one.parties}


def _parties(event: Event) -> list[dict[str, Any]]:
    bookings = db.session.scalars(
        select(Booking).where(Booking.event_id == event.id, Booking.state == "wished").order_by(Booking.id)
    ).all()
    ids = [one.id for one in bookings]
    wishes: dict[int, list[int]] = {one: [] for one in ids}
    for booking_id, session_id in db.session.execute(
        select(BookingWish.booking_id, BookingWish.session_id)
        .where(BookingWish.booking_id.in_(ids))
        .order_by(BookingWish.booking_id, BookingWish.position)
    ):
        wishes[booking_id].append(session_id)
    classes: dict[int, list[int]] = {one: [] for one in ids}
    for booking_id, pupils in db.session.execute(
        select(BookingGroup.booking_id, BookingGroup.pupils)
        .where(BookingGroup.booking_id.in_(ids))
        .order_by(BookingGroup.booking_id, BookingGroup.id)
    ):
        classes[booking_id].append(pupils)
    return [_party(event, one, wishes[one.id], classes[one.id]) for one in bookings]


def _party(event: Event, booking: Booking, wishes: list[int], pupils: list[int]) -> dict[str, Any]:
    # A party with pupils chosen by name beside its classes is not divided: nobody says with which class they go.
    may_split = event.splittable and booking.may_split and len(pupils) > 1 and sum(pupils) == booking.pupils
    return {
        "id": booking.id,
        "size": booking.pupils + booking.adults,
        "wishes": wishes,
        "priority": booking.priority,
        "classes": class_sizes(pupils, booking.adults) if may_split else [],
        "may_split": may_split,
    }
