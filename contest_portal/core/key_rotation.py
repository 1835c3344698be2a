"""A new version of the key by which fields are sealed, while the site runs.

A new version is made (a file of the instance), then used for what is written, then digests of ID numbers and phones are
worked out anew in one transaction: a search finds by one version only, so that two tables can be compared at any time.
Then what older versions have sealed is sealed anew, some rows at a time, and files one by one. Older versions stay for
reading. What was interrupted goes on with the next call.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from flask import current_app
from sqlalchemy import (
    JSON,
    Column,
    LargeBinary,
    Table,
    Text,
    bindparam,
    cast,
    column,
    func,
    select,
    table,
    text,
    type_coerce,
    update,
)
from sqlalchemy.exc import IntegrityError

from contest_portal.core.actor import Actor
from contest_portal.core.audit_keeping import keep_head
from contest_portal.core.clock import now
from contest_portal.core.content_use import holding_columns, is_json, uses
from contest_portal.core.database import Base, Work, db, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.file_locks import lock_file
from contest_portal.core.models import DataKey
from contest_portal.core.sealing import FIRST, NoSuchKey, Sealed, fingerprints, sealer
from contest_portal.core.secret_files import DataKeys
from contest_portal.core.storage import Missing, storage
from contest_portal.core.text import N_, Message

ROWS_AT_ONCE = 500
SETTLE_SECONDS = 2.0
"""In which a process ends what it began to write with the version before."""
BESIDE = {"id_digest": "id_number", "phone_digest": "phone"}
"""Digest → the sealed column beside it that it is of."""
OTHER_SEALED = (("kept_form", "sealed_form"),)
NEVER_SEALED = frozenset({"blob", "derivative"})
"""Tables of files that judges and visitors see."""

log = logging.getLogger(__name__)
Told = Callable[[str, int], None]


@dataclass(frozen=True)
class Rotated:
    """The version that is used now, and how much was sealed or digested anew."""

    version: int
    values: int
    digests: int
    files: int


@dataclass(frozen=True)
class KeyState:
    """A version of the key: whether it is here, whether what is written is sealed by it, how many values it has sealed."""

    version: int
    fingerprint: str
    is_used: bool
    values: int


def prepare() -> int:
    """Make the next version without using it: it is then copied to the other servers. Gives its number."""
    keys = _keys()
    known = keys.read_again()
    return max(known.keys) if max(known.keys) > known.seal else keys.make_next()


def rotate(actor: Actor, *, settle_seconds: float = SETTLE_SECONDS, told: Told = lambda _step, _count: None) -> Rotated:
    """Seal everything by a new version of the key, or go on where that was interrupted. Raises Conflict while another
    process is at it, or where the keys here are not those of the database."""
    with _alone() as is_mine:
        if not is_mine:
            raise Conflict("core.keys_rotating", N_("密钥正在更换，请等它结束。"))
        _remember()
        _agree()
        keys = _keys()
        version = _begun(actor, keys)
        digests = _digest_anew(actor, keys, version)
        told(N_("检索码"), digests)
        values = _seal_anew(actor, version, told)
        time.sleep(settle_seconds)
        values += _seal_anew(actor, version, told)
        digests += _late_digests(actor, version)
        files = _files_anew(actor, version)
        told(N_("文件"), files)
        with unit_of_work(actor, "core.rotate_keys") as work:
            work.session.get_one(DataKey, version).resealed_at = now()
            work.record(("data_key", version), after={"values": values, "digests": digests, "files": files})
        keep_head()  # from here on no seal by an older version counts
        return Rotated(version, values, digests, files)


def remember_keys() -> None:
    """Note versions that are new, and look whether the others are still the ones that were noted. Raises Conflict: what
    was sealed could not be read. A digest version that a killed rotation left wrong is put right."""
    _remember()
    with _alone() as is_mine:
        if is_mine:
            _agree()


@contextmanager
def _alone() -> Iterator[bool]:
    with lock_file(current_app.config["SETTINGS"].instance / "secrets" / ".rotating", 0.0) as is_mine:
        yield is_mine


def _remember() -> None:
    here = fingerprints()
    known = {row.version: row.fingerprint for row in db.session.scalars(select(DataKey))}
    db.session.rollback()
    wrong = sorted(version for version, mark in known.items() if here.get(version) != mark)
    if wrong:
        source = N_(
            "%(folder)s 里的密钥（第 %(version)s 版）不在，或不是这个数据库的：用它加密的内容会读不出来，所以没有启动。"
            "请把原来的 secrets 目录拷到这里，或从加密的备份中恢复。"
        )
        folder = str(current_app.config["SETTINGS"].instance / "secrets")
        raise Conflict("core.keys_wrong", Message.of(source, folder=folder, version=wrong[0]))
    for version in sorted(here.keys() - known.keys()):
        try:
            with db.engine.begin() as connection:
                row = {"version": version, "fingerprint": here[version], "first_used_at": now()}
                connection.execute(DataKey.__table__.insert(), [row])  # type: ignore[attr-defined]
        except IntegrityError:
            log.info("another process has noted the key's version %d", version)


def key_states() -> list[KeyState]:
    """All versions that are here or that sealed anything, with how much."""
    counted: Counter[int] = Counter()
    for one in _sealed_columns():
        first = func.substr(one, 1, 1)
        for mark, count in db.session.execute(select(first, func.count()).where(one.is_not(None)).group_by(first)):
            counted[bytes(mark)[0] if mark else 0] += count
    db.session.rollback()
    here, used = fingerprints(), _keys().now().seal
    versions = sorted(here.keys() | counted.keys())
    return [KeyState(one, here.get(one, ""), one == used, counted[one]) for one in versions]


def _keys() -> DataKeys:
    return DataKeys(current_app.config["SETTINGS"].instance)


def _begun(actor: Actor, keys: DataKeys) -> int:
    """The version to which everything goes: the one that a call before began with, one that was prepared, or a new one."""
    known = keys.read_again()
    row = db.session.get(DataKey, known.seal)
    is_finished = known.seal == FIRST or (row is not None and row.resealed_at is not None)
    db.session.rollback()
    if not is_finished:
        return known.seal
    version = max(known.keys) if max(known.keys) > known.seal else keys.make_next()
    _remember()
    with unit_of_work(actor, "core.rotate_keys") as work:
        work.record(("data_key", version), before={"version": known.seal}, after={"version": version})
    keys.use(seal=version)
    return version


def _sealed_columns() -> Iterator[Column[Any]]:
    """Each sealed column as the bytes that it has in the database, of a table with `id`."""
    for known in Base.metadata.sorted_tables:
        for one in known.columns:
            if isinstance(one.type, Sealed) or (known.name, one.name) in OTHER_SEALED:
                yield _raw(known, one.name).c[one.name]


def _raw(known: Table, *names: str) -> Any:
    kinds = {name: LargeBinary() if name not in BESIDE else known.c[name].type for name in names}
    return table(known.name, column("id", known.c.id.type), *(column(name, kind) for name, kind in kinds.items()))


def _digest_pairs() -> Iterator[tuple[Table, str, str]]:
    for known in Base.metadata.sorted_tables:
        for digest, sealed in BESIDE.items():
            if digest in known.columns and sealed in known.columns:
                yield known, digest, sealed


def _digest_anew(actor: Actor, keys: DataKeys, version: int) -> int:
    """All digests at once, while nobody else writes into their tables."""
    before = keys.now().digest
    if before == version:
        return 0
    count = 0
    try:
        with unit_of_work(actor, "core.rotate_keys") as work:
            names = {known.name for known, _digest, _sealed in _digest_pairs()}
            if db.engine.dialect.name == "postgresql":
                work.session.execute(text(f"LOCK TABLE {', '.join(sorted(names))} IN SHARE ROW EXCLUSIVE MODE"))
            for known, digest, sealed in _digest_pairs():
                rows = _other_digests(known, digest, sealed, version)
                for start in range(0, len(rows), ROWS_AT_ONCE):
                    raw = _raw(known, digest, sealed)
                    changed = raw.update().where(raw.c.id == bindparam("row")).values({digest: bindparam("new")})
                    work.session.connection().execute(changed, rows[start : start + ROWS_AT_ONCE])
                count += len(rows)
            work.record(("data_key", version), after={"digests": count})
            keys.use(digest=version)
    except BaseException:
        keys.use(digest=before)
        raise
    return count


def _late_digests(actor: Actor, version: int) -> int:
    """Of rows that were on their way while the version changed, one by one: where the person came in twice, it is left."""
    count = 0
    for known, digest, sealed in _digest_pairs():
        for one in _other_digests(known, digest, sealed, version):
            try:
                with unit_of_work(actor, "core.rotate_keys") as work:
                    raw = _raw(known, digest, sealed)
                    work.session.execute(raw.update().where(raw.c.id == one["row"]).values({digest: one["new"]}))
                    work.record((known.name, one["row"]), after={"version": version})
                count += 1
            except Conflict:
                log.warning("the person of %s %d was entered twice while the key changed", known.name, one["row"])
    return count


def _other_digests(known: Table, digest: str, sealed: str, version: int) -> list[dict[str, Any]]:
    """Rows whose digest is not by this version, with what it should be; what never was a digest of the value is left."""
    raw, found, others = _raw(known, digest, sealed), [], [one for one in fingerprints() if one != version]
    rows = db.session.execute(
        select(raw.c.id, raw.c[digest], raw.c[sealed]).where(raw.c[digest].is_not(None), raw.c[sealed].is_not(None))
    ).all()
    for row_id, kept, content in rows:
        plain = sealer().open(content)
        new = sealer().digest_by(version, plain)
        if kept != new and any(sealer().digest_by(one, plain) == kept for one in others):
            found.append({"row": row_id, "new": new})
    return found


def _agree() -> None:
    """A rotation that was killed between its file and its transaction left the two apart: the rows are right."""
    keys = _keys()
    used = keys.now().digest
    for known, digest, sealed in _digest_pairs():
        raw = _raw(known, digest, sealed)
        wanted = select(raw.c[digest], raw.c[sealed]).where(raw.c[digest].is_not(None), raw.c[sealed].is_not(None))
        for kept, content in db.session.execute(wanted.order_by(raw.c.id).limit(1)).all():
            plain = sealer().open(content)
            right = next((one for one in fingerprints() if sealer().digest_by(one, plain) == kept), used)
            if right != used:
                log.warning("digests are by version %d of the key, not %d: put right", right, used)
                keys.use(digest=right)
                db.session.rollback()
                return
    db.session.rollback()


def _seal_anew(actor: Actor, version: int, told: Told) -> int:
    count = 0
    for one in _sealed_columns():
        last, found = 0, 0
        while rows := _sealed_by_others(one, version, last):
            last = rows[-1][0]
            with unit_of_work(actor, "core.rotate_keys") as work:
                found += sum(_sealed_again(work, one, row_id, content) for row_id, content in rows)
        if found:
            told(str(one), found)
        count += found
    return count


def _sealed_by_others(one: Column[Any], version: int, after: int) -> list[tuple[int, bytes]]:
    row_id = one.table.c.id
    wanted = select(row_id, one).where(row_id > after, one.is_not(None), func.substr(one, 1, 1) != bytes([version]))
    rows = db.session.execute(wanted.order_by(row_id).limit(ROWS_AT_ONCE)).all()
    db.session.rollback()
    return [(found_id, bytes(content)) for found_id, content in rows]


def _sealed_again(work: Work, one: Column[Any], row_id: int, content: bytes) -> int:
    """Unless it was changed meanwhile, or is of no key that is known: then it is left."""
    try:
        new = sealer().seal_bytes(sealer().open_bytes(content))
    except (NoSuchKey, InvalidTag):
        log.warning("%s %d cannot be read by any key that is here", one.table, row_id)
        return 0
    known = one.table
    changed = update(known).where(known.c.id == row_id, one == content).values({one.name: new})
    return work.session.connection().execute(changed).rowcount


def _files_anew(actor: Actor, version: int) -> int:
    """Sealed files get another content, so another name: whatever names the old one names the new one then. The old
    content stays until the daily sweep, for those who read it just now."""
    names = sorted(uses(leaving_out=NEVER_SEALED))
    older = {bytes([one]) for one in fingerprints() if one != version}
    db.session.rollback()
    count = 0
    for name in names:
        plain = _opened_file(name, older)
        if plain is None:
            continue
        new = storage().put_bytes(sealer().seal_bytes(plain)).sha256
        with unit_of_work(actor, "core.rotate_keys") as work:
            for one in holding_columns(NEVER_SEALED):
                _rename(work, one, name, new)
        count += 1
    return count


def _opened_file(name: str, older: set[bytes]) -> bytes | None:
    """The content where an older version has sealed it."""
    try:
        with storage().open(name) as file:
            first = file.read(1)
            if first not in older:
                return None
            return sealer().open_bytes(first + file.read())
    except (Missing, InvalidTag, NoSuchKey):
        return None


def _rename(work: Work, one: Column[Any], old: str, new: str) -> None:
    known = one.table
    if not is_json(one):
        work.session.execute(update(known).where(one == old).values({one.name: new}))
        return
    written = func.replace(cast(one, Text), old, new)
    is_postgresql = db.engine.dialect.name == "postgresql"
    value = cast(written, JSON) if is_postgresql else type_coerce(written, Text)
    work.session.execute(update(known).where(cast(one, Text).contains(old)).values({one.name: value}))
