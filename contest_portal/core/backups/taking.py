"""Making a backup while the site is written to.

Files come first, then the rows of one moment, then the few files that these name besides: so rows wait for no files.
A file that the sweep removed in between makes the rows be read once more.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import Connection, text, update
from sqlalchemy.orm import Session

from contest_portal.core import kept_messages
from contest_portal.core.actor import Actor
from contest_portal.core.backups import manifest as manifests
from contest_portal.core.backups.keeping import kept
from contest_portal.core.backups.manifest import Manifest, TableRows
from contest_portal.core.backups.places import AnyPlace, FolderPlace, place_at
from contest_portal.core.backups.rows import Tally, lines_of, snapshot, tables_of
from contest_portal.core.backups.vault import FILES, GENERATIONS, KEY_FILE, Damaged, Part, Vault, open_vault
from contest_portal.core.backups.verifying import listed_files, require_whole
from contest_portal.core.clock import local, now
from contest_portal.core.content_use import required, uses
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid
from contest_portal.core.file_locks import lock_file
from contest_portal.core.models import Backup
from contest_portal.core.sealing import fingerprints
from contest_portal.core.secret_files import secret_names
from contest_portal.core.storage import CHUNK_BYTES, Missing, storage
from contest_portal.core.text import N_, Message
from contest_portal.settings import Settings

SHORTEST_KEY = 16
LOOKS = 3
"""So often the rows are read where files go missing meanwhile."""

BROKEN_OFF = Message(N_("备份中断，没有完成。"))

log = logging.getLogger(__name__)
Told = Callable[[float], None]


@dataclass(frozen=True)
class Taken:
    """A backup that was made, and how many of its files were new to the place."""

    place: str
    manifest: Manifest
    new_file_count: int
    removed_generations: int


def take_backup(actor: Actor, address: str, *, also_at: str = "", told: Told = lambda _share: None) -> Taken:
    """Make a generation at `address`, a folder or `s3://…`, verify it, remove generations that are no longer kept.
    `also_at`: another place that shall then hold the same.

    Raises Conflict while another backup is made there or the key does not fit, BackupFull, StorageAway.
    """
    settings: Settings = current_app.config["SETTINGS"]
    place = place_at(address, settings.scratch_folder)
    _require_possible(settings, place)
    with _alone(settings, place):
        vault = open_vault(place, settings.backup_key, may_begin=True)
        _sweep(place)
        generation = _new_generation(place)
        row_id = _begin(actor, place, generation)
        try:
            taken = _take(vault, generation, settings, told)
            if also_at:
                _mirror(vault, place_at(also_at, settings.scratch_folder), taken.manifest, settings)
        except BaseException as failure:
            _fail(actor, row_id, failure)
            raise
        _finish(actor, row_id, taken)
    return taken


def _require_possible(settings: Settings, place: AnyPlace) -> None:
    if settings.backup_key and len(settings.backup_key) < SHORTEST_KEY:
        source = N_("CONTEST_PORTAL_BACKUP_KEY 只有 %(length)s 个字符，备份的口令至少要 %(least)s 个。")
        message = Message.of(source, length=len(settings.backup_key), least=SHORTEST_KEY)
        raise Invalid("core.backup_key_short", message)
    inside = (settings.files_folder, settings.instance / "secrets", settings.uploads_folder)
    if isinstance(place, FolderPlace) and any(place.folder.is_relative_to(one) for one in inside):
        source = N_("备份不能放在 %(place)s：那是网站自己存放文件的目录。请另选一个目录，最好在另一块磁盘上。")
        raise Invalid("core.backup_inside", Message.of(source, place=str(place)))


@contextmanager
def _alone(settings: Settings, place: AnyPlace) -> Iterator[None]:
    if isinstance(place, FolderPlace):
        try:
            place.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as failure:
            source = N_("备份没有完成：不能在 %(place)s 写入。请核对目录是否存在、是否有写的权限。")
            raise Invalid("core.backup_place", Message.of(source, place=str(place))) from failure
        path = place.folder / ".lock"
    else:
        path = settings.instance / "backup.lock"
    with lock_file(path, 0.0) as is_mine:
        if not is_mine:
            source = N_("%(place)s 正在做另一次备份，请等它结束后再试。")
            raise Conflict("core.backup_running", Message.of(source, place=str(place)))
        yield


def _sweep(place: AnyPlace) -> None:
    place.sweep()
    for name in manifests.unfinished(place):
        place.delete(name)


def _new_generation(place: AnyPlace) -> str:
    name = now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    known, number = set(manifests.generations(place)), 1
    while (found := name if number == 1 else f"{name}-{number}") in known:
        number += 1
    return found


def _take(vault: Vault, generation: str, settings: Settings, told: Told) -> Taken:
    there = vault.file_hashes()
    new = _copy_files(vault, sorted(uses().keys() - there), lambda share: told(0.7 * share))
    db.session.rollback()
    for look in range(1, LOOKS + 1):
        there = vault.file_hashes()
        rows = _rows(vault, generation)
        new |= _copy_files(vault, sorted(rows.named - there), lambda share: told(0.7 + 0.1 * share))
        there |= new.keys()
        missing = rows.required - there
        is_lost = missing <= required()
        db.session.rollback()
        if is_lost or look == LOOKS:
            break
        log.info("%d files went while the backup was made: its rows are read again", len(missing))
    manifest = _manifest(vault, generation, rows, rows.named & there, missing, new, settings)
    manifests.write(vault, manifest)
    try:
        require_whole(vault, manifest, only=new, told=lambda share: told(0.8 + 0.2 * share))
    except BaseException:
        vault.place.delete(f"{GENERATIONS}{generation}/{manifests.NAME}")
        raise
    return Taken(str(vault.place), manifest, len(new), _prune(vault, settings))


@dataclass(frozen=True)
class _Rows:
    """What one moment knew."""

    revision: str
    audit: tuple[int, str]
    taken_at: datetime
    tables: dict[str, TableRows]
    part: Part
    named: set[str]
    required: set[str]


def _rows(vault: Vault, generation: str) -> _Rows:
    with snapshot() as connection:
        taken_at = now()
        tallies = {table: Tally() for table in tables_of(connection)}
        lines = (line for table, tally in tallies.items() for line in lines_of(connection, table, tally))
        part = vault.write_part(f"{GENERATIONS}{generation}/rows.jsonl.gz", lines)
        tables = {table.name: TableRows(tally.rows, tally.digest) for table, tally in tallies.items()}
        with Session(bind=connection) as session:
            named, needed = set(uses(session=session)), required(session=session)
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        return _Rows(revision, _head(connection), taken_at, tables, part, named, needed)


def _head(connection: Connection) -> tuple[int, str]:
    count, digest = connection.execute(text("SELECT count, digest FROM audit_head")).one()
    return count, digest


def _copy_files(vault: Vault, names: list[str], told: Told) -> dict[str, int]:
    """Those that the storage has, whole. Gives their lengths as they lie in the place."""
    copied: dict[str, int] = {}
    for place, name in enumerate(names):
        told(place / len(names))
        try:
            with storage().open(name) as file:
                copied[name] = vault.write_file(name, iter(lambda: file.read(CHUNK_BYTES), b""))
        except Missing:
            continue
        except Damaged:
            log.warning("the stored file %s is not what its name says", name)
    return copied


def _known_sizes(vault: Vault) -> dict[str, int]:
    """As the last generation that can be read lists them."""
    for generation in reversed(manifests.generations(vault.place)):
        try:
            return dict(listed_files(vault, manifests.read(vault, generation)))
        except Damaged as failure:
            log.warning("the backup %s cannot be read: %s", generation, failure)
    return {}


def _manifest(
    vault: Vault,
    generation: str,
    rows: _Rows,
    names: set[str],
    missing: set[str],
    new: dict[str, int],
    settings: Settings,
) -> Manifest:
    sizes = {**_known_sizes(vault), **new}
    lines = (f"{name} {sizes.get(name, 0)}\n".encode() for name in sorted(names))
    folder = f"{GENERATIONS}{generation}/"
    return Manifest(
        generation=generation,
        taken_at=rows.taken_at.astimezone(UTC).isoformat(),
        program=version("contest-portal"),
        revision=rows.revision,
        database=db.engine.dialect.name,
        audit_count=rows.audit[0],
        audit_digest=rows.audit[1],
        keys={str(version): mark for version, mark in fingerprints().items()},
        tables=rows.tables,
        rows=rows.part,
        files=vault.write_part(f"{folder}files.txt.gz", lines),
        file_count=len(names),
        file_bytes=sum(sizes.get(name, 0) for name in names),
        secrets=_secrets(vault, folder, settings) if vault.is_sealed else {},
        missing=sorted(missing),
    )


def _secrets(vault: Vault, folder: str, settings: Settings) -> dict[str, Part]:
    inside = settings.instance / "secrets"
    return {
        name: vault.write_part(f"{folder}secrets/{name}", [(inside / name).read_bytes()])
        for name in secret_names(settings.instance)
    }


def _prune(vault: Vault, settings: Settings) -> int:
    """Remove generations that are no longer kept, and files that none of the others names; all files stay where one of
    these cannot be read."""
    names = manifests.generations(vault.place)
    taken = [(name, local(_moment_of(name))) for name in names]
    stay = kept(taken, days=settings.backup_days, weeks=settings.backup_weeks)
    gone = [name for name in names if name not in stay]
    for name in gone:
        vault.place.delete(f"{GENERATIONS}{name}/{manifests.NAME}")  # from here on it is no backup
    for name in list(manifests.unfinished(vault.place)):
        vault.place.delete(name)
    if gone:
        try:
            named = {name for one in stay for name, _size in listed_files(vault, manifests.read(vault, one))}
        except Damaged as failure:
            log.warning("%s of a kept backup cannot be read: no file of older ones is removed", failure)
            return len(gone)
        for name in vault.file_hashes() - named:
            vault.place.delete(vault.file_name(name))
    return len(gone)


def _moment_of(generation: str) -> datetime:
    return datetime.strptime(generation[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _mirror(vault: Vault, target: AnyPlace, manifest: Manifest, settings: Settings) -> None:
    """Put the generation, as it lies, into `target`, and keep there what is kept here."""
    if vault.is_sealed and not target.exists(KEY_FILE):
        _copy_part(vault.place, target, KEY_FILE)
    mirrored = open_vault(target, settings.backup_key)
    if mirrored.is_sealed != vault.is_sealed or not vault.has_same_key(mirrored):
        source = N_("%(place)s 里的备份用的是另一把密钥。请先把那里的备份移走。")
        raise Conflict("core.backup_other_key", Message.of(source, place=str(target)))
    there = set(target.names(FILES))
    for name in (vault.file_name(one) for one, _size in listed_files(vault, manifest)):
        if name not in there:
            _copy_part(vault.place, target, name)
    for part in manifest.parts:
        _copy_part(vault.place, target, part.name)
    _copy_part(vault.place, target, f"{GENERATIONS}{manifest.generation}/{manifests.NAME}")
    require_whole(mirrored, manifest, only=())
    _prune(mirrored, settings)


def _copy_part(source: AnyPlace, target: AnyPlace, name: str) -> None:
    with source.open(name) as file:
        target.write(name, iter(lambda: file.read(CHUNK_BYTES), b""))


def _begin(actor: Actor, place: AnyPlace, generation: str) -> int:
    with unit_of_work(actor, "core.backup") as work:
        killed = update(Backup).where(Backup.place == str(place)[:500], Backup.state == "running")
        work.session.execute(killed.values(state="failed", ended_at=now(), problem=kept_messages.keep(BROKEN_OFF)))
        row = Backup(place=str(place)[:500], generation=generation, state="running", begun_at=now())
        work.session.add(row)
        work.session.flush()
        work.record(row, after={"state": "running", "generation": generation})
        return row.id


def note_refused(actor: Actor, address: str, message: Message) -> None:
    """A backup that could not even begin."""
    with unit_of_work(actor, "core.backup") as work:
        kept_words = kept_messages.keep(message)
        row = Backup(
            place=address[:500], generation="", state="failed", begun_at=now(), ended_at=now(), problem=kept_words
        )
        work.session.add(row)
        work.record(row, after={"state": "failed"})


def _finish(actor: Actor, row_id: int, taken: Taken) -> None:
    with unit_of_work(actor, "core.backup") as work:
        row = work.session.get_one(Backup, row_id)
        row.state, row.ended_at = "done", now()
        row.file_count, row.new_file_count = taken.manifest.file_count, taken.new_file_count
        row.missing_count, row.size_bytes = len(taken.manifest.missing), taken.manifest.size_bytes
        work.record(row, before={"state": "running"}, after={"state": "done", "files": row.file_count})


def _fail(actor: Actor, row_id: int, failure: BaseException) -> None:
    """Note it where the database still answers; the failure itself is what must be told."""
    message = failure.message if isinstance(failure, DomainError) else BROKEN_OFF
    try:
        with unit_of_work(actor, "core.backup") as work:
            row = work.session.get_one(Backup, row_id)
            row.state, row.ended_at, row.problem = "failed", now(), kept_messages.keep(message)
            work.record(row, before={"state": "running"}, after={"state": "failed"})
    except Exception:
        log.warning("the failed backup could not be noted", exc_info=True)
