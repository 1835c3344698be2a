"""Sending stored files to browsers: under a safe type, never sniffed, by range where the browser asks for one.

Rooms decide who may see a file and call these from a view of their own; there is no address that serves by hash.
Nothing is made here: what is not ready yet is answered with a picture that says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.sending import etag_of, send_content
from contest_portal.core.storage import storage
from contest_portal.core.text import N_
from contest_portal.core.uploaded import UploadedFile, send_uploaded
from contest_portal.media import queries
from contest_portal.media.blind_copies import derivative_of_copy, kind_of_copy
from contest_portal.media.facts import SHOWN_INLINE, Kind, extension_of, media_type
from contest_portal.media.models import Blob, Derivative

PICTURE_CACHE = "private, max-age=3600"

# An hourglass on paper, for lists whose thumbnails are still being made.
_COMING = b"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 112" width="160" height="112">\
<rect width="160" height="112" fill="#ebe7de"/><path fill="none" stroke="#8a8375" stroke-width="4" stroke-linecap="round" \
d="M64 30h32M64 82h32M68 30c0 16 24 20 24 26s-24 10-24 26M92 30c0 16-24 20-24 26s24 10 24 26"/></svg>"""


def send_blob(blob: Blob, name: str, *, download: bool | None = None) -> Response:
    """The original. Shown in the browser where its kind is safe to show and `?download` was not asked for."""
    wanted = "download" in request.args if download is None else download
    return _send(blob.sha256, Kind(blob.kind), name, download=wanted)


def _send(sha256: str, kind: Kind, name: str, *, download: bool) -> Response:
    is_saved = download or kind not in SHOWN_INLINE
    return send_uploaded(UploadedFile(sha256, name, media_type(kind), is_saved=is_saved))


def send_derivative(blob: Blob, kind: str) -> Response:
    """A preview picture or a film's rendition. Raises NotFound where there is none or it failed, Conflict for a
    rendition that is still being made; a picture's place is taken by an hourglass."""
    found = queries.derivative(blob.id, kind)
    if found is None or found.state == "failed":
        raise NotFound
    if found.sha256 is None:
        if kind == "film720":
            raise Conflict("media.preparing", N_("影片正在准备，请稍后再看。"))
        return _coming()
    if kind == "film720":
        return _send(found.sha256, Kind.MP4, "film.mp4", download="download" in request.args)
    response = send_content(found.sha256, mimetype="image/jpeg", name=f"{kind}.jpg")
    response.headers["Cache-Control"] = PICTURE_CACHE
    return response


def send_tile(blob: Blob, level: int, column: int, row: int) -> Response:
    """One tile of a large picture. Raises NotFound for a place that is not on it, and until the tiles are ready."""
    found = _ready(blob, "tiles")
    first, levels = found.detail["first"], found.detail["levels"]
    if not first <= level < first + len(levels):
        raise NotFound
    tiles = levels[level - first]
    if column >= tiles["columns"] or row >= tiles["rows"]:
        raise NotFound
    return _send_part(found, tiles["places"][row * tiles["columns"] + column], f"{level}-{column}-{row}")


def send_page(blob: Blob, page: int) -> Response:
    """The picture of a PDF's page, counted from 1. Raises NotFound for a page there is not, and until it is ready."""
    found = _ready(blob, "pages")
    pages = found.detail["pages"]
    if not 1 <= page <= len(pages):
        raise NotFound
    return _send_part(found, pages[page - 1]["place"], str(page))


def _ready(blob: Blob, kind: str) -> Derivative:
    found = queries.derivative(blob.id, kind)
    if found is None or found.sha256 is None:
        raise NotFound
    return found


def _send_part(found: Derivative, place: Sequence[int], name: str) -> Response:
    begin, length = place
    response = Response(mimetype="image/jpeg")
    response.set_etag(etag_of(f"{found.sha256}-{name}"))
    response.headers["Cache-Control"] = PICTURE_CACHE
    response.make_conditional(request.environ)
    if response.status_code != 304:
        assert found.sha256 is not None
        with storage().open(found.sha256) as file:
            file.seek(begin)
            response.set_data(file.read(length))
    return response


def _coming() -> Response:
    # 202: browsers show it as they would the picture, and no log of theirs calls it an error.
    response = Response(_COMING, status=202, mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "no-store"
    return response


def send_blind_copy(blob: Blob, name: str) -> Response:
    """The judges' copy, as `send_blob` sends the original. Raises NotFound where none can be made, Conflict until it is
    ready."""
    kind: Any = kind_of_copy(Kind(blob.kind))
    wanted = derivative_of_copy(Kind(blob.kind))
    found = queries.derivative(blob.id, wanted) if wanted else None
    if wanted is None or (found is not None and found.state == "failed"):
        raise NotFound
    if found is None or found.sha256 is None:
        raise Conflict("media.preparing", N_("匿名副本正在准备，请稍后再看。"))
    return _send(found.sha256, kind, name, download="download" in request.args)


def name_under_number(number: str, slot_code: str, position: int, kind: Kind) -> str:
    """What a judge's copy is called: the entry's number and the slot, nothing of whoever sent it."""
    return f"{number}-{slot_code}-{position}.{extension_of(kind) or 'bin'}"
