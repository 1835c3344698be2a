"""The whole file's hash, said by the browser while it sends: what arrives must have it before anything takes it."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.database import locked, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.text import N_, Message
from contest_portal.media.models import Upload
from contest_portal.media.services.uploads import require_known


def announce_hash(actor: Actor, upload: Upload, sha256: str) -> None:
    """Note the whole file's SHA-256 (64 hexadecimal digits) that the browser has found while it sent: what arrives must
    have it. Saying the same again changes nothing.

    Raises Conflict where another hash was announced, since the pieces would then be of two files, and where the last
    byte is there already; Gone.
    """
    require_known(upload)
    with unit_of_work(actor, "media.announce_hash") as work:
        row = locked(Upload, upload.id)
        if row.announced_sha256 == sha256:
            return
        if row.announced_sha256 is not None:
            raise Conflict(
                "media.other_file",
                Message.of(
                    N_(
                        "您选的「%(name)s」和已传了一部分的不是同一个文件，或者文件改动过。请选择原来的文件，或取消后重新上传。"
                    ),
                    name=row.file_name,
                ),
            )
        if row.state != "receiving":
            raise Conflict("media.hash_too_late", N_("文件已经传完，不能再补报校验值。"))
        row.announced_sha256 = sha256
        work.record(row, after={"announced_sha256": sha256})
