"""The web server, taught to keep what arrives of an upload while it arrives.

Waitress gives the application a request when its whole body is there: a piece whose connection breaks would be lost, a
long one would be spooled in a folder for temporary files. Here the body of `PATCH /uploads/<token>` goes at once into a
part file of the staging folder. When the request is whole, the view finds the part in `wsgi.input` and appends it; when
not, the part waits for the next request to that upload, whichever server gets it.

Only the bodies of signed-in browsers are kept so: the session's cookie is signed, and needs no database to be read.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from io import BytesIO
from typing import Any

from flask import Flask
from itsdangerous import BadData
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import Error, RequestEntityTooLarge

from contest_portal.core.sealing import Sealer
from contest_portal.core.staging import Staging
from contest_portal.core.upload_parts import Part

RECEIVED_AT_ONCE = 256 << 10
SWALLOWED_BYTES = 8 << 20
"""A body that is not wanted is read to its end up to here, so that the client gets an answer; a longer one is cut off."""
_ADDRESS = re.compile(r"/uploads/([A-Za-z0-9_-]{20,64})")
_NUMBER = re.compile(r"[0-9]{1,16}")
CONTENT_TYPE = "application/offset+octet-stream"
VERSION = "1.0.0"

Headers = dict[str, str]


class Refused(Error):
    """An answer before the end of a body that nobody wants."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class ArrivedPart(BytesIO):
    """`wsgi.input` of a piece that lies in a part file already."""

    def __init__(self, part: Part) -> None:
        super().__init__()
        self.part = part


class NotKept(BytesIO):
    """`wsgi.input` of a piece that begins elsewhere than its upload ends: its bytes were not kept."""


class PartBuffer:
    """What waitress appends a body to: the part file, as long as somebody is to have it."""

    def __init__(self, part: Part) -> None:
        self.part = part

    def append(self, data: bytes) -> None:
        self.part.write(data)

    def getfile(self) -> ArrivedPart:
        return ArrivedPart(self.part)

    def close(self) -> None:
        self.part.close()

    def __len__(self) -> int:
        return self.part.size


class NoBuffer:
    """What waitress appends a body to that is not wanted."""

    def __init__(self) -> None:
        self.size = 0

    def append(self, data: bytes) -> None:
        self.size += len(data)

    def getfile(self) -> NotKept:
        return NotKept()

    def close(self) -> None:
        pass

    def __len__(self) -> int:
        return self.size


class UploadParser(HTTPRequestParser):
    """Reads a request; the body of a piece goes where it belongs. Made for one application by `channel_class_for`."""

    staging: Staging
    sender_of: Callable[[Headers], str | None]
    form_limit: int

    error: Error | None
    completed: bool
    buffer: PartBuffer | NoBuffer | None = None
    limit = 0

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        self.limit = self.form_limit
        is_piece = self.headers.get("CONTENT_TYPE") == CONTENT_TYPE and self.path.startswith("/uploads/")
        sender = type(self).sender_of(self.headers) if is_piece and self.body_rcv is not None else None
        if sender is None:
            return
        self.limit = self.adj.max_request_body_size
        try:
            self.buffer = self._buffer_of_piece(sender)
        except OSError:  # not even an empty file can be made
            self.error, self.completed = Refused(507, "Insufficient Storage"), True
            return
        if self.buffer is not None:
            self.body_rcv.buf = self.buffer

    def _buffer_of_piece(self, sender: str) -> PartBuffer | NoBuffer | None:
        """Where the body goes; None where it is no piece of an upload as the protocol wants it."""
        address = _ADDRESS.fullmatch(self.path)
        offset = self.headers.get("UPLOAD_OFFSET", "")
        method = self.headers.get("X_HTTP_METHOD_OVERRIDE", self.command) if self.command == "POST" else self.command
        is_piece = method.upper() == "PATCH" and self.headers.get("TUS_RESUMABLE") == VERSION
        if address is None or not is_piece or not _NUMBER.fullmatch(offset):
            return None
        if self.staging.length(address[1]) != int(offset):
            return NoBuffer()
        has_checksum = "UPLOAD_CHECKSUM" in self.headers
        return PartBuffer(self.staging.new_part(address[1], int(offset), sender, has_checksum=has_checksum))

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if self.headers_finished and not self.error and not self.completed:
            self.error = self._refusal()
            if self.error:
                self.completed = True
                self.expect_continue = False
        return consumed

    def _refusal(self) -> Error | None:
        """What is said before the whole body has come; None as long as it is welcome."""
        rest = self.content_length - self.body_bytes_received
        if max(self.content_length, self.body_bytes_received) > self.limit:
            return RequestEntityTooLarge(f"exceeds max_body of {self.limit}")
        if isinstance(self.buffer, PartBuffer) and self.buffer.part.was_taken_away:
            return Refused(409, "Conflict")
        if rest <= SWALLOWED_BYTES and not self.chunked:
            return None
        if isinstance(self.buffer, NoBuffer):
            return Refused(409, "Conflict")
        if isinstance(self.buffer, PartBuffer) and self.buffer.part.full:
            return Refused(507, "Insufficient Storage")
        return None


class UploadChannel(HTTPChannel):
    """One connection. When it breaks, the part that was being written is given free for the next request."""

    def handle_close(self) -> None:
        super().handle_close()
        request = self.request
        if request is not None and request.buffer is not None:
            request.buffer.close()


def channel_class_for(app: Flask) -> type[UploadChannel]:
    """The connections' class for `app`: knows its staging folder and how its browsers are told apart."""
    settings = app.config["SETTINGS"]
    values = {
        "staging": app.extensions["staging"],
        "sender_of": staticmethod(sender_by_cookie(app)),
        "form_limit": settings.max_upload_mb << 20,
    }
    parser = type("Parser", (UploadParser,), values)
    return type("Channel", (UploadChannel,), {"parser_class": parser})


def sender_by_cookie(app: Flask) -> Callable[[Headers], str | None]:
    """Tells from a request's headers which signed-in browser sends it, as part files name it; None for nobody."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    sealer: Sealer = app.extensions["sealer"]
    name = app.config["SESSION_COOKIE_NAME"]

    def sender_of(headers: Headers) -> str | None:
        try:
            cookie = SimpleCookie(headers.get("COOKIE", "")).get(name)
            token = serializer.loads(cookie.value).get("_user_id") if cookie else None
        except (CookieError, BadData, ValueError):
            return None
        return sealer.digest(token) if isinstance(token, str) else None

    return sender_of


def make_server(app: Flask, host: str, port: int) -> Any:
    """The web server of `app`, not yet running. Raises OSError where it cannot listen."""
    settings = app.config["SETTINGS"]
    staging: Staging = app.extensions["staging"]
    staging.prepare()
    if "TMPDIR" not in os.environ:  # bodies of forms too may be larger than a temporary folder in memory
        tempfile.tempdir = str(staging.temporary)
    sockets: dict[int, Any] = {}
    server = create_server(
        app,
        map=sockets,
        host=host,
        port=port,
        threads=settings.threads,
        max_request_body_size=max(settings.largest_upload_mb, settings.max_upload_mb) * 1024 * 1024 + 1,
        recv_bytes=RECEIVED_AT_ONCE,
        ident="contest-portal",
    )
    for listening in sockets.values():
        if isinstance(listening, BaseWSGIServer):
            listening.channel_class = channel_class_for(app)
    return server
