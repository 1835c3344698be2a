"""HTTP as a proxy in front asks it: connections that are kept and shared, nothing parsed that nobody needs.

Written on bare streams, since whatever this process takes is missing from the server beside it.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterable
from dataclasses import dataclass

KEPT_SECONDS = 60
"""An idle connection is not used again after so long; the server closes it after 120."""
PATIENCE_SECONDS = 170
BLOCK_BYTES = 256 << 10


@dataclass(frozen=True)
class Answer:
    """What came back; `headers` by lower-case name, `cookies` as name=value."""

    status: int
    headers: dict[str, str]
    cookies: tuple[str, ...]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    @property
    def place(self) -> str:
        """Where a redirection leads, without scheme and host."""
        location = self.headers.get("location", "")
        return "/" + location.split("/", 3)[3] if location.startswith("http") else location.split("#")[0]


class Broken(ConnectionError):
    """The connection ended before the answer did."""


@dataclass
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    rested_at: float = 0.0


class Lines:
    """The connections to one server process."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._idle: list[_Line] = []
        self.open = 0

    async def ask(self, head: bytes, body: bytes = b"") -> Answer:
        """Send a whole request and take the whole answer. Raises Broken, TimeoutError, OSError."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            line, is_new = await self._line()
            try:
                return await self._asked(line, head, body)
            except Broken:
                self._drop(line)
                if is_new:
                    raise
            except BaseException:
                self._drop(line)
                raise
            # The server closed a connection that had rested: nothing was answered, so it is asked once more.
            line, _ = await self._line(fresh=True)
            try:
                return await self._asked(line, head, body)
            except BaseException:
                self._drop(line)
                raise

    async def _line(self, *, fresh: bool = False) -> tuple[_Line, bool]:
        while self._idle and not fresh:
            line = self._idle.pop()
            if time.monotonic() - line.rested_at < KEPT_SECONDS and not line.reader.at_eof():
                return line, False
            self._drop(line)
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port, limit=BLOCK_BYTES)
        self.open += 1
        return _Line(reader, writer), True

    async def _asked(self, line: _Line, head: bytes, body: bytes) -> Answer:
        try:
            line.writer.write(head)
            for at in range(0, len(body), BLOCK_BYTES):
                line.writer.write(body[at : at + BLOCK_BYTES])
                await line.writer.drain()
            answer = _read_head(await line.reader.readuntil(b"\r\n\r\n"))
            content = await _body(line.reader, answer.headers, is_head=head.startswith(b"HEAD"))
        except (asyncio.IncompleteReadError, ConnectionError) as broken:
            raise Broken(str(broken)) from broken
        if answer.headers.get("connection", "").lower() == "close":
            self._drop(line)
        else:
            line.rested_at = time.monotonic()
            self._idle.append(line)
        return Answer(answer.status, answer.headers, answer.cookies, content)

    def _drop(self, line: _Line) -> None:
        self.open -= 1
        line.writer.close()

    def close(self) -> None:
        """End the connections that rest."""
        with contextlib.suppress(IndexError):
            while True:
                self._drop(self._idle.pop())


def _read_head(raw: bytes) -> Answer:
    status, *lines = raw.decode("latin-1").split("\r\n")
    headers: dict[str, str] = {}
    cookies = []
    for line in lines:
        name, _, value = line.partition(":")
        if name.lower() == "set-cookie":
            cookies.append(value.strip().partition(";")[0])
        else:
            headers[name.lower()] = value.strip()
    return Answer(int(status.split(" ")[1]), headers, tuple(cookies), b"")


async def _body(reader: asyncio.StreamReader, headers: dict[str, str], *, is_head: bool) -> bytes:
    if is_head:
        return b""
    if headers.get("transfer-encoding", "") != "chunked":
        return await reader.readexactly(int(headers.get("content-length", "0")))
    parts = []
    while size := int((await reader.readuntil(b"\r\n")).strip() or b"0", 16):
        parts.append(await reader.readexactly(size))
        await reader.readexactly(2)
    await reader.readexactly(2)
    return b"".join(parts)


def head_of(method: str, path: str, headers: Iterable[tuple[str, str]], length: int | None) -> bytes:
    """The request's head as it goes over the line."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
