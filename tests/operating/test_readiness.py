"""/readyz: what turns people away, what is only told."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from contest_portal.core.clock import now
from contest_portal.core.current_storage import CurrentStorage
from contest_portal.core.database import db
from contest_portal.core.job_worker import start_embedded
from contest_portal.core.models import StructureStep
from contest_portal.core.operating import readiness
from contest_portal.core.running_processes import WORKER, attend
from contest_portal.core.storage import StorageAway
from contest_portal.core.upgrading import bring_up_to_date
from tests.factories import made

pytestmark = pytest.mark.pages

WELL = {"ready": True, "database": "ok", "structure": "ok", "storage": "ok"}


@pytest.fixture(autouse=True)
def ask_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 0.0)


@pytest.fixture
def upgraded(app: Flask) -> Flask:
    """The tests' tables are made without the migrations' mark."""
    db.session.remove()
    db.drop_all()
    with db.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS alembic_version"))
    bring_up_to_date()
    return app


def set_revision(revision: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


def test_all_is_well_though_nobody_works(upgraded: Flask, client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {**WELL, "worker": "none"})
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_worker_is_seen_wherever_it_lives(upgraded: Flask, client: FlaskClient) -> None:
    elsewhere = attend(upgraded, WORKER)
    try:
        assert client.get("/readyz").json["worker"] == "ok"
    finally:
        elsewhere.close()
    assert client.get("/readyz").json["worker"] == "none"
    own = start_embedded(upgraded)
    upgraded.extensions["worker"] = own
    try:
        assert client.get("/readyz").json["worker"] == "ok"
    finally:
        own.close(30)
    assert client.get("/readyz").json["worker"] == "none"


@pytest.mark.parametrize(
    ("revision", "steps", "status"),
    [
        ("0001", {}, 503),
        ("9999", {}, 503),
        ("9999", {"9999": True}, 200),
        ("9999", {"9998": True, "9999": True}, 200),
        ("9999", {"9998": False, "9999": True}, 503),
        ("9999", {"9998": True}, 503),
    ],
    ids=["older", "newer, nobody knows how", "additive", "two additive", "one that is not", "one not written down"],
)
def test_an_older_structure_turns_away_and_a_newer_does_not_where_all_that_was_done_is_additive(
    upgraded: Flask, client: FlaskClient, revision: str, steps: dict[str, bool], status: int
) -> None:
    set_revision(revision)
    for name, additive in steps.items():
        made(StructureStep(revision=name, is_additive=additive, applied_at=now()))
    db.session.rollback()
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["ready"]) == (status, status == 200)


def test_a_storage_that_is_away_turns_away(
    upgraded: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_self: CurrentStorage, _name: str) -> bool:
        raise StorageAway

    monkeypatch.setattr(CurrentStorage, "exists", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["storage"], answer.json["database"]) == (503, "fails", "ok")


def test_a_disk_without_room_turns_away(upgraded: Flask, client: FlaskClient) -> None:
    upgraded.extensions["staging"].reserve_bytes = 1 << 60
    assert client.get("/readyz").json["storage"] == "fails"


def test_a_database_that_is_none_turns_away_and_the_process_still_answers(upgraded: Flask, client: FlaskClient) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a file that is no database is SQLite's")
    path = db.engine.url.database
    assert path is not None
    db.session.remove()
    db.engine.dispose()
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA journal_mode=DELETE")
    with open(path, "wb") as file:  # noqa: PTH123
        file.write(b"no database" * 1000)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json["database"], answer.json["structure"]) == (503, "fails", "fails")
    assert client.get("/healthz").status_code == 200


def test_nothing_is_told_that_is_nobodys_business(upgraded: Flask, client: FlaskClient) -> None:
    assert set(client.get("/readyz").json.values()) <= {True, False, "ok", "fails", "none"}
