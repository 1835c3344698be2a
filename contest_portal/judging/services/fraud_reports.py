"""一票否决: a judge reports fraud or a breach of blindness with evidence, the office decides.

Upheld, the work is out of this round: its tasks are void, its sheets stay on record and count no longer.
"""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.judging.links import own_round, report_page
from contest_portal.judging.models import Assignment, Judge, Round
from contest_portal.judging.services.own_tasks import check_window, own_task
from contest_portal.judging.sheet_models import FraudReport
from contest_portal.judging.states import LIVE
from contest_portal.media.services.receiving import Received, remember
from contest_portal.people.queries.recipients import staff_of
from contest_portal.people.services.checked import checking

MOST_EVIDENCE = 2000
KINDS = ("fraud", "blindness")


def report_fraud(actor: Actor, task_id: int, kind: str, evidence: str, received: Received | None = None) -> FraudReport:
    """Report the work of one's own task, with words and a file where there is one. The office is told.

    Raises NotFound, Invalid without a kind or evidence, TooLate, Conflict while an earlier report of this judge waits.
    """
    with checking("judging.report") as check:
        evidence = check.text(evidence, "evidence", MOST_EVIDENCE, label=N_("事实和依据"), required=True)
        if kind not in KINDS:
            check.add("kind", N_("请选择举报的问题。"))
    with unit_of_work(actor, "judging.report_fraud") as work:
        own = own_task(work, actor, task_id)
        check_window(own.round)
        if _open_report(work, own.task) is not None:
            raise Conflict("judging.reported", N_("您已举报这件作品，请等待主办单位处理。"))
        row = FraudReport(
            round_id=own.round.id,
            entry_id=own.task.entry_id,
            judge_id=own.task.judge_id,
            kind=kind,
            evidence=evidence,
            blob_id=remember(work, received).id if received else None,
            reported_at=now(),
        )
        work.session.add(row)
        work.record(row, after={"task": own.task.id, "kind": kind, "has_file": received is not None})
        title = Message.of(N_("评委举报 %(number)s，请处理"), number=own.task.entry.number or "")
        staff = staff_of(own.round.contest.office_id)
        notify(work, staff, title, Message.of(N_("评审轮次：%(round)s"), round=own.round.name), url=report_page(row.id))
    return row


def decide_report(actor: Actor, report_id: int, *, is_upheld: bool, decision: str) -> FraudReport:
    """The office upholds a report, and the work is out of the round, or dismisses it. The reporter is told.

    Raises NotFound, Invalid without a reason, Conflict when it was decided, or when the round is ranked and a report
    can no longer be upheld.
    """
    with checking("judging.decision") as check:
        decision = check.text(decision, "decision", MOST_EVIDENCE, label=N_("处理意见"), required=True)
    with unit_of_work(actor, "judging.decide_report") as work:
        round_id = work.session.scalar(select(FraudReport.round_id).where(FraudReport.id == report_id))
        if round_id is None:
            raise NotFound
        row = locked(Round, round_id)
        report = locked(FraudReport, report_id)
        if report.state != "open":
            raise Conflict("judging.decided", N_("这项举报已经处理过了。"))
        if is_upheld and row.state == "ranked":
            raise Conflict(
                "judging.ranked", N_("本轮排名已经固定，不能再取消作品的评审资格。请在推荐名单中由评委会决定。")
            )
        report.state, report.decision = "upheld" if is_upheld else "dismissed", decision
        report.decided_by, report.decided_at = actor.account_id, now()
        voided = _void_tasks(work, report) if is_upheld else 0
        work.record(report, before={"state": "open"}, after={"state": report.state, "voided": voided}, why=decision)
        _tell_reporter(work, report)
    return report


def _open_report(work: Work, task: Assignment) -> FraudReport | None:
    return work.session.scalar(
        select(FraudReport).where(
            FraudReport.round_id == task.round_id,
            FraudReport.entry_id == task.entry_id,
            FraudReport.judge_id == task.judge_id,
            FraudReport.state == "open",
        )
    )


def _void_tasks(work: Work, report: FraudReport) -> int:
    """Nobody reads the work any more in this round, and what was given counts no longer."""
    tasks = work.session.scalars(
        select(Assignment)
        .where(
            Assignment.round_id == report.round_id, Assignment.entry_id == report.entry_id, Assignment.state.in_(LIVE)
        )
        .order_by(Assignment.id)
        .with_for_update()
    ).all()
    for task in tasks:
        before, task.state = task.state, "void"
        task.version += 1
        work.record(task, action="judging.void_task", before={"state": before}, after={"state": "void"})
    accounts = work.session.scalars(
        select(Judge.account_id).where(Judge.id.in_([task.judge_id for task in tasks]), Judge.id != report.judge_id)
    )
    title = Message.of(N_("%(number)s 已取消评审资格，不必再评"), number=report.entry.number or "")
    notify(work, [one for one in accounts if one is not None], title, url=own_round(report.round_id))
    return len(tasks)


def _tell_reporter(work: Work, report: FraudReport) -> None:
    account_id = work.session.scalar(select(Judge.account_id).where(Judge.id == report.judge_id))
    if account_id is None:
        return
    upheld = N_("您举报的 %(number)s 经核实已取消评审资格")
    dismissed = N_("您举报的 %(number)s 经核实不予取消评审资格，请继续评审")
    title = Message.of(upheld if report.state == "upheld" else dismissed, number=report.entry.number or "")
    body = Message.of(N_("处理意见：%(decision)s"), decision=report.decision)
    notify(work, [account_id], title, body, url=own_round(report.round_id))
