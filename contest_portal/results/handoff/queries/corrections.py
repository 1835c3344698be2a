"""Works that the upper office returned, and the files that go up in place of those that were judged here."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import contains_eager, joinedload

from contest_portal.contests.rules import SlotRules
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, EntryFile
from contest_portal.people.models import Account
from contest_portal.results.handoff.models import CorrectedFile, Handoff, HandoffLine
from contest_portal.results.handoff.queries.results import StandingAbove, standing_above


@dataclass(frozen=True)
class ReturnedWork:
    """A work that may have come back. `returned`: None where it was not. `slots`: each with the files that were judged in it."""

    entry: Entry
    returned: Return | None
    slots: Sequence[tuple[SlotRules, Sequence[EntryFile]]]
    corrections: Sequence[CorrectedFile]


@dataclass(frozen=True)
class Return:
    """Why a work came back from above, and until when it is to be mended, where that is known."""

    why: str
    until: datetime | None = None


def is_returned(handoff_state: str, state_above: str) -> bool:
    """Whether a work of a hand-off came back: by itself, or with a hand-off of which nobody has decided on it above."""
    return state_above == "returned" or (handoff_state == "returned" and state_above in {"", "submitted"})


def return_of(entry_id: int) -> Return | None:
    """Why the newest hand-off of the entry came back, whole or this entry of it; None where it did not."""
    line = db.session.scalar(
        select(HandoffLine)
        .join(HandoffLine.handoff)
        .where(HandoffLine.entry_id == entry_id, Handoff.direction == "out", Handoff.state.in_(("handed", "returned")))
        .options(contains_eager(HandoffLine.handoff))
        .order_by(Handoff.revision.desc())
        .limit(1)
    )
    if line is None:
        return None
    above = standing_above(line.handoff_id, line.source_number) or _answered(line)
    if not is_returned(line.handoff.state, above.state):
        return None
    if above.state != "returned":
        return Return(line.handoff.return_reason)
    return Return(above.words or line.handoff.return_reason, above.until)


def _answered(line: HandoffLine) -> StandingAbove:
    """As the last file of results said."""
    answer = line.answer
    return StandingAbove(answer.get("state", ""), answer.get("words", ""), day_of(answer.get("fix_until", "")))


def day_of(text: str) -> datetime | None:
    """The time that a file of results gives; None where it gives none that can be read."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def returned_work(entry: Entry) -> ReturnedWork:
    """The loaded work with what can be put right."""
    returned, rows = return_of(entry.id), corrections_of([entry.id])
    slots = [(slot, [one for one in entry.files if one.slot_code == slot.code]) for slot in entry.category.rules.slots]
    return ReturnedWork(entry, returned, slots, rows)


def corrections_of(entry_ids: Collection[int]) -> list[CorrectedFile]:
    """All that were put in place of files of these entries, in their order."""
    statement = (
        select(CorrectedFile)
        .where(CorrectedFile.entry_id.in_(entry_ids))
        .options(joinedload(CorrectedFile.blob))
        .order_by(CorrectedFile.id)
    )
    return list(db.session.scalars(statement))


def names_of(corrected: Sequence[CorrectedFile]) -> dict[int | None, str]:
    """Account → name of who put the files there."""
    if not corrected:
        return {}
    rows = db.session.execute(
        select(Account.id, Account.name).where(Account.id.in_({one.added_by for one in corrected} - {None}))
    )
    return {row.id: row.name for row in rows}


def files_to_hand(entry: Entry, corrected: Sequence[CorrectedFile]) -> list[EntryFile | CorrectedFile]:
    """The entry's files as they go up: each as it was judged, or the last that was put in its place."""
    newest = {(one.slot_code, one.replaces_blob_id): one for one in corrected}
    files = [newest.pop((one.slot_code, one.blob_id), one) for one in entry.files]
    return [*files, *(one for (_slot, replaced), one in newest.items() if replaced is None)]
