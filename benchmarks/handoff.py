"""A large hand-off through the real command line: 200 works with 1 GB of files, packed, encrypted, inspected, taken."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.measurement import Measurement
from contest_portal import create_app
from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.core.models import AuditHead
from contest_portal.people.models import Office
from contest_portal.settings import Settings
from tests.factories import make_school
from tests.results.handoff.deployments import Deployment, approve, painting

WORKS = 200
FILE_BYTES = 5 << 20
COMMAND = Path(sys.executable).with_name("contest-portal")


def measure() -> list[Measurement]:
    """Seconds and the most memory of each step."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        district, city = _deployments(folder)
        city.trust(district, folder)
        district.trust(city, folder)
        package = folder / "up.cpsealed"
        size = f"{WORKS} works, {WORKS * FILE_BYTES >> 20} MB"
        up = ("export", district.contest_id, "-o", package, "--to", 1)
        return [
            *_timed(f"hand-off exported and encrypted, {size}", district, *up),
            *_timed(f"hand-off inspected, {size}", city, "inspect", package),
            *_timed(f"hand-off taken, {size}", city, "import", package, "--contest", city.contest_id, "--yes"),
        ]


def _deployments(folder: Path) -> tuple[Deployment, Deployment]:
    empty = folder / "empty.sqlite3"
    app = create_app(Settings(instance=folder / "first", database_url=f"sqlite:///{empty}"), testing=True)
    with app.app_context():
        db.create_all()
        db.session.add(AuditHead(id=1, count=0, digest="0" * 64))
        db.session.commit()
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    district = Deployment(folder / "district", empty, "甘州区科学技术协会")
    city = Deployment(folder / "city", empty, "张掖市科学技术协会", level="city", number_prefix="ZY")
    draw = random.Random(2018)  # noqa: S311 — an example, no secret
    with district.open():
        contest = db.session.get_one(Contest, district.contest_id)
        school = make_school(db.session.get_one(Office, district.office_id))
        works = [painting(contest, school, n, content=draw.randbytes(FILE_BYTES)) for n in range(1, WORKS + 1)]
        approve(contest, works)
    return district, city


def _timed(name: str, place: Deployment, *words: str | Path | int) -> list[Measurement]:
    """The command in a process of its own: its seconds, and the most memory that it held."""
    begun = time.perf_counter()
    command = [str(COMMAND), "--instance", str(place.folder), "handoff", *map(str, words)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - the program itself
    _pid, status, used = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - begun
    if status:
        raise RuntimeError(f"{name} failed")
    return [Measurement(name, seconds, "s"), Measurement(f"{name}, memory", used.ru_maxrss / 1024, "MB")]
