"""Works that were accepted here and that the sender's newest hand-off does not name any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import contains_eager

from contest_portal.core.database import db
from contest_portal.core.text import N_
from contest_portal.entries.models import Entry
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.handoff.services.mapping import TAKEN_STATES
from contest_portal.results.recalled import provide_recalled

UPHELD = N_("报送单位撤回：异议成立")
NOT_CHOSEN = N_("报送单位撤回：不再推荐")


@dataclass(frozen=True)
class Recalled:
    """A work that waits for a word of this office. `why`: a message's source."""

    handoff_id: int
    entry_id: int
    number: str
    title: str
    sender: str
    why: str


def why_recalled(row: Handoff, source_number: str) -> str:
    """Why the sender took the work back, as far as its hand-off says."""
    return UPHELD if source_number in row.document.get("struck", ()) else NOT_CHOSEN


def recalled_of(contest_id: int) -> list[Recalled]:
    """All of the contest in one statement."""
    return _told(db.session.scalars(_waiting().where(Handoff.contest_id == contest_id)).all())


def recall_of(entry_id: int) -> Recalled | None:
    """That of one work; None where its sender still recommends it, or this office decided."""
    found = _told(db.session.scalars(_waiting().where(Entry.id == entry_id)).all())
    return found[0] if found else None


@provide_recalled
def recalled_numbers(category_id: int) -> Sequence[str]:
    """Those of a category, for who approves its lists."""
    return [one.number for one in _told(db.session.scalars(_waiting().where(Entry.category_id == category_id)).all())]


def recalls_by_contest(contest_ids: Collection[int]) -> dict[int, int]:
    """Contest → how many works wait, in one statement; only where any does."""
    statement = _only_waiting(select(Handoff.contest_id, func.count(HandoffLine.id)).select_from(HandoffLine))
    rows = db.session.execute(statement.where(Handoff.contest_id.in_(contest_ids)).group_by(Handoff.contest_id))
    return {row[0]: row[1] for row in rows}


def _waiting() -> Select[HandoffLine]:
    statement: Select[HandoffLine] = (
        _only_waiting(select(HandoffLine))
        .options(contains_eager(HandoffLine.entry), contains_eager(HandoffLine.handoff))
        .order_by(Entry.number)
    )
    return statement


def _only_waiting(statement: Any) -> Any:
    return (
        statement.join(HandoffLine.entry)
        .join(Handoff, Handoff.id == HandoffLine.handoff_id)
        .where(
            Handoff.direction == "in",
            Handoff.state.in_(TAKEN_STATES),
            HandoffLine.outcome == "recalled",
            Entry.state == "accepted",
        )
    )


def _told(lines: Sequence[HandoffLine]) -> list[Recalled]:
    return [
        Recalled(
            line.handoff.id,
            line.entry.id,
            line.entry.number or "",
            line.title,
            line.handoff.counterpart,
            why_recalled(line.handoff, line.source_number),
        )
        for line in lines
        if line.entry is not None
    ]
