"""The rows of all tables as one moment knew them, in a form that SQLite and PostgreSQL both give and take.

A table is lines of JSON: its columns with what kind of value each holds, then one list a row; one table follows the
other. Tables are read as the database has them, not as the models say: a backup of an older structure is restored into that structure.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BindParameter,
    Cast,
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    Text,
    bindparam,
    cast,
    insert,
    select,
    text,
)

from contest_portal.core.database import db

ROWS_AT_ONCE = 1000
STRUCTURE = ("alembic_version", "structure_step")
"""Tables that tell of the structure itself: whoever makes it fills them."""


@contextmanager
def snapshot() -> Iterator[Connection]:
    """A connection that sees the database as it is now, whatever is written meanwhile; nobody waits for it."""
    engine = db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    with engine.connect() as connection:
        connection.execute(text("SELECT count FROM audit_head")).all()  # the first read decides the moment
        yield connection
        connection.rollback()


def tables_of(connection: Connection) -> list[Table]:
    """All tables with the rows of the program, in an order in which they may be filled."""
    metadata = MetaData()
    metadata.reflect(bind=connection)
    for table in metadata.sorted_tables:  # before the types are first used: they remember
        for one in table.columns:
            if isinstance(one.type, Numeric):
                one.type.asdecimal = False
    return [table for table in metadata.sorted_tables if table.name not in STRUCTURE]


@dataclass
class Tally:
    """How many rows went by, and a digest of them that does not depend on their order."""

    rows: int = 0
    _sum: int = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest(), "big")) % (1 << 256)

    @property
    def digest(self) -> str:
        return f"{self._sum:064x}"


def lines_of(connection: Connection, table: Table, tally: Tally) -> Iterator[bytes]:
    """The table as lines; `tally` knows at the end what went by."""
    columns = sorted(
        table.columns, key=lambda column: column.name
    )  # in the same order whatever the history of the table
    kinds = [_kind(column) for column in columns]
    yield _line({"table": table.name, "columns": [[column.name, _kind(column)] for column in columns]})
    wanted = [cast(column, Text) if _kind(column) == "json" else column for column in columns]
    statement = select(*wanted).order_by(*table.primary_key.columns)
    for row in connection.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE}):
        line = _line([_plain(value, kind) for value, kind in zip(row, kinds, strict=True)])
        tally.add(line)
        yield line


@dataclass(frozen=True)
class TableLines:
    """A table as it comes: its columns with their kinds, and its rows, to be read before the next table is asked for."""

    name: str
    columns: list[list[str]]
    rows: Iterator[bytes]


def tables_in(lines: Iterable[bytes]) -> Iterator[TableLines]:
    """The tables that stand one after the other in `lines`."""
    source = iter(lines)
    head = next(source, None)
    while head is not None:
        following: list[bytes | None] = [None]
        yield TableLines(**_head(head), rows=_rows_until(source, following))
        head = following[0]


def _head(line: bytes) -> dict[str, Any]:
    found = json.loads(line)
    return {"name": found["table"], "columns": found["columns"]}


def _rows_until(source: Iterator[bytes], following: list[bytes | None]) -> Iterator[bytes]:
    for line in source:
        if line.startswith(b"{"):
            following[0] = line
            return
        yield line


def fill(connection: Connection, table: Table, come: TableLines, tally: Tally) -> None:
    """Write the rows into the empty table. Raises KeyError for a column that the table has not."""
    names = [name for name, _kind in come.columns]
    statement = insert(table).values(
        {table.columns[name]: _bound(connection, name, kind) for name, kind in come.columns}
    )
    is_aware = connection.dialect.name == "postgresql"
    readers = [_reader(kind, is_aware) for _name, kind in come.columns]
    rows: list[dict[str, Any]] = []
    for line in come.rows:
        tally.add(line)
        values = zip(names, readers, json.loads(line), strict=True)
        rows.append({f"v_{name}": None if value is None else read(value) for name, read, value in values})
        if len(rows) == ROWS_AT_ONCE:
            connection.execute(statement, rows)
            rows = []
    if rows:
        connection.execute(statement, rows)


def _bound(connection: Connection, name: str, kind: str) -> BindParameter[Any] | Cast[Any]:
    moment = DateTime(timezone=connection.dialect.name == "postgresql")
    types: dict[str, Any] = {"json": Text(), "moment": moment, "day": Date(), "bytes": LargeBinary()}
    bound: BindParameter[Any] = bindparam(f"v_{name}", type_=types.get(kind))
    return cast(bound, JSON()) if kind == "json" and connection.dialect.name == "postgresql" else bound


def _kind(column: Column[Any]) -> str:
    for known, kind in ((JSON, "json"), (DateTime, "moment"), (Date, "day"), (LargeBinary, "bytes")):
        if isinstance(column.type, known):
            return kind
    return "plain"


def _plain(value: Any, kind: str) -> Any:
    if value is None or kind in {"plain", "json"}:
        return value
    if kind == "moment":
        moment: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment.isoformat(timespec="microseconds")
    return value.isoformat() if kind == "day" else base64.b64encode(value).decode()


def _reader(kind: str, is_aware: bool) -> Callable[[Any], Any]:
    if kind == "moment":
        return datetime.fromisoformat if is_aware else _naive
    readers: dict[str, Callable[[Any], Any]] = {"day": date.fromisoformat, "bytes": base64.b64decode}
    return readers.get(kind, lambda value: value)


def _naive(value: str) -> datetime:
    return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
