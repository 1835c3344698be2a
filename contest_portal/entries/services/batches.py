"""Batches of pictures: opened, files taken in, given up."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.jobs import enqueue
from contest_portal.core.text import N_, Message
from contest_portal.entries.batch.slots import picture_slot
from contest_portal.entries.models import Entry
from contest_portal.entries.models_batch import BatchItem, BatchSource, PaintingBatch
from contest_portal.entries.queries.batches import given_up, job_key, sources_of, teachers_of
from contest_portal.entries.queries.space import Parked
from contest_portal.entries.queries.timing import require_changeable
from contest_portal.entries.services.batch_matching import Roster, match_items
from contest_portal.entries.services.drafts import blank_entry
from contest_portal.entries.services.space import require_space
from contest_portal.media.facts import PICTURES, Kind
from contest_portal.media.services.receiving import Received, remember

MOST_PICTURES = 500
WORKBOOKS = frozenset({Kind.XLSX, Kind.XLS})
ARCHIVES = frozenset({Kind.ZIP})
LONGEST_PATH = 300


def open_batch(actor: Actor, category_id: int, school_id: int) -> PaintingBatch:
    """A new batch without pictures; the teacher who opens it is the tutor of its rows until another is chosen.

    Raises NotFound for a category that is not about one picture, Conflict and TooLate as the first draft would.
    """
    with unit_of_work(actor, "entries.open_batch") as work:
        category = found(Category, category_id)
        _require_open(work, actor, category, school_id)
        teacher = next((one for one in teachers_of(school_id) if one.id == actor.teacher_id), None)
        has_tutors = category.rules.tutors.maximum > 0
        batch = PaintingBatch(
            category_id=category_id,
            school_id=school_id,
            created_by=actor.account_id,
            created_at=now(),
            tutor_id=teacher.id if teacher and has_tutors else None,
        )
        work.session.add(batch)
        work.record(batch, after={"category_id": category_id, "school_id": school_id})
    return batch


def _require_open(work: Work, actor: Actor, category: Category, school_id: int) -> None:
    if picture_slot(category.rules) is None:
        raise NotFound
    entry, _rules = blank_entry(work, actor, category.contest_id, category.id, school_id)
    require_changeable(entry)


def require_open(actor: Actor, batch: PaintingBatch) -> None:
    """Raise Conflict or TooLate where the contest takes nothing more in."""
    with unit_of_work(actor, "entries.add_batch_file") as work:
        _require_open(work, actor, found(Category, batch.category_id), batch.school_id)


def require_batch_space(batch: PaintingBatch, size_bytes: int, *, source: BatchSource | None = None) -> None:
    """Raise NoSpace where the school has no room for so much. What comes out of a ZIP takes the ZIP's place."""
    slot = picture_slot(batch.category.rules)
    if slot is None:
        raise NotFound
    place = Entry(school_id=batch.school_id, school=batch.school, category=batch.category)
    require_space(place, slot, size_bytes, instead=Parked(sources=[source.id] if source else ()))


def require_room(batch: PaintingBatch, work: Work) -> None:
    """Raise Conflict where the batch has as many pictures as it may."""
    count = work.session.scalar(
        select(func.count(BatchItem.id)).where(BatchItem.batch_id == batch.id, BatchItem.removed_at.is_(None))
    )
    if (count or 0) >= MOST_PICTURES:
        raise Conflict(
            "entries.batch_full",
            Message.of(N_("一批最多 %(limit)s 张图片，已经放满。请先建立草稿，再新开一批。"), limit=MOST_PICTURES),
        )


def kind_of_source(received: Received) -> str:
    """What a file is to a batch: picture, zip or workbook. Raises Invalid for anything else."""
    kind = received.facts.kind
    if kind in PICTURES or kind is Kind.HEIC:
        return "picture"
    if kind in ARCHIVES:
        return "zip"
    if kind in WORKBOOKS or (kind is Kind.TEXT and received.facts.extension == "csv"):
        return "workbook"
    raise empty_file(received.name) if received.size_bytes == 0 else unfit_kind(received.name)


def empty_file(name: str) -> Invalid:
    """The refusal of a file without a byte."""
    message = Message.of(N_("「%(name)s」是空文件，没有收。请换一个文件。"), name=name)
    return Invalid("entries.batch_file_empty", message, field="files")


def unfit_kind(name: str) -> Invalid:
    """The refusal of a file that a batch has no use for."""
    message = Message.of(N_("「%(name)s」不是图片、ZIP 压缩包或 Excel 表格，没有收。"), name=name)
    return Invalid("entries.batch_file_kind", message, field="files")


def take_file(actor: Actor, batch_id: int, received: Received, path: str = "") -> BatchItem | BatchSource:
    """Take a received file into the batch: a picture becomes a row, a ZIP or a workbook is read by a job.

    Raises Invalid for a file of another kind, Conflict when the batch is full, TooLate after the deadline.
    """
    what = kind_of_source(received)
    with unit_of_work(actor, "entries.add_batch_file") as work:
        batch = locked(PaintingBatch, batch_id)
        _require_open(work, actor, found(Category, batch.category_id), batch.school_id)
        if what == "picture":
            return add_picture(work, batch, received, path or received.name)
        return add_source(work, batch, received, what)


def add_source(work: Work, batch: PaintingBatch, received: Received, kind: str) -> BatchSource:
    """A ZIP or a workbook that a job reads, in the caller's unit of work. Raises NoSpace."""
    require_batch_space(batch, received.size_bytes)
    blob = remember(work, received)
    source = BatchSource(
        batch_id=batch.id,
        kind=kind,
        blob_id=blob.id,
        file_name=received.name,
        problems=[],
        lines=[],
        added_at=now(),
    )
    work.session.add(source)
    work.session.flush()
    _ask_to_read(work, source)
    work.record(batch, after={"source": source.id, "sha256": received.sha256})
    return source


def _ask_to_read(work: Work, source: BatchSource) -> None:
    enqueue(work, "entries.read_batch_source", {"source_id": source.id}, key=job_key(source.id), again=True)


def read_again(actor: Actor, batch_id: int) -> None:
    """Have the ZIPs and workbooks read once more whose reading was given up."""
    with unit_of_work(actor, "entries.read_batch_again") as work:
        batch = locked(PaintingBatch, batch_id)
        for source in given_up(sources_of(batch.id)):
            _ask_to_read(work, source)
            work.record(batch, after={"source": source.id})


def add_picture(
    work: Work,
    batch: PaintingBatch,
    received: Received,
    path: str,
    *,
    source: BatchSource | None = None,
    place: int | None = None,
    roster: Roster | None = None,
) -> BatchItem:
    """A new row with the pupil and the title that its name says, in the caller's unit of work. Raises NoSpace, and
    Conflict where the batch is full."""
    require_room(batch, work)
    require_batch_space(batch, received.size_bytes, source=source)
    blob = remember(work, received)
    item = BatchItem(
        batch_id=batch.id,
        source_id=source.id if source else None,
        source_place=place,
        blob_id=blob.id,
        path=_clean_path(path),
        candidates=[],
        why=[],
        by_hand=[],
        added_at=now(),
    )
    work.session.add(item)
    work.session.flush()
    match_items(work, batch, [item], roster)
    work.record(batch, after={"item": item.id, "sha256": received.sha256})
    return item


def _clean_path(path: str) -> str:
    """A name with its folders, without control characters: no database keeps them all, and no page shows them."""
    return "".join(c for c in path if c.isprintable())[-LONGEST_PATH:]


def discard_batch(actor: Actor, batch_id: int) -> None:
    """Give a batch up with all its rows; the drafts that were made of it stay."""
    with unit_of_work(actor, "entries.discard_batch") as work:
        batch = locked(PaintingBatch, batch_id)
        work.record(batch, before={"category_id": batch.category_id, "school_id": batch.school_id})
        work.session.delete(batch)
