"""What pages ask about files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import timedelta

from sqlalchemy import func, select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.models import Job
from contest_portal.core.staging import is_token
from contest_portal.media.models import Derivative, Upload
from contest_portal.media.previews import FilePreviews, Preview


def derivative(blob_id: int, kind: str) -> Derivative | None:
    """The preview of that kind, whatever its state; None where that kind is not made of such a file."""
    return db.session.scalar(select(Derivative).where(Derivative.blob_id == blob_id, Derivative.kind == kind))


def previews_of(blob_ids: Collection[int]) -> Mapping[int, FilePreviews]:
    """The previews of these files by blob, empty for a file of which none is made: one statement, two where some are
    not ready."""
    rows = db.session.scalars(select(Derivative).where(Derivative.blob_id.in_(set(blob_ids))).order_by(Derivative.id))
    found: dict[int, list[Derivative]] = defaultdict(list)
    for row in rows:
        found[row.blob_id].append(row)
    dead = dead_jobs([row for rows in found.values() for row in rows])
    return {
        blob_id: FilePreviews([_preview(row, is_dead=row.id in dead) for row in found.get(blob_id, [])])
        for blob_id in blob_ids
    }


def job_key(row: Derivative) -> str:
    """The key of the job that makes it."""
    return f"derive-{row.blob_id}-{row.kind}"


def dead_jobs(rows: Collection[Derivative]) -> set[int]:
    """The ids of those that still wait although their job has been given up."""
    keys = {job_key(row): row.id for row in rows if row.state in {"waiting", "running"}}
    if not keys:
        return set()
    failed = db.session.scalars(select(Job.key).where(Job.key.in_(list(keys)), Job.state == "failed"))
    return {keys[key] for key in failed}


def _preview(row: Derivative, *, is_dead: bool) -> Preview:
    return Preview(
        kind=row.kind,
        state="failed" if is_dead else row.state,  # type: ignore[arg-type]
        progress=row.progress,
        problem=row.error,
        sha256=row.sha256 or "",
        width=row.width or 0,
        height=row.height or 0,
        detail=row.detail,
    )


def upload_of_token(token: str) -> Upload:
    """The upload behind an address, read afresh. Raises NotFound."""
    if not is_token(token):
        raise NotFound
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
    """How many bytes all uploads together have announced and not yet sent; those that have not moved for a day hold no
    room on the disk that others need."""
    total = select(func.sum(Upload.size_bytes - Upload.received_bytes)).where(
        Upload.state == "receiving", Upload.last_progress_at > now() - timedelta(days=1)
    )
    return int(db.session.scalar(total) or 0)
