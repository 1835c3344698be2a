"""What names and workbooks say of the rows of a batch, written into them; called within a unit of work."""

from __future__ import annotations

from dataclasses import dataclass

from contest_portal.core.database import Work, found
from contest_portal.core.kept_messages import keep
from contest_portal.entries.batch.matching import Match
from contest_portal.entries.batch.pupils import Pupils, name_key
from contest_portal.entries.batch.settling import Book, book_of, matches_of
from contest_portal.entries.draft_input import clean_text
from contest_portal.entries.models_batch import BatchItem, PaintingBatch
from contest_portal.entries.queries.batches import (
    items_of,
    lines_of,
    pupils_of,
    read_workbooks,
    sources_of,
    teachers_of,
)
from contest_portal.people.models import School


@dataclass
class Roster:
    """The school's pupils and what the batch's workbooks say, read once for many pictures. `workbooks`: those in it."""

    pupils: Pupils
    book: Book
    workbooks: list[int]


def roster_of(batch: PaintingBatch) -> Roster:
    """What a picture's name is looked up in."""
    roster = Roster(pupils_of(found(School, batch.school_id)), Book(), [])
    _read_workbooks(roster, batch.id)
    return roster


def _read_workbooks(roster: Roster, batch_id: int) -> None:
    roster.workbooks = read_workbooks(batch_id)
    roster.book = book_of(lines_of(sources_of(batch_id)), roster.pupils)


def match_again(work: Work, batch: PaintingBatch) -> None:
    """Let the workbooks and the names decide anew about every row that nobody settled by hand."""
    match_items(work, batch, [item for item in items_of(batch.id) if item.entry_id is None], None)


def match_items(work: Work, batch: PaintingBatch, items: list[BatchItem], roster: Roster | None) -> None:
    """Settle these rows. A roster that was read before is brought up to date where a workbook was read since."""
    if roster is None:
        roster = roster_of(batch)
    elif roster.workbooks != read_workbooks(batch.id):
        _read_workbooks(roster, batch.id)
    matches, _used = matches_of({item.id: item.path for item in items}, roster.book, roster.pupils)
    teachers = teachers_by_name(batch.school_id) if any(one.tutor for one in matches.values()) else {}
    for item in items:
        match = matches[item.id]
        if "pupil" not in item.by_hand:
            take_match(item, match)
        if "title" not in item.by_hand:
            item.title = clean_text(match.title)
        if "tutor" not in item.by_hand and match.tutor:
            item.tutor_name, item.tutor_id = match.tutor, teachers.get(name_key(match.tutor))
    work.session.flush()


def take_match(item: BatchItem, match: Match) -> None:
    sure = match.certainty == "sure"
    item.student_id = match.pupils[0] if sure else None
    item.candidates = [] if sure else list(match.pupils)
    item.why = [] if sure else [keep(one) for one in match.why]


def teachers_by_name(school_id: int) -> dict[str, int]:
    """Name → the one teacher of the school who has it."""
    found_ids: dict[str, list[int]] = {}
    for teacher in teachers_of(school_id):
        found_ids.setdefault(name_key(teacher.name), []).append(teacher.id)
    return {name: ids[0] for name, ids in found_ids.items() if len(ids) == 1}
