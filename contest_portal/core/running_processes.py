"""Which processes serve the site now: each has a row, says from time to time that it lives, and answers what it is asked.

What another process can do (its keys, its libraries, its network) only that process knows. So whoever is about to change
something for all of them writes a question into their rows, and each answers in its own; see core/place_probe.py.
Whether the database has become too new for its program each process finds by itself.
A row counts while its beat is fresh. In one instance folder a lock on a file says at once that a process has ended.
"""

from __future__ import annotations

import atexit
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, insert, select, update

from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db
from contest_portal.core.file_locks import is_lock_free, try_lock
from contest_portal.core.models import RunningProcess
from contest_portal.core.place_probe import try_as_asked
from contest_portal.core.structure_steps import structure

SITE, WORKER = "site", "worker"
LOOK_SECONDS = 1.0
BEAT_SECONDS = 10.0
GONE_AFTER = timedelta(seconds=45)
"""A process that has not beaten for so long is taken for gone."""

log = logging.getLogger(__name__)


class Attendance:
    """Keeps this process's row from `start` until `close`, in a thread of its own.

    `when_outdated` is called once, where the database has become too new for this program.
    """

    def __init__(self, app: Flask, part: str, when_outdated: Callable[[], None]) -> None:
        self._app, self._part = app, part
        self._when_outdated = when_outdated
        self._is_outdated = False
        self._stop = threading.Event()
        self._folder = _folder(app)
        self._handle: int | None = None
        self._thread: threading.Thread | None = None
        self.name = self._heard = ""
        self._told = False

    def start(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.name = f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"
        self._handle = os.open(self._folder / self.name, os.O_RDWR | os.O_CREAT, 0o600)
        try_lock(self._handle)
        self._say(lambda: _beat(self.name, self._part))  # before anybody is told that the site runs
        self._thread = threading.Thread(target=self._attend, name="attendance", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """The process serves no more: nobody waits for its answers."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
        if self._handle is not None:
            os.close(self._handle)
            (self._folder / self.name).unlink(missing_ok=True)
            self._handle = None

    def _attend(self) -> None:
        beaten_at = time.monotonic()
        while not self._stop.wait(LOOK_SECONDS):
            if time.monotonic() >= beaten_at + BEAT_SECONDS and self._say(lambda: _beat(self.name, self._part)):
                beaten_at = time.monotonic()
                self._say(self._notice_structure)
            self._say(self._answer_new)
        self._say(lambda: _write(delete(RunningProcess).where(RunningProcess.name == self.name)))

    def _say(self, say: Callable[[], None]) -> bool:
        """Do something with the row. Gives whether it went well; the site goes on without, and the log says so once."""
        try:
            with self._app.app_context():
                say()
        except Exception:  # a database that is busy, away or not yet brought up to date
            if not self._told:
                log.warning("this process could not say that it runs; it tries again", exc_info=True)
            self._told = True
            return False
        self._told = False
        return True

    def _notice_structure(self) -> None:
        if not self._is_outdated and structure() == "too_new":
            self._is_outdated = True
            log.error("the database was upgraded by steps that this program cannot live with: install the new version")
            self._when_outdated()

    def _answer_new(self) -> None:
        """Begin to answer what was not asked before."""
        row = db.session.execute(
            select(RunningProcess.asked_url, RunningProcess.asked_name).where(RunningProcess.name == self.name)
        ).first()
        db.session.rollback()
        if row is None or row.asked_name in {"", self._heard}:
            return
        self._heard = str(row.asked_name)
        # A place that does not answer takes its time; this thread must go on saying that the process lives.
        threading.Thread(target=self._answer, args=(row.asked_url, row.asked_name), daemon=True).start()

    def _answer(self, url: str, name: str) -> None:
        try:
            with self._app.app_context():
                values = try_as_asked(self._app.config["SETTINGS"], url, name)
                mine = (RunningProcess.name == self.name, RunningProcess.asked_name == name)
                _write(update(RunningProcess).where(*mine).values(**values))
        except Exception:
            log.exception("this process could not answer whether it can use the storage %s", url.partition("?")[0])


def attend(app: Flask, part: str, when_outdated: Callable[[], None] = lambda: None) -> Attendance:
    """Let this process be counted among those that serve the site."""
    attendance = Attendance(app, part, when_outdated)
    attendance.start()
    return attendance


def attend_from_first_request(app: Flask) -> None:
    """The same where a foreign server runs the application: it may fork after the import, and threads do not outlive that."""
    inner, lock, known = app.wsgi_app, threading.Lock(), dict[int, Attendance]()
    app.extensions["attendances"] = known  # by process

    def serve(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if os.getpid() not in known:
            with lock:
                if os.getpid() not in known:
                    known[os.getpid()] = attend(app, SITE)
                    atexit.register(known[os.getpid()].close)
        return inner(environ, start_response)

    app.wsgi_app = serve  # type: ignore[method-assign]


@dataclass(frozen=True)
class Living:
    """A process that serves the site now, and what it has answered to the last question."""

    name: str
    part: str
    answered_name: str
    problem: dict[str, Any] | None

    @property
    def has_answered(self) -> bool:
        return bool(self.answered_name or self.problem)


def living(app: Flask) -> list[Living]:
    """The processes that serve the site now, in the order in which they began."""
    row = RunningProcess
    wanted = select(row.name, row.part, row.answered_name, row.problem).where(row.beat_at >= now() - GONE_AFTER)
    rows = [Living(*values) for values in db.session.execute(wanted.order_by(row.id))]
    db.session.rollback()
    return [one for one in rows if not is_lock_free(_folder(app) / one.name)]


def ask(names: Iterable[str], url: str, content: str) -> None:
    """Write the question into these processes' rows: whether they can use the storage at `url`, where `content` lies."""
    values = {"asked_url": url, "asked_name": content, "answered_name": "", "problem": None}
    _write(update(RunningProcess).where(RunningProcess.name.in_(list(names))).values(**values))


def _beat(name: str, part: str) -> None:
    moment = now()
    begin_writing()
    beaten = db.session.execute(update(RunningProcess).where(RunningProcess.name == name).values(beat_at=moment))
    if not beaten.rowcount:  # type: ignore[attr-defined]
        row = {"name": name, "part": part, "started_at": moment, "beat_at": moment}
        db.session.execute(insert(RunningProcess).values(**row))
        db.session.execute(delete(RunningProcess).where(RunningProcess.beat_at < moment - timedelta(days=1)))
    db.session.commit()


def _write(statement: Any) -> None:
    begin_writing()
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()


def _folder(app: Flask) -> Path:
    folder: Path = app.config["SETTINGS"].instance / "processes"
    return folder
