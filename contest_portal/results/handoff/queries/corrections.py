"""Works that the upper office returned, and the files that go up in place of those that were judged here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.rules import SlotRules
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.results.handoff.models import CorrectedFile, Handoff, HandoffLine
from contest_portal.results.handoff.queries.results import words_of_return


@dataclass(frozen=True)
class ReturnedWork:
    """A work that may have come back. `why`: in the upper office's words, None where it was not returned. `slots`: each with
    the files that were judged in it."""

    entry: Entry
    why: str | None
    slots: Sequence[tuple[SlotRules, Sequence[EntryFile]]]
    corrections: Sequence[CorrectedFile]


def reason_of_return(entry_id: int) -> str | None:
    """Why the newest hand-off of the entry came back, whole or this entry of it; None where it did not."""
    line = db.session.scalar(
        select(HandoffLine)
        .join(Handoff, Handoff.id == HandoffLine.handoff_id)
        .where(HandoffLine.entry_id == entry_id, Handoff.direction == "out", Handoff.state.in_(("handed", "returned")))
        .order_by(Handoff.revision.desc())
        .limit(1)
    )
    if line is None:
        return None
    row = db.session.get_one(Handoff, line.handoff_id)
    if row.state == "returned":
        return row.return_reason
    if line.answer.get("state") == "returned":
        return str(line.answer.get("words", ""))
    return words_of_return(row.id, line.source_number)


def returned_work(entry: Entry) -> ReturnedWork:
    """The loaded work with what can be put right."""
    why, rows = reason_of_return(entry.id), corrections_of([entry.id])
    slots = [(slot, [one for one in entry.files if one.slot_code == slot.code]) for slot in entry.category.rules.slots]
    return ReturnedWork(entry, why, slots, rows)


def corrections_of(entry_ids: Collection[int]) -> list[CorrectedFile]:
    """All that were put in place of files of these entries, in their order."""
    statement = (
        select(CorrectedFile)
        .where(CorrectedFile.entry_id.in_(entry_ids))
        .options(joinedload(CorrectedFile.blob))
        .order_by(CorrectedFile.id)
    )
    return list(db.session.scalars(statement))


def files_to_hand(entry: Entry, corrected: Sequence[CorrectedFile]) -> list[EntryFile | CorrectedFile]:
    """The entry's files as they go up: each as it was judged, or the last that was put in its place."""
    newest = {(one.slot_code, one.replaces_blob_id): one for one in corrected}
    files = [newest.pop((one.slot_code, one.blob_id), one) for one in entry.files]
    return [*files, *(one for (_slot, replaced), one in newest.items() if replaced is None)]
