"""Slow work outside requests: written as a row in the transaction that wants it, done at least once.

    @job("media.preview")
    def make_preview(payload: dict[str, Any]) -> None: ...      # idempotent

    enqueue(work, "media.preview", {"blob_id": 7}, key="preview-7")

A worker claims a row with a compare-and-set, so any number of threads and processes may run. A row whose worker died
is claimed again after `LEASE`. The embedded worker is a thread of the server; `contest-portal worker` is a process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from contest_portal.core.clock import now
from contest_portal.core.database import Work, db
from contest_portal.core.models import Job

LEASE = timedelta(minutes=15)
MOST_ATTEMPTS = 4
RETRY_AFTER = timedelta(seconds=20)
IDLE_SECONDS = 2.0

log = logging.getLogger(__name__)
HANDLERS: dict[str, Callable[[dict[str, Any]], None]] = {}


def job(kind: str) -> Callable[[Callable[[dict[str, Any]], None]], Callable[[dict[str, Any]], None]]:
    """Register the function that does jobs of `kind`. It may be run more than once for the same payload."""

    def register(function: Callable[[dict[str, Any]], None]) -> Callable[[dict[str, Any]], None]:
        HANDLERS[kind] = function
        return function

    return register


def enqueue(work: Work, kind: str, payload: dict[str, Any], *, key: str) -> None:
    """Ask for a job; the same `key` is asked for once, also by two at the same moment."""
    if work.session.scalar(select(Job.id).where(Job.key == key)) is not None:
        return
    with suppress(IntegrityError), work.session.begin_nested():
        work.session.add(Job(kind=kind, key=key, payload=payload, run_at=now()))


def run_next() -> bool:
    """Claim and do one due job. Gives whether there was one."""
    claimed = _claim()
    if claimed is None:
        return False
    try:
        HANDLERS[claimed.kind](claimed.payload)
    except Exception as failure:  # a job's failure is kept with the job, whatever it is
        log.exception("job %s (%s) failed", claimed.id, claimed.kind)
        db.session.rollback()
        _finish(claimed, failure)
    else:
        _finish(claimed, None)
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


def _claim() -> Job | None:
    moment = now()
    db.session.rollback()
    db.session.connection(execution_options={"writes": True})
    deserted = (Job.state == "running") & (Job.started_at < moment - LEASE)
    # A job whose worker died every time is not begun for ever.
    db.session.execute(
        update(Job)
        .where(deserted, Job.attempts >= MOST_ATTEMPTS)
        .values(state="failed", error="its worker died each time", finished_at=moment)
        .execution_options(synchronize_session=False)
    )
    due = (Job.state == "waiting") & (Job.run_at <= moment) | deserted
    row = db.session.scalar(select(Job).where(due).order_by(Job.id).limit(1).with_for_update(skip_locked=True))
    if row is not None:
        row.state, row.started_at, row.attempts = "running", moment, row.attempts + 1
    db.session.commit()
    return row


def _finish(claimed: Job, failure: Exception | None) -> None:
    moment = now()
    values: dict[str, Any] = {"state": "done", "finished_at": moment, "error": ""}
    if failure is not None:
        last = claimed.attempts >= MOST_ATTEMPTS
        values = {
            "state": "failed" if last else "waiting",
            "run_at": moment + RETRY_AFTER * claimed.attempts,
            "error": f"{type(failure).__name__}: {failure}"[:2000],
        }
    db.session.rollback()
    db.session.connection(execution_options={"writes": True})
    # Only as long as the lease is one's own: whoever claimed the job meanwhile finishes it.
    own = (Job.id == claimed.id, Job.state == "running", Job.attempts == claimed.attempts)
    db.session.execute(update(Job).where(*own).values(**values).execution_options(synchronize_session=False))
    db.session.commit()


def work_until(app: Flask, stop: threading.Event) -> None:
    """Do jobs until `stop` is set. A database that cannot be reached is tried again: the worker outlives it."""
    while not stop.is_set():
        try:
            with app.app_context():
                busy = run_next()
        except SQLAlchemyError:
            log.exception("the job worker could not reach the database; it goes on")
            busy = False
        if not busy:
            stop.wait(IDLE_SECONDS)


def start_embedded(app: Flask) -> threading.Event:
    """Start the server's own worker thread. Set the event given back to end it."""
    stop = threading.Event()
    threading.Thread(target=work_until, args=(app, stop), name="jobs", daemon=True).start()
    return stop
