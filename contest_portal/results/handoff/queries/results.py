"""What became of the entries of a hand-off that came in, as it goes back to who handed them up."""

from __future__ import annotations

from collections.abc import Sequence

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
    words = _words(list(entries))
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
            )
            for line in lines
            if line.entry_id in entries
        ),
    )


def _words(entry_ids: Sequence[int]) -> dict[int, str]:
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


def words_of_return(handoff_id: int, number: str) -> str | None:
    """Why the office above, in this deployment, returned the entry that was handed up under that number; None where it
    did not."""
    entry_id = db.session.scalar(
        select(Entry.id)
        .join(HandoffLine, HandoffLine.entry_id == Entry.id)
        .join(Handoff, Handoff.id == HandoffLine.handoff_id)
        .where(
            Handoff.source_id == handoff_id,
            Handoff.direction == "in",
            HandoffLine.source_number == number,
            Entry.state == "returned",
        )
    )
    return None if entry_id is None else _words([entry_id]).get(entry_id, "")
