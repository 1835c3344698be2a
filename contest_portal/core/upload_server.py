"""The web server, taught to keep what arrives of an upload while it arrives.

Waitress gives the application a request when its whole body is there: a piece whose connection breaks would be lost, a
long one would be spooled in a folder for temporary files. Here the body of `PATCH /uploads/<token>` goes at once into a
part file of the staging folder. When the request is whole, the view finds the part in `wsgi.input` and appends it; when
not, the part waits for the next request to that upload, whichever server gets it.

Only the bodies of signed-in browsers are kept so: the session's cookie is signed, and needs no database to be read.
Such a cookie may be of a session that has ended, so what it can leave behind is bounded: a part is never longer than
what is missing of its upload, and there are few of them. Any other body is held to a form's size, by its sender, and is
not spooled onto a full disk.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from itsdangerous import BadData
from waitress.parser import HTTPRequestParser
from waitress.server import BaseWSGIServer, create_server
from waitress.utilities import Error, RequestEntityTooLarge

from contest_portal.core.durable_files import FULL
from contest_portal.core.sealing import Sealer
from contest_portal.core.slow_heads import HeadLimitedChannel
from contest_portal.core.staging import Staging
from contest_portal.core.upload_parts import LOOKED_EVERY, Part

RECEIVED_AT_ONCE = 256 << 10
MOST_PARTS = 8
"""Parts of one upload that lie there at the same time. The next HEAD makes one upload of them."""
FIRST_PIECE_BYTES = 8 << 20
"""The most that may come with the creation of an upload: it is spooled, not kept while it arrives."""
SWALLOWED_BYTES = 8 << 20
"""A body that is not wanted is read to its end up to here, so that the client gets an answer; a longer one is cut off."""
SILENT_SECONDS = 120
"""After so long without a byte either way a connection is closed."""
LARGEST_HEAD_BYTES = 64 << 10
FILES_EACH = 4
"""Open files that a connection may need: itself, what it sends or gets, a database's."""
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
    """What waitress appends a body to: the part file, as long as somebody is to have it.

    When the request is over, a part stays only where its body broke off: it is for the next HEAD.
    """

    def __init__(self, part: Part, *, has_checksum: bool) -> None:
        self.part = part
        self._stays = not has_checksum

    def append(self, data: bytes) -> None:
        self.part.write(data)

    def getfile(self) -> ArrivedPart:
        self._stays = False  # whole: the application appends it, or refuses it
        return ArrivedPart(self.part)

    def close(self) -> None:
        if self._stays and not self.part.is_too_long:
            self.part.close()
        else:
            self.part.remove()

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
    nobodys_limit: int
    spool_floor: Callable[[], int]

    error: Error | None
    completed: bool
    buffer: PartBuffer | NoBuffer | None = None
    limit = 0
    looked_at = 0

    def parse_header(self, header_plus: bytes) -> None:
        super().parse_header(header_plus)
        sender = type(self).sender_of(self.headers) if self.body_rcv is not None else None
        if sender is None:
            self.limit = self.nobodys_limit
            return
        self.limit = self.form_limit
        if self.headers.get("CONTENT_TYPE") != CONTENT_TYPE:
            return
        try:
            self.buffer = self._buffer_of_piece(sender)
        except OSError:  # not even an empty file can be made
            self.error, self.completed = Refused(507, "Insufficient Storage"), True
            return
        if self.buffer is not None:
            self.body_rcv.buf = self.buffer
        self.limit = self.adj.max_request_body_size if self.buffer is not None else FIRST_PIECE_BYTES

    def _buffer_of_piece(self, sender: str) -> PartBuffer | NoBuffer | None:
        """Where the body goes; None where it is no piece of an upload as the protocol wants it."""
        address = _ADDRESS.fullmatch(self.path)
        offset = self.headers.get("UPLOAD_OFFSET", "")
        method = self.headers.get("X_HTTP_METHOD_OVERRIDE", self.command) if self.command == "POST" else self.command
        is_piece = method.upper() == "PATCH" and self.headers.get("TUS_RESUMABLE") == VERSION
        if address is None or not is_piece or not _NUMBER.fullmatch(offset):
            return None
        if self.staging.length(address[1]) != int(offset) or self.staging.count_parts(address[1]) >= MOST_PARTS:
            return NoBuffer()
        has_checksum = "UPLOAD_CHECKSUM" in self.headers
        part = self.staging.new_part(address[1], int(offset), sender, has_checksum=has_checksum)
        return PartBuffer(part, has_checksum=has_checksum)

    def received(self, data: bytes) -> int:
        try:
            consumed: int = super().received(data)
        except OSError as failure:  # the disk of the temporary files is full
            if failure.errno not in FULL:
                raise
            self.error, self.completed = Refused(507, "Insufficient Storage"), True
            return len(data)
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
        if self.buffer is None and self._fills_the_disk(rest):
            return Refused(507, "Insufficient Storage")
        if rest <= SWALLOWED_BYTES and not self.chunked:
            return None
        if isinstance(self.buffer, PartBuffer) and self._is_longer_than(self.buffer.part):
            return RequestEntityTooLarge(f"exceeds what is missing of the upload, {self.buffer.part.most} bytes")
        if isinstance(self.buffer, NoBuffer):
            return Refused(409, "Conflict")
        if isinstance(self.buffer, PartBuffer) and self.buffer.part.full:
            return Refused(507, "Insufficient Storage")
        return None

    def _fills_the_disk(self, rest: int) -> bool:
        """Whether what waitress spools, of which `rest` is still to come, finds no room. Small bodies stay in memory."""
        if max(self.content_length, self.body_bytes_received) <= self.adj.inbuf_overflow:
            return False
        if self.looked_at and self.body_bytes_received < self.looked_at:
            return False
        self.looked_at = self.body_bytes_received + LOOKED_EVERY
        return shutil.disk_usage(tempfile.gettempdir()).free < type(self).spool_floor() + max(0, rest)

    def _is_longer_than(self, part: Part) -> bool:
        return part.is_too_long or (part.most is not None and self.content_length > part.most)


class UploadChannel(HeadLimitedChannel):
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
        "nobodys_limit": min(settings.max_form_mb, settings.max_upload_mb) << 20,
        "spool_floor": staticmethod(lambda: spool_floor(app.extensions["staging"])),
    }
    parser = type("Parser", (UploadParser,), values)
    return type("Channel", (UploadChannel,), {"parser_class": parser})


def spool_floor(staging: Staging) -> int:
    """Bytes that bodies in temporary files leave free: none on a disk that only has temporary files."""
    own_disk = Path(tempfile.gettempdir()).stat().st_dev != staging.folder.stat().st_dev
    return 0 if own_disk else staging.reserve_bytes // 2


def sender_by_cookie(app: Flask) -> Callable[[Headers], str | None]:
    """Tells from a request's headers which signed-in browser sends it, as part files name it; None for nobody."""
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    sealer: Sealer = app.extensions["sealer"]
    name = app.config["SESSION_COOKIE_NAME"]
    longest = app.config["SETTINGS"].session_days * 86_400

    def sender_of(headers: Headers) -> str | None:
        try:
            cookie = SimpleCookie(headers.get("COOKIE", "")).get(name)
            token = serializer.loads(cookie.value, max_age=longest).get("_user_id") if cookie else None
        except (CookieError, BadData, ValueError):
            return None
        return sealer.digest(token) if isinstance(token, str) else None

    return sender_of


def allow_open_files(count: int) -> None:
    """Let this process open so many files and connections, as far as the system lets it."""
    try:
        import resource
    except ImportError:  # Windows knows no such limit
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def make_server(app: Flask, host: str, port: int) -> Any:
    """The web server of `app`, not yet running. Raises OSError where it cannot listen."""
    settings = app.config["SETTINGS"]
    staging: Staging = app.extensions["staging"]
    staging.prepare()
    if "TMPDIR" not in os.environ:  # bodies of forms too may be larger than a temporary folder in memory
        tempfile.tempdir = str(staging.temporary)
    allow_open_files(FILES_EACH * settings.connections)
    sockets: dict[int, Any] = {}
    server = create_server(
        app,
        map=sockets,
        host=host,
        port=port,
        threads=settings.threads,
        max_request_body_size=max(settings.largest_upload_mb, settings.max_upload_mb) * 1024 * 1024 + 1,
        max_request_header_size=LARGEST_HEAD_BYTES,
        channel_timeout=SILENT_SECONDS,
        recv_bytes=RECEIVED_AT_ONCE,
        connection_limit=settings.connections,
        asyncore_use_poll=True,
        clear_untrusted_proxy_headers=not settings.trusted_proxies,  # core/proxies.py says which are believed
        ident="contest-portal",
    )
    for listening in sockets.values():
        if isinstance(listening, BaseWSGIServer):
            listening.channel_class = channel_class_for(app)
    return server
