"""Which versions of a hand-off have people's phones and ID numbers."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.results.handoff.models import Handoff


def included_before(row: Handoff) -> dict[str, int]:
    """'id_numbers' and 'phones' → the last earlier version that had them: what was taken of it stays with the receiver."""
    rows = db.session.scalars(
        select(Handoff)
        .where(
            Handoff.contest_id == row.contest_id,
            Handoff.direction == row.direction,
            Handoff.stream == row.stream,
            Handoff.revision < row.revision,
            Handoff.receipt_number.is_not(None),
        )
        .order_by(Handoff.revision)
    ).all()
    kinds = ("id_numbers", "phones")
    return {kind: one.revision for one in rows for kind in kinds if includes(one, kind)}


def includes(row: Handoff, kind: str) -> bool:
    """Whether it has the people's 'id_numbers' or 'phones'."""
    return bool(row.options.get(kind) or row.document.get(f"has_{kind}"))
