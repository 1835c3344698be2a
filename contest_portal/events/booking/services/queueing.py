"""The waiting list: join, take what is offered or decline it, ask for fewer places, leave."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound, TooLate
from contest_portal.core.text import N_, Message
from contest_portal.events.booking.models import Booking, Waiting
from contest_portal.events.booking.party import Details, Party
from contest_portal.events.booking.places import count_in, gate, locked_sessions, session_words
from contest_portal.events.booking.services.history import change_state, note
from contest_portal.events.booking.services.holding import event_of, put_in, require_choice, require_to_come
from contest_portal.events.booking.services.parties import check_details, free_keys, make_booking, require_bookable
from contest_portal.events.booking.services.settling import (
    QUEUED,
    end_queueing,
    is_queued,
    queue_of,
    ring,
    sessions_of_party,
    settle,
    withdraw_offer,
)
from contest_portal.events.planning.models import Event
from contest_portal.people.models import School

MOST_QUEUES = 5


def join_new(
    actor: Actor, event_id: int, school_id: int, session_ids: Sequence[int], party: Party, details: Details
) -> Booking:
    """A party without places stands in the queues of these sessions. Raises Invalid, Conflict, TooLate."""
    check_details(details)
    with unit_of_work(actor, "events.join_queue") as work:
        event = gate(event_id)
        settle(work, event)
        require_bookable(event, mode="first_come")
        booking = make_booking(work, event, locked(School, school_id), party, details, "waiting")
        note(work, booking, "wait", after={"state": "waiting"}, people=party.people)
        _join(work, event, booking, session_ids)
    return booking


def join(actor: Actor, booking_id: int, session_ids: Sequence[int]) -> Booking:
    """A party that the plan left out, or that waits already, stands in further queues. Raises Invalid, Conflict."""
    event_id = event_of(booking_id)
    with unit_of_work(actor, "events.join_queue") as work:
        event = gate(event_id)
        settle(work, event)
        if event.state != "public":  # nobody would ever be offered a place
            raise Conflict("events.not_bookable", N_("本活动现在不接受这种预约。"))
        booking = locked(Booking, booking_id)
        if booking.state != "waiting":
            change_state(work, booking, "queue")
        _join(work, event, booking, session_ids)
    return booking


def accept(actor: Actor, waiting_id: int) -> Booking:
    """Take what is offered. Raises TooLate when the offer ran out, Conflict when there is none."""
    with unit_of_work(actor, "events.accept_offer") as work:
        event, booking, row = _entry(waiting_id)
        if row.state == "expired" or (row.state == "offered" and row.offered_until and row.offered_until <= now()):
            raise TooLate("events.offer_over", N_("名额已逾期未确认，转给了下一所学校。您可以重新加入候补。"))
        if row.state != "offered":
            raise Conflict("events.no_offer", N_("这个候补现在没有可确认的名额。请刷新页面查看最新情况。"))
        freed = withdraw_offer(event, row)  # given to the party at once, in the same transaction
        row.state, row.ended_at = "taken", now()
        work.session.flush()
        mine = put_in(work, event, booking, row.session_id)
        other = end_queueing(work, booking, "left", keep=row.id)
        change_state(work, booking, "place", people=row.people, session_id=row.session_id)
        ring(work, event, {*freed, *other} - set(mine))
    return booking


def decline(actor: Actor, waiting_id: int) -> Booking:
    """Give an offer on to the next. Raises Conflict."""
    return _end(actor, waiting_id, "declined", "offered", "decline")


def leave(actor: Actor, waiting_id: int) -> Booking:
    """Stand in this queue no more. Raises Conflict."""
    return _end(actor, waiting_id, "left", "waiting", "leave_queue")


def lower(work: Work, event: Event, booking: Booking) -> None:
    """After a party that waits has become smaller: it asks for fewer places, and what it does not need is free."""
    people, freed = booking.pupils + booking.adults, []
    for row in _rows(booking):
        if people > row.people:
            raise Invalid(
                "events.larger_in_queue",
                Message.of(
                    N_("候补期间只能减少人数（现为 %(now)s 人）。要增加，请先退出候补，再重新加入。"), now=row.people
                ),
                field="classes",
            )
        if row.state == "offered":
            sessions = locked_sessions(sessions_of_party(event, row.session_id))
            for session in sessions.values():
                count_in(session, people - row.people, parties=0)
            freed += list(sessions)
        else:
            freed.append(row.session_id)
        row.people = people
    work.session.flush()
    ring(work, event, freed)


def _join(work: Work, event: Event, booking: Booking, session_ids: Sequence[int]) -> None:
    require_choice(list(session_ids))
    standing = {row.session_id for row in _rows(booking)}
    wanted = list(dict.fromkeys(queue_of(event, one) for one in session_ids))
    if len(standing | set(wanted)) > MOST_QUEUES:
        raise Invalid(
            "events.queues", Message.of(N_("一支队伍最多同时候补 %(most)s 场。"), most=MOST_QUEUES), field="session"
        )
    people = booking.pupils + booking.adults
    for session_id in wanted:
        session = require_to_come(event, session_id)
        if session_id in standing:
            raise Conflict("events.queued", N_("您已在这一场的候补中。"))
        if people > session.capacity:
            raise Invalid(
                "events.too_many",
                Message.of(
                    N_("%(session)s最多容纳 %(capacity)s 人，您这次是 %(people)s 人。请减少人数，或分几次预约。"),
                    session=session_words(session),
                    capacity=session.capacity,
                    people=people,
                ),
                field="session",
            )
        work.session.add(
            Waiting(booking_id=booking.id, session_id=session_id, people=people, state="waiting", joined_at=now())
        )
        work.session.flush()
        note(work, booking, "join_queue", session=session.number, people=people)
    ring(work, event, wanted)


def _end(actor: Actor, waiting_id: int, state: str, source: str, act: str) -> Booking:
    with unit_of_work(actor, f"events.{act}") as work:
        event, booking, row = _entry(waiting_id)
        if row.state != source:
            raise Conflict("events.no_offer", N_("这个候补的情况已有变化，请刷新页面查看最新情况。"))
        freed = withdraw_offer(event, row)
        row.state, row.ended_at = state, now()
        work.session.flush()
        if is_queued(booking):
            note(work, booking, act)
        else:
            free_keys(work, booking)
            booking.ended_why = act
            change_state(work, booking, "cancel")
        ring(work, event, freed)
    return booking


def _entry(waiting_id: int) -> tuple[Event, Booking, Waiting]:
    """The entry with its party and event, locked: the event first."""
    found = db.session.execute(
        select(Booking.event_id, Booking.id).join(Waiting).where(Waiting.id == waiting_id)
    ).first()
    if found is None:
        raise NotFound
    event = gate(found.event_id)
    return event, locked(Booking, found.id), locked(Waiting, waiting_id)


def _rows(booking: Booking) -> list[Waiting]:
    return list(
        db.session.scalars(
            select(Waiting)
            .where(Waiting.booking_id == booking.id, Waiting.state.in_(QUEUED))
            .order_by(Waiting.id)
            .execution_options(populate_existing=True)
        )
    )
