"""What judges ask of the office in a round, reports of fraud, and the versions of one task's sheet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import joinedload

from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.judging.models import Assignment, Round, ScoreSheet
from contest_portal.judging.sheet_models import FraudReport, Reopening, SetAside
from contest_portal.people.models import Account


@dataclass(frozen=True)
class GivenBack:
    """A sheet that may be replaced and was not yet: it counts as it is."""

    task: Assignment
    leave: Reopening
    total: float


@dataclass(frozen=True)
class RoundRequests:
    """What waits for the office, or for judges on the office's word: asked reopenings, sheets given back, reports (the
    open ones first), sheets that count no longer."""

    asked: Sequence[Assignment]
    given_back: Sequence[GivenBack]
    reports: Sequence[FraudReport]
    set_aside: Sequence[SetAside] = ()


def requests_of_round(row: Round) -> RoundRequests:
    """All of it: two statements."""
    rows = db.session.execute(
        select(Assignment, Reopening, ScoreSheet.total, SetAside)
        .join(ScoreSheet, and_(ScoreSheet.assignment_id == Assignment.id, ScoreSheet.is_current))
        .outerjoin(
            Reopening, and_(Reopening.assignment_id == Assignment.id, Reopening.sheet_version == ScoreSheet.version)
        )
        .outerjoin(SetAside, and_(SetAside.assignment_id == Assignment.id, SetAside.undone_at.is_(None)))
        .where(
            Assignment.round_id == row.id,
            or_(
                and_(
                    Assignment.state == "submitted",
                    or_(Assignment.asks_to_reopen != "", Reopening.id.is_not(None)),
                ),
                and_(Assignment.state == "conflict", SetAside.id.is_not(None)),
            ),
        )
        .order_by(Assignment.id)
        .options(joinedload(Assignment.judge), joinedload(Assignment.entry), joinedload(SetAside.taker))
    ).all()
    reports = db.session.scalars(
        select(FraudReport)
        .where(FraudReport.round_id == row.id)
        .order_by(FraudReport.state != "open", FraudReport.id)
        .options(joinedload(FraudReport.judge), joinedload(FraudReport.entry))
    ).all()
    asked, given_back = [], []
    aside: dict[int, SetAside] = {}
    for one in rows:
        task, leave, total = one.Assignment, one.Reopening, one.total
        if task.state == "conflict":
            aside[one.SetAside.id] = one.SetAside
        elif leave is None:
            asked.append(task)
        else:
            given_back.append(GivenBack(task, leave, total))
    return RoundRequests(asked, given_back, reports, list(aside.values()))


def excluded_entries(round_id: int) -> dict[int, FraudReport]:
    """Entry → the upheld report for which it is out of the round; one statement."""
    rows = db.session.scalars(
        select(FraudReport)
        .where(FraudReport.round_id == round_id, FraudReport.state == "upheld")
        .order_by(FraudReport.id)
        .options(joinedload(FraudReport.entry))
    )
    return {report.entry_id: report for report in rows}


def open_report_count(round_id: int) -> int:
    """How many reports of a round nobody has decided."""
    return (
        db.session.scalar(
            select(func.count(FraudReport.id)).where(FraudReport.round_id == round_id, FraudReport.state == "open")
        )
        or 0
    )


def report_by_id(report_id: int) -> FraudReport:
    """The report with round, contest, entry, judge and file. Raises NotFound."""
    row = db.session.scalar(
        select(FraudReport)
        .where(FraudReport.id == report_id)
        .options(
            joinedload(FraudReport.round).joinedload(Round.contest),
            joinedload(FraudReport.entry),
            joinedload(FraudReport.judge),
            joinedload(FraudReport.blob),
        )
    )
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class SheetVersion:
    """One submitted version, who submitted it, and for what reason the office gave it back, if it did."""

    sheet: ScoreSheet
    who: str
    leave: Reopening | None


def versions_of(task_id: int) -> list[SheetVersion]:
    """Every version of the task's sheet, the newest first; one statement."""
    rows = db.session.execute(
        select(ScoreSheet, Account.name, Reopening)
        .outerjoin(Account, Account.id == ScoreSheet.submitted_by)
        .outerjoin(
            Reopening,
            and_(Reopening.assignment_id == ScoreSheet.assignment_id, Reopening.sheet_version == ScoreSheet.version),
        )
        .where(ScoreSheet.assignment_id == task_id)
        .order_by(ScoreSheet.version.desc())
    )
    return [SheetVersion(sheet, name or "", leave) for sheet, name, leave in rows]


def decider_of(report: FraudReport) -> str:
    """The name of who decided a report."""
    return db.session.scalar(select(Account.name).where(Account.id == report.decided_by)) or ""
