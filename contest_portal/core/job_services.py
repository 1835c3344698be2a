"""What is done with jobs: failed ones again, old ones away."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, or_, select

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db, locked, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.job_schedule import every_day
from contest_portal.core.job_wakeup import bell
from contest_portal.core.jobs import job, put_back
from contest_portal.core.models import Job
from contest_portal.core.text import N_

DONE_KEPT = timedelta(days=30)
MOST_AT_ONCE = 1000


def retry_job(actor: Actor, job_id: int) -> Job:
    """A failed job waits again, with all its attempts. Raises Conflict for one that has not failed."""
    with unit_of_work(actor, "core.retry_job") as work:
        row = locked(Job, job_id)
        if row.state != "failed":
            raise Conflict("core.job_not_failed", N_("这项任务没有失败，不用重试。"))
        put_back(row)
        work.after_commit(bell().ring)
        work.record(row, before={"state": "failed"}, after={"state": "waiting", "kind": row.kind})
    return row


def retry_failed(actor: Actor) -> int:
    """All failed jobs of the actor's office, and the program's own, wait again. Gives how many, at most 1,000."""
    with unit_of_work(actor, "core.retry_failed_jobs") as work:
        own = or_(Job.office_id == actor.office_id, Job.office_id.is_(None))
        wanted = select(Job).where(own, Job.state == "failed").order_by(Job.id).limit(MOST_AT_ONCE).with_for_update()
        rows = work.session.scalars(wanted).all()
        for row in rows:
            put_back(row)
        work.after_commit(bell().ring)
        work.record(("job", None), before={"failed": len(rows)}, after={"waiting": len(rows)})
    return len(rows)


@job("core.tidy_jobs", N_("清除三十天前已完成任务的记录"))
def tidy_jobs(_payload: dict[str, Any]) -> None:
    """Rows of jobs that were done long ago say nothing that anybody asks."""
    begin_writing()
    old = (Job.state == "done", Job.finished_at < now() - DONE_KEPT)
    db.session.execute(delete(Job).where(*old).execution_options(synchronize_session=False))
    db.session.commit()


every_day("core.tidy_jobs", hour=4)
