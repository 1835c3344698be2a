"""The same seed gives the same rows, whatever process builds them; and the demo is built on PostgreSQL as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Table, create_engine, func, select

from contest_portal import create_app
from contest_portal.core.audit import verify
from contest_portal.core.database import db
from contest_portal.demo.plan import small_plan
from contest_portal.entries.models import Entry
from contest_portal.people.models import Student
from contest_portal.reports.queries import annual_numbers, office_of_report
from contest_portal.settings import Settings
from tests.conftest import ON_POSTGRESQL
from tests.demo.builds import begin_small, end_of

OF_THE_INSTANCE = {
    "structure_step.applied_at": "when the database itself was made",
    "audit_head.seal": "made with the instance's own key",
    "account.password_hash": "salted anew for each account",
    "account.phone_digest": "made with the instance's own key",
    "judge.phone_digest": "made with the instance's own key",
    "student.id_digest": "made with the instance's own key",
    "teacher.id_digest": "made with the instance's own key",
    "teacher.phone_digest": "made with the instance's own key",
    "booking.code": "said at the door in place of the secret link: nobody may compute it from a seed",
    "booking.token": "so is the link in the booking's QR",
    "invitation.token_digest": "links are secret: nobody may compute them from a seed",
    "roster_import.file_sha256": "the uploaded workbook is sealed where it lies, with a nonce of its own",
    "consent.file_sha256": "so is the scan of a signed consent",
}
"""What must differ between two instances, and why. Sealed columns are compared by what they say."""
SEALED_CONTENT = "preview_sha256"
"""In a roster's summary: the hash of the sealed preview."""


def rows_of(instance: Path) -> dict[str, list[dict[str, Any]]]:
    """All rows of all tables by primary key, sealed columns opened with the instance's own key."""
    app = create_app(Settings(instance=instance, jobs_embedded=False))
    with app.app_context(), db.engine.connect() as connection:
        found = {name: _rows(connection, table) for name, table in db.metadata.tables.items()}
    with app.app_context():
        db.engine.dispose()
    return found


def _rows(connection: Connection, table: Table) -> list[dict[str, Any]]:
    columns = [column for column in table.columns if f"{table.name}.{column.name}" not in OF_THE_INSTANCE]
    rows = [dict(row) for row in connection.execute(select(*columns).order_by(*table.primary_key)).mappings()]
    if table.name == "roster_import":
        for row in rows:
            row["summary"] = {key: value for key, value in row["summary"].items() if key != SEALED_CONTENT}
    return rows


@pytest.mark.skipif(ON_POSTGRESQL, reason="two builds are compared once, on SQLite")
def test_two_processes_build_the_same_rows_from_the_same_seed(tmp_path: Path) -> None:
    builds = [begin_small(tmp_path / seed, PYTHONHASHSEED=seed) for seed in ("1", "77")]
    said = [end_of(build) for build in builds]
    first, second = rows_of(tmp_path / "1"), rows_of(tmp_path / "77")
    assert first.keys() == second.keys()
    for name, rows in first.items():
        assert rows == second[name], f"the rows of {name} differ"
    assert len(first["student"]) > 250
    assert first["audit_record"], "the trail is compared as well, by its hashes"
    sentence = next(line for line in said[0].splitlines() if line.startswith("征集"))
    assert sentence in said[1]


def test_the_demo_is_built_on_this_database(request: pytest.FixtureRequest, tmp_path: Path) -> None:
    if not ON_POSTGRESQL:
        pytest.skip("on SQLite the whole year is built: test_year_2018.py, test_events_2018.py")
    address = _fresh_database(request)
    end_of(begin_small(tmp_path / "instance", address))
    app = create_app(Settings(instance=tmp_path / "instance", database_url=address, jobs_embedded=False))
    plan = small_plan()
    with app.app_context():
        numbers = annual_numbers(office_of_report(None, 2018), 2018)
        assert numbers.main is not None
        assert (numbers.main.collected, numbers.main.recommended) == (plan.collected, plan.recommended)
        assert verify(db.session)[1] is None
        assert (db.session.scalar(select(func.count()).select_from(Student)) or 0) > plan.pupils * 0.9
        assert db.session.scalar(select(func.count()).where(Entry.state == "draft")) != 0
        db.session.remove()
        db.engine.dispose()


def _fresh_database(request: pytest.FixtureRequest) -> str:
    """An empty database of the running server: the demo brings its own tables."""
    server: str = request.getfixturevalue("postgresql_server")
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE small_demo")
    engine.dispose()
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/small_demo" + (f"?{query}" if query else "")
