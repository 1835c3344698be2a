"""Who may do what in judging: the contest's office reads all of it, its staff act, a judge knows only own tasks."""

from __future__ import annotations

from contest_portal.contests import policy as contests
from contest_portal.contests.models import Contest
from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.permissions import Decision, role_rule, rule, visible_if
from contest_portal.judging.models import Assignment, ConflictOfInterest, Judge, Ranking, Round
from contest_portal.judging.queries.round_works import JudgedCategory
from contest_portal.judging.queries.task_files import WantedFile
from contest_portal.judging.sheet_models import FraudReport, PaperSheet
from contest_portal.judging.states import LIVE

role_rule("judging.list", *OFFICE_ROLES)
role_rule("judging.manage", Role.OFFICE)
role_rule("judging.own_tasks", Role.JUDGE)


def _of_office(actor: Actor, office_id: int) -> bool:
    return actor.role in OFFICE_ROLES and actor.office_id == office_id


@rule("judging.see_contest")
def may_see_contest(actor: Actor, contest: Contest) -> Decision:
    """The rounds of a contest: its own office."""
    return contests.may_see(actor, contest)


@rule("judging.plan")
def may_plan(actor: Actor, contest: Contest) -> Decision:
    """To start a new round: staff of the contest's office."""
    return may_see_contest(actor, contest).and_if(actor.is_in(Role.OFFICE))


@rule("judging.see_judge")
def may_see_judge(actor: Actor, judge: Judge) -> Decision:
    return visible_if(_of_office(actor, judge.office_id))


@rule("judging.edit_judge")
def may_edit_judge(actor: Actor, judge: Judge) -> Decision:
    return may_see_judge(actor, judge).and_if(actor.is_in(Role.OFFICE))


@rule("judging.edit_relation")
def may_edit_relation(actor: Actor, relation: ConflictOfInterest) -> Decision:
    return may_edit_judge(actor, relation.judge)


@rule("judging.see_round")
def may_see_round(actor: Actor, row: Round) -> Decision:
    return visible_if(_of_office(actor, row.contest.office_id))


@rule("judging.run_round")
def may_run_round(actor: Actor, row: Round) -> Decision:
    return may_see_round(actor, row).and_if(actor.is_in(Role.OFFICE))


@rule("judging.edit_rubric")
def may_edit_rubric(actor: Actor, judged: JudgedCategory) -> Decision:
    return may_run_round(actor, judged.round)


@rule("judging.see_ranking")
def may_see_ranking(actor: Actor, ranking: Ranking) -> Decision:
    return may_see_round(actor, ranking.round)


@rule("judging.plan_boundary")
def may_plan_boundary(actor: Actor, ranking: Ranking) -> Decision:
    return may_run_round(actor, ranking.round)


@rule("judging.reassign")
def may_reassign(actor: Actor, task: Assignment) -> Decision:
    return may_run_round(actor, task.round)


@rule("judging.see_task")
def may_see_task(actor: Actor, task: Assignment) -> Decision:
    """A task with its sheets, as the office sees it."""
    return may_see_round(actor, task.round)


@rule("judging.see_report")
def may_see_report(actor: Actor, report: FraudReport) -> Decision:
    """A judge's report of fraud: the office with its leaders and supervisors."""
    return may_see_round(actor, report.round)


@rule("judging.decide_report")
def may_decide_report(actor: Actor, report: FraudReport) -> Decision:
    return may_run_round(actor, report.round)


@rule("judging.overrule")
def may_overrule(actor: Actor, task: Assignment) -> Decision:
    """To let a judge read a work although a conflict stands: a leader of the contest's office."""
    return may_see_round(actor, task.round).and_if(actor.is_in(Role.LEADER))


@rule("judging.type_paper")
def may_type_paper(actor: Actor, sheet: PaperSheet) -> Decision:
    return may_run_round(actor, sheet.assignment.round)


@rule("judging.read_task")
def may_read_task(actor: Actor, task: Assignment) -> Decision:
    """A judge's own task; one that was taken away or declared a conflict is gone for the judge."""
    own = actor.is_in(Role.JUDGE) and task.judge.account_id == actor.account_id
    same_office = task.judge.office_id == actor.office_id
    return visible_if(own and same_office and task.state in LIVE and task.round.state != "planned")


@rule("judging.own_pile")
def may_see_own_pile(actor: Actor, row: Round) -> Decision:
    """A judge's own works of a round that has begun: the judges who have a seat in it."""
    seated = any(
        seat.judge.account_id == actor.account_id and seat.judge.office_id == actor.office_id for seat in row.judges
    )
    return visible_if(actor.is_in(Role.JUDGE) and seated and row.state != "planned")


@rule("judging.read_task_file")
def may_read_task_file(actor: Actor, wanted: WantedFile) -> Decision:
    return may_read_task(actor, wanted.task)
