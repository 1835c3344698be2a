"""A backup made a site again: files first, then keys, then all rows in one transaction. What is not empty is left alone.

A restore that was interrupted is begun anew: until the rows are committed the place counts as empty.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import flask_migrate
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import Connection, MetaData, Table, func, inspect, select, text

from contest_portal.core import audit, audit_seal
from contest_portal.core.backups import manifest as manifests
from contest_portal.core.backups.awaking import end_what_must_not_wake
from contest_portal.core.backups.manifest import Manifest
from contest_portal.core.backups.places import place_at
from contest_portal.core.backups.rows import STRUCTURE, Tally, fill, lines_of, tables_in, tables_of
from contest_portal.core.backups.vault import Damaged, Vault, lines_in, open_vault
from contest_portal.core.backups.verifying import listed_files, require_whole
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.sealing import Sealer, fingerprints
from contest_portal.core.secret_files import DataKeys, secret
from contest_portal.core.storage import Storage, storage
from contest_portal.core.text import N_, Message
from contest_portal.settings import Settings

Told = Callable[[str], None]


@dataclass(frozen=True)
class Restored:
    """What was restored; `has_new_keys`: the keys came with the backup."""

    manifest: Manifest
    rows: int
    has_new_keys: bool


def chosen_backup(address: str, generation: str = "") -> tuple[Vault, Manifest]:
    """The named generation at `address`, or its newest. Raises NotFound where there is no whole one, Conflict where
    the passphrase does not fit."""
    settings: Settings = current_app.config["SETTINGS"]
    place = place_at(address, settings.scratch_folder)
    names = manifests.generations(place)
    if not names:
        source = N_("%(place)s 里没有完整的备份。")
        raise NotFound("core.no_backup", Message.of(source, place=str(place)))
    vault = open_vault(place, settings.backup_key)
    try:
        return vault, manifests.read(vault, generation or names[-1])
    except Damaged as failure:
        source = N_("备份 %(generation)s 已损坏：%(part)s 缺失或被改动。请用另一份备份，或重新备份。")
        message = Message.of(source, generation=generation or names[-1], part=str(failure))
        raise Conflict("core.backup_damaged", message) from failure


def restore(address: str, generation: str = "", *, told: Told = lambda _step: None) -> Restored:
    """Make this empty instance what the backup was. Raises Conflict where it is not empty, where a part is damaged, the
    keys are others, or the backup is of a newer program; then nothing is left that counts as data."""
    vault, manifest = chosen_backup(address, generation)
    _require_empty()
    _require_known_revision(manifest)
    told(N_("核对备份……"))
    require_whole(vault, manifest)
    has_new_keys = _take_keys(vault, manifest)
    told(N_("恢复文件……"))
    configured = current_app.extensions["storage"]
    _put_files(vault, manifest, configured.place(configured.configured))
    told(N_("恢复数据……"))
    _make_tables(manifest)
    with db.engine.connect().execution_options(writes=True) as connection, connection.begin():
        _fill(connection, vault, manifest)
        end_what_must_not_wake(connection, {table.name: table for table in tables_of(connection)})
    told(N_("核对恢复的数据……"))
    _require_audit(manifest)
    _put_files(vault, manifest, storage())  # the rows may say that files have moved elsewhere
    if manifest.revision != _scripts().get_current_head():
        flask_migrate.upgrade()
    return Restored(manifest, sum(one.rows for one in manifest.tables.values()), has_new_keys)


def _require_empty() -> None:
    with db.engine.connect() as connection:
        names = set(inspect(connection).get_table_names()) - {*STRUCTURE}
        used = [table.name for table in tables_of(connection) if _row_count(connection, table)] if names else []
    if used:
        source = N_(
            "数据库里已有数据（%(tables)s 等），没有作任何改动。备份只能恢复到空的地方：请另选一个目录或数据库。"
        )
        raise Conflict("core.restore_not_empty", Message.of(source, tables="、".join(used[:3])))


def _row_count(connection: Connection, table: Table) -> int:
    if table.name == "audit_head":
        return int(connection.scalar(select(func.coalesce(func.sum(table.c.count), 0))) or 0)
    return int(connection.scalar(select(func.count()).select_from(table)) or 0)


def _require_known_revision(manifest: Manifest) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if manifest.revision not in known:
        raise Conflict("core.backup_newer", N_("这份备份是由更新版本的程序做的。请先升级程序，再恢复。"))


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())


def _take_keys(vault: Vault, manifest: Manifest) -> bool:
    """Put the backup's keys in the place of those that were made at the start; whether it has any."""
    settings: Settings = current_app.config["SETTINGS"]
    if manifest.secrets:
        folder = settings.instance / "secrets"
        for name, part in manifest.secrets.items():
            _write_secret(folder / name, b"".join(vault.read_part(part)))
        current_app.extensions["sealer"] = Sealer(DataKeys(settings.instance))
        current_app.secret_key = secret(settings.instance, "secret_key")
    known = {str(version): mark for version, mark in fingerprints().items()}
    if any(known.get(version) != mark for version, mark in manifest.keys.items()):
        source = N_(
            "%(folder)s 里的密钥不是这份备份的，没有恢复任何数据。备份没有加密，密钥不在其中："
            "请先把原来的 secrets 目录拷到这里，再恢复。"
        )
        raise Conflict("core.restore_keys", Message.of(source, folder=str(settings.instance / "secrets")))
    return bool(manifest.secrets)


def _write_secret(path: Path, content: bytes) -> None:
    own = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(own, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    own.replace(path)


def _put_files(vault: Vault, manifest: Manifest, target: Storage) -> None:
    for name, _size in listed_files(vault, manifest):
        if not target.exists(name):
            target.put(io.BufferedReader(_Pieces(vault.read_file(name))), expected_sha256=name)


class _Pieces(io.RawIOBase):
    """What comes in pieces, read like a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        super().__init__()
        self._pieces, self._rest = pieces, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._rest = piece
        count = min(len(buffer), len(self._rest))
        buffer[:count], self._rest = self._rest[:count], self._rest[count:]
        return count


def _make_tables(manifest: Manifest) -> None:
    """The structure of the backup's time, empty."""
    db.session.remove()
    with db.engine.begin() as connection:
        metadata = MetaData()
        metadata.reflect(bind=connection)
        metadata.drop_all(connection)
    flask_migrate.upgrade(revision=manifest.revision)


def _fill(connection: Connection, vault: Vault, manifest: Manifest) -> None:
    tables = {table.name: table for table in tables_of(connection)}
    with _foreign_keys_resting(connection):
        for table in reversed(tables.values()):
            connection.execute(table.delete())
        for come in tables_in(lines_in(vault.read_part(manifest.rows))):
            expected, table = manifest.tables[come.name], tables[come.name]
            tally, again = Tally(), Tally()
            fill(connection, table, come, tally)
            for _line in islice(lines_of(connection, table, again), 1, None):
                pass
            if not (tally.digest, tally.rows) == (again.digest, again.rows) == (expected.digest, expected.rows):
                source = N_("恢复后核对 %(table)s 不一致，已全部撤回。请重新恢复；仍不行的，请换一份备份。")
                raise Conflict("core.restore_differs", Message.of(source, table=come.name))
    _set_running_numbers(connection, list(tables.values()))


_FOREIGN_KEYS = """
    SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"""


@contextmanager
def _foreign_keys_resting(connection: Connection) -> Iterator[None]:
    """Tables refer to each other in circles: the references are checked when all rows are there."""
    if connection.dialect.name != "postgresql":
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        yield
        return
    keys = connection.execute(text(_FOREIGN_KEYS)).all()
    for table, name, _definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, definition in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _set_running_numbers(connection: Connection, tables: list[Table]) -> None:
    """PostgreSQL: the next number of a table comes after the largest that is there."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        if "id" not in table.columns:
            continue
        sequence = connection.scalar(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'})
        largest = connection.scalar(select(func.max(table.c.id)))
        if sequence and largest is not None:
            connection.execute(text("SELECT setval(:name, :value)"), {"name": sequence, "value": largest})


def _require_audit(manifest: Manifest) -> None:
    count, broken = audit.verify(db.session)
    db.session.rollback()
    audit_seal.forget_later_heads(manifest.audit_count)
    if broken is not None or count != manifest.audit_count:
        source = N_("数据已恢复，但其中的操作记录在第 %(number)s 条处不一致：备份之前就已如此，请报告管理员。")
        raise Conflict("core.restore_audit", Message.of(source, number=broken or count + 1))
