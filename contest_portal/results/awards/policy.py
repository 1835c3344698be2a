"""Who may do what with awards. What schools see of their own works is decided by the office's release."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.results.awards.models import AwardList, SpecialAward

role_rule("results.own_results", Role.SCHOOL_MANAGER, Role.TEACHER)


@rule("results.approve_awards")
def may_approve_awards(actor: Actor, award_list: AwardList) -> Decision:
    """A leader of the contest's office; only the office's people know that there is a list."""
    own = actor.role in OFFICE_ROLES and actor.office_id == award_list.contest.office_id
    return visible_if(own).and_if(actor.is_in(Role.LEADER))


@rule("results.cancel_special")
def may_cancel_special(actor: Actor, award: SpecialAward) -> Decision:
    """Staff and leaders of the contest's office."""
    own = actor.role in OFFICE_ROLES and actor.office_id == award.contest.office_id
    return visible_if(own).and_if(actor.is_in(Role.OFFICE, Role.LEADER))
