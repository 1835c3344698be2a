"""Slow work outside requests: written as a row in the transaction that wants it, done at least once.

    @job("media.preview", N_("预览图"))
    def make_preview(payload: dict[str, Any]) -> None: ...      # idempotent; may call report_progress(0.3)

    enqueue(work, "media.preview", {"blob_id": 7}, key="preview-7")

A worker claims a row with a compare-and-set, so any number of threads and processes may run. While it works it renews
the row's beat; a row without a beat for `LEASE` is claimed again, one whose process is known to be gone at once.
The workers themselves: core/job_worker.py. What they are woken by: core/job_wakeup.py.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.exc import IntegrityError, OperationalError

from contest_portal.core import kept_messages
from contest_portal.core.clock import now
from contest_portal.core.database import Work, begin_writing, db, forget_transaction
from contest_portal.core.errors import DomainError
from contest_portal.core.job_wakeup import bell
from contest_portal.core.models import Job
from contest_portal.core.storage import StorageAway, StorageFull
from contest_portal.core.text import N_, Message

LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 4
RETRY_AFTER = timedelta(seconds=20)
LONGEST_WAIT = timedelta(minutes=2)
"""Between two attempts. A row that is to wait longer was written before the clock stepped back: it is due."""
OUTAGES = (StorageAway, StorageFull, OperationalError)
"""What no job is to blame for: the storage or the database is away or full. It is waited for much longer."""
MOST_IN_OUTAGE = 40
"""Attempts: more than an hour."""
INTAKE, QUICK, PACKAGES, SLOW, FILMS = "intake", "quick", "packages", "slow", "films"
THREADS = {INTAKE: 2, QUICK: 1, PACKAGES: 1, SLOW: 1, FILMS: 1}
"""Each lane's threads in a worker. INTAKE is for files that somebody waits for, perhaps before a deadline; PACKAGES for
what an office asked for and waits for though it takes minutes."""
LANES = tuple(THREADS)

log = logging.getLogger(__name__)
HANDLERS: dict[str, Callable[[dict[str, Any]], None]] = {}
NAMES: dict[str, Message] = {}
APPOINTED: set[str] = set()
"""Kinds whose jobs are asked for at a moment to come."""
THINGS: dict[str, Mapping[str, str]] = {}
"""Kind → what its jobs make, by the word under `kind` in their payload, for kinds that make several things."""

WORKER_DIED = Message.of(N_("处理这项任务的进程每次都中途退出，已不再重试。文件可能过大或已损坏。"))


class CannotBeDone(DomainError):
    """Raised by a handler: trying again by itself is of no use, the job fails at once. Somebody may still retry it."""

    def __init__(self, reason: Message) -> None:
        super().__init__("core.job_cannot_be_done", reason)


@dataclass
class Running:
    """A job at work in this process. `share` is how far it has come, 0 to 1."""

    job_id: int
    attempts: int
    office_id: int | None
    share: float = 0.0


@dataclass
class AtWork:
    """What this process is at: the name under which it claims rows, and the jobs at work in its threads."""

    worker: str = ""
    jobs: dict[int, Running] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_current: ContextVar[Running | None] = ContextVar("job", default=None)


def job(
    kind: str, name: str = "", *, things: Mapping[str, str] | None = None, is_appointed: bool = False
) -> Callable[[Callable[[dict[str, Any]], None]], Callable[[dict[str, Any]], None]]:
    """Register the function that does jobs of `kind`; `name` (marked with `N_`) is what the office reads, or the one
    of `things` that a job makes. `is_appointed`: rows of its own make it due at a moment to come.

    The function may be run more than once for the same payload. A DomainError that it raises is kept in its words.
    """

    def register(function: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        HANDLERS[kind] = function
        NAMES[kind] = Message(name or kind)
        THINGS[kind] = things or {}
        if is_appointed:
            APPOINTED.add(kind)
        return function

    return register


def name_of(row: Job) -> Message:
    """What the job is called: the one thing that it makes, where its kind makes several."""
    thing = THINGS.get(row.kind, {}).get(row.payload.get("kind", ""))
    return Message(thing) if thing else NAMES.get(row.kind, Message(row.kind))


def enqueue(
    work: Work,
    kind: str,
    payload: dict[str, Any],
    *,
    key: str,
    lane: str = QUICK,
    again: bool = False,
    office_id: int | None = None,
) -> None:
    """Ask for a job; the same `key` is asked for once, also by two at the same moment.

    `lane`: SLOW for what takes minutes, so that it does not hold up the quick ones; see THREADS. `again`: a job of that key that has
    ended, well or not, is to be done once more. `office_id`: whose it is, where the actor is of no office.
    """
    known = work.session.scalar(select(Job).where(Job.key == key))
    if known is not None:
        if again and known.state in {"done", "failed"}:
            put_back(known)
            work.after_commit(bell().ring)
        return
    running = _current.get()
    office_id = office_id or work.actor.office_id or (running.office_id if running else None)
    try:
        with work.session.begin_nested():
            work.session.add(Job(kind=kind, key=key, payload=payload, lane=lane, office_id=office_id, run_at=now()))
    except IntegrityError:  # asked for by somebody else at the same moment, or a row that the database refuses
        if work.session.scalar(select(Job.id).where(Job.key == key)) is None:
            raise
    work.after_commit(bell().ring)


def put_back(row: Job) -> None:
    """An ended job waits again, with all its attempts."""
    row.state, row.attempts, row.progress, row.error, row.problem = "waiting", 0, 0, "", None
    row.run_at, row.finished_at = now(), None


def report_progress(share: float) -> None:
    """How far the job at work in this thread has come, 0 to 1. Costs nothing; the worker writes it down with its beat."""
    running = _current.get()
    if running is not None:
        running.share = max(running.share, min(share, 1.0))


def is_last_attempt(failure: Exception) -> bool:
    """Whether the job at work in this thread, which failed so, will not be tried again by itself; so it is for what is
    called directly."""
    running = _current.get()
    return running is None or running.attempts >= _most_attempts(failure)


def _most_attempts(failure: Exception) -> int:
    if isinstance(failure, CannotBeDone):
        return 0
    return MOST_IN_OUTAGE if isinstance(failure, OUTAGES) else MOST_ATTEMPTS


def run_next(lanes: Collection[str] = LANES) -> bool:
    """Claim and do one due job. Gives whether there was one."""
    claimed = _claim(lanes)
    if claimed is None:
        return False
    at_work, running = _at_work(), Running(claimed.id, claimed.attempts, claimed.office_id)
    with at_work.lock:
        at_work.jobs[claimed.id] = running
    token = _current.set(running)
    try:
        HANDLERS[claimed.kind](claimed.payload)
    except CannotBeDone as failure:
        log.info("job %s (%s) cannot be done: %s", claimed.id, claimed.kind, failure)
        _finish(claimed, failure)
    except Exception as failure:  # a job's failure is kept with the job, whatever it is
        log.exception("job %s (%s) failed", claimed.id, claimed.kind)
        forget_transaction()
        _finish(claimed, failure)
    else:
        _finish(claimed, None)
    finally:
        _current.reset(token)
        with at_work.lock:
            at_work.jobs.pop(running.job_id, None)
    return True


def run_all(limit: int = 100_000) -> int:
    """Do due jobs until none is left. Gives how many were done."""
    done = 0
    while done < limit and run_next():
        done += 1
    return done


def waiting_count() -> int:
    """How many jobs are still to be done."""
    return db.session.scalar(select(func.count(Job.id)).where(Job.state == "waiting")) or 0


def beat() -> None:
    """Say of the jobs at work in this process that they are, and how far they have come."""
    at_work = _at_work()
    with at_work.lock:
        running = list(at_work.jobs.values())
    if not running:
        return
    begin_writing()
    for one in running:
        _change_own(at_work.worker, one.job_id, one.attempts, beat_at=now(), progress=int(one.share * 100))
    db.session.commit()


def release(worker: str) -> int:
    """Give back the jobs of a worker that is gone, to be done at once. Gives how many."""
    begin_writing()
    _give_up(Job.worker == worker)
    released = db.session.execute(
        update(Job)
        .where(Job.state == "running", Job.worker == worker)
        .values(state="waiting", run_at=now())
        .execution_options(synchronize_session=False)
    )
    db.session.commit()
    return int(released.rowcount)  # type: ignore[attr-defined]


def _claim(lanes: Collection[str] = LANES) -> Job | None:
    moment = now()
    begin_writing()
    deserted = (Job.state == "running") & (func.coalesce(Job.beat_at, Job.started_at) < moment - LEASE)
    _give_up(deserted)
    before_a_step_back = and_(Job.run_at > moment + LONGEST_WAIT, Job.kind.not_in(APPOINTED))
    is_time = or_(Job.run_at <= moment, before_a_step_back)
    due = (Job.state == "waiting") & is_time | deserted
    wanted = select(Job).where(due, Job.lane.in_(lanes), Job.kind.in_(HANDLERS)).order_by(Job.id).limit(1)
    # Read afresh: what an earlier turn of this thread still knows of the row is old.
    wanted = wanted.with_for_update(skip_locked=True).execution_options(populate_existing=True)
    row = db.session.scalar(wanted)
    if row is not None:
        row.state, row.attempts, row.progress, row.worker = "running", row.attempts + 1, 0, _at_work().worker
        row.started_at = row.beat_at = moment
    db.session.commit()
    if row is not None:
        db.session.expunge(row)  # what it is stays known where the database goes away while it is done
    return row


def _give_up(deserted: Any) -> None:
    """A job whose worker died every time is not begun for ever. What was tried during an outage has left its error."""
    too_often = or_(and_(Job.attempts >= MOST_ATTEMPTS, Job.error == ""), Job.attempts >= MOST_IN_OUTAGE)
    db.session.execute(
        update(Job)
        .where(Job.state == "running", deserted, too_often)
        .values(
            state="failed",
            error="its worker died each time",
            problem=kept_messages.keep(WORKER_DIED),
            finished_at=now(),
        )
        .execution_options(synchronize_session=False)
    )


def _finish(claimed: Job, failure: Exception | None) -> None:
    moment = now()
    values: dict[str, Any] = {"state": "done", "finished_at": moment, "error": "", "problem": None, "progress": 100}
    if failure is not None:
        last = claimed.attempts >= _most_attempts(failure)
        values = {
            "state": "failed" if last else "waiting",
            "run_at": moment + min(RETRY_AFTER * claimed.attempts, LONGEST_WAIT),
            "finished_at": moment if last else None,
            "error": f"{type(failure).__name__}: {failure}"[:2000],
            "problem": kept_messages.keep(_in_words(failure)),
        }
    begin_writing()
    _change_own(claimed.worker, claimed.id, claimed.attempts, **values)
    db.session.commit()


def _in_words(failure: Exception) -> Message:
    if isinstance(failure, DomainError):
        return failure.message
    if isinstance(failure, MemoryError):
        return Message.of(N_("内存不足。"))
    return Message.of(
        N_("程序出错（%(error)s）。请重试；多次失败请联系管理员，并告知任务编号。"), error=type(failure).__name__
    )


def _change_own(worker: str, job_id: int, attempts: int, **values: Any) -> None:
    """Only as long as the lease is one's own: whoever claimed the job meanwhile finishes it."""
    own = (Job.id == job_id, Job.state == "running", Job.attempts == attempts, Job.worker == worker)
    db.session.execute(update(Job).where(*own).values(**values).execution_options(synchronize_session=False))


def _at_work() -> AtWork:
    found: AtWork = current_app.extensions.setdefault("jobs_at_work", AtWork())
    return found
