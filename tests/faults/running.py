"""The site in processes of its own, on one instance: started, killed and started again; browsers that speak tus to it."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask

from contest_portal import create_app
from contest_portal.core.actor import Actor, Role
from contest_portal.core.current_storage import open_place
from contest_portal.core.database import db
from contest_portal.settings import Settings
from tests.factories import make_account, make_office, make_school, sign_in

SERVER = Path(__file__).with_name("server.py")
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
PATIENCE_SECONDS = 60.0
Address = tuple[str, int]
Headers = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True)
class Server:
    """One process of the site."""

    pid: int
    address: Address

    def kill(self) -> None:
        """As if the power failed."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGINT)

    def _end(self, how: signal.Signals) -> None:
        with suppress(ProcessLookupError):
            os.kill(self.pid, how)
        until(self.is_alive, lambda alive: not alive)

    def is_alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def resident_bytes(self) -> int:
        """The memory that it holds now (Linux)."""
        found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{self.pid}/status").read_text())
        assert found is not None
        return int(found[1]) * 1024


class Starter:
    """Starts servers quickly: see server.py."""

    def __init__(self) -> None:
        mine = ("CONTEST_PORTAL_", "DATABASE_", "STORAGE_", "REDIS_")
        own = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
        root = str(SERVER.parents[2])
        self._process = subprocess.Popen(
            [sys.executable, str(SERVER)],
            env={**own, "PYTHONUTF8": "1", "PYTHONPATH": root},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def start(self, instance: Path, environment: Headers, most_file_bytes: int) -> Server:
        wanted = {"instance": str(instance), "most_file_bytes": most_file_bytes, "environment": dict(environment)}
        assert self._process.stdin is not None
        print(json.dumps(wanted), file=self._process.stdin, flush=True)
        pid, port = self._said(r"process (\d+)"), self._said(r"http://127\.0\.0\.1:(\d+)/")
        return Server(pid, ("127.0.0.1", port))

    def _said(self, pattern: str) -> int:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := re.search(pattern, line):
                return int(found[1])
        raise AssertionError("the server did not start")

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait(60)


@dataclass
class Site:
    """An instance, its signed-in people by the number of their account, and the servers that run on it."""

    instance: Path
    starter: Starter
    environment: dict[str, str] = field(default_factory=dict)
    cookies: list[str] = field(default_factory=list)
    second_cookie: str = ""
    """The first account's again, in another browser."""
    servers: list[Server] = field(default_factory=list)

    def start(self, *, most_file_bytes: int = 0, **settings: Any) -> Server:
        """One more server; `settings` as the environment has them, in lower case."""
        own = {f"CONTEST_PORTAL_{name.upper()}": str(value) for name, value in settings.items()}
        defaults = {"CONTEST_PORTAL_UPLOAD_RESERVE_MB": "0", "CONTEST_PORTAL_STOP_SECONDS": "1"}
        server = self.starter.start(self.instance, {**defaults, **self.environment, **own}, most_file_bytes)
        self.servers.append(server)
        return server

    def stop(self) -> None:
        for server in self.servers:
            server.stop()

    def row(self, url: str) -> dict[str, Any]:
        """The record of an upload."""
        return self._rows("select * from upload where token = ?", url.rsplit("/", 1)[-1])[0]

    def state_once_checked(self, url: str) -> str:
        """The upload's state when its check is over."""
        return str(until(lambda: self.row(url)["state"], lambda state: state not in {"receiving", "checking"}))

    def times_taken(self, url: str) -> int:
        """How often a target took the file: each is a line of the trail, in the transaction that took it."""
        wanted = "select count(*) as n from audit_record where action = 'test.take' and object_id = ?"
        return int(self._rows(wanted, self.row(url)["id"])[0]["n"])

    def end_first_session(self) -> None:
        """The first account signs out in its first browser, which does not learn of it."""
        with closing(sqlite3.connect(self.instance / "contest.sqlite3", timeout=30)) as connection, connection:
            connection.execute(
                "update login_session set ended_at = created_at where id = (select min(id) from login_session)"
            )

    def _rows(self, statement: str, *values: Any) -> list[dict[str, Any]]:
        with closing(sqlite3.connect(self.instance / "contest.sqlite3", timeout=30)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(statement, values)]

    def stored(self, sha256: str) -> bytes:
        """The content as the site's storage has it."""
        settings = Settings(instance=self.instance)
        storage = open_place(self.environment.get("CONTEST_PORTAL_STORAGE_URL", "local"), settings)
        with storage.open(sha256) as stream:
            return stream.read()

    def staged(self, ending: str = "*") -> list[Path]:
        """What lies in the staging folder."""
        return sorted(path for path in (self.instance / "uploads").glob(ending) if path.is_file())

    def browser(self, server: Server, account: int = 0) -> Browser:
        """A browser of that account, signed in."""
        one = Browser(self.cookies[account], server.address)
        one.get_form_token()
        return one


@contextmanager
def new_site(
    folder: Path, empty_sqlite: Path, starter: Starter, *, accounts: int = 1, environment: Headers | None = None
) -> Iterator[Site]:
    """An instance with teachers in it, its servers ended afterwards."""
    site = Site(folder / "instance", starter, dict(environment or {}))
    site.instance.mkdir()
    shutil.copyfile(empty_sqlite, site.instance / "contest.sqlite3")
    app = create_app(Settings(instance=site.instance, jobs_embedded=False), testing=True)
    with app.app_context():
        school = make_school(make_office())
        people = [make_account(Role.TEACHER, school=school) for _account in range(accounts)]
        site.cookies = [_cookie(app, account) for account in people]
        site.second_cookie = _cookie(app, people[0])
        db.session.remove()
        db.engine.dispose()
    try:
        yield site
    finally:
        site.stop()


def _cookie(app: Flask, actor: Actor) -> str:
    kept = sign_in(app.test_client(), actor).get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert kept is not None
    return f"{kept.key}={kept.value}"


class Browser:
    """A signed-in browser that speaks tus by plain HTTP, over one connection until that breaks."""

    def __init__(self, cookie: str, address: Address) -> None:
        self.cookie = cookie
        self.form_token = ""
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

    def get_form_token(self) -> None:
        answer, body = self.ask("GET", "/csrf")
        given = answer.getheader("Set-Cookie")
        if given:
            self.cookie = given.partition(";")[0]
        self.form_token = body.decode()

    @property
    def own_headers(self) -> dict[str, str]:
        return {"Cookie": self.cookie, "X-CSRFToken": self.form_token}

    def ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, headers: Headers | None = None
    ) -> tuple[HTTPResponse, bytes]:
        """One request and its answer. Raises OSError or HTTPException when the connection breaks."""
        if self._connection is None:
            self._connection = HTTPConnection(*self.address, timeout=PATIENCE_SECONDS)
        try:
            self._connection.request(method, path, body, {**self.own_headers, **(headers or {})})
            answer = self._connection.getresponse()
            return answer, answer.read()
        except (OSError, HTTPException):
            self.close()
            raise

    def begin(self, size: int, name: str = "film.mp4", **said: str) -> str:
        """Begin an upload; gives its path."""
        values = {"filename": name, "target": "test-shelf", "shelf": "7"} | said
        text = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())
        headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": text}
        answer, body = self.ask("POST", "/uploads/", headers=headers)
        assert answer.status == 201, (answer.status, body)
        location = answer.getheader("Location")
        assert location is not None
        return location

    def offset(self, url: str) -> int:
        answer, _body = self.ask("HEAD", url, headers=TUS)
        assert answer.status == 200, answer.status
        return int(answer.getheader("Upload-Offset") or "")

    def send(self, url: str, offset: int, data: bytes | Iterable[bytes], headers: Headers | None = None) -> int:
        """One piece; gives the status of the answer."""
        answer, _body = self.ask("PATCH", url, data, {**PIECE, "Upload-Offset": str(offset), **(headers or {})})
        return answer.status

    def send_all(self, url: str, content: bytes, piece_bytes: int) -> None:
        """What is missing, piece by piece from where the server is. Raises what breaks."""
        while (at := self.offset(url)) < len(content):
            assert self.send(url, at, content[at : at + piece_bytes]) in {204, 409, 423}

    def head_of_piece(self, url: str, offset: int, length: int, more: str = "") -> bytes:
        """The head of a request with a piece, to be sent by hand."""
        named = {**self.own_headers, **PIECE, "Host": "localhost", "Upload-Offset": str(offset)}
        lines = [f"{name}: {value}" for name, value in (named | {"Content-Length": str(length)}).items()]
        return "\r\n".join([f"PATCH {url} HTTP/1.1", *lines, *([more] if more else []), "", ""]).encode()


def content_of(size: int, seed: int = 1) -> bytes:
    return random.Random(seed).randbytes(size)


def until(ask: Callable[[], T], is_right: Callable[[T], bool]) -> T:
    """What `ask` gives once it is right. Raises AssertionError when it never is."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not is_right(found := ask()):
        assert time.monotonic() < end, found
        time.sleep(0.01)
    return found


breaks = suppress(OSError, HTTPException)
"""Around what a broken connection may end."""
