"""How many entries were collected and how many recommended, computed from the records themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.entries.states import COLLECTED_STATES
from contest_portal.results.lists.models import Shortlist, ShortlistLine

Counts = Mapping[int, Mapping[str, int]]


@dataclass(frozen=True)
class EntryCounts:
    """Numbers of contests: category id → stage code → count."""

    collected: Counts
    recommended: Counts

    def collected_in(self, category_id: int, stage_code: str | None = None) -> int:
        """Entries collected in the category, or in one of its stage groups."""
        return _sum(self.collected, category_id, stage_code)

    def recommended_in(self, category_id: int, stage_code: str | None = None) -> int:
        """Entries of the category, or of one of its stage groups, on the approved shortlist."""
        return _sum(self.recommended, category_id, stage_code)


def recommended_ids(contest_ids: Collection[int] | Select[Any]) -> Select[Any]:
    """Selects the entries on the approved recommendation lists of these contests; an entry is on one of them."""
    return (
        select(ShortlistLine.entry_id)
        .join(Shortlist, Shortlist.id == ShortlistLine.shortlist_id)
        .where(Shortlist.contest_id.in_(contest_ids), Shortlist.state == "approved", ShortlistLine.decision == "in")
    )


def entry_counts(*contest_ids: int) -> EntryCounts:
    """The contests' counts, in one statement."""
    chosen = recommended_ids(contest_ids).subquery()
    by = (Entry.category_id, Entry.stage_code)
    rows = db.session.execute(
        select(*by, func.count(Entry.id), func.count(chosen.c.entry_id))
        .outerjoin(chosen, chosen.c.entry_id == Entry.id)
        .where(Entry.contest_id.in_(contest_ids), Entry.state.in_(COLLECTED_STATES))
        .group_by(*by)
    )
    collected: dict[int, dict[str, int]] = defaultdict(dict)
    recommended: dict[int, dict[str, int]] = defaultdict(dict)
    for category_id, stage_code, came_in, go_up in rows:
        collected[category_id][stage_code] = came_in
        recommended[category_id][stage_code] = go_up
    return EntryCounts(collected, recommended)


def _sum(counts: Counts, category_id: int, stage_code: str | None) -> int:
    by_stage = counts.get(category_id, {})
    return sum(by_stage.values()) if stage_code is None else by_stage.get(stage_code, 0)
