"""The files of a call: attachments of the notice and blank forms."""

from __future__ import annotations

from pathlib import PurePath
from typing import IO

from contest_portal.contests.file_signatures import EXTENSIONS, fits_its_name
from contest_portal.contests.models import Contest, ContestAttachment
from contest_portal.contests.services.editing import editable
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import found, unit_of_work
from contest_portal.core.errors import Invalid, NotFound
from contest_portal.core.storage import storage
from contest_portal.core.text import N_, Message
from contest_portal.core.virus_scan import refuse_virus

MOST_BYTES = 50 * 1024 * 1024
HEAD_BYTES = 16


def add_attachment(
    actor: Actor, contest_id: int, *, kind: str, title: str, file_name: str, stream: IO[bytes]
) -> ContestAttachment:
    """Add a file to the call. `kind` is attachment or blank_form. An untitled one is called by its file's name.

    Raises Invalid for a kind of file the call does not take, for content that is not what the name says, and for size.
    """
    name = PurePath(file_name.replace("\\", "/")).name[:200]
    head = stream.read(HEAD_BYTES)
    stream.seek(0)
    if not fits_its_name(name, head):
        allowed = "、".join(sorted(EXTENSIONS))
        message = Message.of(
            N_("「%(name)s」不能用：只接受 %(allowed)s，且内容要与文件名一致"), name=name, allowed=allowed
        )
        raise Invalid("contests.attachment_kind", message, field="file")
    stored = storage().put(stream)
    if stored.size > MOST_BYTES:
        message = Message.of(N_("文件超过 %(limit)s MB，请压缩后再上传"), limit=MOST_BYTES // (1024 * 1024))
        raise Invalid("contests.attachment_size", message, field="file")
    with storage().local_copy(stored.sha256) as path:
        refuse_virus(path, name)
    with unit_of_work(actor, "contests.add_attachment") as work:
        contest = editable(contest_id, None)
        attachment = ContestAttachment(
            contest_id=contest.id,
            kind=kind,
            title=title.strip() or PurePath(name).stem,
            file_name=name,
            file_sha256=stored.sha256,
            size_bytes=stored.size,
            added_at=now(),
        )
        work.session.add(attachment)
        work.session.flush()
        work.record(
            attachment,
            after={"contest_id": contest.id, "kind": kind, "title": attachment.title, "sha256": stored.sha256},
        )
    return attachment


def remove_attachment(actor: Actor, contest_id: int, attachment_id: int) -> None:
    """Take a file out of the call. Its content stays stored as long as anything else holds it (media/sweeping.py)."""
    with unit_of_work(actor, "contests.remove_attachment") as work:
        contest: Contest = editable(contest_id, None)
        attachment = found(ContestAttachment, attachment_id)
        if attachment.contest_id != contest.id:
            raise NotFound
        work.record(
            attachment,
            before={"contest_id": contest.id, "title": attachment.title, "sha256": attachment.file_sha256},
        )
        work.session.delete(attachment)
