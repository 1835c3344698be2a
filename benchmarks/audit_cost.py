"""What writing the trail costs a request: requests that change something, with the trail and without it by turns.

Without it nothing is noted and nothing is chained; all else stays. The figure is the processor's time, of this process
and of PostgreSQL's, since others on the machine disturb it less than the wall clock; the wall clock's is given beside it.
`CONTEST_PORTAL_BENCH_DATABASE` takes one database alone, `CONTEST_PORTAL_BENCH_PAIRS` another number of pairs.
"""

from __future__ import annotations

import os
import re
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from benchmarks.audit import DATABASES, database_of
from benchmarks.lists import empty_application
from benchmarks.measurement import Measurement
from contest_portal.core import audit
from contest_portal.core.actor import Role
from contest_portal.core.clock import now, today
from contest_portal.core.database import db
from contest_portal.core.models import Job
from contest_portal.core.rate_limits import limiter

PAIRS = int(os.environ.get("CONTEST_PORTAL_BENCH_PAIRS", "40"))
WARM = 3
PROMISED_PERCENT = 10
PASSWORD = "guanhe-2018"  # noqa: S105 - of made-up people

Numbered = Callable[[int], None]


@dataclass(frozen=True)
class Requests:
    """`send` sends the request with this number; `prepare` makes what it needs just before, unmeasured."""

    send: Numbered
    prepare: Numbered = lambda _number: None


@dataclass
class Times:
    """Seconds of each request, with the trail and without, of the processor and of the wall clock."""

    cpu: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})
    wall: dict[bool, list[float]] = field(default_factory=lambda: {True: [], False: []})


def measure() -> Iterator[Measurement]:
    """Percent of each kind of request that the trail takes, on each database."""
    for name in DATABASES:
        yield from _measured(name)


def _measured(database: str) -> Iterator[Measurement]:
    from tests.postgresql import administer, with_database

    with database_of(database) as server:
        for number, (name, prepare) in enumerate(REQUESTS.items()):
            if server:
                administer(server, f"CREATE DATABASE bench{number}")
            with empty_application(server and with_database(server, f"bench{number}")) as app:
                app.config.update(WTF_CSRF_ENABLED=False, STEP_UP=False)
                limiter.enabled = False
                with app.app_context():
                    requests = prepare(app, 2 * (PAIRS + WARM))
                    db.session.remove()
                yield from _shares(f"{database}, {name}", _by_turns(app, requests))


def _by_turns(app: Flask, requests: Requests) -> Times:
    """The first pairs are not counted; which of a pair comes first changes from one to the next."""
    times, server = Times(), _server_processes(app)
    for pair in range(PAIRS + WARM):
        for place, is_written in enumerate((True, False) if pair % 2 else (False, True)):
            requests.prepare(2 * pair + place)
            with _trail() if is_written else _no_trail():
                wall, cpu = time.perf_counter(), time.process_time() + _seconds_of(server)
                requests.send(2 * pair + place)
                cpu = time.process_time() + _seconds_of(server) - cpu
                wall = time.perf_counter() - wall
            if pair >= WARM:
                times.cpu[is_written].append(cpu)
                times.wall[is_written].append(wall)
    return times


@contextmanager
def _trail() -> Iterator[None]:
    yield


@contextmanager
def _no_trail() -> Iterator[None]:
    note, chain = audit.note, audit.chain
    audit.note = audit.chain = lambda *_arguments: None
    try:
        yield
    finally:
        audit.note, audit.chain = note, chain


def _server_processes(app: Flask) -> list[Path]:
    """Where Linux tells the nanoseconds that the database's processes of our connections have run."""
    with app.app_context():
        if db.engine.dialect.name != "postgresql":
            return []
        wanted = text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        found = [Path(f"/proc/{pid}/schedstat") for pid in db.session.scalars(wanted)]
        db.session.rollback()
        return found


def _seconds_of(processes: list[Path]) -> float:
    return sum(int(one.read_text().split()[0]) for one in processes if one.exists()) / 1e9


def _shares(name: str, times: Times) -> Iterator[Measurement]:
    whole = statistics.median(times.cpu[True]) * 1000
    told = f"share of a request that the trail takes: {name} ({whole:.1f} ms)"
    yield _share(f"{told}, processor time", times.cpu, PROMISED_PERCENT)
    yield _share(f"{told}, wall clock", times.wall, None)


def _share(name: str, seconds: dict[bool, list[float]], limit: float | None) -> Measurement:
    """Of the medians; the spread is the width of the interval that holds 95 % of what drawing the requests anew gives."""
    written, plain = np.array(seconds[True]), np.array(seconds[False])
    draw = np.random.default_rng(2018)
    shares = [_percent(draw.choice(written, len(written)), draw.choice(plain, len(plain))) for _ in range(2000)]
    low, high = np.percentile(shares, [2.5, 97.5])
    return Measurement(name, _percent(written, plain), "%", limit, len(written), float(high - low))


def _percent(written: Any, plain: Any) -> float:
    return float(100 * (np.median(written) - np.median(plain)) / np.median(written))


def _sign_in(app: Flask, _count: int) -> Requests:
    from contest_portal.people.models import Account
    from contest_portal.people.passwords import hash_password
    from tests import factories

    manager = factories.make_account(Role.SCHOOL_MANAGER, school=factories.make_school(factories.make_office()))
    account = db.session.get_one(Account, manager.account_id)
    account.password_hash = hash_password(PASSWORD)
    name = account.login_name
    db.session.commit()

    def send(_number: int) -> None:
        answer = app.test_client().post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 302

    return Requests(send)


def _autosave(app: Flask, _count: int) -> Requests:
    from tests.entries.entry_factories import make_painting, make_place
    from tests.factories import sign_in

    place = make_place()
    entry = make_painting(place)
    client, kept = sign_in(app.test_client(), place.teacher), {"version": _version_of(entry.id)}

    def send(number: int) -> None:
        data = {"version": kept["version"], "title": "月球农场", "summary": f"种出的第 {number} 棵白菜。"}
        answer = client.post(f"/entries/{entry.id}/autosave", data=data, headers={"HX-Request": "true"})
        assert answer.status_code == 200
        kept["version"] = answer.headers["X-Form-Version"]

    return Requests(send)


def _version_of(entry_id: int) -> str:
    from contest_portal.entries.queries.entry import entry_by_id

    return str(entry_by_id(entry_id).version)


def _submission(app: Flask, count: int) -> Requests:
    from tests.entries.entry_factories import make_painting, make_place
    from tests.factories import make_account, make_consent, make_school, make_student, make_teacher, sign_in

    place = make_place()
    made: list[tuple[FlaskClient, int, str]] = []
    for number in range(count):
        school = make_school(place.office, f"第{number:03d}小学")
        actor = make_account(Role.TEACHER, school=school, teacher=make_teacher(school, f"教师{number}"))
        pupil = make_student(school, f"学生{number}", born=date(today().year - 10, 1, 12))
        make_consent(pupil)
        entry = make_painting(place, actor=actor, pupil=pupil, school=school, title=f"第{number}座农场")
        made.append((sign_in(app.test_client(), actor), entry.id, _version_of(entry.id)))

    def send(number: int) -> None:
        client, entry_id, version = made[number]
        answer = client.post(f"/entries/{entry_id}/submit", data={"version": version})
        assert answer.status_code == 302, answer.text
        assert "submitted" not in answer.location

    return Requests(send)


def _score(app: Flask, _count: int) -> Requests:
    from tests.factories import sign_in
    from tests.judging.making import make_scene, open_round, tasks_of

    scene = make_scene(judges=4, entries=8)
    row = open_round(scene, reads=3, closes_at=now() + timedelta(days=1))
    task = tasks_of(row, scene.judges[0])[0]
    client = sign_in(app.test_client(), scene.actor(scene.judges[0]))
    kept, address = {"version": str(task.version)}, f"/judge/tasks/{task.id}/draft"

    def send(number: int) -> None:
        data = {"mark_imagination": str(20 + number % 20), "version": kept["version"], "number": str(number + 1)}
        answer = client.post(address, data=data, headers={"Accept": "application/json"})
        assert answer.status_code == 200, answer.text
        kept["version"] = answer.get_json()["version"]

    return Requests(send)


def _roster(app: Flask, count: int) -> Requests:
    from contest_portal.people.services.rosters import preview_roster
    from tests.factories import make_account, make_office, make_school, sign_in
    from tests.people.roster_files import csv_file, many_pupils

    school = make_school(make_office())
    manager = make_account(Role.SCHOOL_MANAGER, school=school)
    client, pupils, imports = sign_in(app.test_client(), manager), many_pupils(30 * count), []
    school_id = school.id
    contents = [csv_file(pupils[30 * number : 30 * number + 30]) for number in range(count)]

    def send(number: int) -> None:
        answer = client.post(f"/roster-imports/{imports[number]}/apply")
        assert answer.status_code == 302

    def prepare(number: int) -> None:
        with app.app_context():
            imports.append(preview_roster(manager, school_id, "students", contents[number], "名册.csv").id)

    return Requests(send, prepare)


def _publication(app: Flask, _count: int) -> Requests:
    from contest_portal.results.publishing.services import publications
    from tests.factories import sign_in
    from tests.results.publishing.scene import TITLE, Place

    place = Place()
    client, drafts = sign_in(app.test_client(), place.leader), []
    staff, contest_id = place.staff, place.contest.id

    def send(number: int) -> None:
        publication_id, form = drafts[number]
        answer = client.post(f"/office/publications/{publication_id}/publish", data=form)
        assert answer.location.startswith(f"/lists/{publication_id}"), answer.location

    def prepare(number: int) -> None:
        note = f"第 {number} 次更正" if number else ""
        with app.app_context():
            draft_id = publications.draft_publication(staff, contest_id, TITLE, amendment_note=note).id
        page = client.get(f"/office/publications/{draft_id}").text
        form = dict(re.findall(r'name="(content_sha256|notice_sha256)" value="([0-9a-f]+)"', page))
        drafts.append((draft_id, form))

    return Requests(send, prepare)


def _retry(app: Flask, count: int) -> Requests:
    from tests import factories

    staff = factories.make_account(Role.OFFICE, office=factories.make_office())
    ids = [
        factories.made(Job(kind="core.tidy_jobs", key=f"bench-{number}", payload={}, state="failed", run_at=now())).id
        for number in range(count)
    ]
    client = factories.sign_in(app.test_client(), staff)

    def send(number: int) -> None:
        assert client.post(f"/office/jobs/{ids[number]}/retry").status_code == 302

    return Requests(send)


REQUESTS: dict[str, Callable[[Flask, int], Requests]] = {
    "a sign-in": _sign_in,
    "an autosave of a draft": _autosave,
    "a submission": _submission,
    "a score saved": _score,
    "a roster of 30 pupils applied": _roster,
    "a list published": _publication,
    "a failed job put back, one of the smallest requests": _retry,
}
