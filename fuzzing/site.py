"""A small demo to try things on: a copy of its instance, put back to what it was before each round."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

from flask import Flask

from contest_portal import create_app
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.jobs import QUICK, SLOW, run_next
from contest_portal.demo import calendar
from contest_portal.demo.logins import PASSWORD, Login, read_built
from contest_portal.judging.services import simulation
from contest_portal.settings import Settings

MOMENTS = (
    calendar.at(4, 20), calendar.SCREENING, calendar.JUDGING, calendar.RANKING, calendar.APPROVAL, calendar.AMENDMENT,
    calendar.MUSEUM_OPENS, calendar.CARAVAN_BOOKED, calendar.PRACTICE_EVENTS,
)  # fmt: skip
"""While works come in, are screened, judged, ranked, approved, published; while events are asked for; when all is over."""
OF_EACH_ROLE = 3
DATABASE = "contest.sqlite3"


def build_demo(instance: Path) -> None:
    """A small demo in an empty folder; half a minute."""
    import flask_migrate

    from contest_portal.demo.cli import build
    from contest_portal.demo.plan import small_plan

    app = create_app(Settings(instance=instance, jobs_embedded=False))
    with app.app_context():
        flask_migrate.upgrade()
        build(app, small_plan(2018))
        db.session.remove()
        db.engine.dispose()


class Site:
    """The program on a copy of `demo` under `folder`. CSRF, sign-in and error pages are as in earnest; the delays after
    failed sign-ins and the limits by address are not, or there would be nothing else to see; a simulation of judging draws
    one contest and not thirty, or the walk would wait for it most of the time."""

    def __init__(self, demo: Path, folder: Path) -> None:
        self._kept = demo
        self.instance = folder / "instance"
        shutil.copytree(demo, self.instance)
        simulation.REPLICATES = simulation.FEWEST = 1
        self.clock = MovingClock(MOMENTS[0])
        settings = Settings(instance=self.instance, jobs_embedded=False, second_factor="optional")
        self.app: Flask = create_app(settings, clock=self.clock, testing=True)
        self.app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
        built = read_built(demo)
        if built is None:
            raise SystemExit(f"{demo}: no demo was built here")
        self.logins: list[Login] = []
        for one in built.logins:
            if sum(one.role == other.role for other in self.logins) < OF_EACH_ROLE:
                self.logins.append(one)
        self.password = PASSWORD

    def begin_round(self, moment: datetime, *, asks_again: bool) -> None:
        """Everything as it was built, the clock at `moment`; `asks_again`: whether grave acts want the password again."""
        self.app.config["STEP_UP"] = asks_again
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
        for ending in ("-wal", "-shm"):
            (self.instance / (DATABASE + ending)).unlink(missing_ok=True)
        shutil.copyfile(self._kept / DATABASE, self.instance / DATABASE)
        self._bring_back_files()
        self.clock.move_to(moment)

    def _bring_back_files(self) -> None:
        for folder, _folders, names in os.walk(self._kept):
            here = self.instance / Path(folder).relative_to(self._kept)
            here.mkdir(exist_ok=True)
            for name in names:
                if not (here / name).exists() and not name.startswith(DATABASE):
                    shutil.copyfile(Path(folder, name), here / name)

    def work(self, limit: int, *, slow: int) -> None:
        """Do some of the jobs that wait: what was sent in is read there. `slow`: how many of those that may take long."""
        with self.app.app_context():
            for most, lane in ((limit, QUICK), (slow, SLOW)):
                done = 0
                while done < most and run_next((lane,)):
                    done += 1
            db.session.remove()
