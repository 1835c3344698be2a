"""Who may do what with hand-offs: each office with its own, the other side sees only what was handed."""

from __future__ import annotations

from contest_portal.contests.models import Contest
from contest_portal.contests.policy import may_see as may_see_contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.entries.belonging import is_of_the_school
from contest_portal.entries.models import Entry
from contest_portal.results.handoff.models import Handoff, HandoffPartner

role_rule("results.handoff_keys", *OFFICE_ROLES)
role_rule("results.add_partner", Role.OFFICE, Role.LEADER)


@rule("results.see_handoffs")
def may_see_handoffs(actor: Actor, contest: Contest) -> Decision:
    """The contest's own office; its schools and judges know the contest, not what goes up of it."""
    return may_see_contest(actor, contest)


@rule("results.hand_off")
def may_hand_off(actor: Actor, contest: Contest) -> Decision:
    """To hand up, to take in, to set places: staff and leaders."""
    return may_see_handoffs(actor, contest).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.see_handoff")
def may_see_handoff(actor: Actor, row: Handoff) -> Decision:
    """Only the people of the office whose row it is."""
    return visible_if(actor.role in OFFICE_ROLES and actor.office_id == row.office_id)


@rule("results.act_on_handoff")
def may_act_on_handoff(actor: Actor, row: Handoff) -> Decision:
    return may_see_handoff(actor, row).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.confirm_partner")
def may_confirm_partner(actor: Actor, partner: HandoffPartner) -> Decision:
    """A leader: who confirms answers for whom the office believes."""
    own = actor.role in OFFICE_ROLES and actor.office_id == partner.office_id
    return visible_if(own).and_if(actor.is_in(Role.LEADER))


@rule("results.see_returned_work")
def may_see_returned_work(actor: Actor, entry: Entry) -> Decision:
    """The school's own people and the contest's office: what came back from above is theirs to put right."""
    own = actor.role in OFFICE_ROLES and actor.office_id == entry.contest.office_id and entry.state != "draft"
    return visible_if(own or is_of_the_school(actor, entry))


@rule("results.correct_work")
def may_correct_work(actor: Actor, entry: Entry) -> Decision:
    return may_see_returned_work(actor, entry).and_if(
        is_of_the_school(actor, entry) or actor.is_in(Role.OFFICE, Role.LEADER)
    )
