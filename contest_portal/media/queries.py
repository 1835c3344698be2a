"""What pages ask about files."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.media.models import Derivative


def derivative(blob_id: int, kind: str) -> Derivative | None:
    """The preview of that kind, whatever its state; None where that kind is not made of such a file."""
    return db.session.scalar(select(Derivative).where(Derivative.blob_id == blob_id, Derivative.kind == kind))
