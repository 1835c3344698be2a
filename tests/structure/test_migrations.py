"""What a migration says of itself is true: whether an older program can serve while the step is gone, and after it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import op
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import BatchOperations, MigrateOperation, Operations, ops
from alembic.script import Script, ScriptDirectory

from contest_portal import ROOMS
from contest_portal.core.database import db
from contest_portal.core.structure_steps import index_while_written

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
SAY_NOTHING = 20
"""Migrations that were released before the others began to say it: up to 0023."""
LARGE = {
    "account", "assignment", "audit_record", "author", "blob", "booking", "booking_place", "certificate", "consent",
    "derivative", "entry", "entry_content", "entry_file", "entry_version", "fingerprint", "honour", "job",
    "likeness_pair", "login_session", "notice", "outbox_message", "score_sheet", "student", "teacher", "upload",
}  # fmt: skip
"""Tables with a row for each pupil, work, act or request: an index made in the usual way locks out their writers."""
ADVICE = """
Migration {revision} must say `ADDITIVE = True` or `ADDITIVE = False` below depends_on; it says {said}. True: an older
program goes on serving while the step is gone and after it. Additive are, and nothing else is:
  - a new table, with its own indexes and constraints; an index that goes;
  - a new column that is nullable, or has a server_default that stays: the older program writes rows without it;
  - a foreign key from such a new column;
  - a new index that is not unique; of a large table by core.structure_steps.index_while_written, alone in its migration.
Not additive: data that are moved (op.execute, op.get_bind), columns and tables that go or change, a server_default that
is taken away, new rules for old rows. Then say False (the site must stop for it), or split the migration.
What speaks against what it says: {found}"""


class Noted:
    """Stands in the place of Alembic's operations: keeps what a migration asks for, and does nothing."""

    def __init__(self) -> None:
        self.operations: list[MigrateOperation] = []
        options = {"as_sql": True, "output_buffer": io.StringIO()}
        self._context = MigrationContext.configure(dialect_name="postgresql", opts=options)

    def read(self, upgrade: Callable[[], None]) -> None:
        """Raises NotImplementedError where it wants to see rows: then it does more than add."""
        with Operations.context(self._context) as operations:
            operations.invoke = self._keep  # type: ignore[method-assign, assignment]
            operations.get_bind = self._refuse  # type: ignore[method-assign]
            operations.batch_alter_table = self._batch  # type: ignore[method-assign, assignment]
            upgrade()

    def _keep(self, operation: MigrateOperation) -> Any:
        self.operations.append(operation)
        return operation.to_table() if isinstance(operation, ops.CreateTableOp) else None

    def _refuse(self) -> Any:
        raise NotImplementedError

    @contextmanager
    def _batch(self, table_name: str, **_options: Any) -> Iterator[BatchOperations]:
        batch = BatchOperations(self._context, impl=TableName(table_name))  # type: ignore[arg-type]
        batch.invoke = self._keep  # type: ignore[method-assign, assignment]
        yield batch


class TableName:
    """All that an operation of a batch asks."""

    schema = None

    def __init__(self, table_name: str) -> None:
        self.table_name = table_name


def objections(upgrade: Callable[[], None]) -> list[str]:
    """What in a migration is not additive, in words."""
    reader = Noted()
    try:
        reader.read(upgrade)
    except NotImplementedError:
        return ["it reads rows (op.get_bind)"]
    noted = [one for one in reader.operations if not is_about_waiting(one)]
    tables = {one.table_name for one in noted if isinstance(one, ops.CreateTableOp)}
    columns = {(one.table_name, one.column.name) for one in noted if isinstance(one, ops.AddColumnOp)}
    found = [words for one in noted if (words := objection(one, tables, columns))]
    if len(noted) > 2 and any("postgresql_concurrently" in getattr(one, "kw", {}) for one in noted):
        found.append("index_while_written is not alone")
    return found


def is_about_waiting(operation: MigrateOperation) -> bool:
    return isinstance(operation, ops.ExecuteSQLOp) and str(operation.sqltext).startswith("SET lock_timeout")


def objection(operation: MigrateOperation, tables: set[str], columns: set[tuple[str, str]]) -> str:
    """Why the operation is not additive; empty where it is. `tables`, `columns`: new ones of the same migration."""
    match operation:
        case ops.CreateTableOp() | ops.DropIndexOp():
            return ""
        case ops.AddColumnOp():
            fills_itself = operation.column.nullable or operation.column.server_default is not None
            place = f"{operation.table_name}.{operation.column.name}"
            return "" if fills_itself else f"{place} is neither nullable nor has it a server_default"
        case ops.CreateForeignKeyOp():
            new = all((operation.source_table, name) in columns for name in operation.local_cols)
            return (
                ""
                if new or operation.source_table in tables
                else f"a foreign key for old rows of {operation.source_table}"
            )
        case ops.CreateIndexOp() if operation.table_name in tables:
            return ""
        case ops.CreateIndexOp() if operation.unique:
            return f"{operation.index_name} is unique"
        case ops.CreateIndexOp() if operation.table_name in LARGE and not operation.kw.get("postgresql_concurrently"):
            return f"{operation.index_name} locks out the writers of {operation.table_name}: use index_while_written"
        case ops.CreateIndexOp():
            return ""
        case ops.ExecuteSQLOp():
            return f"op.execute({str(operation.sqltext)[:60]!r}…)"
    place = getattr(operation, "table_name", getattr(operation, "source_table", ""))
    return f"{type(operation).__name__.removesuffix('Op')} of {place}"


def migrations() -> list[Script]:
    """Those that say of themselves whether they are additive, in their order."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return list(reversed(list(ScriptDirectory.from_config(config).walk_revisions())))[SAY_NOTHING:]


@pytest.mark.parametrize("script", migrations(), ids=lambda script: script.revision)
def test_a_migration_says_truly_whether_an_older_program_can_live_with_it(script: Script) -> None:
    said, found = getattr(script.module, "ADDITIVE", None), objections(script.module.upgrade)
    fits = said is (not found)
    assert fits, ADVICE.format(revision=script.revision, said=said, found="; ".join(found) or "nothing: say True")


def test_large_tables_are_there() -> None:
    for room in ROOMS:
        import_module(f"contest_portal.{room}.views")
    assert set(db.metadata.tables) >= LARGE


def colour() -> sa.Column[str]:
    return sa.Column("colour", sa.String(10), nullable=True)


def size() -> sa.Column[int]:
    return sa.Column("size", sa.Integer(), nullable=False, server_default="0")


def moved_at() -> sa.Column[datetime]:
    return sa.Column("moved_at", sa.DateTime(), nullable=False)


def test_what_is_not_additive_is_seen() -> None:
    def batch(*steps: Callable[[Any], Any]) -> Callable[[], None]:
        def upgrade() -> None:
            with op.batch_alter_table("entry") as table:
                for step in steps:
                    step(table)

        return upgrade

    to_account = ("fk_entry_colour", "account", ["colour"], ["id"])
    additive: list[Callable[[], Any]] = [
        lambda: op.add_column("entry", colour()),
        batch(lambda table: table.add_column(colour()), lambda table: table.create_foreign_key(*to_account)),
        batch(lambda table: table.add_column(size())),
        lambda: op.create_index("ix", "office", ["name"]),
        lambda: index_while_written("ix", "entry", ["title"]),
        lambda: op.drop_index("ix", "entry"),
        lambda: (
            op.create_table("new", sa.Column("name", sa.String())),
            op.create_index("ix", "new", ["name"], unique=True),
        ),
    ]
    harmful: list[Callable[[], Any]] = [
        lambda: op.add_column("entry", moved_at()),
        batch(lambda table: table.add_column(moved_at())),
        batch(
            lambda table: table.add_column(size()),
            lambda table: table.alter_column("size", server_default=None),
        ),
        batch(lambda table: table.create_foreign_key(*to_account)),
        batch(lambda table: table.create_unique_constraint("uq", ["title"])),
        batch(lambda table: table.create_check_constraint("ck", "title <> ''")),
        batch(lambda table: table.drop_column("title")),
        lambda: op.create_index("ix", "entry", ["title"]),
        lambda: op.create_index("ix", "office", ["name"], unique=True),
        lambda: (op.add_column("entry", colour()), index_while_written("ix", "entry", ["colour"])),
        lambda: op.rename_table("entry", "work"),
        lambda: op.execute("update entry set title = ''"),
        lambda: op.get_bind().execute(sa.text("select 1")),
        lambda: op.drop_table("entry"),
    ]
    assert [objections(one) for one in additive] == [[]] * len(additive)
    assert [bool(objections(one)) for one in harmful] == [True] * len(harmful)
