"""ZIPs and workbooks of a batch, read by jobs: each picture is kept as it comes, so that a job that was cut off goes on
where it was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import IO, Any, cast

from sqlalchemy import select

from contest_portal.contests.rules import SlotRules
from contest_portal.core.actor import console_actor
from contest_portal.core.database import db, locked, unit_of_work
from contest_portal.core.errors import DomainError
from contest_portal.core.jobs import job, report_progress
from contest_portal.core.kept_messages import keep
from contest_portal.core.spreadsheets import DEFAULT_LIMITS, SpreadsheetError, read_tables
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.entries.batch.archive import (
    Member,
    MemberStream,
    PictureArchive,
    RefusedMember,
    UnreadableArchive,
)
from contest_portal.entries.batch.slots import picture_slot
from contest_portal.entries.batch.workbook import Reading, read_lines
from contest_portal.entries.models_batch import BatchItem, BatchSource, PaintingBatch
from contest_portal.entries.queries.batches import batch_by_id
from contest_portal.entries.services.batch_matching import Roster, match_again, roster_of
from contest_portal.entries.services.batches import add_picture, add_source
from contest_portal.media.facts import PICTURES, Kind
from contest_portal.media.models import Blob
from contest_portal.media.services.receiving import Received, receive_file
from contest_portal.media.signature import HEAD_BYTES, kind_of

_WORKBOOK_ENDINGS = {".xlsx": "xlsx", ".xlsm": "xlsx", ".xls": "xls", ".csv": "text"}
MOST_PROBLEMS = 500
NO_PICTURES_TAKEN = N_("主办单位已改了这个类别的规则，现在不能成批上传图片，压缩包没有解开。请与主办单位联系。")


@job("entries.read_batch_source", N_("批量上传的压缩包和表格"))
def read_batch_source(payload: dict[str, Any]) -> None:
    """Read a ZIP or a workbook into its batch. Done again it takes nothing twice."""
    source = db.session.get(BatchSource, payload["source_id"])
    if source is None or source.state != "waiting" or source.blob_id is None:
        return
    blob = db.session.get_one(Blob, source.blob_id)
    if source.kind == "zip":
        _unpack(source.id, batch_by_id(source.batch_id), blob.sha256, blob.size_bytes)
    else:
        _read_workbook(source.id, batch_by_id(source.batch_id), blob.sha256, source.file_name)


def _unpack(source_id: int, batch: PaintingBatch, sha256: str, size_bytes: int) -> None:
    """Take the pictures out one by one; what cannot be taken is named with its reason."""
    slot, roster = picture_slot(batch.category.rules), roster_of(batch)
    if slot is None:
        _end(source_id, "failed", [Message(NO_PICTURES_TAKEN)])
        return
    taken = set(db.session.scalars(select(BatchItem.source_place).where(BatchItem.source_id == source_id)))
    db.session.rollback()
    problems: list[Message] = []
    with storage().local_copy(sha256) as path, path.open("rb") as stream:
        try:
            archive = PictureArchive(stream, size_bytes)
        except UnreadableArchive as refusal:
            _end(source_id, "failed", [refusal.message])
            return
        members = list(archive.members())
        _note_progress(source_id, 0, len(members))
        for number, member in enumerate(members, start=1):
            report_progress(number / len(members))
            if isinstance(member, tuple):
                problems.append(_named(*member))
            elif member.place not in taken:
                try:
                    _take_member(source_id, batch.id, archive, member, slot, roster, number)
                except RefusedMember as refusal:
                    problems.append(_named(member.path, refusal.message))
                except DomainError as refusal:  # the batch or the space is full: it would be so for the rest as well
                    if refusal.status >= 500:  # the site's own fault: the job comes again and goes on from here
                        raise
                    problems.append(_named(member.path, refusal.message))
                    break
    _end(source_id, "done", problems or ([] if members else [Message(N_("压缩包里没有图片。"))]))


def _take_member(
    source_id: int,
    batch_id: int,
    archive: PictureArchive,
    member: Member,
    slot: SlotRules,
    roster: Roster,
    number: int,
) -> None:
    """Store one member and make its row; a workbook becomes a source of its own. Raises RefusedMember."""
    ending = PurePosixPath(member.name).suffix.lower()
    stream = archive.open(member, DEFAULT_LIMITS.file_bytes if ending in _WORKBOOK_ENDINGS else slot.max_bytes)
    try:
        received, what = _received(stream, member, ending, slot)
    finally:
        stream.close()
    with unit_of_work(console_actor("job"), "entries.unpack_batch") as work:
        batch = locked(PaintingBatch, batch_id)
        source = locked(BatchSource, source_id)
        source.done_count = number
        if what == "picture":
            add_picture(work, batch, received, member.path, source=source, place=member.place, roster=roster)
            return
        known = select(BatchSource.id).join(Blob, Blob.id == BatchSource.blob_id)
        known = known.where(BatchSource.batch_id == batch_id, Blob.sha256 == received.sha256)
        if work.session.scalar(known) is None:
            add_source(work, batch, received, "workbook")
        work.record(source, after={"done_count": number})


def _received(stream: MemberStream, member: Member, ending: str, slot: SlotRules) -> tuple[Received, str]:
    kind = kind_of(stream.head(HEAD_BYTES))
    readable = cast("IO[bytes]", stream)
    if kind in PICTURES:
        return receive_file(readable, member.name, slot.kinds), "picture"
    if ending in _WORKBOOK_ENDINGS:
        return receive_file(readable, member.name, (_WORKBOOK_ENDINGS[ending],)), "workbook"
    if kind is Kind.EMPTY:
        raise RefusedMember(Message(N_("是空文件，没有任何内容")))
    if kind is Kind.ZIP:
        raise RefusedMember(Message(N_("是压缩包里的压缩包，没有再解开。请把图片直接放进一个压缩包")))
    raise RefusedMember(Message(N_("不是图片，没有收")))


def _named(path: str, why: Message) -> Message:
    return Message.of(N_("「%(name)s」：%(what)s"), name=path, what=why)


def _note_progress(source_id: int, done: int, total: int) -> None:
    with unit_of_work(console_actor("job"), "entries.unpack_batch") as work:
        source = locked(BatchSource, source_id)
        source.done_count, source.total_count = max(done, source.done_count), total
        work.record(source, after={"total_count": total})


def _end(source_id: int, state: str, problems: Sequence[Message]) -> None:
    """The source is read: its file is not needed any more."""
    with unit_of_work(console_actor("job"), "entries.end_batch_source") as work:
        source = locked(BatchSource, source_id)
        source.state, source.blob_id, source.done_count = state, None, source.total_count
        source.problems = [keep(one) for one in problems[:MOST_PROBLEMS]]
        work.record(source, after={"state": state, "problems": len(problems)})


def _read_workbook(source_id: int, batch: PaintingBatch, sha256: str, name: str) -> None:
    """Read the rows and let them decide anew about the batch's pictures."""
    school_kind = batch.school.kind
    db.session.rollback()
    with storage().open(sha256) as stream:
        content = stream.read(DEFAULT_LIMITS.file_bytes + 1)
    try:
        reading = read_lines(read_tables(content, name), school_kind=school_kind)
    except SpreadsheetError as refusal:
        reading = Reading(problems=(refusal.message,))
    with unit_of_work(console_actor("job"), "entries.read_batch_workbook") as work:
        locked_batch = locked(PaintingBatch, batch.id)
        source = locked(BatchSource, source_id)
        source.state, source.blob_id = "done" if reading.lines else "failed", None
        source.lines = [asdict(line) | {"columns": dict(line.columns)} for line in reading.lines]
        source.problems = [keep(one) for one in reading.problems[:MOST_PROBLEMS]]
        work.session.flush()
        match_again(work, locked_batch)
        work.record(locked_batch, after={"source": source_id, "lines": len(reading.lines)})
