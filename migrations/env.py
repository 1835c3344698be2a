"""Alembic's way into the application: the engine and the models' metadata of the running Flask app."""

from __future__ import annotations

from alembic import context
from flask import current_app

from contest_portal.core.database import Base, UtcDateTime, db
from contest_portal.core.sealing import Sealed


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
        if connection.dialect.name == "sqlite":
            # A table that is rebuilt must not take its children's rows along.
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.rollback()
        connection.execution_options(writes=True)
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            render_item=render,
        )
        with context.begin_transaction():
            context.run_migrations()
        if connection.dialect.name == "sqlite":
            connection.commit()
            connection.exec_driver_sql("PRAGMA foreign_keys=ON")


if context.is_offline_mode():
    raise SystemExit("migrations need the database: run `contest-portal db upgrade`")
current_app.logger.debug("migrating %s", db.engine.dialect.name)
run()
