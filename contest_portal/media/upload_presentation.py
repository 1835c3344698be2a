"""How it stands with an upload, in words and figures."""

from __future__ import annotations

from typing import Any

from contest_portal.core import kept_messages
from contest_portal.core.i18n import size, translate
from contest_portal.core.text import N_, Message
from contest_portal.media.models import Upload

WORDS = {
    "receiving": N_("已传 %(received)s / %(size)s"),
    "checking": N_("已传完，正在检查"),
    "done": N_("已上传"),
    "refused": N_("没有收下"),
    "failed": N_("检查没有完成"),
    "cancelled": N_("已取消"),
    "expired": N_("已过期"),
}


def words_of(upload: Upload) -> str:
    """The state as a sentence in the reader's language: what was wrong with the file, where something was."""
    if upload.problem:
        return translate(kept_messages.kept(upload.problem))
    source = WORDS[upload.state]
    if upload.state != "receiving":
        return translate(source)
    return translate(Message.of(source, received=size(upload.received_bytes), size=size(upload.size_bytes)))


def percent_of(upload: Upload) -> int:
    """How much has come, 0 to 100; 100 only when all of it has."""
    return 100 if upload.received_bytes == upload.size_bytes else upload.received_bytes * 100 // upload.size_bytes


def as_data(upload: Upload) -> dict[str, Any]:
    """What scripts read."""
    return {
        "id": upload.id,
        "name": upload.file_name,
        "size": upload.size_bytes,
        "offset": upload.received_bytes,
        "percent": percent_of(upload),
        "state": upload.state,
        "words": words_of(upload),
        "target": upload.target,
        "place": upload.place,
        "begun_at": upload.begun_at.isoformat(),
    }
