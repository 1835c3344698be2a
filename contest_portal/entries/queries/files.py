"""A file by its entry: only what lies in the entry, or lay in one of its submitted versions, is found."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Entry, EntryVersion
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.media.models import Blob


@dataclass(frozen=True)
class FileOf:
    """A file with its entry; `derivative` is thumb, screen, poster or film720, empty for the original."""

    entry: Entry
    blob: Blob
    name: str
    derivative: str = ""


def file_of(entry_id: int, blob_id: int, derivative: str = "") -> FileOf:
    """The entry's file. Raises NotFound for a file of another entry."""
    entry = entry_by_id(entry_id)
    for one in entry.files:
        if one.blob_id == blob_id:
            return FileOf(entry, one.blob, one.file_name, derivative)
    snapshots = db.session.scalars(
        select(EntryVersion.snapshot).where(EntryVersion.entry_id == entry_id).order_by(EntryVersion.number.desc())
    )
    for snapshot in snapshots:
        for one in snapshot["files"]:
            if one["blob_id"] == blob_id and (blob := db.session.get(Blob, blob_id)) is not None:
                return FileOf(entry, blob, one["name"], derivative)
    raise NotFound


def files_for_judges(entry: Entry) -> list[Blob]:
    """The contents that judges of a blind round look at."""
    seen = {slot.code for slot in entry.category.rules.slots if slot.judges_see}
    return [file.blob for file in entry.files if file.slot_code in seen]
