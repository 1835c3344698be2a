"""How many entries were collected and how many recommended, computed from the records themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.results.models import Shortlist, ShortlistLine

# 征集: what was handed in and stands. Drafts, returned, rejected and withdrawn entries are not among it.
COLLECTED_STATES = ("submitted", "accepted")


@dataclass(frozen=True)
class EntryCounts:
    """Numbers of one contest by (category id, stage code)."""

    collected: Mapping[tuple[int, str], int]
    recommended: Mapping[tuple[int, str], int]

    def collected_in(self, category_id: int, stage_code: str | None = None) -> int:
        """Entries collected in the category, or in one of its stage groups."""
        return _sum(self.collected, category_id, stage_code)

    def recommended_in(self, category_id: int, stage_code: str | None = None) -> int:
        """Entries of the category, or of one of its stage groups, on the approved shortlist."""
        return _sum(self.recommended, category_id, stage_code)


def entry_counts(contest_id: int) -> EntryCounts:
    """The contest's counts in two statements."""
    standing = (Entry.contest_id == contest_id, Entry.state.in_(COLLECTED_STATES))
    by = (Entry.category_id, Entry.stage_code)
    collected = db.session.execute(select(*by, func.count()).where(*standing).group_by(*by))
    recommended = db.session.execute(
        select(*by, func.count())
        .join(ShortlistLine, ShortlistLine.entry_id == Entry.id)
        .join(Shortlist, Shortlist.id == ShortlistLine.shortlist_id)
        .where(*standing, Shortlist.state == "approved", ShortlistLine.decision == "in")
        .group_by(*by)
    )
    return EntryCounts(
        {(category_id, stage): count for category_id, stage, count in collected},
        {(category_id, stage): count for category_id, stage, count in recommended},
    )


def _sum(counts: Mapping[tuple[int, str], int], category_id: int, stage_code: str | None) -> int:
    return sum(
        count
        for (category, stage), count in counts.items()
        if category == category_id and (stage_code is None or stage == stage_code)
    )
