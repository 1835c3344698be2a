"""Pictures and fonts for certificates as they come in a form: measured, stored, looked into."""

from __future__ import annotations

import os

from flask import current_app
from werkzeug.datastructures import FileStorage

from contest_portal.core.errors import Invalid
from contest_portal.core.i18n import size as size_text
from contest_portal.core.text import N_, Message
from contest_portal.media.facts import Kind, problem_message
from contest_portal.media.services.beginning_uploads import require_room
from contest_portal.media.services.receiving import Received, receive_file
from contest_portal.media.services.sweeping import remove_refused

PICTURE_KINDS = (Kind.JPEG, Kind.PNG)
MOST_PICTURE_BYTES = 10 << 20


def picture(upload: FileStorage | None, field: str) -> Received | None:
    """The picture that was chosen, stored and seen to be whole. Raises Invalid for anything else."""
    if upload is None or not upload.filename:
        return None
    require_size(upload, MOST_PICTURE_BYTES, field)
    received = receive_file(upload.stream, upload.filename, [str(kind) for kind in PICTURE_KINDS])
    problem = problem_message(received.facts)
    if problem is None and received.facts.kind not in PICTURE_KINDS:
        problem = Message.of(N_("「%(name)s」不是 JPG 或 PNG 图片，请换一种格式。"), name=upload.filename)
    if problem is not None:
        remove_refused(received.sha256, received.put_at)
        raise Invalid("results.picture", problem, field=field)
    return received


def require_size(upload: FileStorage, most_bytes: int, field: str) -> None:
    """Raise Invalid for a file that is empty or too large, before anything of it is stored."""
    size_bytes = upload.stream.seek(0, os.SEEK_END)
    upload.stream.seek(0)
    most = min(most_bytes, int(current_app.config["SETTINGS"].plain_file_mb) << 20)
    if not size_bytes or size_bytes > most:
        message = Message.of(
            N_("「%(name)s」有 %(measured)s，应在 %(limit)s 以内，也不能是空的。"),
            name=upload.filename or "", measured=size_text(size_bytes), limit=size_text(most),
        )  # fmt: skip
        raise Invalid("results.file_size", message, field=field)
    require_room(size_bytes)
