"""The one way by which what somebody has uploaded goes to a browser: a safe type, a sandbox, the address of files.

Whoever sends such bytes by another way lets a page that hides in them run where people are signed in;
`tests/structure/test_uploaded_files.py` looks for it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from flask import Response, send_file

from contest_portal.core.own_origin import send_elsewhere
from contest_portal.core.sealed_files import open_sealed
from contest_portal.core.sending import send_content

PDF = "application/pdf"
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", PDF})
"""What a browser may show; all else is saved, as bytes of no type."""

# A stored file's own page may run nothing and load nothing, whatever a reader of it would like to do. The sandbox is
# left out for PDFs alone: browsers' own readers refuse to work in one.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'; frame-ancestors 'self'"


@dataclass(frozen=True)
class UploadedFile:
    """Uploaded bytes and how they are sent. `is_sealed`: stored sealed; no browser keeps such a file.

    `seconds`: how long a browser may keep it, where everybody may read it. Raises Missing or NotFound where it is gone.
    """

    sha256: str
    name: str
    mimetype: str
    is_saved: bool = False
    is_sealed: bool = False
    seconds: int = 0


def send_uploaded(file: UploadedFile) -> Response:
    """The file, or the way to it where files have an address of their own."""
    what = {**asdict(file), "long": file.mimetype == "video/mp4"}
    return send_elsewhere(what) or send_uploaded_here(what)


def send_uploaded_here(what: Mapping[str, Any]) -> Response:
    """The bytes themselves, as `send_uploaded` said it: here, or at the address of files."""
    file = UploadedFile(**{key: value for key, value in what.items() if key != "long"})
    is_shown = file.mimetype in SHOWN and not file.is_saved
    mimetype = file.mimetype if file.mimetype in SHOWN else "application/octet-stream"
    if file.is_sealed:
        content = io.BytesIO(open_sealed(file.sha256))
        response = send_file(content, mimetype, download_name=file.name, as_attachment=not is_shown, max_age=0)
    else:
        response = send_content(
            file.sha256, mimetype=mimetype, name=file.name, as_attachment=not is_shown, max_age=file.seconds
        )
    response.headers["Content-Security-Policy"] = FILE_POLICY if file.mimetype == PDF else f"sandbox; {FILE_POLICY}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not file.seconds:
        response.headers["Cache-Control"] = "private, no-store" if file.is_sealed else "private, no-cache"
    return response
