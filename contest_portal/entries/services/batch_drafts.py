"""All the drafts that a batch is ready for, made at once."""

from __future__ import annotations

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.entries.checks import stage_group_of
from contest_portal.entries.models import Author, Entry, EntryFile, Tutor
from contest_portal.entries.models_batch import BatchItem, PaintingBatch
from contest_portal.entries.queries.batch_page import BatchPage, batch_page
from contest_portal.entries.queries.batches import batch_by_id
from contest_portal.entries.queries.space import Parked
from contest_portal.entries.queries.timing import require_changeable
from contest_portal.entries.services.drafts import blank_entry
from contest_portal.entries.services.space import require_space
from contest_portal.media.services.receiving import clean_name
from contest_portal.people.grades import stage_of
from contest_portal.people.models import Student, Teacher


def make_drafts(actor: Actor, batch_id: int) -> list[Entry]:
    """A draft of every row that is ready, all of them in one transaction; pressed again, only of what became ready since.

    Raises Conflict or TooLate when the contest takes nothing in, NoSpace when the school's space does not hold them.
    """
    with unit_of_work(actor, "entries.make_batch_drafts") as work:
        locked(PaintingBatch, batch_id)
        page = batch_page(batch_by_id(batch_id))
        ready = [row.item for row in page.rows if row.state.state == "ready"]
        if not ready:
            return []
        _require_time_and_space(work, actor, page, ready)
        made = [_draft(work, actor, page, item) for item in ready]
        work.record(("painting_batch", batch_id), after={"drafts": [entry.id for entry in made]})
    return made


def _blank(work: Work, actor: Actor, page: BatchPage) -> tuple[Entry, CategoryRules]:
    category = page.batch.category
    return blank_entry(work, actor, category.contest_id, category.id, page.batch.school_id)


def _require_time_and_space(work: Work, actor: Actor, page: BatchPage, ready: list[BatchItem]) -> None:
    entry, _rules = _blank(work, actor, page)
    require_changeable(entry)
    sizes = {item.blob_id: item.blob.size_bytes for item in ready}
    entry.school_id = page.batch.school_id
    require_space(entry, page.slot, sum(sizes.values()), instead=Parked(items=[item.id for item in ready]))


def _draft(work: Work, actor: Actor, page: BatchPage, item: BatchItem) -> Entry:
    """One entry with its author, tutor, title and picture."""
    entry, rules = _blank(work, actor, page)
    student = work.session.get_one(Student, item.student_id)
    entry.title = item.title
    entry.authors.append(Author(student=student, position=1, is_first=True))
    group = stage_group_of(rules, [stage_of(student.grade)])
    entry.stage_code = group.code if group else entry.stage_code
    tutor_id = item.tutor_id or page.batch.tutor_id
    if rules.tutors.maximum and tutor_id in {one.id for one in page.teachers}:
        entry.tutors.append(Tutor(teacher=work.session.get_one(Teacher, tutor_id), position=1))
    entry.files.append(
        EntryFile(
            slot_code=page.slot.code,
            blob=item.blob,
            file_name=clean_name(item.path),
            added_by=actor.account_id,
            added_at=now(),
        )
    )
    work.session.add(entry)
    work.session.flush()
    item.entry_id = entry.id
    work.record(entry, after={"category_id": page.batch.category_id, "school_id": page.batch.school_id})
    return entry
