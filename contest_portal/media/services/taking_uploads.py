"""Whole uploads: hashed, stored, looked at, handed to their target. A job; killed anywhere, it is done again, once."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import update

from contest_portal.core import kept_messages
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, Stale
from contest_portal.core.jobs import is_last_attempt, job
from contest_portal.core.staging import Busy, staging
from contest_portal.core.storage import Missing, storage
from contest_portal.core.text import N_, Message
from contest_portal.media.models import Upload
from contest_portal.media.services.receiving import Received, put_at_of, receive_stored
from contest_portal.media.services.sweeping import remove_refused
from contest_portal.media.upload_targets import UploadView, target_named
from contest_portal.people.models import Account
from contest_portal.people.sessions import actor_of

NOT_DONE = N_("检查没有完成。请重新上传，或请主办单位在后台任务中重试。")


@job("media.take_upload", N_("检查上传的文件"))
def take_upload(payload: dict[str, Any]) -> None:
    """Store and check one whole upload and hand it to its target; what the rules refuse is kept with its reason."""
    row = db.session.get_one(Upload, payload["upload_id"])
    if row.state not in {"checking", "failed"}:
        staging().discard(row.token)
        return
    account = db.session.get_one(Account, row.account_id)
    actor = actor_of(account, row.membership_id)
    put: list[tuple[str, datetime | None]] = []
    try:
        if not account.is_active:
            raise NotAllowed("media.account_inactive", N_("上传者的账号已停用，文件没有收下。"))
        _hand_over(actor, row, _stored(actor, row, put))
    except Exception as failure:
        if isinstance(failure, DomainError) and _is_refusal(failure):
            _end(actor, row, "refused", failure.message)
            for sha256, put_at in put:
                remove_refused(sha256, put_at)
        else:
            # Until the last attempt the file counts as being checked: it keeps its place, and what needs it waits.
            if is_last_attempt(failure):
                _end(actor, row, "failed", failure.message if isinstance(failure, DomainError) else Message(NOT_DONE))
            raise
    staging().discard(row.token)


def _is_refusal(failure: DomainError) -> bool:
    """Whether the file itself or the rules are in the way, so that trying again would change nothing: not a fault of the
    site, not what another was writing at the same moment, not a content that the storage lost."""
    if isinstance(failure, Stale | Missing) or failure.code == "core.constraint":
        return False
    return isinstance(failure, Invalid | NotAllowed | NotFound | Conflict) and failure.status < 500


def _stored(actor: Actor, row: Upload, put: list[tuple[str, datetime | None]]) -> Received:
    """The file in the storage, looked at in the sandbox; what is put is noted in `put`.

    Raises NotAsExpected when it is not what was announced.
    """
    kinds = target_named(row.target).accepted(actor, row.place)
    sha256 = row.sha256
    if sha256 is None or not storage().exists(sha256):
        stored = storage().adopt(_second_name(_assembled(row)), expected_sha256=row.announced_sha256)
        sha256 = stored.sha256
        put.append((sha256, put_at_of(stored)))
        _note_hash(row, sha256)
    return receive_stored(sha256, row.size_bytes, row.file_name, kinds)


def _assembled(row: Upload) -> Path:
    """The staged file, whole. Raises RuntimeError where a late request holds its lock: the job comes again."""
    try:
        with staging().locked(row.token):
            return staging().assemble(row.token)
    except Busy as busy:
        raise RuntimeError(f"upload {row.id} is locked") from busy


def _second_name(staged: Path) -> Path:
    """Another name of the staged file for the storage to take: ours stays until the record knows the hash."""
    taken = staged.with_suffix(".taken")
    taken.unlink(missing_ok=True)
    try:
        os.link(staged, taken)
    except FileNotFoundError:
        raise
    except OSError:  # a file system without second names
        shutil.copyfile(staged, taken)
    return taken


def _note_hash(row: Upload, sha256: str) -> None:
    begin_writing()
    statement = update(Upload).where(Upload.id == row.id).values(sha256=sha256)
    db.session.execute(statement.execution_options(synchronize_session=False))
    db.session.commit()


def _hand_over(actor: Actor, row: Upload, received: Received) -> None:
    """The target takes the file and the upload ends, in one transaction: both or neither."""
    view = UploadView(
        id=row.id,
        name=row.file_name,
        begun_at=row.begun_at,
        finished_at=row.finished_at or now(),
        place=row.place,
        size_bytes=row.size_bytes,
        bytes_in_time=row.bytes_in_time,
        steady_since=row.steady_since,
        longest_gap_seconds=row.longest_gap_seconds,
    )
    target = target_named(row.target)
    with unit_of_work(actor, "media.take_upload") as work:
        if not _ended(row, "done", None):
            return
        target.take(actor, view, received)
        work.record(("upload", row.id), after={"state": "done", "sha256": received.sha256})


def _end(actor: Actor, row: Upload, state: str, why: Message) -> None:
    """Not taken, with the reason: the file was refused, or something was wrong with the site and the job comes again."""
    with unit_of_work(actor, f"media.{state}_upload") as work:
        if _ended(row, state, kept_messages.keep(why)):
            work.record(("upload", row.id), after={"state": state}, why=str(why))


def _ended(row: Upload, state: str, problem: dict[str, Any] | None) -> bool:
    """Whether this run of the job is the one that ends the upload."""
    ended = db.session.execute(
        update(Upload)
        .where(Upload.id == row.id, Upload.state.in_(("checking", "failed")))
        .values(state=state, problem=problem)
        .execution_options(synchronize_session=False)
    )
    return bool(ended.rowcount)  # type: ignore[attr-defined]
