"""The site in processes of its own, on one instance: started, killed and started again, asked by plain HTTP."""

from __future__ import annotations

import base64
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import TypeVar

from contest_portal import create_app
from contest_portal.core.actor import Actor, Role
from contest_portal.core.database import db
from contest_portal.people.models import Account
from contest_portal.people.sessions import actor_of
from contest_portal.settings import Settings
from tests.factories import make_account, make_office, make_school, sign_in

SERVER = Path(__file__).with_name("server.py")
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
PATIENCE_SECONDS = 60.0
Address = tuple[str, int]
T = TypeVar("T")


class Server:
    """One process of the site."""

    def __init__(self, instance: Path, *, most_file_bytes: int = 0, environment: dict[str, str] | None = None) -> None:
        own = {
            name: value for name, value in os.environ.items() if not name.startswith(("CONTEST_PORTAL_", "DATABASE_"))
        }
        self.process = subprocess.Popen(
            [sys.executable, str(SERVER), str(instance), str(most_file_bytes)],
            env={
                **own,
                "PYTHONUTF8": "1",
                "PYTHONPATH": str(SERVER.parents[2]),
                "CONTEST_PORTAL_UPLOAD_RESERVE_MB": "0",
                **(environment or {}),
            },
            cwd=SERVER.parents[2],
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self.process.stdout is not None
        said = next(line for line in self.process.stdout if "http://" in line)
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", said)
        assert found is not None, said
        self.address: Address = ("127.0.0.1", int(found[1]))

    def kill(self) -> None:
        self.process.kill()
        self._ended()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self._ended()

    def _ended(self) -> None:
        self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def resident_bytes(self, most: bool = False) -> int:
        """Memory of the process as it is, or at its most (Linux)."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(rf"{'VmHWM' if most else 'VmRSS'}:\s+(\d+) kB", text)
        assert found is not None
        return int(found[1]) * 1024


@dataclass
class Site:
    """An instance and the servers that run on it now."""

    instance: Path
    servers: list[Server] = field(default_factory=list)

    def start(self, **how: object) -> Server:
        server = Server(self.instance, **how)  # type: ignore[arg-type]
        self.servers.append(server)
        return server

    def stop(self) -> None:
        for server in self.servers:
            if server.process.poll() is None:
                server.stop()

    def row(self, url: str) -> dict[str, object]:
        """The record of an upload."""
        connection = sqlite3.connect(self.instance / "contest.sqlite3")
        connection.row_factory = sqlite3.Row
        with suppress_closing(connection):
            return dict(connection.execute("select * from upload where token = ?", [token_of(url)]).fetchone())

    def state_once_checked(self, url: str) -> str:
        """The upload's state when the job is over."""
        return str(until(lambda: self.row(url)["state"], lambda state: state not in {"receiving", "checking"}))

    def stored(self, sha256: str) -> Path:
        return self.instance / "files" / sha256[:2] / sha256[2:4] / sha256

    def times_taken(self) -> int:
        """How often a target took a file: each is a line of the trail, in the transaction that took it."""
        connection = sqlite3.connect(self.instance / "contest.sqlite3")
        with suppress_closing(connection):
            return int(connection.execute("select count(*) from audit_record where action = 'test.take'").fetchone()[0])

    def staged(self) -> list[str]:
        """The names of what still lies in the staging folder."""
        folder = self.instance / "uploads"
        return sorted(path.name for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []


@contextmanager
def suppress_closing(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    finally:
        connection.close()


def until(ask: Callable[[], T], is_right: Callable[[T], bool]) -> T:
    """What `ask` gives once it is right. Raises AssertionError when it never is."""
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        found = ask()
        if is_right(found):
            return found
        assert time.monotonic() < end, found
        time.sleep(0.02)


def token_of(url: str) -> str:
    return url.rsplit("/", 1)[-1]


class Browser:
    """A signed-in browser that speaks tus by plain HTTP, over one connection until it breaks."""

    def __init__(self, cookie: str, address: Address) -> None:
        self.cookie = cookie
        self.csrf_token = ""
        self.address = address
        self._connection: HTTPConnection | None = None

    def go_to(self, address: Address) -> None:
        """From now on ask the server there."""
        self.close()
        self.address = address

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def get_token(self) -> None:
        answer, body = self.ask("GET", "/csrf")
        given = answer.getheader("Set-Cookie")
        if given:
            self.cookie = given.partition(";")[0]
        self.csrf_token = body.decode()

    def ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        """One request and its answer. Raises OSError or HTTPException when the connection breaks."""
        if self._connection is None:
            self._connection = HTTPConnection(*self.address, timeout=PATIENCE_SECONDS)
        own = {"Cookie": self.cookie, "X-CSRFToken": self.csrf_token}
        try:
            self._connection.request(method, path, body, {**own, **_dashed(headers)})
            answer = self._connection.getresponse()
            return answer, answer.read()
        except (OSError, HTTPException):
            self.close()
            raise

    def begin(self, size: int, name: str = "film.mp4", **said: str) -> str:
        """Begin an upload; gives its path."""
        values = {"filename": name, "target": "test-shelf", "shelf": "7"} | said
        text = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())
        answer, body = self.ask("POST", "/uploads/", Upload_Length=str(size), Upload_Metadata=text, **TUS_)
        assert answer.status == 201, (answer.status, body)
        location = answer.getheader("Location")
        assert location is not None
        return "/" + location.split("/", 3)[3]

    def offset(self, url: str) -> int:
        answer, _body = self.ask("HEAD", url, **TUS_)
        assert answer.status == 200, answer.status
        return int(answer.getheader("Upload-Offset") or "")

    def send(self, url: str, offset: int, data: bytes | Iterable[bytes], **headers: str) -> HTTPResponse:
        answer, _body = self.ask("PATCH", url, data, Upload_Offset=str(offset), **PIECE_, **headers)
        return answer


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


TUS_ = {name.replace("-", "_"): value for name, value in TUS.items()}
PIECE_ = {name.replace("-", "_"): value for name, value in PIECE.items()}


def prepare(instance: Path, empty_sqlite: Path, accounts: int = 1) -> list[str]:
    """An instance with teachers in it. Gives the cookie of each, signed in."""
    instance.mkdir(exist_ok=True)
    shutil.copyfile(empty_sqlite, instance / "contest.sqlite3")
    app = create_app(Settings(instance=instance, jobs_embedded=False), testing=True)
    with app.app_context():
        school = make_school(make_office())
        cookies = [_cookie(app, make_account(Role.TEACHER, school=school)) for _account in range(accounts)]
        db.session.remove()
        db.engine.dispose()
    return cookies


def second_device(instance: Path, account_id: int) -> str:
    """Another browser of the same account, signed in."""
    app = create_app(Settings(instance=instance, jobs_embedded=False), testing=True)
    with app.app_context():
        cookie = _cookie(app, actor_of(db.session.get_one(Account, account_id)))
        db.session.remove()
        db.engine.dispose()
    return cookie


def _cookie(app: object, actor: Actor) -> str:
    kept = sign_in(app.test_client(), actor).get_cookie("contest_portal")  # type: ignore[attr-defined]
    assert kept is not None
    return f"{kept.key}={kept.value}"


def content_of(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def send_all(browser: Browser, url: str, content: bytes, piece_bytes: int) -> None:
    """Send what is missing, piece by piece, from where the server is. Raises what breaks."""
    at = browser.offset(url)
    while at < len(content):
        answer = browser.send(url, at, content[at : at + piece_bytes])
        assert answer.status in {204, 409, 423}, answer.status
        at = browser.offset(url)


@contextmanager
def ignoring_breaks() -> Iterator[None]:
    with suppress(OSError, HTTPException):
        yield
