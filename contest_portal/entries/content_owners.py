"""Which entry a stored content belongs to, for `media verify`."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from sqlalchemy import or_, select

from contest_portal.core.content_owners import register_describer
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.media.models import Blob, Derivative
from contest_portal.people.models import School

_AT_ONCE = 200


@register_describer
def describe(names: Collection[str]) -> Iterator[tuple[str, str]]:
    """The files of entries by these hashes, and the pictures and films made of them."""
    wanted = list(names)
    for start in range(0, len(wanted), _AT_ONCE):
        yield from _described(wanted[start : start + _AT_ONCE])


def _described(names: list[str]) -> Iterator[tuple[str, str]]:
    rows = db.session.execute(
        select(Blob.sha256, Derivative.sha256, EntryFile.file_name, Entry.number, Entry.id, Entry.title, School.name)
        .select_from(EntryFile)
        .join(Blob, Blob.id == EntryFile.blob_id)
        .join(Entry, Entry.id == EntryFile.entry_id)
        .join(School, School.id == Entry.school_id)
        .outerjoin(Derivative, Derivative.blob_id == Blob.id)
        .where(or_(Blob.sha256.in_(names), Derivative.sha256.in_(names)))
        .order_by(EntryFile.id)
    )
    for original, made, file_name, number, entry_id, title, school in rows:
        whose = f"{number or f'草稿 {entry_id}'}《{title or '未命名'}》，{school}"
        if original in names:
            yield original, f"{file_name}：{whose}"
        if made in names:
            yield made, f"由 {file_name} 生成的预览：{whose}"
