"""What strangers hand in is shown to a virus scanner before anybody else may open it: ClamAV's daemon, by setting.

The protocol is that of clamd's manual page (`zINSTREAM`): a word, pieces with their length before them, one answer.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import IO

from flask import Flask, current_app

from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.text import N_, Message

PIECE_BYTES = 1 << 18
PATIENCE_SECONDS = 120.0
"""A film of half a gigabyte with archives' depth takes clamd tens of seconds."""
_TOO_LARGE = "size limit exceeded"


class ScannerAway(DomainError):
    """The scanner does not answer, or cannot scan. Nothing unscanned is taken."""

    status = 503

    def __init__(self, why: str) -> None:
        super().__init__(
            "core.scanner_away", N_("病毒检查暂时连接不上，文件没有收下。请过几分钟再上传；其他内容不受影响。")
        )
        self.why = why


def require_address(app: Flask) -> None:
    """Raises ValueError where the setting names neither a socket's path nor a host with its port."""
    address = app.config["SETTINGS"].clamd
    if address and not address.startswith("/") and not address.rpartition(":")[2].isdecimal():
        raise ValueError("CONTEST_PORTAL_CLAMD is host:port, or the path of a socket")


def refuse_virus(file: Path | bytes, name: str) -> None:
    """Raises Invalid where the scanner finds a virus in the file, which people call `name`; ScannerAway where it cannot
    tell. Does nothing where no scanner is set."""
    address = current_app.config["SETTINGS"].clamd
    if not address:
        return
    if virus := found_in(address, file):
        told = N_("「%(name)s」没有收下：文件里查出病毒（%(virus)s）。请先给这台电脑杀毒，再上传一份没有问题的文件。")
        raise Invalid("core.virus_found", Message.of(told, name=name, virus=virus))


def found_in(address: str, file: Path | bytes) -> str:
    """The name of the virus that clamd at `address` (host:port, or the path of its socket) finds; "" where it finds none."""
    with _opened(file) as stream, _connection(address) as clamd:
        answer = _asked(clamd, stream)
    if answer.endswith(" OK"):
        return ""
    if answer.endswith(" FOUND"):
        return answer.removesuffix(" FOUND").removeprefix("stream: ")
    raise ScannerAway(answer or "no answer")


def version_of(address: str) -> str:
    """What clamd says of itself and of its signatures, such as `ClamAV 1.0.9/27500/Mon Nov 23 …`. Raises ScannerAway."""
    with _connection(address) as clamd:
        clamd.sendall(b"zVERSION\0")
        return _answer(clamd)


def _asked(clamd: socket.socket, stream: IO[bytes]) -> str:
    try:
        clamd.sendall(b"zINSTREAM\0")
        while piece := stream.read(PIECE_BYTES):
            clamd.sendall(struct.pack("!L", len(piece)) + piece)
        clamd.sendall(struct.pack("!L", 0))
    except (BrokenPipeError, ConnectionResetError):  # it has heard enough: its answer says why
        pass
    answer = _answer(clamd)
    if _TOO_LARGE in answer:
        raise ScannerAway("the file is larger than clamd's StreamMaxLength")
    return answer


def _answer(clamd: socket.socket) -> str:
    heard = b""
    while not heard.endswith(b"\0") and (more := clamd.recv(4096)):
        heard += more
    return heard.rstrip(b"\0").decode("utf-8", "replace").strip()


@contextmanager
def _connection(address: str) -> Iterator[socket.socket]:
    """Raises ScannerAway for whatever goes wrong on the line, also while the caller uses it."""
    try:
        with _connected(address) as clamd:
            yield clamd
    except OSError as error:
        raise ScannerAway(str(error)) from error


def _connected(address: str) -> socket.socket:
    if address.startswith("/"):
        clamd = socket.socket(socket.AF_UNIX)
        clamd.settimeout(PATIENCE_SECONDS)
        clamd.connect(address)
        return clamd
    host, _, port = address.rpartition(":")
    return socket.create_connection((host.strip("[]"), int(port)), PATIENCE_SECONDS)


@contextmanager
def _opened(file: Path | bytes) -> Iterator[IO[bytes]]:
    with BytesIO(file) if isinstance(file, bytes) else file.open("rb") as stream:
        yield stream
