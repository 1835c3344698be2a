"""What uploads leave behind: given-up ones expire, ended ones lose their bytes, forgotten ones are ended. Every hour."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from typing import Any

from flask import current_app
from sqlalchemy import delete, func, select, update

from contest_portal.core import kept_messages
from contest_portal.core.actor import console_actor
from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db, unit_of_work
from contest_portal.core.errors import DomainError
from contest_portal.core.job_schedule import every_hour
from contest_portal.core.jobs import job
from contest_portal.core.models import Job
from contest_portal.core.staging import Busy, staging
from contest_portal.core.text import N_, Message
from contest_portal.media.models import Upload
from contest_portal.media.services.taking_uploads import NOT_DONE
from contest_portal.media.services.uploads import resume

QUIET_SECONDS = 3600
"""What changed on the disk within this time is left alone: somebody may be at it."""
DAY_SECONDS = 86_400
NEEDS_BYTES = ("receiving", "checking", "failed")
ENDED_KEPT = timedelta(days=30)
"""How long the record of an ended upload, with the name of its file, is kept; the trail says what became of it."""


@job("media.sweep_uploads", N_("清理过期的上传"))
def sweep_uploads(_payload: dict[str, Any]) -> None:
    """Expire, finish and clean up. Done again it changes nothing more."""
    _note_dead_checks()
    for row in _quiet_rows():
        with suppress(Busy):
            _settle(row)
    _remove_leftovers()
    _forget_ended()
    staging().sweep_temporary(time.time() - DAY_SECONDS)


every_hour("media.sweep_uploads")


def _quiet_rows() -> list[Upload]:
    """Uploads that still need their bytes and have not moved for an hour."""
    moved_before = now() - timedelta(seconds=QUIET_SECONDS)
    rows = db.session.scalars(
        select(Upload).where(Upload.state.in_(("receiving", "failed")), Upload.last_progress_at < moved_before)
    )
    return list(rows)


def _settle(row: Upload) -> None:
    """End an upload whose last byte came although nobody was told, expire one that nobody goes on with."""
    with suppress(DomainError):  # its bytes are gone: then it only waits for its time
        row = resume(console_actor("job"), row)
    days = timedelta(days=current_app.config["SETTINGS"].upload_days)
    if row.state not in {"receiving", "failed"} or row.last_progress_at > now() - days:
        return
    with staging().locked(row.token), unit_of_work(console_actor("job"), "media.expired_upload") as work:
        expired = work.session.execute(
            update(Upload)
            .where(Upload.id == row.id, Upload.state == row.state, Upload.last_progress_at == row.last_progress_at)
            .values(state="expired")
            .execution_options(synchronize_session=False)
        )
        if expired.rowcount:  # type: ignore[attr-defined]
            work.record(("upload", row.id), before={"state": row.state}, after={"state": "expired"})


def _note_dead_checks() -> None:
    """An upload whose check was given up says so."""
    dead = select(Upload.id).join(
        Job, (Job.kind == "media.take_upload") & (Job.key == "take-upload-" + Upload.id.cast(db.String))
    )
    for upload_id in db.session.scalars(dead.where(Upload.state == "checking", Job.state == "failed")).all():
        with unit_of_work(console_actor("job"), "media.failed_upload") as work:
            problem = kept_messages.keep(Message(NOT_DONE))
            work.session.execute(
                update(Upload)
                .where(Upload.id == upload_id, Upload.state == "checking")
                .values(state="failed", problem=problem)
                .execution_options(synchronize_session=False)
            )
            work.record(("upload", upload_id), before={"state": "checking"}, after={"state": "failed"})


def _forget_ended() -> None:
    """Records of uploads that ended long ago say nothing that anybody asks."""
    begin_writing()
    old = (
        Upload.state.in_(("done", "refused", "cancelled", "expired")),
        Upload.last_progress_at < now() - ENDED_KEPT,
        func.coalesce(Upload.finished_at, Upload.last_progress_at) < now() - ENDED_KEPT,
    )
    db.session.execute(delete(Upload).where(*old).execution_options(synchronize_session=False))
    db.session.commit()


def _remove_leftovers() -> None:
    """Bytes on the disk of uploads that need none any more, or of which there is no record."""
    tokens = staging().tokens()
    needed = set(db.session.scalars(select(Upload.token).where(Upload.state.in_(NEEDS_BYTES))))
    db.session.rollback()
    for token in tokens - needed:
        with suppress(ValueError):
            if staging().newest(token) < time.time() - QUIET_SECONDS:
                staging().discard(token)
