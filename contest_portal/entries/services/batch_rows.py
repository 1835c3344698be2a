"""Rows of a batch mended by hand, taken out and put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import found, locked, unit_of_work
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.text import N_
from contest_portal.entries.batch.matching import match_text
from contest_portal.entries.batch.pupils import Pupils, name_key
from contest_portal.entries.draft_input import clean_text
from contest_portal.entries.models_batch import BatchItem, PaintingBatch
from contest_portal.entries.queries.batches import items_of, pupils_of, teachers_of
from contest_portal.entries.services.batch_matching import take_match, teachers_by_name
from contest_portal.entries.services.batches import require_room
from contest_portal.people.models import School

MOST_TYPED = 1_000


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
        teachers = teachers_by_name(batch.school_id)
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
    take_match(item, match_text(typed, pupils))
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
