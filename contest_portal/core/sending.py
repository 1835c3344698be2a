"""Sending stored content to browsers, from whichever storage, by range where the browser asks for one.

Waitress sends a file of this machine by itself. All else it sends in the request's thread, which waits for the browser
once `outbuf_high_watermark` (16 MiB) is unsent: a few slow viewers of films would hold all threads. So ranges of this
machine's files are handed to it as files too, ranges from elsewhere are kept short, and long files from elsewhere are
fetched first.
"""

from __future__ import annotations

import io
import os
from typing import BinaryIO

from flask import Response, request, send_file
from waitress.buffers import ReadOnlyFileBasedBuffer
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper, wrap_file

from contest_portal.core.sealing import digest
from contest_portal.core.storage import storage

BUFFER_BYTES = 64 * 1024
PIECE_BYTES = 8 << 20
"""The most that is sent of another machine's file in one answer to a range; browsers ask for the next."""


def send_content(sha256: str, *, mimetype: str, name: str, as_attachment: bool = False, max_age: int = 0) -> Response:
    """The content under `name`. Raises Missing."""
    file = storage().open(sha256)
    lies_here = _lies_here(file)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    response = send_file(
        file,
        mimetype=mimetype,
        as_attachment=as_attachment,
        download_name=name,
        conditional=False,
        etag=False,
        max_age=max_age,
    )
    if not lies_here:
        response.response = FileWrapper(file, BUFFER_BYTES)
    response.content_length = size
    response.set_etag(etag_of(sha256))
    environ = request.environ if lies_here else {**request.environ, **_shorter_range(size)}
    try:
        response.make_conditional(environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    if response.status_code == 304:
        file.close()
    elif request.method == "GET" and lies_here and response.status_code == 206:
        _leave_range_to_server(response, file)
    elif request.method == "GET" and not lies_here and response.status_code == 200 and size > PIECE_BYTES:
        _fetch_first(response, sha256, file)
    return response


def _shorter_range(size: int) -> dict[str, str]:
    """The header for the range that is sent instead of a longer one; empty where nothing is to be changed."""
    found = request.range.range_for_length(size) if request.range is not None else None
    if found is None or found[1] - found[0] <= PIECE_BYTES:
        return {}
    return {"HTTP_RANGE": f"bytes={found[0]}-{found[0] + PIECE_BYTES - 1}"}


def _leave_range_to_server(response: Response, file: BinaryIO) -> None:
    """Waitress sends from where the file stands, as many bytes as the answer is long. Other servers may not."""
    begin = response.content_range.start
    if request.environ.get("wsgi.file_wrapper") is ReadOnlyFileBasedBuffer and begin is not None:
        file.seek(begin)
        response.response = wrap_file(request.environ, file, BUFFER_BYTES)


def _fetch_first(response: Response, sha256: str, remote: BinaryIO) -> None:
    if os.name == "nt":  # no file is removed there that somebody has open
        return
    with storage().local_copy(sha256) as path:
        response.response = wrap_file(request.environ, path.open("rb"), BUFFER_BYTES)
    remote.close()


def etag_of(sha256: str) -> str:
    """The content's etag: the same for the same content, and nothing to compare with the hash of a file that one has."""
    return digest(sha256)[:40]


def _lies_here(file: BinaryIO) -> bool:
    try:
        file.fileno()
    except io.UnsupportedOperation:
        return False
    return True
