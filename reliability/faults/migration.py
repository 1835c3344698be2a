"""An upgrade of the database is killed in the middle, again and again; then it is let to its end."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing

import flask_migrate
from sqlalchemy import MetaData, Table, create_engine, func, inspect, select, text

from contest_portal.core.database import db
from reliability import template
from reliability.ledger import Ledger
from reliability.load import at_work
from reliability.options import Options
from reliability.outcome import Outcome, observed
from reliability.site import Site, running

OLD = "0011"
PATIENCE_SECONDS = 180.0


def run(options: Options) -> Iterator[Outcome]:
    if "sqlite" in options.databases:
        with observed("migration interrupted", "SQLite", options.command) as outcome:
            interrupt(template.sqlite_site(options, "migration"), options, outcome)
        yield outcome
    if "postgresql" in options.databases:
        with (
            observed("migration interrupted", "PostgreSQL", options.command) as outcome,
            template.postgresql_site(options, "migration-postgresql") as (site, _server),
        ):
            interrupt(site, options, outcome)
        yield outcome


def interrupt(site: Site, options: Options, outcome: Outcome) -> None:
    """Down to an old structure, up again with interruptions; then the site itself upgrades it and people work on it."""
    with site.opened():
        flask_migrate.downgrade(revision=OLD)
    before = counts(site)
    for _ in range(options.interruptions):
        outcome.times += 1
        if kill_in_the_middle(site):
            outcome.jobs_done += 1
        revision, rows = standing(site), counts(site)
        if revision == OLD and rows != before:
            outcome.halves.append(f"rows at {OLD}: {before} before, {rows} after")
        elif revision != OLD:  # the steps before it are whole, and the next upgrade goes on from here
            outcome.notes.append(f"after one kill the database stood at step {revision}")
            break
    outcome.notes.append(f"{outcome.jobs_done} of {outcome.times} kills while its transaction was open")
    ledger, began = Ledger(), time.monotonic()
    with running(site):  # it upgrades by itself
        after = counts(site)
        lost = {name: (count, after[name]) for name, count in before.items() if after.get(name, count) < count}
        outcome.missing += [f"{name}: {had} rows before, {has} after" for name, (had, has) in lost.items()]
        with at_work(site, ledger, pause_seconds=options.pause_seconds):
            outcome.recovered(ledger, began)
            time.sleep(5.0)
        kept = outcome.missing, outcome.halves
        outcome.compare(site, ledger)
        outcome.missing, outcome.halves = kept[0] + outcome.missing, kept[1] + outcome.halves


def kill_in_the_middle(site: Site) -> bool:
    """Begin the upgrade, kill it a moment after it has begun to write. Gives whether it was at it then."""
    command = [sys.executable, "-m", "contest_portal", "--instance", str(site.instance), "db", "upgrade"]
    is_writing = watch(site)
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, env=site.whole_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    end = time.monotonic() + PATIENCE_SECONDS
    while process.poll() is None and not is_writing() and time.monotonic() < end:
        time.sleep(0.002)
    time.sleep(random.uniform(0.0, 0.4))
    was_writing = process.poll() is None and is_writing()
    process.kill()
    process.wait()
    return was_writing


def watch(site: Site) -> Callable[[], bool]:
    """A question: whether somebody has an open transaction that writes."""
    url = site.settings.get("database_url", "")
    if not url:
        path = site.instance / template.DATABASE

        def sqlite_is_locked() -> bool:
            with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as connection:
                try:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("ROLLBACK")
                except sqlite3.OperationalError:
                    return True
                return False

        return sqlite_is_locked
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    others = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
        "AND backend_xid IS NOT NULL"
    )

    def postgresql_is_written() -> bool:
        with engine.connect() as connection:
            return bool(connection.scalar(others))

    return postgresql_is_written


def standing(site: Site) -> str:
    """The revision at which the database stands."""
    with site.opened():
        return str(db.session.scalar(text("SELECT version_num FROM alembic_version")))


def counts(site: Site) -> dict[str, int]:
    """Rows of each table."""
    with site.opened():
        metadata, found = MetaData(), {}
        for name in sorted(set(inspect(db.engine).get_table_names()) - {"alembic_version", "job", "running_process"}):
            table = Table(name, metadata)
            found[name] = db.session.scalar(select(func.count()).select_from(table)) or 0
        return found
