"""Wishes: until a date every school says which sessions it would like, in order; the plan is made of them afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, Stale
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, BookingWish
from contest_portal.events.booking.party import Details, Party
from contest_portal.events.booking.places import gate, session_words
from contest_portal.events.booking.services.history import note
from contest_portal.events.booking.services.holding import event_of, require_to_come
from contest_portal.events.booking.services.parties import (
    check_details,
    make_booking,
    put_details,
    put_party,
    require_bookable,
)
from contest_portal.events.planning.models import Event
from contest_portal.people.models import School


def wish(actor: Actor, event_id: int, school_id: int, wishes: Sequence[int], party: Party, details: Details) -> Booking:
    """Hand in a party with its sessions in the order of its wishes. Raises Invalid, Conflict, TooLate."""
    check_details(details)
    with unit_of_work(actor, "events.wish") as work:
        event = gate(event_id)
        require_bookable(event, mode="wishes")
        check_wishes(event, wishes, party)
        booking = make_booking(work, event, locked(School, school_id), party, details, "wished")
        _write(work, booking, wishes)
        note(work, booking, "wish", after={"state": "wished"}, people=party.people, sessions=list(wishes))
    return booking


def change_wishes(
    actor: Actor, booking_id: int, seen_version: int, wishes: Sequence[int], party: Party, details: Details
) -> Booking:
    """Put other wishes, people or details in their place, until booking closes. Raises Invalid, Conflict, Stale, TooLate."""
    check_details(details)
    event_id = event_of(booking_id)
    with unit_of_work(actor, "events.change_wishes") as work:
        event = gate(event_id)
        booking = locked(Booking, booking_id)
        if booking.version != seen_version:
            raise Stale
        if booking.state != "wished":
            raise Conflict("events.not_wished", N_("方案已经公布或预约已经结束，志愿不能再修改。"))
        require_bookable(event, mode="wishes")
        check_wishes(event, wishes, party)
        before = wishes_of(booking)
        put_party(work, event, booking, party)
        put_details(booking, details)
        work.session.execute(delete(BookingWish).where(BookingWish.booking_id == booking.id))
        _write(work, booking, wishes)
        note(work, booking, "change_wishes", before={"sessions": before}, people=party.people, sessions=list(wishes))
    return booking


def check_wishes(event: Event, wishes: Sequence[int], party: Party) -> None:
    """Raise Invalid unless there are one to `most_wishes` sessions, each once, each large enough."""
    if not wishes:
        raise Invalid("events.no_wish", N_("请至少选一个志愿场次。"), field="wish_1")
    if len(wishes) > event.most_wishes:
        raise Invalid(
            "events.wishes",
            Message.of(N_("最多填 %(most)s 个志愿，现在是 %(count)s 个。"), most=event.most_wishes, count=len(wishes)),
            field="wish_1",
        )
    if len(set(wishes)) < len(wishes):
        raise Invalid("events.wish_twice", N_("同一场填了两次，请各选不同的场次。"), field="wish_1")
    for place, session_id in enumerate(wishes, 1):
        session = require_to_come(event, session_id)
        if party.people > session.capacity and not event.splittable:
            raise Invalid(
                "events.too_many",
                Message.of(
                    N_("%(session)s最多容纳 %(capacity)s 人，您这次是 %(people)s 人。请减少人数，或分几次预约。"),
                    session=session_words(session),
                    capacity=session.capacity,
                    people=party.people,
                ),
                field=f"wish_{place}",
            )


def wishes_of(booking: Booking) -> list[int]:
    """The party's wished sessions in order."""
    return list(
        db.session.scalars(
            select(BookingWish.session_id).where(BookingWish.booking_id == booking.id).order_by(BookingWish.position)
        )
    )


def _write(work: Work, booking: Booking, wishes: Sequence[int]) -> None:
    for position, session_id in enumerate(wishes, 1):
        work.session.add(BookingWish(booking_id=booking.id, session_id=session_id, position=position))
    work.session.flush()
