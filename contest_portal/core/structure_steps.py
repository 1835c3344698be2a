"""How the database's structure stands to the one that this program knows, and what each step on the way meant.

A migration says of itself whether it is ADDITIVE: new tables, new columns that may stay empty or fill themselves, new
indexes. A program that does not know such a step can work on. So that it can tell, whoever goes a step writes it
into the table `structure_step`.
"""

from __future__ import annotations

from typing import Any, Literal

from alembic import op
from alembic.migration import MigrationContext
from alembic.script import Script, ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, delete, insert, inspect, select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import StructureStep

Structure = Literal["current", "older", "newer", "too_new", "none"]
"""`newer`: by additive steps alone, this program works on it as before; `too_new`: it must not."""

LOCK_MILLISECONDS = 1500
"""For so long a step waits for a table of PostgreSQL: meanwhile all others who want that table queue up behind it."""


def structure() -> Structure:
    """How the database stands now. Raises OperationalError."""
    with db.engine.connect() as connection:
        standing = MigrationContext.configure(connection).get_current_revision()
        if standing is None:
            return "none"
        if standing == scripts().get_current_head():
            return "current"
        known = {script.revision for script in scripts().walk_revisions()}
        if standing in known:
            return "older"
        return "newer" if _came_by_additive_steps(connection, standing, known) else "too_new"


def scripts() -> ScriptDirectory:
    """The migrations that this program knows."""
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())


def is_additive(script: Script) -> bool:
    """What the migration says of itself; the oldest say nothing."""
    return bool(getattr(script.module, "ADDITIVE", False))


def _came_by_additive_steps(connection: Connection, standing: str, known: set[str]) -> bool:
    if not inspect(connection).has_table(StructureStep.__tablename__):
        return False
    steps = connection.execute(select(StructureStep.revision, StructureStep.is_additive)).all()
    unknown = {revision: additive for revision, additive in steps if revision not in known}
    return standing in unknown and all(unknown.values())


def note_step(*, ctx: MigrationContext, step: Any, **_more: Any) -> None:
    """Write down a step in its own transaction; Alembic calls it after each (`on_version_apply`)."""
    connection = ctx.connection
    if connection is None or step.is_stamp or not inspect(connection).has_table(StructureStep.__tablename__):
        return
    script = step.up_revision
    connection.execute(delete(StructureStep).where(StructureStep.revision == script.revision))
    if step.is_upgrade:
        row = {"revision": script.revision, "is_additive": is_additive(script), "applied_at": now()}
        connection.execute(insert(StructureStep).values(**row))


def index_while_written(name: str, table: str, columns: list[str]) -> None:
    """For migrations: a new index of a large table, for which PostgreSQL lets nobody wait.

    It cannot be made within a transaction: it stands alone in its migration. What an interrupted one left is removed.
    """
    if op.get_context().dialect.name != "postgresql":
        op.create_index(name, table, columns)
        return
    with op.get_context().autocommit_block():
        op.execute("SET lock_timeout = 0")  # it waits for others, but others do not wait for it
        op.drop_index(name, table_name=table, if_exists=True, postgresql_concurrently=True)
        op.create_index(name, table, columns, postgresql_concurrently=True)
        op.execute(f"SET lock_timeout = {LOCK_MILLISECONDS}")
