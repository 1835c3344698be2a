"""What jobs are about, for the office's page of jobs: the work and its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.core.job_subjects import Subject, subjects_of
from contest_portal.entries.blind_models import FileMask
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.media.models import Upload
from contest_portal.people.models import Membership, School


@subjects_of("media.derive", "media.render")
def previewed_files(office_id: int, payloads: Sequence[Mapping[str, Any]]) -> list[Subject | None]:
    """The entry whose file it is, or whose file it is a masked copy of; of several the newest."""
    asked = [one["blob_id"] for one in payloads]
    masked = (
        select(FileMask.masked_blob_id, Entry.id, Entry.number, Entry.title, Entry.state, School.name.label("school"))
        .join(Entry, Entry.id == FileMask.entry_id)
        .join(Contest, Contest.id == Entry.contest_id)
        .join(School, School.id == Entry.school_id)
        .where(FileMask.masked_blob_id.in_(asked), Contest.office_id == office_id)
        .order_by(FileMask.id)
    )
    wanted = (
        select(
            EntryFile.blob_id,
            EntryFile.file_name,
            Entry.id,
            Entry.number,
            Entry.title,
            Entry.state,
            School.name.label("school"),
        )
        .join(Entry, Entry.id == EntryFile.entry_id)
        .join(Contest, Contest.id == Entry.contest_id)
        .join(School, School.id == Entry.school_id)
        .where(EntryFile.blob_id.in_(asked), Contest.office_id == office_id)
        .order_by(EntryFile.id)
    )
    found = {row.masked_blob_id: _subject(row, _("遮盖后的副本")) for row in db.session.execute(masked)}
    found |= {row.blob_id: _subject(row, row.file_name) for row in db.session.execute(wanted)}
    return [found.get(one["blob_id"]) for one in payloads]


@subjects_of("entries.likeness", "entries.find_names")
def looked_at_entries(office_id: int, payloads: Sequence[Mapping[str, Any]]) -> list[Subject | None]:
    """The entry that is compared, or searched for names."""
    wanted = (
        select(Entry.id, Entry.number, Entry.title, Entry.state, School.name.label("school"))
        .join(Contest, Contest.id == Entry.contest_id)
        .join(School, School.id == Entry.school_id)
        .where(Entry.id.in_([one["entry_id"] for one in payloads]), Contest.office_id == office_id)
    )
    found = {row.id: _subject(row, "") for row in db.session.execute(wanted)}
    return [found.get(one["entry_id"]) for one in payloads]


@subjects_of("entries.mask_file")
def masked_entries(office_id: int, payloads: Sequence[Mapping[str, Any]]) -> list[Subject | None]:
    """The entry whose file is masked."""
    wanted = (
        select(
            FileMask.id.label("mask_id"), Entry.id, Entry.number, Entry.title, Entry.state, School.name.label("school")
        )
        .join(Entry, Entry.id == FileMask.entry_id)
        .join(Contest, Contest.id == Entry.contest_id)
        .join(School, School.id == Entry.school_id)
        .where(FileMask.id.in_([one["mask_id"] for one in payloads]), Contest.office_id == office_id)
    )
    found = {row.mask_id: _subject(row, "") for row in db.session.execute(wanted)}
    return [found.get(one["mask_id"]) for one in payloads]


@subjects_of("media.take_upload")
def uploaded_files(office_id: int, payloads: Sequence[Mapping[str, Any]]) -> list[Subject | None]:
    """The file's name: where it belongs is known when it was taken."""
    wanted = (
        select(Upload.id, Upload.file_name)
        .join(Membership, Membership.id == Upload.membership_id)
        .where(Upload.id.in_([one["upload_id"] for one in payloads]), Membership.office_id == office_id)
    )
    found = {row.id: Subject(row.file_name) for row in db.session.execute(wanted)}
    return [found.get(one["upload_id"]) for one in payloads]


def _subject(row: Any, file_name: str) -> Subject:
    """The work and its file; a draft, which is its teacher's and no page of the office, by its school and title."""
    if row.state == "draft":
        draft = _("草稿：%(school)s《%(title)s》", school=row.school, title=row.title or _("（未命名）"))
        return Subject(f"{draft}：{file_name}" if file_name else draft)
    work = f"{row.number} {row.title}".strip() if row.number else row.title
    return Subject(f"{work}：{file_name}" if file_name else work, url_for("entries.show", entry_id=row.id))
