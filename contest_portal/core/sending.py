"""Sending stored content to browsers, from whichever storage, by range where the browser asks for one."""

from __future__ import annotations

import io
from typing import BinaryIO

from flask import Response, request, send_file
from werkzeug.exceptions import RequestedRangeNotSatisfiable
from werkzeug.wsgi import FileWrapper

from contest_portal.core.sealing import digest
from contest_portal.core.storage import storage

BUFFER_BYTES = 64 * 1024


def send_content(sha256: str, *, mimetype: str, name: str, as_attachment: bool = False, max_age: int = 0) -> Response:
    """The content under `name`. Raises Missing.

    A file of this machine is left to the server; anything else is read piece by piece in the request's own thread.
    """
    file = storage().open(sha256)
    response = send_file(
        file,
        mimetype=mimetype,
        as_attachment=as_attachment,
        download_name=name,
        conditional=False,
        etag=False,
        max_age=max_age,
    )
    if not _lies_here(file):
        response.response = FileWrapper(file, BUFFER_BYTES)
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    response.content_length = size
    response.set_etag(etag_of(sha256))
    try:
        response.make_conditional(request.environ, accept_ranges=True, complete_length=size)
    except RequestedRangeNotSatisfiable:
        file.close()
        raise
    if response.status_code == 304:
        file.close()
    return response


def etag_of(sha256: str) -> str:
    """The content's etag: the same for the same content, and nothing to compare with the hash of a file that one has."""
    return digest(sha256)[:40]


def _lies_here(file: BinaryIO) -> bool:
    try:
        file.fileno()
    except io.UnsupportedOperation:
        return False
    return True
