"""Whether this process can do its work now: what a load balancer asks before it sends anybody here.

The database answers and has the structure that the program knows (or a newer one that it can live with: while an upgrade
rolls through, the old program goes on); content can be written. Whether somebody does the jobs is told too, but turns nobody away: pages and
uploads go on without, and one worker that restarts must not take all servers out.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask, current_app
from sqlalchemy import text

from contest_portal.core.database import db
from contest_portal.core.job_worker import Worker
from contest_portal.core.running_processes import WORKER, living
from contest_portal.core.staging import staging
from contest_portal.core.storage import storage
from contest_portal.core.structure_steps import structure

log = logging.getLogger(__name__)
KEPT_SECONDS = 2.0
OK, FAILS, NONE = "ok", "fails", "none"
NEVER_STORED = "0" * 64
TURNS_AWAY = ("database", "structure", "storage")


class Readiness:
    """The last answer, for a moment: whoever asks often costs little."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._found: dict[str, str] = {}

    def found(self) -> dict[str, str]:
        """What is well, by part: `ok`, `fails`, or for the worker `none`."""
        with self._lock:
            if time.monotonic() >= self._read_at + KEPT_SECONDS:
                before, self._found = self._found, _look()
                self._read_at = time.monotonic()
                if before and before != self._found:
                    log.warning("readiness has changed: %s", self._found)
            return dict(self._found)


def readiness(app: Flask) -> dict[str, str]:
    """See Readiness.found."""
    kept: Readiness = app.extensions.setdefault("readiness", Readiness())
    return kept.found()


def is_ready(found: dict[str, str]) -> bool:
    return all(found[part] == OK for part in TURNS_AWAY)


def _look() -> dict[str, str]:
    return {
        "database": OK if _holds(_database_answers) else FAILS,
        "structure": OK if _holds(lambda: structure() in {"current", "newer"}) else FAILS,
        "storage": OK if _holds(_can_store) else FAILS,
        "worker": OK if _holds(somebody_works) else NONE,
    }


def _holds(question: Callable[[], bool]) -> bool:
    try:
        return question()
    except Exception:  # whatever keeps it from answering is the answer
        log.debug("a look at readiness failed", exc_info=True)
        return False


def _database_answers() -> bool:
    with db.engine.connect() as connection:
        return connection.execute(text("SELECT 1")).scalar() == 1


def _can_store() -> bool:
    """Whether uploads find room, and the storage answers; on this machine, whether it may be written to."""
    storage().exists(NEVER_STORED)
    settings = current_app.config["SETTINGS"]
    folders = [settings.uploads_folder] if settings.storage_url else [settings.uploads_folder, settings.files_folder]
    return all(os.access(standing(one), os.W_OK) for one in folders) and staging().free_bytes() > 0


def standing(folder: Path) -> Path:
    """The folder, or the nearest above it that is there: the program makes its folders when it needs them."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def somebody_works() -> bool:
    """Whether this process does the jobs itself, or one that says so lives."""
    own: Worker | None = current_app.extensions.get("worker")
    if own is not None and own.is_at_work:
        return True
    embedded = current_app.config["SETTINGS"].jobs_embedded
    return any(one.part == WORKER or embedded for one in living(current_app))
