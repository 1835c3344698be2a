"""The workers: threads that do jobs, some for each lane, and one that keeps their leases.

The embedded worker lives in the server; `contest-portal worker` is a process of its own. Each holds a lock on a file
in the instance folder as long as its process lives, however that ends: the next look of any worker on the same folder
finds the lock free and gives the dead one's jobs back at once. Elsewhere a job is taken over when its beat stops.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Collection
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from contest_portal.core import jobs
from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db
from contest_portal.core.file_locks import is_lock_free, try_lock
from contest_portal.core.job_schedule import ask_for_due
from contest_portal.core.job_wakeup import POLL_SECONDS, Bell
from contest_portal.core.models import Job

BEAT_SECONDS = 15.0
LOOK_SECONDS = 1.0
"""How often progress that changed is written down."""
ENDING_LOOK_SECONDS = 0.2
"""How often a worker that ends looks whether its jobs have."""

THREAD = "jobs-"
BELL_THREAD = f"{THREAD}bell"

log = logging.getLogger(__name__)


class Worker:
    """Does the application's jobs in threads of this process from `start` until `close`."""

    def __init__(self, app: Flask, lanes: Collection[str] = jobs.LANES) -> None:
        self._app = app
        self._lanes = tuple(lanes)
        self._bell: Bell = app.extensions["jobs_bell"]
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._folder: Path = app.config["SETTINGS"].instance / "workers"
        self.name = f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._handle: int | None = None
        self._patient_until = 0.0

    def start(self) -> None:
        """Take the name's lock, give back what dead workers left, begin to work."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(self._folder / self.name, os.O_RDWR | os.O_CREAT, 0o600)
        try_lock(self._handle)
        with self._app.app_context():
            self._app.extensions.setdefault("jobs_at_work", jobs.AtWork()).worker = self.name
        self._begin(self._keep, "keep")
        self._begin(lambda: self._bell.listen(self._stop), "bell")
        for lane in self._lanes:
            for _ in range(jobs.THREADS[lane]):
                self._begin(lambda lane=lane: self._work(lane), lane)

    @property
    def is_at_work(self) -> bool:
        """Whether its threads live: one of each lane, and the one that beats."""
        needed = [
            thread for thread in self._threads if thread.name != BELL_THREAD
        ]  # without Redis it has nothing to hear
        return bool(needed) and all(thread.is_alive() for thread in needed)

    @property
    def is_ending(self) -> bool:
        """Whether a thread of it still lives."""
        return any(thread.is_alive() for thread in self._threads)

    def begin_no_more(self, wait_seconds: float) -> None:
        """Let the jobs at work go on for so long, their leases kept, and begin no other."""
        self._patient_until = time.monotonic() + wait_seconds
        self._stop.set()
        self._bell.ring_here()

    def close(self, wait_seconds: float = 0.0, *, give_back: bool = False) -> None:
        """End after the jobs at work, waiting for them at most so long. What is still at work then is done again:
        at once with `give_back`, which is for a process that ends now, else when its lease is over."""
        self.begin_no_more(wait_seconds)
        for thread in self._threads:
            thread.join(max(0.0, self._patient_until - time.monotonic()))
        if give_back and self.is_ending:
            self._give_back()
        if self._handle is not None and not self.is_ending:
            (self._folder / self.name).unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = None

    def wait(self) -> None:
        """Until `close` is called, by a signal or another thread."""
        while not self._stop.wait(3600):
            pass

    def _give_back(self) -> None:
        """What it is still at begins again at once, and this was no attempt."""
        own = (Job.state == "running", Job.worker == self.name)
        waiting = {"state": "waiting", "run_at": now(), "attempts": Job.attempts - 1}
        try:
            with self._app.app_context():
                begin_writing()
                statement = update(Job).where(*own).values(**waiting)
                given = db.session.execute(statement.execution_options(synchronize_session=False))
                count: int = given.rowcount  # type: ignore[attr-defined]
                db.session.commit()
        except Exception:  # a database that is away: their leases end by themselves
            log.exception("the job worker could not give its jobs back; others take them when their leases end")
            return
        if count:
            log.info("the job worker ends before %s jobs have; they begin again", count)

    def _begin(self, function: object, name: str) -> None:
        thread = threading.Thread(target=function, name=f"{THREAD}{name}", daemon=True)  # type: ignore[arg-type]
        self._threads.append(thread)
        thread.start()

    def _work(self, lane: str) -> None:
        woken = threading.Event()
        self._bell.add(woken)
        try:
            while not self._stop.is_set():
                woken.clear()
                try:
                    with self._app.app_context():
                        did_one = jobs.run_next((lane,))
                except Exception:  # a lane whose thread ended would stand still without a word
                    log.exception("the job worker could not look for its next job; it looks again soon")
                    woken.wait(POLL_SECONDS)
                else:
                    if not did_one:
                        woken.wait(self._bell.poll_seconds)
        finally:
            self._bell.remove(woken)

    def _keep(self) -> None:
        """Beats, progress, the jobs of dead workers, the jobs that come by themselves."""
        beaten_at, written = 0.0, dict[int, int]()
        while not self._stop.is_set() or (self._shares() and time.monotonic() < self._patient_until):
            shares = self._shares()
            regular = time.monotonic() >= beaten_at + BEAT_SECONDS
            if regular or shares != written:
                try:
                    with self._app.app_context():
                        jobs.beat()
                        if regular:
                            release_dead(self._folder)
                            ask_for_due()
                except Exception:  # without beats others would take over what is at work here
                    log.exception("the job worker could not renew its leases; it goes on")
                else:
                    written = shares
                    beaten_at = time.monotonic() if regular else beaten_at
            if self._stop.wait(LOOK_SECONDS):
                time.sleep(ENDING_LOOK_SECONDS)

    def _shares(self) -> dict[int, int]:
        at_work: jobs.AtWork = self._app.extensions["jobs_at_work"]
        with at_work.lock:
            return {one.job_id: int(one.share * 100) for one in at_work.jobs.values()}


def release_dead(folder: Path) -> None:
    """Give back the jobs of workers that held a lock in `folder` and are no more."""
    names = db.session.scalars(select(Job.worker).where(Job.state == "running").distinct()).all()
    db.session.rollback()
    for name in names:
        if name and is_lock_free(folder / name):
            count = jobs.release(name)
            (folder / name).unlink(missing_ok=True)
            log.warning("the worker %s has ended in the middle of its work: %s jobs begin again", name, count)
    for path in folder.glob("*"):
        if path.name not in names and is_lock_free(path):
            path.unlink(missing_ok=True)


def start_embedded(app: Flask) -> Worker:
    """Start the server's own worker."""
    worker = Worker(app)
    worker.start()
    return worker
