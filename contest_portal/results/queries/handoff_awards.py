"""The awards of entries, own and from further above, as they go back to whoever handed the entries up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.results.handoff.content import AwardPart
from contest_portal.results.models import ExternalResult


def awards_of(entry_ids: Collection[int]) -> dict[int, tuple[AwardPart, ...]]:
    """Entry id → its awards: those that came back from above."""
    found: defaultdict[int, list[AwardPart]] = defaultdict(list)
    rows = db.session.scalars(
        select(ExternalResult).where(ExternalResult.entry_id.in_(entry_ids)).order_by(ExternalResult.id)
    )
    for row in rows:
        if row.entry_id is not None:
            found[row.entry_id].append(AwardPart(row.contest_name, row.year, row.award))
    return {entry_id: tuple(dict.fromkeys(awards)) for entry_id, awards in found.items()}
