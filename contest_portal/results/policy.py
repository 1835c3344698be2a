"""Who may do what in results."""

from __future__ import annotations

from contest_portal.contests.models import Category, Contest
from contest_portal.contests.policy import is_published
from contest_portal.contests.policy import may_see as may_see_contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, public_object_rule, public_rule, role_rule, rule, visible_if
from contest_portal.people.models import CalendarDay
from contest_portal.results import objection_policy as _objections  # noqa: F401  its rules
from contest_portal.results import policy_certificates as _certificates  # noqa: F401  its rules
from contest_portal.results import policy_handoff as _handoff  # noqa: F401  its rules
from contest_portal.results.models import ExternalResult, Honour, Publication, Shortlist

role_rule("results.own_participation", Role.SCHOOL_MANAGER)
role_rule("results.year_records", *OFFICE_ROLES)
role_rule("results.add_year_record", Role.OFFICE, Role.LEADER)


@rule("results.report_participation")
def may_report(actor: Actor, contest: Contest) -> Decision:
    """The manager of a school of the contest's office, once the contest is public."""
    own = _own_office(actor, contest) and is_published(contest)
    return visible_if(own).and_if(actor.is_in(Role.SCHOOL_MANAGER))


@rule("results.see_participation")
def may_see_participation(actor: Actor, contest: Contest) -> Decision:
    """The contest's own office; its schools see only their own report."""
    return may_see_contest(actor, contest)


@rule("results.remove_year_record")
def may_remove_year_record(actor: Actor, record: ExternalResult | Honour) -> Decision:
    """Staff of the office whose record it is."""
    own = record.office_id == actor.office_id and actor.role in OFFICE_ROLES
    return visible_if(own).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


def _own_office(actor: Actor, contest: Contest) -> bool:
    return contest.office_id == actor.office_id


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
    return visible_if(actor.role in OFFICE_ROLES and _own_office(actor, shortlist.contest))


@rule("results.approve")
def may_approve(actor: Actor, shortlist: Shortlist) -> Decision:
    """A leader of the contest's office: who approves answers for the list."""
    return may_see_shortlist(actor, shortlist).and_if(actor.is_in(Role.LEADER))


@rule("results.draft_publication")
def may_draft(actor: Actor, contest: Contest) -> Decision:
    return may_see_lists(actor, contest).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.publish")
def may_publish(actor: Actor, publication: Publication) -> Decision:
    return may_preview(actor, publication).and_if(actor.is_in(Role.LEADER))


@rule("results.confirm_final")
def may_confirm(actor: Actor, publication: Publication) -> Decision:
    """Staff and leaders of the contest's office: that the term is over is a fact, and on record by whom it was said."""
    return may_preview(actor, publication).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.set_down_on")
def may_set_down_on(actor: Actor, publication: Publication) -> Decision:
    return may_confirm(actor, publication)


@rule("results.publication_terms")
def may_set_terms(actor: Actor, contest: Contest) -> Decision:
    return may_draft(actor, contest)


@rule("results.remove_calendar_day")
def may_remove_day(actor: Actor, day: CalendarDay) -> Decision:
    """Staff and leaders of the office whose day it is."""
    own = day.office_id == actor.office_id and actor.role in OFFICE_ROLES
    return visible_if(own).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@public_object_rule("results.read_publication")
def may_read(actor: Actor | None, publication: Publication) -> Decision:
    """Everybody reads what is or was public; a draft is for the office alone."""
    if publication.state != "draft":
        return Decision.ALLOW
    own = actor is not None and actor.role in OFFICE_ROLES and _own_office(actor, publication.contest)
    return visible_if(own)


public_rule("results.public_lists")
public_rule("results.public_archive")
role_rule("results.lists", *OFFICE_ROLES)
role_rule("results.see_calendar", *OFFICE_ROLES)
role_rule("results.set_calendar", Role.OFFICE, Role.LEADER)


@rule("results.publish_preview")
def may_preview(actor: Actor, publication: Publication) -> Decision:
    """The office's people; a public list is known to the office's schools and judges, a draft is not."""
    seen = may_see_lists(actor, publication.contest)
    return visible_if(seen is Decision.ALLOW) if publication.state == "draft" else seen
