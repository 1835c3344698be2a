"""A clamd for tests: the real one with a signature of our own where it is installed, else a stand-in of its protocol."""

from __future__ import annotations

import shutil
import socketserver
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from contest_portal.core.virus_scan import ScannerAway, version_of

MARK = b"a made-up virus that harms nobody"
VIRUS = "Made.Up.Virus"


@contextmanager
def real_clamd(folder: Path, *, most_bytes: int = 100 << 20) -> Iterator[str]:
    """The path of its socket."""
    (folder / "signatures").mkdir(parents=True)
    (folder / "signatures" / "own.ndb").write_text(f"{VIRUS}:0:*:{MARK.hex()}\n", "ascii")
    socket = folder / "clamd.ctl"
    settings = folder / "clamd.conf"
    settings.write_text(
        f"LocalSocket {socket}\nDatabaseDirectory {folder / 'signatures'}\nForeground yes\n"
        f"StreamMaxLength {most_bytes}\nLogFile {folder / 'clamd.log'}\n",
        "utf-8",
    )
    program = shutil.which("clamd", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
    process = subprocess.Popen([str(program), "--config-file", str(settings)], stdout=subprocess.DEVNULL)
    try:
        for _ in range(300):
            try:
                version_of(str(socket))
                break
            except ScannerAway:
                time.sleep(0.1)
        yield str(socket)
    finally:
        process.terminate()
        process.wait(30)


class _Talk(socketserver.StreamRequestHandler):
    """One command a connection, as clamd's manual page has it."""

    def handle(self) -> None:
        command = self._word()
        if command == b"zVERSION":
            self.wfile.write(b"ClamAV 1.0.9/1/Wed Nov 25 08:00:00 2026\0")
        elif command == b"zINSTREAM":
            content = b""
            while length := struct.unpack("!L", self.rfile.read(4))[0]:
                content += self.rfile.read(length)
                if len(content) > self.server.most_bytes:  # type: ignore[attr-defined]
                    self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            found = f"stream: {VIRUS}.UNOFFICIAL FOUND" if MARK in content else "stream: OK"
            self.wfile.write(found.encode() + b"\0")

    def _word(self) -> bytes:
        word = b""
        while (letter := self.rfile.read(1)) not in {b"\0", b""}:
            word += letter
        return word


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    most_bytes = 100 << 20


@contextmanager
def stand_in(folder: Path, *, most_bytes: int = 100 << 20) -> Iterator[str]:
    """The path of its socket."""
    folder.mkdir(parents=True, exist_ok=True)
    socket = folder / "clamd.ctl"
    with _Server(str(socket), _Talk) as server:
        server.most_bytes = most_bytes
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield str(socket)
        finally:
            server.shutdown()
