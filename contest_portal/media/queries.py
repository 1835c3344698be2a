"""What pages ask about files."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.media.models import Derivative


def derivative(blob_id: int, kind: str) -> Derivative | None:
    """The preview of that kind, whatever its state; None where that kind is not made of such a file."""
    return db.session.scalar(select(Derivative).where(Derivative.blob_id == blob_id, Derivative.kind == kind))


def derivative_states(blob_ids: Collection[int]) -> dict[tuple[int, str], str]:
    """(blob, kind) → state of the previews of many files, in one statement."""
    rows = db.session.execute(
        select(Derivative.blob_id, Derivative.kind, Derivative.state).where(Derivative.blob_id.in_(blob_ids))
    )
    return {(blob_id, kind): state for blob_id, kind, state in rows}
