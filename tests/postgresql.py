"""Empty databases of a real PostgreSQL for one test after the other. Making one takes longer than most tests, so one that
was used is emptied, given another name and used again."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, create_engine, text

T = TypeVar("T")
TEMPLATE = "empty_contest"
USES = 60
"""After so many tests a database is made anew: emptied tables keep the room of their old rows."""
HURRIED = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")
"""What is switched off: no test asks what a broken machine leaves; without autovacuum rows stay in the order they came."""
_SHAPE = """
    SELECT count(*), sum(hashtext(concat(c.relname, c.relkind, a.attname, a.atttypid, a.attnotnull))::bigint),
        (SELECT sum(hashtext(concat(conname, contype, conkey))::bigint) FROM pg_constraint)
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0"""
_RUNNING_NUMBERS = """
    SELECT setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL"""


def with_database(address: str, name: str) -> str:
    """The server's address for another of its databases."""
    head, _, query = address.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def administer(address: str, *statements: str) -> None:
    """Run statements that stand in no transaction."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


class Databases:
    """Those of one server. `fill` writes the rows that an empty database of the program has."""

    def __init__(self, server: str, tables: Sequence[str], fill: Callable[[Connection], object]) -> None:
        self._server, self._tables, self._fill = server, tables, fill
        self._spare: list[tuple[str, int]] = []
        administer(server, *(f"ALTER SYSTEM SET {name} = off" for name in HURRIED), "SELECT pg_reload_conf()")
        self._shape = self._ask(TEMPLATE, lambda connection: tuple(connection.execute(text(_SHAPE)).one()))

    @contextmanager
    def one(self) -> Iterator[str]:
        """The address of an empty database with all tables, under a name that no earlier test knows."""
        name = f"t{uuid.uuid4().hex[:12]}"
        if self._spare:
            old, uses = self._spare.pop()
            administer(self._server, f'ALTER DATABASE "{old}" RENAME TO "{name}"')
        else:
            uses = 0
            administer(self._server, f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        yield with_database(self._server, name)
        end = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{name}'"
        administer(self._server, end)
        if uses + 1 < USES and self._ask(name, self._emptied):
            self._spare.append((name, uses + 1))
        else:
            administer(self._server, f'DROP DATABASE "{name}" WITH (FORCE)')

    def _emptied(self, connection: Connection) -> bool:
        """Whether the database is as the template is; not where a test has changed its tables."""
        if tuple(connection.execute(text(_SHAPE)).one()) != self._shape:
            return False
        each = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in self._tables)
        used = connection.scalars(text(" UNION ALL ".join(each))).all()
        connection.execute(text("SET LOCAL session_replication_role = replica"))  # foreign keys rest
        for name in used:
            connection.execute(text(f'DELETE FROM "{name}"'))
        connection.execute(text(_RUNNING_NUMBERS))
        self._fill(connection)
        connection.commit()
        return True

    def _ask(self, name: str, question: Callable[[Connection], T]) -> T:
        engine = create_engine(with_database(self._server, name))
        with engine.connect() as connection:
            found = question(connection)
        engine.dispose()
        return found
