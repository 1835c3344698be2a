"""Removing what nothing refers to: records of files that no work has any more, what was made of them, stored content.

Content stays for `GRACE` after it was put last, whoever put it and whether it was there already. So what is stored but
not yet written into a record is safe, and so is what somebody puts at this very moment (Storage.delete_if_older).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, union_all

from contest_portal.core.actor import Actor, console_actor
from contest_portal.core.clock import now
from contest_portal.core.content_use import uses
from contest_portal.core.current_storage import is_moving
from contest_portal.core.database import Base, db, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.job_schedule import every_day
from contest_portal.core.jobs import SLOW, job
from contest_portal.core.storage import Missing, storage
from contest_portal.core.text import N_
from contest_portal.media.models import Blob, Derivative

GRACE = timedelta(hours=24)
_INSTANT = timedelta(microseconds=1)
ROWS_AT_ONCE = 200
OWN_TABLES = frozenset({Blob.__tablename__, Derivative.__tablename__})
"""A record and what was made of its content: they live as long as others refer to the record."""


@dataclass(frozen=True)
class Swept:
    """What was removed, or would be: contents and their bytes, records of files, unfinished leftovers."""

    contents: int
    size_bytes: int
    records: int
    leftovers: int


def sweep(actor: Actor, *, dry_run: bool = False, grace: timedelta = GRACE) -> Swept:
    """Remove what nothing refers to and nobody put within `grace`. Raises Conflict while files are being moved."""
    if is_moving():
        raise Conflict("media.sweep_while_moving", N_("文件正在搬移，搬完后再清理。"))
    before = now() - grace
    gone = _unused_records(before)
    if not dry_run:
        for ids in _in_pieces(gone):
            _remove_records(actor, ids)
    contents, size = 0, 0
    for name in _unused_contents(before, leaving_out=gone if dry_run else ()):
        try:
            length = storage().size(name)
        except Missing:
            continue
        if dry_run or storage().delete_if_older(name, before):
            contents, size = contents + 1, size + length
    leftovers = 0 if dry_run else storage().sweep_incoming(before)
    return Swept(contents, size, len(gone), leftovers)


def remove_refused(sha256: str, put_at: datetime | None) -> bool:
    """Remove at once what was put for nothing, unless anything refers to it; whether it was removed.

    `put_at` is when it was put by who was the first to do so; None: others may have put it for their own use and not
    yet recorded it, so it is left to the sweep. Whoever has put it since is spared as by the sweep.
    """
    if put_at is None or is_moving() or sha256 in references():
        return False
    return storage().delete_if_older(sha256, put_at + _INSTANT)


@job("media.sweep", N_("清理不再使用的文件"))
def sweep_job(_payload: dict[str, Any]) -> None:
    """Once a day. While files are being moved it leaves it to the next day."""
    if not is_moving():
        sweep(console_actor("job"))


every_day("media.sweep", hour=3, lane=SLOW)


def references() -> Counter[str]:
    """How often each stored content is referred to, by whatever table."""
    return _references(())


def _references(without_records: Collection[int]) -> Counter[str]:
    """References, those of the records `without_records` and of what was made of them left out."""
    found = uses(leaving_out=OWN_TABLES)
    left_out = set(without_records)
    made = select(Derivative.blob_id, Derivative.sha256).where(Derivative.sha256.is_not(None))
    own: Sequence[Any] = db.session.execute(union_all(select(Blob.id, Blob.sha256), made)).all()
    found.update(sha256 for blob_id, sha256 in own if blob_id not in left_out)
    db.session.rollback()
    return found


def _unused_records(before: datetime) -> list[int]:
    """Records of files to which no row outside this room refers, of content that nobody put since `before`."""
    used = {blob_id for statement in _users_of_blobs() for blob_id in db.session.scalars(statement)}
    named = uses(leaving_out=OWN_TABLES)
    rows = db.session.execute(select(Blob.id, Blob.sha256).where(Blob.created_at < before)).all()
    db.session.rollback()
    return [row.id for row in rows if row.id not in used and row.sha256 not in named and _is_old(row.sha256, before)]


def _unused_contents(before: datetime, leaving_out: Collection[int]) -> list[str]:
    """Looked at twice: what was listed first may have found a use while the listing took its time."""
    referred = _references(leaving_out)
    listed = [name for name in storage().names() if name not in referred and _is_old(name, before)]
    referred = _references(leaving_out) if listed else referred
    return [name for name in listed if name not in referred]


def _is_old(sha256: str, before: datetime) -> bool:
    try:
        return storage().put_at(sha256) < before
    except Missing:
        return True


def _users_of_blobs() -> Iterator[Any]:
    """For each column that points to a record of a file, but for this room's own: the records that it points to."""
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            points_to = {key.column.table.name for key in column.foreign_keys}
            if table.name not in OWN_TABLES and Blob.__tablename__ in points_to:
                yield select(column).where(column.is_not(None)).distinct()


def _remove_records(actor: Actor, ids: Collection[int]) -> None:
    try:
        with unit_of_work(actor, "media.sweep") as work:
            work.session.execute(delete(Derivative).where(Derivative.blob_id.in_(ids)))
            work.session.execute(delete(Blob).where(Blob.id.in_(ids)))
            work.record(("blob", None), before={"records": len(ids)}, after={"records": 0})
    except Conflict:  # one of them has found a use meanwhile: the database refuses, the next sweep decides again
        return


def _in_pieces(ids: list[int]) -> Iterator[tuple[int, ...]]:
    for start in range(0, len(ids), ROWS_AT_ONCE):
        yield tuple(ids[start : start + ROWS_AT_ONCE])
