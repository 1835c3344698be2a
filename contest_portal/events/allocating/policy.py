"""Who may do what with plans: the event's office; a school reads what its own party got."""

from __future__ import annotations

from contest_portal.core.actor import SCHOOL_ROLES, Actor
from contest_portal.core.permissions import Decision, rule, visible_if
from contest_portal.events.allocating.queries.standing import PartyInPlan, PlanOfEvent
from contest_portal.events.booking.models import Booking
from contest_portal.events.planning.policy import may_change, may_see


@rule("events.see_plan")
def may_see_plan(actor: Actor, plan: PlanOfEvent) -> Decision:
    """People of the event's office; supervisors read."""
    return may_see(actor, plan.event)


@rule("events.change_plan")
def may_change_plan(actor: Actor, plan: PlanOfEvent) -> Decision:
    """Adjust and publish."""
    return may_change(actor, plan.event)


@rule("events.see_in_plan")
def may_see_in_plan(actor: Actor, party: PartyInPlan) -> Decision:
    return may_see(actor, party.plan.event)


@rule("events.move_in_plan")
def may_move_in_plan(actor: Actor, party: PartyInPlan) -> Decision:
    return may_change(actor, party.plan.event)


@rule("events.see_outcome")
def may_see_outcome(actor: Actor, booking: Booking) -> Decision:
    """The party's school, and its event's office."""
    if actor.is_in(*SCHOOL_ROLES):
        return visible_if(actor.school_id == booking.school_id)
    return may_see(actor, booking.event)
