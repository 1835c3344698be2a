"""Who may do what on contest days."""

from __future__ import annotations

from contest_portal.core.actor import SCHOOL_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.events.contest_days.models import ContestGroup, Run, Team
from contest_portal.events.planning.policy import may_change, may_see

# --- The office; pages of the event itself are `events.see` and `events.change` of planning --------------------------


@rule("events.see_group")
def may_see_group(actor: Actor, group: ContestGroup) -> Decision:
    return may_see(actor, group.event)


@rule("events.run_group")
def may_run_group(actor: Actor, group: ContestGroup) -> Decision:
    return may_change(actor, group.event)


@rule("events.see_run")
def may_see_run(actor: Actor, run: Run) -> Decision:
    return may_see(actor, run.team.group.event)


@rule("events.correct_run")
def may_correct_run(actor: Actor, run: Run) -> Decision:
    return may_change(actor, run.team.group.event)


@rule("events.remove_team")
def may_remove_team(actor: Actor, team: Team) -> Decision:
    """Take a team out, also after the lot."""
    return may_change(actor, team.group.event)


# --- Schools ----------------------------------------------------------------------------------------------------------

role_rule("events.own_teams", *SCHOOL_ROLES)


@rule("events.enter_group")
def may_enter(actor: Actor, group: ContestGroup) -> Decision:
    """Enter a team of the own school, in what its office has made public."""
    event = group.event
    own = actor.is_in(*SCHOOL_ROLES) and event.office_id == actor.office_id and event.published_at is not None
    return visible_if(own)


@rule("events.own_team")
def may_change_team(actor: Actor, team: Team) -> Decision:
    """The school's manager, and of its teachers who entered the team or coaches it."""
    own = visible_if(actor.is_in(*SCHOOL_ROLES) and team.school_id == actor.school_id)
    coaches = actor.teacher_id is not None and actor.teacher_id == team.coach_id
    return own.and_if(actor.is_in(Role.SCHOOL_MANAGER) or actor.account_id == team.created_by or coaches)
