"""A real server in a process of its own, asked by HTTP with CSRF checks on; afterwards it says what memory it took."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from io import BytesIO
from pathlib import Path
from typing import Any

from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

SERVER = Path(__file__).with_name("measured_server.py")
SEEN_BY_LOOKING = {"login_session"}
"""Tables that note that somebody asked for a page."""


@dataclass(frozen=True)
class Answer:
    status: int
    page: str


@dataclass
class Visitor:
    """Somebody's browser: the cookie that it holds."""

    cookie: str


class RealSite:
    """The server on `instance`; its database is a file beside it."""

    def __init__(self, instance: Path) -> None:
        self.database = instance / "contest.sqlite3"
        self._process = subprocess.Popen(
            [sys.executable, SERVER, instance],
            env={**os.environ, "PYTHONPATH": str(SERVER.parents[2])},
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )
        assert self._process.stdout is not None
        self._port = int(self._process.stdout.readline())

    def ask(self, method: str, path: str, visitor: Visitor, fields: Mapping[str, Any] | None = None) -> Answer:
        """One request; files among the fields are made by `upload`."""
        headers, body = {"Cookie": visitor.cookie}, b""
        if fields is not None:
            stream, length, boundary = stream_encode_multipart(fields)
            body = stream.read(length)
            headers["Content-Type"] = f'multipart/form-data; boundary="{boundary}"'
        connection = HTTPConnection("127.0.0.1", self._port, timeout=120)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            given = response.getheader("Set-Cookie")
            if given:
                visitor.cookie = given.partition(";")[0]
            return Answer(response.status, response.read().decode("utf-8"))
        finally:
            connection.close()

    def contents(self) -> dict[str, list[Any]]:
        """Every row of every table, the end of the audit chain among them."""
        connection = sqlite3.connect(self.database)
        try:
            names = [row[0] for row in connection.execute("select name from sqlite_master where type = 'table'")]
            return {
                name: connection.execute(f'select * from "{name}" order by 1').fetchall()
                for name in names
                if name not in SEEN_BY_LOOKING
            }
        finally:
            connection.close()

    def stop(self) -> dict[str, int]:
        """End it; gives the most memory in MB that it and the largest of the processes it started ever held."""
        self._process.send_signal(2)
        said, _nothing = self._process.communicate(timeout=60)
        peaks: dict[str, int] = json.loads(said)
        return peaks


def upload(content: bytes, name: str) -> FileStorage:
    """A chosen file, as a form's field."""
    return FileStorage(BytesIO(content), name)
