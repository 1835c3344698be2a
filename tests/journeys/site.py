"""The running site of a story: its address, its clock, and the ways to prepare what the story does not tell."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import Flask

from contest_portal.core import jobs
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from tests.journeys.kept import Kept

PASSWORD = "qilian-2018"


@dataclass
class Site:
    """A server on `address`; `seen` holds the kinds of pages that have been looked at, `kept` the run's scenes."""

    address: str
    app: Flask
    clock: MovingClock
    seen: set[tuple[str, str]]
    kept: Kept

    @contextmanager
    def inside(self) -> Iterator[None]:
        """The application's context, to prepare or to look into the records."""
        with self.app.app_context():
            yield
            db.session.remove()

    def do_jobs(self) -> None:
        """Do the slow work that waits: previews, posters."""
        with self.inside():
            jobs.run_all()
