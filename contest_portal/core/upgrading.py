"""Bring the database to the structure that this program knows, so that a server can start on an empty folder."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Literal

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.file_locks import lock_file
from contest_portal.core.text import N_

LOCK_NUMBER = 20180301
"""Names the advisory lock on PostgreSQL; any number does that nothing else in the database uses."""

LONGEST_UPGRADE = 3600.0
"""Seconds for which others wait; then they go on and meet the database's own lock."""

Done = Literal["nothing", "created", "upgraded"]


def bring_up_to_date() -> Done:
    """Make or upgrade the tables where that is needed. Of several processes that start at once, one does it.

    Raises Conflict where the database cannot be reached, was made by a newer program, or is another program's.
    """
    try:
        if _standing() == _newest():
            return "nothing"
        with _alone():
            standing, tables = _found()
            if standing == _newest():
                return "nothing"
            _refuse_foreign(standing, tables)
            flask_migrate.upgrade()
    except (OperationalError, OSError) as failure:
        message = N_("无法使用数据库。请检查数据库服务是否已启动、数据目录是否可写，以及 DATABASE_URL 是否正确。")
        raise Conflict("core.no_database", message) from failure
    return "upgraded" if standing else "created"


def structure() -> Literal["current", "older", "newer", "none"]:
    """How the database's structure stands to the one that this program knows. Raises OperationalError."""
    standing = _standing()
    if standing is None:
        return "none"
    if standing == _newest():
        return "current"
    known = {script.revision for script in _scripts().walk_revisions()}
    return "older" if standing in known else "newer"


def _standing() -> str | None:
    """The revision of the database; None when it has none."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def _found() -> tuple[str | None, set[str]]:
    """The revision and the tables as they stood at one moment: another process may be making them just now."""
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        return revision, set(inspect(connection).get_table_names()) - {"alembic_version"}


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())


def _newest() -> str | None:
    return _scripts().get_current_head()


def _refuse_foreign(standing: str | None, tables: set[str]) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if standing is not None and standing not in known:
        raise Conflict("core.database_newer", N_("数据库是由更新版本的程序建立的，没有作任何改动。请先升级程序。"))
    if standing is None and tables:
        raise Conflict("core.database_foreign", N_("数据库中已有其他程序的数据，没有作任何改动。请另选一个数据库。"))


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the right to upgrade. An upgrade of SQLite is one writing transaction, but it may take longer than the others
    would wait for that: they wait for a file beside the database."""
    if db.engine.dialect.name != "postgresql":
        database = db.engine.url.database
        with lock_file(Path(f"{database}.upgrading"), LONGEST_UPGRADE) if database else nullcontext(True):
            yield
        return
    with db.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:number)"), {"number": LOCK_NUMBER})
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": LOCK_NUMBER})
