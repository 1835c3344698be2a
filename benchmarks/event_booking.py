"""200 schools press at the same second for the last 45 places of a session, on two server processes.

SQLite, loopback, the schools being threads of this process: all share the machine's cores. A fault is an answer that is
neither the next step nor a sentence about the places that are left; places too many are what no answer may cost.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import flask_migrate
import numpy as np

from benchmarks.measurement import Measurement
from contest_portal import create_app
from contest_portal.core.database import db
from contest_portal.settings import Settings

SCHOOLS, PLACES, PARTY = 200, 45, 15


def measure() -> list[Measurement]:
    """Median and slowest answer in ms, answers that are faults, places given beyond those there are."""
    from contest_portal.events.planning.models import EventSession
    from tests.events.rush import prepare_rush, press_at_once, two_servers

    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "i"
        app = create_app(Settings(instance=instance, jobs_embedded=False))
        with app.app_context():
            flask_migrate.upgrade()
            rush = prepare_rush(app, SCHOOLS, places=PLACES)
            fields = {"extra_grade": "4", "extra_class": "1班", "extra_count": str(PARTY - 1), "adults": "1"}
            with two_servers(instance, Settings(instance=instance).database) as ports:
                began = time.perf_counter()
                answers = press_at_once(rush, ports, fields)
                took = time.perf_counter() - began
            taken = db.session.get_one(EventSession, rush.session_id).taken
            db.session.remove()
            db.engine.dispose()
    polite = [one for one in answers if one.status == 302 or (one.status == 422 and "个位置" in one.words)]
    times = np.array([one.seconds for one in answers]) * 1000
    about = f"booking, {SCHOOLS} schools at once for the last {PLACES} places, two servers"
    return [
        Measurement(f"{about}: median answer", float(np.median(times)), "ms", None, len(times), float(np.ptp(times))),
        Measurement(f"{about}: slowest answer", float(times.max()), "ms", None, len(times)),
        Measurement(f"{about}: from the first form to the last answer", took, "s"),
        Measurement(f"{about}: faults", SCHOOLS - len(polite), "of all", 1, SCHOOLS),
        Measurement(f"{about}: places too many or too few", abs(taken - PLACES), "places", 1),
    ]
