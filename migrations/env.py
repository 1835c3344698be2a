"""Alembic's way into the application: the engine and the models' metadata of the running Flask app."""

from __future__ import annotations

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy.engine import Connection

from contest_portal.core.database import Base, UtcDateTime, db
from contest_portal.core.sealing import Sealed
from contest_portal.core.structure_steps import LOCK_MILLISECONDS, note_step


def include(_object: object, name: str | None, kind: str, _reflected: bool, _other: object) -> bool:
    return not (kind == "table" and name == "alembic_version")


def render(kind: str, found: object, _context: object) -> str | bool:
    """Write our own column types as the plain ones they are in the database: a migration must outlive the models."""
    if kind == "type" and isinstance(found, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(found, Sealed):
        return "sa.LargeBinary()"
    return False


def run() -> None:
    with db.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            # A step that changes a busy table gives up soon and is tried again (core/upgrading.py).
            connection.exec_driver_sql(f"SET lock_timeout = {LOCK_MILLISECONDS}")
            connection.commit()
            try:
                migrate(connection)
            finally:
                connection.rollback()
                connection.exec_driver_sql("RESET lock_timeout")
                connection.commit()
            return
        # A table that is rebuilt must not take its children's rows along. SQLite hears this only outside of a
        # transaction, which every statement of ours begins: it is said to the driver's connection.
        driver: Any = connection.connection.dbapi_connection
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            migrate(connection)
            connection.commit()
        finally:
            connection.rollback()
            driver.execute("PRAGMA foreign_keys=ON")


def migrate(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    connection.execution_options(writes=True)
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include,
        render_as_batch=is_sqlite,
        compare_type=True,
        render_item=render,
        on_version_apply=note_step,
        # The tables of a step are free again when the next begins. On SQLite all steps are one: that locks out writers only.
        transaction_per_migration=not is_sqlite,
    )
    with context.begin_transaction():
        context.run_migrations()
        if is_sqlite and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()):
            raise RuntimeError(f"a migration left rows without what they belong to: {broken[:5]}")


if context.is_offline_mode():
    raise SystemExit("migrations need the database: run `contest-portal db upgrade`")
current_app.logger.debug("migrating %s", db.engine.dialect.name)
run()
