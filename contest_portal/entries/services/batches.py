"""Batches of pictures: opened, files taken in, rows mended, drafts made of them all at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.jobs import enqueue
from contest_portal.core.kept_messages import keep
from contest_portal.core.text import N_, Message
from contest_portal.entries.batch.matching import Match, match_text
from contest_portal.entries.batch.pupils import Pupils, name_key
from contest_portal.entries.batch.settling import settle
from contest_portal.entries.batch.slots import picture_slot
from contest_portal.entries.draft_input import clean_text
from contest_portal.entries.models import Entry
from contest_portal.entries.models_batch import BatchItem, BatchSource, PaintingBatch
from contest_portal.entries.queries.batches import items_of, lines_of, parked_bytes, pupils_of, sources_of, teachers_of
from contest_portal.entries.queries.timing import require_changeable
from contest_portal.entries.services.drafts import blank_entry
from contest_portal.entries.services.space import require_space
from contest_portal.media.facts import PICTURES, Kind
from contest_portal.media.services.receiving import Received, remember
from contest_portal.people.models import School

MOST_PICTURES = 500
WORKBOOKS = frozenset({Kind.XLSX, Kind.XLS})
ARCHIVES = frozenset({Kind.ZIP})
LONGEST_PATH = 300
MOST_TYPED = 1_000


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


def require_batch_space(batch: PaintingBatch, size_bytes: int) -> None:
    """Raise NoSpace where the school has no room for so much beside what its batches hold already."""
    slot = picture_slot(batch.category.rules)
    if slot is None:
        raise NotFound
    place = Entry(school_id=batch.school_id, school=batch.school, category=batch.category)
    require_space(place, slot, size_bytes + parked_bytes(batch.school_id))


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
    raise unfit_kind(received.name)


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
    """A ZIP or a workbook that a job reads, in the caller's unit of work."""
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
    enqueue(work, "entries.read_batch_source", {"source_id": source.id}, key=f"batch-source-{source.id}")
    work.record(batch, after={"source": source.id, "sha256": received.sha256})
    return source


def add_picture(
    work: Work,
    batch: PaintingBatch,
    received: Received,
    path: str,
    *,
    source: BatchSource | None = None,
    place: int | None = None,
    pupils: Pupils | None = None,
) -> BatchItem:
    """A new row with the pupil and the title that its name says, in the caller's unit of work."""
    require_room(batch, work)
    blob = remember(work, received)
    item = BatchItem(
        batch_id=batch.id,
        source_id=source.id if source else None,
        source_place=place,
        blob_id=blob.id,
        path=path[-LONGEST_PATH:],
        candidates=[],
        why=[],
        by_hand=[],
        added_at=now(),
    )
    work.session.add(item)
    work.session.flush()
    _match(work, batch, [item], pupils)
    work.record(batch, after={"item": item.id, "sha256": received.sha256})
    return item


def match_again(work: Work, batch: PaintingBatch) -> None:
    """Let the workbooks and the names decide anew about every row that nobody settled by hand."""
    _match(work, batch, [item for item in items_of(batch.id) if item.entry_id is None], None)


def _match(work: Work, batch: PaintingBatch, items: list[BatchItem], pupils: Pupils | None) -> None:
    school = found(School, batch.school_id)
    pupils = pupils or pupils_of(school)
    settled = settle({item.id: item.path for item in items}, lines_of(sources_of(batch.id)), pupils)
    teachers = _teachers_by_name(batch.school_id) if any(one.tutor for one in settled.matches.values()) else {}
    for item in items:
        match = settled.matches[item.id]
        if "pupil" not in item.by_hand:
            _take_match(item, match)
        if "title" not in item.by_hand:
            item.title = clean_text(match.title)
        if "tutor" not in item.by_hand and match.tutor:
            item.tutor_name, item.tutor_id = match.tutor, teachers.get(name_key(match.tutor))
    work.session.flush()


def _take_match(item: BatchItem, match: Match) -> None:
    sure = match.certainty == "sure"
    item.student_id = match.pupils[0] if sure else None
    item.candidates = [] if sure else list(match.pupils)
    item.why = [] if sure else [keep(one) for one in match.why]


def _teachers_by_name(school_id: int) -> dict[str, int]:
    """Name → the one teacher of the school who has it."""
    found_ids: dict[str, list[int]] = {}
    for teacher in teachers_of(school_id):
        found_ids.setdefault(name_key(teacher.name), []).append(teacher.id)
    return {name: ids[0] for name, ids in found_ids.items() if len(ids) == 1}


@dataclass(frozen=True)
class RowInput:
    """What the page says of a row: the pupil picked or chosen (`student-12`), the name as typed, the title, the tutor's
    name (empty: the batch's own), whether the row is kept in spite of its doubts. None: the page did not say."""

    pupil: str | None = None
    typed: str | None = None
    title: str | None = None
    tutor: str | None = None
    keep: bool = False


def save_rows(
    actor: Actor, batch_id: int, rows: Mapping[int, RowInput], *, tutor_id: int | None = None, has_tutor: bool = False
) -> None:
    """Mend rows, all in one transaction. `has_tutor`: `tutor_id` is the tutor of every row that names no other."""
    with unit_of_work(actor, "entries.mend_batch") as work:
        batch = locked(PaintingBatch, batch_id)
        pupils = pupils_of(found(School, batch.school_id))
        teachers = _teachers_by_name(batch.school_id)
        if has_tutor:
            if tutor_id is not None and tutor_id not in {one.id for one in teachers_of(batch.school_id)}:
                raise Invalid("entries.no_such_tutor", N_("本校教师名册中没有这名教师，请重新选择。"), field="tutor")
            batch.tutor_id = tutor_id
        for item in items_of(batch.id):
            row = rows.get(item.id)
            if row is not None and item.entry_id is None and item.removed_at is None:
                _mend(item, row, pupils, teachers)
        work.record(batch, after={"rows": len(rows)})


def _mend(item: BatchItem, row: RowInput, pupils: Pupils, teachers: Mapping[str, int]) -> None:
    by_hand = set(item.by_hand)
    if _mend_pupil(item, row, pupils):
        by_hand.add("pupil")
    if row.title is not None and (title := clean_text(row.title[:MOST_TYPED].replace("\n", " "))) != item.title:
        item.title = title
        by_hand.add("title")
    if row.tutor is not None and (tutor := clean_text(row.tutor[:100])) != item.tutor_name:
        item.tutor_name, item.tutor_id = tutor, teachers.get(name_key(tutor)) if tutor else None
        by_hand.add("tutor")
    item.is_kept = row.keep
    if by_hand != set(item.by_hand):
        item.by_hand = sorted(by_hand)


def _mend_pupil(item: BatchItem, row: RowInput, pupils: Pupils) -> bool:
    """Settle the row's pupil by what was picked, chosen or typed; whether that changed it."""
    picked = pupils.by_id(_id_of(row.pupil))
    typed = clean_text((row.typed or "")[:100])
    if picked is not None and (not typed or name_key(typed) == name_key(picked.name)):
        if picked.id == item.student_id:
            return False
        item.student_id, item.candidates, item.why = picked.id, [], []
        return True
    current = pupils.by_id(item.student_id or 0)
    if not typed or (current is not None and name_key(typed) == name_key(current.name)):
        return False
    _take_match(item, match_text(typed, pupils))
    return True


def _id_of(value: str | None) -> int:
    kind, _dash, number = (value or "").partition("-")
    return int(number) if kind == "student" and number.isascii() and number.isdecimal() and len(number) < 12 else 0


def remove_row(actor: Actor, batch_id: int, item_id: int) -> None:
    """Take a row out of the batch; it can be put back. Doing it twice does no harm."""
    _set_removed(actor, batch_id, item_id, is_removed=True)


def put_back_row(actor: Actor, batch_id: int, item_id: int) -> None:
    """Put a row back that was taken out."""
    _set_removed(actor, batch_id, item_id, is_removed=False)


def _set_removed(actor: Actor, batch_id: int, item_id: int, *, is_removed: bool) -> None:
    with unit_of_work(actor, "entries.remove_batch_row" if is_removed else "entries.put_back_batch_row") as work:
        batch = locked(PaintingBatch, batch_id)
        item = next((one for one in items_of(batch.id) if one.id == item_id), None)
        if item is None:
            raise NotFound
        if item.entry_id is not None or (item.removed_at is not None) == is_removed:
            return
        if not is_removed:
            require_room(batch, work)
        item.removed_at = now() if is_removed else None
        after: dict[str, Any] = {"item": item.id}
        work.record(batch, after=after)


def discard_batch(actor: Actor, batch_id: int) -> None:
    """Give a batch up with all its rows; the drafts that were made of it stay."""
    with unit_of_work(actor, "entries.discard_batch") as work:
        batch = locked(PaintingBatch, batch_id)
        work.record(batch, before={"category_id": batch.category_id, "school_id": batch.school_id})
        work.session.delete(batch)
