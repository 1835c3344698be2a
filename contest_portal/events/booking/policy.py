"""Who may do what with parties: the school its own, the office those of its events."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, SCHOOL_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.events.booking.models import Booking, Waiting
from contest_portal.events.planning.models import Event, EventSession

role_rule("events.own_bookings", *SCHOOL_ROLES)


@rule("events.book")
def may_book(actor: Actor, event: Event) -> Decision:
    """People of a school of the event's office, once the event is public."""
    if not actor.is_in(*SCHOOL_ROLES):
        return Decision.DENY if event.published_at is not None else Decision.HIDE
    return visible_if(event.published_at is not None and actor.office_id == event.office_id)


@rule("events.see_booking")
def may_see_booking(actor: Actor, booking: Booking) -> Decision:
    """The school's people, and those of the event's office."""
    return visible_if(_is_of_school(actor, booking) or _is_of_office(actor, booking))


@rule("events.change_booking")
def may_change_booking(actor: Actor, booking: Booking) -> Decision:
    """The school's manager, and of its teachers who made the party or leads it; the office has its own acts."""
    return may_see_booking(actor, booking).and_if(_is_of_school(actor, booking) and _is_theirs(actor, booking))


@rule("events.answer_offer")
def may_answer_offer(actor: Actor, row: Waiting) -> Decision:
    """Who may change the party that waits."""
    return may_change_booking(actor, row.booking)


@rule("events.settle_booking")
def may_settle_booking(actor: Actor, booking: Booking) -> Decision:
    """Staff and leaders of the event's office; they alone move, cancel and note for a school."""
    may_see = visible_if(_is_of_school(actor, booking) or _is_of_office(actor, booking))
    return may_see.and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("events.settle_session")
def may_settle_session(actor: Actor, session: EventSession) -> Decision:
    """Staff and leaders of the office whose event it is."""
    own = actor.is_in(*OFFICE_ROLES) and actor.office_id == session.event.office_id
    return visible_if(own).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


def _is_of_school(actor: Actor, booking: Booking) -> bool:
    return actor.is_in(*SCHOOL_ROLES) and actor.school_id == booking.school_id


def _is_theirs(actor: Actor, booking: Booking) -> bool:
    leads = actor.teacher_id is not None and actor.teacher_id == booking.leader_teacher_id
    return actor.is_in(Role.SCHOOL_MANAGER) or actor.account_id == booking.created_by or leads


def _is_of_office(actor: Actor, booking: Booking) -> bool:
    return actor.is_in(*OFFICE_ROLES) and actor.office_id == booking.event.office_id
