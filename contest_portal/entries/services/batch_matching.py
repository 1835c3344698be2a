"""What names and workbooks say of the rows of a batch, written into them; called within a unit of work."""

from __future__ import annotations

from contest_portal.core.database import Work, found
from contest_portal.core.kept_messages import keep
from contest_portal.entries.batch.matching import Match
from contest_portal.entries.batch.pupils import Pupils, name_key
from contest_portal.entries.batch.settling import settle
from contest_portal.entries.draft_input import clean_text
from contest_portal.entries.models_batch import BatchItem, PaintingBatch
from contest_portal.entries.queries.batches import items_of, lines_of, pupils_of, sources_of, teachers_of
from contest_portal.people.models import School


def match_again(work: Work, batch: PaintingBatch) -> None:
    """Let the workbooks and the names decide anew about every row that nobody settled by hand."""
    match_items(work, batch, [item for item in items_of(batch.id) if item.entry_id is None], None)


def match_items(work: Work, batch: PaintingBatch, items: list[BatchItem], pupils: Pupils | None) -> None:
    school = found(School, batch.school_id)
    pupils = pupils or pupils_of(school)
    settled = settle({item.id: item.path for item in items}, lines_of(sources_of(batch.id)), pupils)
    teachers = teachers_by_name(batch.school_id) if any(one.tutor for one in settled.matches.values()) else {}
    for item in items:
        match = settled.matches[item.id]
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
