"""What became of the entries of a hand-off that came in, as it goes back to who handed them up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from contest_portal.core.clock import local
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, ScreeningDecision
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.handoff.package.content import ResultPart, Results
from contest_portal.results.handoff.queries.awards import awards_of


def results_of(row: Handoff) -> Results:
    """What became of the entries of a hand-off that came in."""
    lines = [line for line in row.lines if line.entry_id is not None]
    entries = {
        one.id: one for one in db.session.scalars(select(Entry).where(Entry.id.in_([line.entry_id for line in lines])))
    }
    words = words_of(list(entries))
    awards = awards_of(list(entries))
    return Results(
        state=row.state,
        why=row.return_reason,
        receipt=row.receipt_number or "",
        receipt_at=local(row.receipt_at).isoformat(timespec="seconds") if row.receipt_at else "",
        results=tuple(
            ResultPart(
                number=line.source_number,
                state=entries[line.entry_id].state,
                words=words.get(line.entry_id, "") if entries[line.entry_id].state in {"returned", "rejected"} else "",
                awards=awards.get(line.entry_id, ()),
                fix_until=_until(entries[line.entry_id]),
            )
            for line in lines
            if line.entry_id in entries
        ),
    )


def _until(entry: Entry) -> str:
    is_due = entry.state == "returned" and entry.fix_until is not None
    return local(entry.fix_until).isoformat(timespec="seconds") if is_due and entry.fix_until else ""


def words_of(entry_ids: Sequence[int]) -> dict[int, str]:
    """The reasons and words of the last decision on each entry."""
    last = (
        select(func.max(ScreeningDecision.id))
        .where(ScreeningDecision.entry_id.in_(entry_ids))
        .group_by(ScreeningDecision.entry_id)
    )
    rows = db.session.scalars(select(ScreeningDecision).where(ScreeningDecision.id.in_(last)))
    return {
        row.entry_id: "；".join([*(str(one) for one in row.reasons), *([row.words] if row.words else [])])
        for row in rows
    }


@dataclass(frozen=True)
class StandingAbove:
    """What became of one work above, in this deployment: its state; where it came back, why and until when."""

    state: str
    words: str
    until: datetime | None


def standing_above(handoff_id: int, number: str) -> StandingAbove | None:
    """Of the work that the hand-off named with that number; None where the office above has not taken it."""
    entry = db.session.scalar(
        select(Entry)
        .join(HandoffLine, HandoffLine.entry_id == Entry.id)
        .join(Handoff, Handoff.id == HandoffLine.handoff_id)
        .where(Handoff.source_id == handoff_id, Handoff.direction == "in", HandoffLine.source_number == number)
    )
    if entry is None:
        return None
    return StandingAbove(entry.state, words_of([entry.id]).get(entry.id, ""), entry.fix_until)
