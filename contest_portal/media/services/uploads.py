"""Uploads: received in pieces, ended. What is on the disk decides; the record follows it.

A piece is appended under the upload's lock, outside any transaction. When the last byte is there a job checks the whole
file and hands it to its target (`taking_uploads`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select, update

from contest_portal.core import kept_messages
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import begin_writing, db, unit_of_work
from contest_portal.core.durable_files import BLOCK_BYTES
from contest_portal.core.errors import Conflict, DomainError, NotAllowed, NotFound
from contest_portal.core.jobs import INTAKE, enqueue
from contest_portal.core.sealing import digest
from contest_portal.core.staging import staging
from contest_portal.core.storage import StorageFull
from contest_portal.core.text import N_, Message
from contest_portal.core.upload_parts import Part, PartFile
from contest_portal.media.models import Upload
from contest_portal.media.queries import open_uploads, upload_of_token
from contest_portal.media.tus import Checksum, ChecksumMismatch
from contest_portal.media.upload_targets import UploadView, target_named
from contest_portal.people.models import LoginSession, Membership


class TooLarge(DomainError):
    """The file is larger than any that may be sent, or more came than was announced."""

    status = 413


class Gone(DomainError):
    """The upload was cancelled or has expired; its bytes are not kept."""

    status = 410

    def __init__(self) -> None:
        super().__init__("media.upload_gone", N_("这次上传已取消或已过期，请重新选择文件上传。"))


class Unwanted(DomainError):
    """The file would not be taken any more, however much of it comes; its bytes are not kept."""

    status = 403

    def __init__(self, why: Message) -> None:
        super().__init__("media.upload_unwanted", why)


class WrongOffset(Conflict):
    """The piece does not begin where the upload ends."""

    def __init__(self) -> None:
        super().__init__("media.upload_offset", N_("上传的进度已经变化，请从最新的进度继续。"))


def sender_of(session_token: str) -> str:
    """Who sends a part, as its file's name says it: found again in the record of the signed-in browser."""
    return digest(session_token)


def receive_part(actor: Actor, upload: Upload, offset: int, part: Part, checksum: Checksum | None = None) -> Upload:
    """Append a piece that has come whole. Raises WrongOffset, TooLarge, ChecksumMismatch, StorageFull, Gone, Busy.

    What cannot be appended is removed with its part; of a piece on a full disk, what found room is kept.
    """
    part.close()
    try:
        require_wanted(actor, upload, part.seconds())
        with staging().locked(upload.token):
            _require_fits(upload, offset, part.size)
            if checksum is not None and (part.full or not checksum.fits(_blocks_of(part.path))):
                raise StorageFull if part.full else ChecksumMismatch
            length = _appended(upload, part.path, offset) if part.size else offset
    finally:
        part.remove()
    row = _progressed(actor, upload, length, part.seconds())
    if part.full:
        raise StorageFull
    return row


def receive_broken_part(
    actor: Actor, upload: Upload, offset: int, part: Part, checksum: Checksum | None = None
) -> None:
    """Keep what came of a piece before its connection broke; nothing of one whose hash can no longer be checked."""
    part.close()
    try:
        if checksum is None and part.size:
            with staging().locked(upload.token):
                _require_fits(upload, offset, 0)
                length = _appended(upload, part.path, offset)
            _progressed(actor, upload, length, part.seconds())
    finally:
        part.remove()


def resume(actor: Actor, upload: Upload) -> Upload:
    """The upload as it is on the disk now, with what broken connections and killed servers left of it.

    Raises Gone, Busy, NotFound where nothing of it is on the disk any more.
    """
    require_known(upload)
    if upload.state != "receiving":
        return upload
    with staging().locked(upload.token):
        if staging().length(upload.token) is None:
            return _ended_meanwhile(upload)
        staging().forget_checked(upload.token)
        length, seconds, arrived_at = staging().synced_length(upload.token), 0.0, None
        for part in staging().parts(upload.token):
            with suppress(FileNotFoundError):  # its own request has removed it meanwhile
                if not _was_sent_by_owner(upload, part):
                    part.path.unlink()
                    continue
                seconds += part.seconds()
                arrived_at = _last_byte_at(part)
                length = _appended_if_room(upload, part, length)
    return _progressed(actor, upload, length, seconds, arrived_at)


def _appended_if_room(upload: Upload, part: PartFile, length: int) -> int:
    """The length afterwards; on a full disk what found room counts, and the rest is sent again."""
    try:
        return _appended(upload, part.path, part.offset)
    except StorageFull:
        return staging().length(upload.token) or length


def _ended_meanwhile(upload: Upload) -> Upload:
    """The record of an upload whose staged file is gone: another request has ended it. Raises Gone, NotFound."""
    row = upload_of_token(upload.token)
    require_known(row)
    if row.state == "receiving":
        raise NotFound
    return row


def _was_sent_by_owner(upload: Upload, part: PartFile) -> bool:
    """Whether a browser sent the part that was signed in to this account: knowing the address is not enough.

    Its session was alive when the part began, and nobody ended it before the last byte. Raises FileNotFoundError.
    """
    session = db.session.scalar(select(LoginSession).where(LoginSession.token_digest == part.sender))
    if session is None or session.account_id != upload.account_id:
        return False
    last_byte = _last_byte_at(part)
    begun = last_byte - timedelta(seconds=part.seconds())
    idle = timedelta(minutes=current_app.config["SETTINGS"].session_idle_minutes)
    lived = session.expires_at > begun and session.seen_at > begun - idle
    return lived and (session.ended_at is None or session.ended_at > last_byte)


def _last_byte_at(part: PartFile) -> datetime:
    """When the last byte of a part came, by the program's clock. Raises FileNotFoundError."""
    return now() - timedelta(seconds=time.time() - part.begun - part.seconds())


def require_known(upload: Upload) -> None:
    """Raise Gone for an upload that was given up, Unwanted for one that was refused on its way: no bytes are kept."""
    if upload.state in {"cancelled", "expired"}:
        raise Gone
    if upload.state == "refused" and upload.received_bytes < upload.size_bytes and upload.problem:
        raise Unwanted(kept_messages.kept(upload.problem))


def require_wanted(actor: Actor, upload: Upload, seconds: float = 0.0) -> None:
    """End an unfinished upload that its target would not take any more, and raise Unwanted with the reason.

    `seconds` is how long a piece took to arrive that is not in the record yet.
    """
    if upload.state != "receiving":
        return
    moment = now()
    goes_on_at = max(upload.last_progress_at, moment - timedelta(seconds=seconds))
    has_paused = goes_on_at - upload.last_progress_at > _longest_pause()
    view = UploadView(
        id=upload.id,
        name=upload.file_name,
        begun_at=upload.begun_at,
        finished_at=moment,
        place=upload.place,
        size_bytes=upload.size_bytes,
        bytes_in_time=upload.bytes_in_time,
        steady_since=goes_on_at if has_paused else upload.steady_since,
        longest_gap_seconds=0 if has_paused else upload.longest_gap_seconds,
    )
    try:
        target_named(upload.target).still_wanted(actor, view)
    except (NotFound, NotAllowed, Conflict) as refusal:
        with staging().locked(upload.token):
            _end_unfinished(actor, upload, "refused", refusal.message)
            staging().discard(upload.token)
        raise Unwanted(refusal.message) from refusal


def _longest_pause() -> timedelta:
    return timedelta(minutes=current_app.config["SETTINGS"].upload_gap_minutes)


def _require_fits(upload: Upload, offset: int, size: int) -> None:
    """The piece begins where the upload ends, and ends within what was announced. The caller holds the lock."""
    require_known(upload)
    length = staging().length(upload.token)
    if length is None:
        length = _ended_meanwhile(upload).size_bytes
    if offset != length:
        raise WrongOffset
    if offset + size > upload.size_bytes:
        raise TooLarge("media.upload_longer", N_("收到的数据比文件本身还长，没有保存。请重新选择文件上传。"))


def _appended(upload: Upload, part: Path, offset: int) -> int:
    return staging().append(upload.token, part, offset, upload.size_bytes)


def _blocks_of(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def _progressed(
    actor: Actor, upload: Upload, length: int, seconds: float, arrived_at: datetime | None = None
) -> Upload:
    """Let the record follow the disk; the last byte ends the receiving. Not an act that the trail needs.

    `seconds` is how long the bytes took to arrive: a long piece on a slow line is no pause. `arrived_at`: when the last
    of them came, None: just now.
    """
    moment = now()
    if length != upload.received_bytes:
        ends_at = target_named(upload.target).ends_at(upload.place)
        begin_writing()
        arriving_since = max(upload.last_progress_at, moment - timedelta(seconds=seconds))
        gap = int((arriving_since - upload.last_progress_at).total_seconds())
        values: dict[str, Any] = {
            "received_bytes": length,
            "last_progress_at": moment,
            "longest_gap_seconds": max(gap, upload.longest_gap_seconds),
        }
        if gap > _longest_pause().total_seconds():
            values |= {"steady_since": arriving_since, "longest_gap_seconds": 0}
        if ends_at is None or (arrived_at or moment) <= ends_at:
            values["bytes_in_time"] = length
        still = (Upload.id == upload.id, Upload.state == "receiving")
        db.session.execute(update(Upload).where(*still).values(**values).execution_options(synchronize_session=False))
        db.session.commit()
    row = upload_of_token(upload.token)
    return end_receiving(actor, row) if length == row.size_bytes and row.state == "receiving" else row


def end_receiving(actor: Actor, row: Upload) -> Upload:
    """The last byte is there: a job checks the file and hands it over. Only one request ends it."""
    with unit_of_work(actor, "media.finish_upload") as work:
        moment = now()
        ended = work.session.execute(
            update(Upload)
            .where(Upload.id == row.id, Upload.state == "receiving")
            .values(state="checking", finished_at=moment, received_bytes=Upload.size_bytes)
            .execution_options(synchronize_session=False)
        )
        if ended.rowcount:  # type: ignore[attr-defined]
            work.record(row, before={"state": "receiving"}, after={"state": "checking"})
            office_id = work.session.scalar(select(Membership.office_id).where(Membership.id == row.membership_id))
            payload, key = {"upload_id": row.id}, f"take-upload-{row.id}"
            enqueue(work, "media.take_upload", payload, key=key, lane=INTAKE, office_id=office_id)
    return upload_of_token(row.token)


def cancel_upload(actor: Actor, upload: Upload) -> None:
    """Give an unfinished upload up and remove what came of it. Raises Gone, and Conflict when it is finished."""
    require_known(upload)
    with staging().locked(upload.token):
        _end_unfinished(actor, upload, "cancelled")
        staging().discard(upload.token)


def _end_unfinished(actor: Actor, upload: Upload, state: str, why: Message | None = None) -> None:
    with unit_of_work(actor, f"media.{state}_upload") as work:
        ended = work.session.execute(
            update(Upload)
            .where(Upload.id == upload.id, Upload.state == "receiving")
            .values(state=state, finished_at=now(), problem=kept_messages.keep(why) if why else None)
            .execution_options(synchronize_session=False)
        )
        if not ended.rowcount:  # type: ignore[attr-defined]
            raise Conflict("media.upload_ended", N_("这个文件已经传完，不能再取消。"))
        work.record(upload, before={"state": "receiving"}, after={"state": state}, why=str(why or ""))


def own_open_uploads(actor: Actor, target: str, place: Mapping[str, str]) -> list[Upload]:
    """The actor's uploads to that place, or to all places within it, that are being received or checked."""
    subject = place.get(target_named(target).key, "").replace("\0", "")
    rows = open_uploads(target, subject, account_id=actor.account_id)
    return [row for row in rows if place.items() <= row.place.items()]


def expires_at(upload: Upload) -> datetime:
    """When the upload is given up unless more of it comes."""
    return upload.last_progress_at + timedelta(days=current_app.config["SETTINGS"].upload_days)


def store_stream(part: Part, read: Callable[[int], bytes]) -> None:
    """Write all that `read` gives into the part, in blocks; what it raises passes through, what came is kept."""
    while block := read(BLOCK_BYTES):
        part.write(block)
