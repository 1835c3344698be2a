"""Reads of jobs for the office's page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, or_, select

from contest_portal.core.database import db, found
from contest_portal.core.job_subjects import Subject, describe
from contest_portal.core.jobs import name_of
from contest_portal.core.kept_messages import kept
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.core.models import Job
from contest_portal.core.text import N_, Message

FILTERS = ("state", "kind")
STATES: Mapping[str, str] = {
    "failed": N_("失败"),
    "running": N_("正在处理"),
    "waiting": N_("等待处理"),
    "done": N_("已完成"),
}
_ORDER = case({state: place for place, state in enumerate(STATES)}, value=Job.state)
_AT = func.coalesce(Job.finished_at, Job.started_at, Job.run_at)


@dataclass(frozen=True)
class JobRow:
    """A line of the list. `reason`: why it failed, last time at least."""

    job: Job
    name: Message
    subject: Subject | None
    reason: Message | None


def job(job_id: int) -> Job:
    """The job. Raises NotFound."""
    return found(Job, job_id)


def jobs_page(office_id: int, listing: Listing) -> Page[JobRow]:
    """The office's jobs and the program's own: what failed first, then what runs and waits, then what was done."""
    wanted = select(Job).where(_of(office_id))
    for column in (Job.state, Job.kind):
        if value := listing.get(column.key):
            wanted = wanted.where(column == value)
    columns = {"urgency": (_ORDER, -Job.id), "at": _AT, "kind": Job.kind, "attempts": Job.attempts}
    page = paginate(sorted_by(wanted, listing, columns, tie=Job.id), listing)
    subjects = describe(office_id, page.rows)
    rows = [
        JobRow(
            one,
            name_of(one),
            subjects.get(one.id),
            kept(one.problem) if one.problem else None,
        )
        for one in page.rows
    ]
    return Page(rows, page.total, listing)


def job_counts(office_id: int) -> dict[str, int]:
    """State → how many jobs; every state is there."""
    counted = select(Job.state, func.count()).where(_of(office_id)).group_by(Job.state)
    numbers = {row[0]: row[1] for row in db.session.execute(counted)}
    return {state: numbers.get(state, 0) for state in STATES}


def failed_jobs(office_id: int | None) -> Select[int]:
    """The statement that counts what failed and waits for somebody."""
    return select(func.count(Job.id)).where(_of(office_id), Job.state == "failed")


def _of(office_id: int | None) -> ColumnElement[bool]:
    return or_(Job.office_id == office_id, Job.office_id.is_(None))
