"""Who would move up by the rule of awards once an award was cancelled. Nothing moves by itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.core.database import db
from contest_portal.core.text import Message
from contest_portal.entries.models import Entry
from contest_portal.results.awards.models import AwardLine
from contest_portal.results.awards.prizes.awarding import Prizes, award_prizes
from contest_portal.results.awards.prizes.decisions import tell_decisions
from contest_portal.results.awards.queries.lists import basis_of, fixed_of, newest_list, stored_rule


@dataclass(frozen=True)
class AwardSuccessor:
    """A work that would get another award than it has. `before`, `award`: empty for none; `is_tied`: the committee decides."""

    entry: Entry
    before: str
    award: str
    is_tied: bool
    reason: Message


def award_successors(category_id: int) -> list[AwardSuccessor]:
    """By rank, what would change on the category's approved list if it were made anew; none where no award on it was
    cancelled, or where a newer list waits already. A constant number of statements."""
    newest = newest_list(category_id)
    if newest is None or newest.state != "approved":
        return []
    lines: dict[int, AwardLine] = {line.entry_id: line for line in newest.lines}
    if not any(line.state == "cancelled" for line in lines.values()):
        return []
    rule = stored_rule(category_id).rule
    basis, fixed = basis_of(category_id, rule), fixed_of(category_id)
    if basis is None:
        return []
    outcome = award_prizes(rule, basis.ranked, basis.entry_count, fixed)
    if not isinstance(outcome, Prizes):
        return []
    outcome = tell_decisions(rule, basis.ranked, basis.entry_count, fixed, outcome)
    moved = []
    for line in outcome.lines:
        entry_id = int(str(line.entry_id))
        old = lines.get(entry_id)
        before = old.award if old is not None and old.state == "given" else ""
        if (old is None or old.state != "cancelled") and (line.award != before or line.state == "tied"):
            moved.append((entry_id, before, line))
    entries = {
        one.id: one
        for one in db.session.scalars(
            select(Entry).where(Entry.id.in_([one[0] for one in moved])).options(joinedload(Entry.school))
        )
    }
    return [
        AwardSuccessor(entries[entry_id], before, line.award, line.state == "tied", line.message)
        for entry_id, before, line in moved
    ]
