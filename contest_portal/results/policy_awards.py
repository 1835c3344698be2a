"""Who may do what with awards. What schools see of their own works is decided by the office's release."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, public_object_rule, role_rule, rule, visible_if
from contest_portal.results.award_models import AwardList, SpecialAward
from contest_portal.results.models import ExternalResult, Honour
from contest_portal.results.queries.gallery import Gallery, GalleryLook

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


@public_object_rule("results.see_gallery")
def may_see_gallery(_actor: Actor | None, _shown: Gallery) -> Decision:
    """Everybody: what is loaded is shown, and nothing else is."""
    return Decision.ALLOW


@public_object_rule("results.see_gallery_work")
def may_see_gallery_work(_actor: Actor | None, _look: GalleryLook) -> Decision:
    return Decision.ALLOW


@rule("results.see_year_record")
def may_see_year_record(actor: Actor, record: ExternalResult | Honour) -> Decision:
    """The people of the office whose record it is."""
    return visible_if(record.office_id == actor.office_id and actor.role in OFFICE_ROLES)
