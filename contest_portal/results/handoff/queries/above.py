"""How a work fared above, as far as this office was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.results.handoff.models import Handoff, HandoffLine
from contest_portal.results.records.models import ExternalResult


@dataclass(frozen=True)
class Above:
    """`state`: of the entry in the contest above at the last answer, empty before one."""

    awards: Sequence[ExternalResult]
    state: str


def results_above(entry_id: int) -> Above:
    """Of one work, in two statements."""
    awards = db.session.scalars(
        select(ExternalResult)
        .where(ExternalResult.entry_id == entry_id)
        .order_by(ExternalResult.year, ExternalResult.id)
    ).all()
    answer = db.session.scalar(
        select(HandoffLine.answer)
        .join(Handoff, Handoff.id == HandoffLine.handoff_id)
        .where(HandoffLine.entry_id == entry_id, Handoff.direction == "out")
        .order_by(Handoff.revision.desc())
        .limit(1)
    )
    return Above(awards, str((answer or {}).get("state", "")))
