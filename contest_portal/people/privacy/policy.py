"""Who may handle personal data: an office's staff and leaders about its own people; periods are for leaders."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, SCHOOL_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, allowed_if, rule, visible_if
from contest_portal.people.models import Student, Teacher
from contest_portal.people.privacy import own_holdings as _own_holdings  # noqa: F401  registers what this room holds
from contest_portal.people.privacy import own_rules as _own_rules  # noqa: F401  registers its rules of retention


@rule("people.see_retention")
def may_see_retention(actor: Actor) -> Decision:
    """Periods, what is due, the runs."""
    return allowed_if(actor.is_in(*OFFICE_ROLES))


@rule("people.set_retention")
def may_set_retention(actor: Actor) -> Decision:
    """Set periods, erase what is due."""
    return allowed_if(actor.is_in(Role.LEADER))


@rule("people.find_person")
def may_find_person(actor: Actor) -> Decision:
    """Look for a person of the own office."""
    return allowed_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("people.handle_person")
def may_handle_person(actor: Actor, person: Student | Teacher) -> Decision:
    """See what is held, hand out a copy, erase, keep for now. A school knows its people and asks its office."""
    of_school = actor.is_in(*SCHOOL_ROLES) and actor.school_id == person.school_id
    of_office = actor.is_in(*OFFICE_ROLES) and actor.office_id == person.office_id
    return visible_if(of_school or of_office).and_if(actor.is_in(Role.OFFICE, Role.LEADER))
