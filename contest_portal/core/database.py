"""The database: typed models' base, and the unit of work in which every change is made.

SQLite runs in WAL with the driver's own transactions off; a unit of work begins with BEGIN IMMEDIATE, so that a
read-then-write never fails half-way with "database is locked". PostgreSQL runs at READ COMMITTED with row locks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask, current_app, g
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import JSON, DateTime, Engine, MetaData, UniqueConstraint, event, make_url, select
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Session, registry, scoped_session
from sqlalchemy.types import TypeDecorator

from contest_portal.core import audit
from contest_portal.core.actor import Actor
from contest_portal.core.errors import Conflict, DomainError, NotFound
from contest_portal.core.text import N_, Message

SQLITE_BUSY_SECONDS = 30
WORKER_CONNECTIONS = 12
"""For the threads of the embedded worker, and for looks aside (core/current_storage.py), besides one a request."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, stored in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime reached the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of all models: constraint names follow one pattern, so that migrations and errors can name them."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_N_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={datetime: UtcDateTime, dict[str, Any]: JSON, list[Any]: JSON},
    )


db = SQLAlchemy(model_class=Base, session_options={"expire_on_commit": False})

Found = TypeVar("Found", bound=Base)


@event.listens_for(db.session, "after_flush")
def _remember_flush(session: Session, _context: Any) -> None:
    session.info["flushed"] = True


def init_database(app: Flask) -> None:
    """Bind the database to `app`; SQLite connections get their pragmas and our own BEGIN."""
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["SETTINGS"].database
    # What was written stays out of error messages and logs: it may be a child's name.
    options: dict[str, Any] = {"hide_parameters": True}
    # Each thread finds a connection that is open already; with fewer, each request beyond them would open one anew.
    options |= {"pool_size": app.config["SETTINGS"].threads + WORKER_CONNECTIONS, "max_overflow": WORKER_CONNECTIONS}
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("sqlite"):
        _make_file(make_url(app.config["SQLALCHEMY_DATABASE_URI"]).database)
        options["connect_args"] = {"timeout": SQLITE_BUSY_SECONDS}
    else:
        options["pool_pre_ping"] = True
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", options)
    db.init_app(app)
    app.teardown_appcontext_funcs.remove(db._teardown_session)
    app.teardown_appcontext(_end_session)
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            _prepare_sqlite(db.engine, survives_power_failures=not app.testing)


def _end_session(_error: BaseException | None) -> None:
    """As the library's, which would raise where the connection is gone: nobody could answer for that any more."""
    try:
        db.session.remove()
    except SQLAlchemyError:
        with suppress(SQLAlchemyError):
            db.session().invalidate()
        db.session.registry.clear()


def forget_transaction() -> None:
    """End what was begun and not committed; a connection that is gone has nothing to end."""
    try:
        db.session.rollback()
    except SQLAlchemyError:
        db.session().invalidate()


def _make_file(name: str | None) -> None:
    """Make the database's file readable by its owner alone, as SQLite then makes those beside it."""
    path = Path(name or ":memory:")
    if path.name != ":memory:" and path.parent.is_dir():
        path.touch(mode=0o600, exist_ok=True)


def _prepare_sqlite(engine: Engine, *, survives_power_failures: bool) -> None:
    """Otherwise the last commits may be gone after one, though nothing is half: with WAL only FULL waits for the disk."""
    synchronous = "FULL" if survives_power_failures else "NORMAL"

    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode=WAL",
            "foreign_keys=ON",
            f"synchronous={synchronous}",
            f"busy_timeout={SQLITE_BUSY_SECONDS * 1000}",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")


def migrations_folder() -> Path:
    """The Alembic folder: beside the package in a checkout, inside it when installed."""
    package = Path(__file__).resolve().parent.parent
    inside = package / "migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


class Work:
    """One transaction of one verb. `record` writes what happened; a change without a record is refused."""

    def __init__(self, session: Session | scoped_session[Any], actor: Actor, action: str) -> None:
        self.session = session
        self.actor = actor
        self.action = action
        self.recorded = False
        self._afterwards: list[Callable[[], None]] = session.info.setdefault("afterwards", [])

    def after_commit(self, call: Callable[[], None]) -> None:
        """Do this once the transaction is written; once, however often it is asked for, and not at all if it fails."""
        if call not in self._afterwards:
            self._afterwards.append(call)

    def record(
        self,
        subject: Base | tuple[str, int | None],
        *,
        action: str | None = None,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
        why: str = "",
        office_id: int | None = None,
    ) -> None:
        """Note in the audit trail what was done to `subject`: a model, or its (table, id). No personal data in it.

        Where who acts has no office (a visitor, the console, a job), the record is the subject's office's, or that of
        `office_id`. A record of none is seen by all offices, so that they are shown little of it (core/audit_search.py).
        """
        self.session.flush()
        object_type, object_id = subject if isinstance(subject, tuple) else (subject.__tablename__, subject.id)  # type: ignore[attr-defined]
        reason = why or g.get("stated_purpose", "")
        audit.note(
            self.session, self.actor, action or self.action, object_type, object_id, before, after, reason,
            self.actor.office_id or office_id or getattr(subject, "office_id", None),
        )  # fmt: skip
        self.recorded = True


@contextmanager
def unit_of_work(actor: Actor, action: str) -> Iterator[Work]:
    """One service verb, one transaction: commit on success, nothing on error.

    Inside another unit of work it joins it, so that verbs can be composed. What earlier reads had loaded is forgotten
    at the start: a service sees the state as it is now. A breached constraint becomes the error registered for it.
    """
    session = db.session
    outer: Work | None = session.info.get("work")
    if outer is not None:
        inner = Work(session, actor, action)
        yield inner
        session.flush()
        outer.recorded = outer.recorded or inner.recorded
        return
    session.rollback()
    session.info.pop("flushed", None)
    work = Work(session, actor, action)
    session.info["work"] = work
    try:
        session.connection(execution_options={"writes": True})
        yield work
        session.flush()
        if session.info.pop("flushed", False) and not work.recorded:
            raise AssertionError(f"{action} changed something without an audit record: call work.record(...)")
        audit.chain(session)
        session.commit()
        afterwards = session.info.pop("afterwards", [])
    except IntegrityError as breach:
        session.rollback()
        raise _domain_error(breach) from breach
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop("work", None)
        session.info.pop("audit", None)
        session.info.pop("flushed", None)
        session.info.pop("afterwards", None)
    for call in afterwards:
        call()


def begin_writing() -> None:
    """End what was read and begin a transaction that writes, for a note that is no verb; the caller commits.

    On SQLite a transaction that began by reading cannot wait: it is refused at once where somebody has written since.
    """
    db.session.rollback()
    db.session.connection(execution_options={"writes": True})


def is_under_way() -> bool:
    """Whether this thread is within a unit of work."""
    return db.session.info.get("work") is not None


def locked(model: type[Found], object_id: int) -> Found:
    """The row, locked until the unit of work ends and read afresh. Raises NotFound."""
    row: Found | None = db.session.scalar(
        select(model).where(model.id == object_id).with_for_update().execution_options(populate_existing=True)  # type: ignore[attr-defined, arg-type]
    )
    if row is None:
        raise NotFound
    return row


def found(model: type[Found], object_id: int) -> Found:
    """The row with that id. Raises NotFound."""
    row = db.session.get(model, object_id)
    if row is None:
        raise NotFound
    return row


_constraint_errors: dict[str, Callable[[], DomainError]] = {}


def on_breach(constraint: str, error: Callable[[], DomainError]) -> None:
    """Say which error a person sees when the named constraint is breached."""
    _constraint_errors[constraint] = error


def _domain_error(breach: IntegrityError) -> DomainError:
    name = _constraint_name(breach)
    if name in _constraint_errors:
        return _constraint_errors[name]()
    current_app.logger.warning("constraint %s breached: %s", name, type(breach.orig).__name__)
    return Conflict("core.constraint", Message(N_("保存时与已有数据冲突，没有改动任何内容。请刷新页面后重试。")))


def _constraint_name(breach: IntegrityError) -> str:
    diagnostics = getattr(breach.orig, "diag", None)
    if diagnostics is not None:
        return diagnostics.constraint_name or ""
    text = str(breach.orig)
    if match := re.search(r"CHECK constraint failed: (\w+)", text):
        return match[1]
    if match := re.search(r"UNIQUE constraint failed: (.+)", text):
        return _unique_name([part.strip().split(".") for part in match[1].split(",")])
    return ""


def _unique_name(columns: list[list[str]]) -> str:
    """SQLite names the columns, not the constraint: find it in the models."""
    if not all(len(pair) == 2 for pair in columns):
        return ""
    table, names = Base.metadata.tables[columns[0][0]], {pair[1] for pair in columns}
    uniques = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    found_names: list[tuple[Any, set[str]]] = [
        *((unique.name, {column.name for column in unique.columns}) for unique in uniques),
        *((index.name, {column.name for column in index.columns}) for index in table.indexes if index.unique),
    ]
    return next((str(name) for name, own in found_names if own == names), "")
