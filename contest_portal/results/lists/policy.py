"""Who may do what with quotas, recommendation lists and awards before they are public."""

from __future__ import annotations

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.policy import may_see as may_see_contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.results.lists.models import Shortlist


@rule("results.see_lists")
def may_see_lists(actor: Actor, contest: Contest) -> Decision:
    """The office's people read; its schools and judges know the published contest, not its unfinished lists."""
    return may_see_contest(actor, contest)


@rule("results.make_list")
def may_make_list(actor: Actor, category: Category) -> Decision:
    """Staff and leaders of the contest's office."""
    return may_see_lists(actor, category.contest).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.see_category_list")
def may_see_category_list(actor: Actor, category: Category) -> Decision:
    return may_see_lists(actor, category.contest)


@rule("results.export_recommendation")
def may_export(actor: Actor, contest: Contest) -> Decision:
    """Lists with full telephone numbers: who sends them up, not who only looks on."""
    return may_see_lists(actor, contest).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.export_category_recommendation")
def may_export_category(actor: Actor, category: Category) -> Decision:
    return may_export(actor, category.contest)


@rule("results.see_shortlist")
def may_see_shortlist(actor: Actor, shortlist: Shortlist) -> Decision:
    """Only the office's people know that there is one."""
    return visible_if(actor.role in OFFICE_ROLES and shortlist.contest.office_id == actor.office_id)


@rule("results.approve")
def may_approve(actor: Actor, shortlist: Shortlist) -> Decision:
    """A leader of the contest's office: who approves answers for the list."""
    return may_see_shortlist(actor, shortlist).and_if(actor.is_in(Role.LEADER))


role_rule("results.lists", *OFFICE_ROLES)
