"""Jobs: a worker outlives a database that is away, a job that kills its worker is not begun for ever."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from contest_portal.core import jobs
from contest_portal.core.actor import console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.models import Job

KIND = "tests.note"


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The payloads of the jobs that were done."""
    noted: list[dict[str, Any]] = []
    monkeypatch.setitem(jobs.HANDLERS, KIND, noted.append)
    return noted


def ask(number: int = 1) -> None:
    with unit_of_work(console_actor(), "tests.ask") as work:
        jobs.enqueue(work, KIND, {"number": number}, key=f"note-{number}")
        work.record(("test", number))


def the_job() -> Job:
    db.session.rollback()
    return db.session.scalars(select(Job).where(Job.kind == KIND).execution_options(populate_existing=True)).one()


def test_the_same_key_is_asked_for_once(app: Flask, done: list[dict[str, Any]]) -> None:
    ask()
    ask()
    assert jobs.run_all() == 1
    assert done == [{"number": 1}]


def test_the_worker_goes_on_after_a_database_error(
    app: Flask, done: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ask()
    db.session.remove()
    stop, real, failures = threading.Event(), jobs.run_next, iter([True])

    def once_away() -> bool:
        if next(failures, False):
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        busy = real()
        if done:
            stop.set()
        return busy

    monkeypatch.setattr(jobs, "run_next", once_away)
    monkeypatch.setattr(jobs, "IDLE_SECONDS", 0.01)
    worker = threading.Thread(target=jobs.work_until, args=(app, stop), daemon=True)
    worker.start()
    worker.join(timeout=30)
    assert not worker.is_alive()
    assert done == [{"number": 1}]


def test_a_job_whose_worker_died_is_done_again_but_not_for_ever(
    app: Flask, done: list[dict[str, Any]], clock: MovingClock
) -> None:
    ask()
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        claimed = jobs._claim()  # and the worker dies
        assert claimed is not None, attempt
        clock.advance(seconds=(jobs.LEASE + timedelta(seconds=1)).total_seconds())
    assert jobs._claim() is None
    assert the_job().state == "failed"
    assert done == []


def test_a_worker_that_was_given_up_does_not_finish_the_job_of_another(app: Flask, clock: MovingClock) -> None:
    ask()
    first = jobs._claim()
    clock.advance(seconds=(jobs.LEASE + timedelta(seconds=1)).total_seconds())
    second = jobs._claim()
    assert first is not None
    assert second is not None
    jobs._finish(jobs.Job(id=first.id, kind=KIND, key="note-1", attempts=1), None)
    assert the_job().state == "running"
    jobs._finish(second, None)
    assert the_job().state == "done"
