"""Who may do what with objections. A case is known to its office's people who need not keep away; who objects, to two."""

from __future__ import annotations

from contest_portal.contests.models import Contest
from contest_portal.contests.policy import may_see as may_see_contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, public_object_rule, public_rule, role_rule, rule, visible_if
from contest_portal.results.objections.models import Objection, ObjectionStatement
from contest_portal.results.objections.queries.cases import Case
from contest_portal.results.objections.services.cases import may_assign
from contest_portal.results.publishing.models import Publication

public_rule("results.find_objection")
role_rule("results.own_statements", Role.SCHOOL_MANAGER, Role.JUDGE)


@public_object_rule("results.object")
def may_object(_actor: Actor | None, publication: Publication) -> Decision:
    """Everybody, to what is or was public; whether it still stands open is told on the page."""
    return visible_if(publication.state != "draft")


@public_object_rule("results.follow_objection")
def may_follow(_actor: Actor | None, _objection: Objection) -> Decision:
    """Who has the secret link: it was found by that."""
    return Decision.ALLOW


@rule("results.see_objections")
def may_see_objections(actor: Actor, contest: Contest) -> Decision:
    """The office's people; the cases that somebody is kept away from are not in the list."""
    return may_see_contest(actor, contest)


@rule("results.set_objection_terms")
def may_set_terms(actor: Actor, contest: Contest) -> Decision:
    return may_see_objections(actor, contest).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.see_objection")
def may_see_objection(actor: Actor, case: Case) -> Decision:
    """The office's people who need not keep away: its steps, not who objects."""
    own = actor.role in OFFICE_ROLES and case.contest.office_id == actor.office_id
    return visible_if(own and actor.account_id not in case.kept_away)


@rule("results.assign_objection")
def may_assign_objection(actor: Actor, case: Case) -> Decision:
    """A leader; where every leader must keep away, staff."""
    acts = actor.is_in(Role.OFFICE, Role.LEADER)
    choosing = acts and may_assign(actor.account_id, list(case.people), case.kept_away)
    return may_see_objection(actor, case).and_if(choosing)


@rule("results.declare_objection_conflict")
def may_declare(actor: Actor, case: Case) -> Decision:
    """Oneself; whom else, only who assigns may say."""
    return may_see_objection(actor, case).and_if(actor.is_in(Role.OFFICE, Role.LEADER))


@rule("results.open_objection")
def may_open_objection(actor: Actor, case: Case) -> Decision:
    """Who handles it and who signs its decision: they read who objects, and the evidence."""
    return may_see_objection(actor, case).and_if(_has_task(actor, case))


@rule("results.open_objection_file")
def may_open_file(actor: Actor, place: tuple[Case, int]) -> Decision:
    return may_open_objection(actor, place[0])


@rule("results.handle_objection")
def may_handle(actor: Actor, case: Case) -> Decision:
    mine = case.objection.handler_id == actor.account_id
    return may_open_objection(actor, case).and_if(mine)


@rule("results.sign_objection")
def may_sign(actor: Actor, case: Case) -> Decision:
    mine = case.objection.second_id == actor.account_id
    return may_open_objection(actor, case).and_if(mine)


@rule("results.own_statement")
def may_give_statement(actor: Actor, statement: ObjectionStatement) -> Decision:
    """The manager of the school that was asked, the judge who was asked."""
    if actor.is_in(Role.SCHOOL_MANAGER):
        return visible_if(statement.school_id is not None and statement.school_id == actor.school_id)
    is_mine = statement.judge is not None and statement.judge.account_id == actor.account_id
    return visible_if(actor.is_in(Role.JUDGE) and is_mine)


def _has_task(actor: Actor, case: Case) -> bool:
    return actor.is_in(Role.OFFICE, Role.LEADER) and case.has_task(actor)
