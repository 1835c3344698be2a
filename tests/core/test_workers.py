"""Real worker processes: killed in the middle of a job, woken through Redis, Redis lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fakeredis import TcpFakeServer
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from contest_portal import create_app
from contest_portal.core import job_wakeup, job_worker, jobs
from contest_portal.core.actor import console_actor
from contest_portal.core.clock import SystemClock
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.job_wakeup import Bell
from contest_portal.core.job_worker import Worker
from contest_portal.core.models import Job
from contest_portal.settings import Settings

KIND = "tests.slow"
PATIENCE_SECONDS = 60.0
ROOT = Path(__file__).parents[2]


def until(condition: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)


def ask(number: int, **payload: Any) -> None:
    with unit_of_work(console_actor(), "tests.ask") as work:
        jobs.enqueue(work, KIND, {"number": number, **payload}, key=f"slow-{number}")
        work.record(("test", number))


def the_job(number: int) -> Job:
    db.session.rollback()
    wanted = select(Job).where(Job.key == f"slow-{number}").execution_options(populate_existing=True)
    row = db.session.scalars(wanted).one()
    db.session.rollback()
    return row


@pytest.fixture
def site(app: Flask) -> Flask:
    """The application with the machine's clock: other processes have no other."""
    app.extensions["clock"] = SystemClock()
    return app


@pytest.fixture
def start_worker(site: Flask, database_url: str) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    begun: list[subprocess.Popen[str]] = []

    def start(redis_url: str = "") -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [
                sys.executable,
                str(Path(__file__).with_name("worker_process.py")),
                str(folder(site)),
                database_url,
                redis_url,
            ],
            env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        begun.append(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        return process

    yield start
    for process in begun:
        process.kill()
        process.wait()


def folder(app: Flask) -> Path:
    path: Path = app.config["SETTINGS"].instance
    return path


def begun(app: Flask) -> list[str]:
    path = folder(app) / "begun.txt"
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def test_a_job_of_a_killed_worker_is_taken_up_by_the_next_and_leaves_one_result(
    site: Flask, start_worker: Callable[..., subprocess.Popen[str]]
) -> None:
    first = start_worker()
    ask(1, waits="go-on")
    until(lambda: begun(site) == ["1"], "the job begins")
    until(lambda: the_job(1).progress == 42, "its progress is written while it works")
    row = the_job(1)
    assert (row.state, row.attempts) == ("running", 1)
    first.send_signal(signal.SIGKILL)
    first.wait()
    (folder(site) / "go-on").touch()
    asked_at = time.monotonic()
    start_worker()
    until(lambda: the_job(1).state == "done", "the restarted worker takes it up")
    assert time.monotonic() - asked_at < jobs.LEASE.total_seconds(), "at once, not when the lease is over"
    assert begun(site) == ["1", "1"]
    assert the_job(1).attempts == 2
    assert [path.name for path in (folder(site) / "results").iterdir()] == ["1"]


def test_only_the_lock_of_a_process_that_is_gone_gives_its_jobs_back(
    site: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(jobs.HANDLERS, KIND, lambda _payload: None)
    ask(1)
    living = Worker(site, ())
    living.start()
    try:
        assert jobs._claim() is not None
        job_worker.release_dead(folder(site) / "workers")
        assert the_job(1).state == "running", "its worker lives"
        db.session.rollback()
        db.session.connection(execution_options={"writes": True})  # the worker's beat writes too
        row = db.session.scalars(select(Job).where(Job.key == "slow-1")).one()
        row.worker = "a-worker-of-another-machine"
        db.session.commit()
        job_worker.release_dead(folder(site) / "workers")
        assert the_job(1).state == "running", "nothing is known of it before its beat stops"
        (folder(site) / "workers" / "a-worker-of-another-machine").touch()
        job_worker.release_dead(folder(site) / "workers")
        assert the_job(1).state == "waiting", "its lock is free: it is gone"
    finally:
        living.close(PATIENCE_SECONDS)
    assert list((folder(site) / "workers").iterdir()) == []


@pytest.fixture
def redis() -> Iterator[TcpFakeServer]:
    """A Redis server on a port of its own."""
    server = TcpFakeServer(("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def address(server: TcpFakeServer) -> str:
    return f"redis://127.0.0.1:{server.server_address[1]}/0"


def test_workers_elsewhere_are_woken_through_redis_and_nothing_is_lost_with_it(
    site: Flask, redis: TcpFakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two applications on one database stand for two machines. The one that works never polls but when Redis is lost."""
    done: list[int] = []
    monkeypatch.setitem(jobs.HANDLERS, KIND, lambda payload: done.append(payload["number"]))
    monkeypatch.setattr(job_wakeup, "POLL_SECONDS_WITH_REDIS", 10 * PATIENCE_SECONDS)
    site.extensions["jobs_bell"] = Bell(address(redis))
    settings = site.config["SETTINGS"]
    other = create_app(
        Settings(folder(site).parent / "other", database_url=settings.database, redis_url=address(redis)), testing=True
    )
    worker = Worker(other)
    worker.start()
    bell: Bell = other.extensions["jobs_bell"]
    try:
        until(lambda: bell.hears_others, "the worker listens")
        for number in (1, 2):
            ask(number)
            until(lambda number=number: number in done, "the ring wakes the worker")  # type: ignore[misc]
        redis.shutdown()
        redis.server_close()
        bell._redis.connection_pool.disconnect()  # the server's threads still hold what was connected before
        until(lambda: not bell.hears_others, "the loss is noticed")
        ask(3)
        until(lambda: 3 in done, "the worker looks by itself")
        assert done == [1, 2, 3]
    finally:
        worker.close(PATIENCE_SECONDS)
        with other.app_context():
            db.engine.dispose()


def test_a_redis_that_was_never_there_costs_nobody_anything(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setitem(jobs.HANDLERS, KIND, lambda payload: done.append(payload["number"]))
    site.extensions["jobs_bell"] = Bell("redis://127.0.0.1:9/0")
    worker = Worker(site)
    worker.start()
    try:
        ask(1)
        until(lambda: done == [1], "it is done all the same")
    finally:
        worker.close(PATIENCE_SECONDS)


def test_the_worker_goes_on_after_a_database_error(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[int] = []
    monkeypatch.setitem(jobs.HANDLERS, KIND, lambda payload: done.append(payload["number"]))
    real, failures = jobs.run_next, iter([True, True])

    def once_away(lanes: Any) -> bool:
        if next(failures, False):
            raise OperationalError("SELECT", {}, Exception("database is locked"))
        return real(lanes)

    monkeypatch.setattr(jobs, "run_next", once_away)
    monkeypatch.setattr(job_wakeup, "POLL_SECONDS", 0.01)
    worker = Worker(site)
    worker.start()
    try:
        ask(1)
        until(lambda: done == [1], "it outlives the error")
    finally:
        worker.close(PATIENCE_SECONDS)


def test_files_that_are_taken_in_wait_for_no_other_work(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    go_on, done = threading.Event(), []

    def handle(payload: dict[str, Any]) -> None:
        if payload.get("waits"):
            go_on.wait(PATIENCE_SECONDS)
        done.append(payload["number"])

    monkeypatch.setitem(jobs.HANDLERS, KIND, handle)
    worker = Worker(site)
    worker.start()
    try:
        with unit_of_work(console_actor(), "tests.ask") as work:
            for number, lane in enumerate((jobs.QUICK, jobs.FILMS, jobs.INTAKE)):
                payload = {"number": number, "waits": True}
                jobs.enqueue(work, KIND, payload, key=f"slow-{number}", lane=lane)
            for number, lane in ((10, jobs.INTAKE), (11, jobs.SLOW)):
                jobs.enqueue(work, KIND, {"number": number}, key=f"slow-{number}", lane=lane)
            work.record(("test", 1))
        until(lambda: sorted(done) == [10, 11], "they are done beside thumbnails, films and another file")
        go_on.set()
        until(lambda: len(done) == 5, "all are done")
    finally:
        go_on.set()
        worker.close(PATIENCE_SECONDS)


def test_beats_go_on_after_a_full_disk(site: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    beats: list[int] = []

    def beat() -> None:
        beats.append(len(beats))
        if len(beats) == 1:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(job_worker, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(jobs, "beat", beat)
    worker = Worker(site, ())
    worker.start()
    try:
        until(lambda: len(beats) > 1, "it beats again")
    finally:
        worker.close(PATIENCE_SECONDS)
