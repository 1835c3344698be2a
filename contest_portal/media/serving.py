"""Sending stored files to browsers: under a safe type, never sniffed, by range where the browser asks for one.

Rooms decide who may see a file and call these from a view of their own; there is no address that serves by hash.
"""

from __future__ import annotations

from flask import Response, request

from contest_portal.core.errors import NotFound
from contest_portal.core.sending import send_content
from contest_portal.media import queries
from contest_portal.media.blind_copies import kind_of_copy
from contest_portal.media.facts import SHOWN_INLINE, Kind, extension_of, media_type
from contest_portal.media.models import Blob
from contest_portal.media.services.derivatives import blind_copy, make_derivative

# A stored file's own page may run nothing and load nothing, whatever a reader of it would like to do. The sandbox is
# left out for PDFs alone: browsers' own readers refuse to work in one.
FILE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; media-src 'self'; img-src 'self'; frame-ancestors 'self'"


def send_blob(blob: Blob, name: str, *, download: bool | None = None) -> Response:
    """The original. Shown in the browser where its kind is safe to show and `?download` was not asked for."""
    wanted = "download" in request.args if download is None else download
    return _send(blob.sha256, Kind(blob.kind), name, download=wanted)


def _send(sha256: str, kind: Kind, name: str, *, download: bool) -> Response:
    response = send_content(
        sha256, mimetype=media_type(kind), name=name, as_attachment=download or kind not in SHOWN_INLINE
    )
    policy = FILE_POLICY if kind is Kind.PDF else f"sandbox; {FILE_POLICY}"
    response.headers["Content-Security-Policy"] = policy
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def send_derivative(blob: Blob, kind: str) -> Response:
    """A preview; made on the spot when its job has not come to it yet. Raises NotFound where there is none."""
    found = queries.derivative(blob.id, kind)
    if found is not None and found.state == "waiting":
        make_derivative({"blob_id": blob.id, "kind": kind})
        found = queries.derivative(blob.id, kind)
    if found is None or found.sha256 is None:
        raise NotFound
    response = send_content(found.sha256, mimetype="image/jpeg", name=f"{kind}.jpg")
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def send_blind_copy(blob: Blob, name: str) -> Response:
    """The judges' copy, as `send_blob` sends the original. Raises NotFound where none can be made."""
    found, kind = blind_copy(blob), kind_of_copy(Kind(blob.kind))
    if found is None or found.sha256 is None or kind is None:
        raise NotFound
    return _send(found.sha256, kind, name, download="download" in request.args)


def name_under_number(number: str, slot_code: str, position: int, kind: Kind) -> str:
    """What a judge's copy is called: the entry's number and the slot, nothing of whoever sent it."""
    return f"{number}-{slot_code}-{position}.{extension_of(kind) or 'bin'}"
