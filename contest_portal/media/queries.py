"""What pages ask about files."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.media.models import Derivative, Upload


def derivative(blob_id: int, kind: str) -> Derivative | None:
    """The preview of that kind, whatever its state; None where that kind is not made of such a file."""
    return db.session.scalar(select(Derivative).where(Derivative.blob_id == blob_id, Derivative.kind == kind))


def upload_of_token(token: str) -> Upload:
    """The upload behind an address, read afresh. Raises NotFound."""
    statement = select(Upload).where(Upload.token == token).execution_options(populate_existing=True)
    row = db.session.scalar(statement)
    if row is None:
        raise NotFound
    return row


def open_uploads(target: str, subject: str, *, account_id: int | None = None) -> list[Upload]:
    """Uploads to one thing (an entry's id, say) that are being received or checked: all, or one account's."""
    statement = select(Upload).where(
        Upload.target == target, Upload.subject == subject, Upload.state.in_(("receiving", "checking"))
    )
    if account_id is not None:
        statement = statement.where(Upload.account_id == account_id)
    return list(db.session.scalars(statement.order_by(Upload.id)))


def unfinished_bytes() -> int:
    """How many bytes all uploads together have announced and not yet sent."""
    total = select(func.sum(Upload.size_bytes - Upload.received_bytes)).where(Upload.state == "receiving")
    return int(db.session.scalar(total) or 0)
