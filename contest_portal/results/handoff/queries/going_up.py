"""Which works of the approved lists are handed up: all that stand, except those that an upheld objection took out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.lists.models import Shortlist, ShortlistLine
from contest_portal.results.lists.queries.chosen import chosen_lines
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.states import OPEN


@dataclass(frozen=True)
class HeldWork:
    """A work of the approved lists about which there is a case. Which case is not said: who is kept away sees this too."""

    entry_id: int
    number: str
    title: str


@dataclass(frozen=True)
class Readiness:
    """How many works go up; which are left out because an objection was upheld; which go up although a case is open."""

    count: int
    left_out: Sequence[HeldWork]
    open_cases: Sequence[HeldWork]


def lines_going_up(contest_id: int) -> list[ShortlistLine]:
    """The lines of the approved lists, without the works of upheld objections: what the next hand-off has."""
    struck = {one.entry_id for one in works_under_objection(contest_id)[0]}
    return [line for line in chosen_lines(contest_id) if line.entry_id not in struck]


def works_under_objection(contest_id: int) -> tuple[list[HeldWork], list[HeldWork]]:
    """(struck, waiting) works of the approved lists in one statement: struck is who has a signed decision that upheld an
    objection, about whichever list; waiting has an open case and none of these."""
    rows = db.session.execute(
        select(Entry.id, Entry.number, Entry.title, Objection.state, Objection.outcome, Objection.decided_at)
        .join(Objection, Objection.entry_id == Entry.id)
        .where(Entry.id.in_(_standing(contest_id)))
        .order_by(Entry.number, Objection.id)
    ).all()
    upheld = [row for row in rows if row.outcome == "upheld" and row.decided_at is not None]
    struck = {row.id for row in upheld}
    return _works(upheld), _works([row for row in rows if row.state in OPEN and row.id not in struck])


def numbers_struck(contest_id: int) -> list[str]:
    """The numbers of works that went up before and do no more, since an objection was upheld. The office above may have
    accepted them."""
    statement = (
        select(HandoffLine.source_number)
        .join(Handoff, Handoff.id == HandoffLine.handoff_id)
        .join(Objection, Objection.entry_id == HandoffLine.entry_id)
        .where(
            Handoff.contest_id == contest_id,
            Handoff.direction == "out",
            Objection.outcome == "upheld",
            Objection.decided_at.is_not(None),
        )
        .distinct()
        .order_by(HandoffLine.source_number)
    )
    return list(db.session.scalars(statement))


def readiness(contest_id: int) -> Readiness:
    """Two statements."""
    left_out, open_cases = works_under_objection(contest_id)
    listed = db.session.scalar(select(func.count(Entry.id)).where(Entry.id.in_(_standing(contest_id)))) or 0
    return Readiness(listed - len(left_out), left_out, open_cases)


def _standing(contest_id: int) -> Select[int]:
    """The works on the approved lists that still stand, by id."""
    return (
        select(ShortlistLine.entry_id)
        .join(Shortlist, Shortlist.id == ShortlistLine.shortlist_id)
        .join(Entry, Entry.id == ShortlistLine.entry_id)
        .where(
            Shortlist.contest_id == contest_id,
            Shortlist.state == "approved",
            ShortlistLine.decision == "in",
            Entry.state == "accepted",
        )
    )


def _works(rows: Sequence[Any]) -> list[HeldWork]:
    named = {row.id: row for row in rows}
    return [HeldWork(row.id, row.number or "", row.title) for row in named.values()]
