"""Who may do what with head-counts and the records of the year."""

from __future__ import annotations

from contest_portal.contests.models import Contest
from contest_portal.contests.policy import is_published
from contest_portal.contests.policy import may_see as may_see_contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.results.records.models import ExternalResult, Honour

role_rule("results.own_participation", Role.SCHOOL_MANAGER)

role_rule("results.year_records", *OFFICE_ROLES)

role_rule("results.add_year_record", Role.OFFICE, Role.LEADER)


@rule("results.report_participation")
def may_report(actor: Actor, contest: Contest) -> Decision:
    """The manager of a school of the contest's office, once the contest is public."""
    own = contest.office_id == actor.office_id and is_published(contest)
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


@rule("results.see_year_record")
def may_see_year_record(actor: Actor, record: ExternalResult | Honour) -> Decision:
    """The people of the office whose record it is."""
    return visible_if(record.office_id == actor.office_id and actor.role in OFFICE_ROLES)
