"""Bring the database to the structure that this program knows, so that a server can start on an empty folder.

An older program may serve meanwhile, where all steps are additive (core/structure_steps.py). For any other step it must
have stopped.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Literal

import flask_migrate
from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import inspect, text
from sqlalchemy.exc import OperationalError

from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.file_locks import lock_file
from contest_portal.core.models import RunningProcess
from contest_portal.core.running_processes import living
from contest_portal.core.structure_steps import is_additive, scripts, structure
from contest_portal.core.text import N_, Message

LOCK_NUMBER = 20180301
"""Names the advisory lock on PostgreSQL; any number does that nothing else in the database uses."""

LONGEST_UPGRADE = 3600.0
"""Seconds for which others wait; then they go on and meet the database's own lock."""

LONGEST_TRYING = 300.0
"""Seconds for which a step is tried anew while others hold the table that it wants."""
REST_SECONDS = 1.0
HELD_BY_OTHERS = ("55P03", "40P01")
"""PostgreSQL's states: a lock was not to be had in time, a deadlock."""

Done = Literal["nothing", "created", "upgraded", "newer"]


def bring_up_to_date(*, although_running: bool = False) -> Done:
    """Make or upgrade the tables where that is needed. Of several processes that start at once, one does it.

    `newer`: a newer program has upgraded already, by steps that this one can live with. Raises Conflict where the
    database cannot be reached, is too new or another program's, or where a step is not additive and the site runs
    (unless `although_running`: processes that know less then stop by themselves).
    """
    try:
        if (done := _nothing_to_do()) is not None:
            return done
        with _alone():
            if (done := _nothing_to_do()) is not None:
                return done
            standing, tables = _found()
            if standing is None and tables:
                message = N_("数据库中已有其他程序的数据，没有作任何改动。请另选一个数据库。")
                raise Conflict("core.database_foreign", message)
            if standing is not None and not although_running:
                _refuse_while_running(standing, tables)
            _patiently(flask_migrate.upgrade)
    except (OperationalError, OSError) as failure:
        message = N_("无法使用数据库。请检查数据库服务是否已启动、数据目录是否可写，以及 DATABASE_URL 是否正确。")
        raise Conflict("core.no_database", message) from failure
    return "upgraded" if standing else "created"


def step_back(revision: str) -> None:
    """Go back to the structure of an older revision. Raises Conflict where others hold the tables."""
    _patiently(lambda: flask_migrate.downgrade(revision=revision))


def _nothing_to_do() -> Done | None:
    found = structure()
    if found == "too_new":
        raise Conflict("core.database_newer", N_("数据库是由更新版本的程序建立的，没有作任何改动。请先升级程序。"))
    answers: dict[str, Done] = {"current": "nothing", "newer": "newer"}
    return answers.get(found)


def _found() -> tuple[str | None, set[str]]:
    """The revision and the tables as they stood at one moment: another process may be making them just now."""
    with db.engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        return revision, set(inspect(connection).get_table_names()) - {"alembic_version"}


def _refuse_while_running(standing: str, tables: set[str]) -> None:
    steps = [one.revision for one in scripts().iterate_revisions("head", standing) if not is_additive(one)]
    if not steps or RunningProcess.__tablename__ not in tables:
        return
    if names := [one.name.rpartition("-")[0] for one in living(current_app)]:
        source = N_(
            "这次升级有旧版本不能兼容的改动（%(steps)s），而网站还在运行（%(names)s），没有作任何改动。"
            "请先停止所有网站和后台任务的进程，再运行 contest-portal db upgrade，或直接启动新版本。"
        )
        message = Message.of(source, steps="、".join(reversed(steps)), names="、".join(names))
        raise Conflict("core.upgrade_while_running", message)


def _patiently(change: Callable[[], None]) -> None:
    """Do it, and again from where it stands while others hold the tables for long. Raises Conflict at the end."""
    until = time.monotonic() + LONGEST_TRYING
    while True:
        try:
            return change()
        except OperationalError as failure:
            if getattr(failure.orig, "sqlstate", None) not in HELD_BY_OTHERS:
                raise
            if time.monotonic() >= until:
                message = N_(
                    "升级没有完成：要改动的表一直被别的操作占用。已完成的步骤保留，网站可以照常使用。请过一会儿再运行 contest-portal db upgrade。"
                )
                raise Conflict("core.database_busy", message) from failure
        time.sleep(REST_SECONDS)


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the right to upgrade. An upgrade of SQLite is one writing transaction, but it may take longer than the others
    would wait for that: they wait for a file beside the database."""
    if db.engine.dialect.name != "postgresql":
        database = db.engine.url.database
        with lock_file(Path(f"{database}.upgrading"), LONGEST_UPGRADE) if database else nullcontext(True):
            yield
        return
    # Asked for again and again: whoever waits within one statement keeps an index from being made concurrently.
    with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        until = time.monotonic() + LONGEST_UPGRADE
        wanted = text("SELECT pg_try_advisory_lock(:number)")
        while not (held := connection.scalar(wanted, {"number": LOCK_NUMBER})) and time.monotonic() < until:
            time.sleep(0.2)
        try:
            yield
        finally:
            if held:
                connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": LOCK_NUMBER})
