"""The site's processes for a benchmark: begun by the program's own commands, waited for, watched for what their logs say."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path
from urllib.error import URLError
from urllib.request import build_opener

STOP_SECONDS = 300
_LOCKED = re.compile("locked|OperationalError")


@dataclass
class Process:
    """A command of the program at work; `port` is 0 for what listens nowhere."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def end(self) -> None:
        """Tell it to stop and wait for it."""
        self.process.terminate()
        self.process.wait(STOP_SECONDS)


def begin(
    instance: Path, name: str, arguments: list[str], settings: Mapping[str, str], *, serves: bool = True
) -> Process:
    """`contest-portal … arguments` on that instance, with its log in `name`.log; a free port is added where it serves."""
    port = _free_port() if serves else 0
    log = instance / f"{name}.log"
    command = [sys.executable, "-m", "contest_portal", "--instance", str(instance), *arguments]
    with log.open("wb") as stream:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [*command, "--port", str(port)] if serves else command,
            stdout=stream,
            stderr=stream,
            env={**os.environ, **settings},
        )
    return Process(process, port, log)


def wait_for(server: Process) -> None:
    """Until it answers. Raises RuntimeError with the end of its log."""
    for _ in range(1800):
        try:
            build_opener().open(f"{server.address}/healthz", timeout=5).close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start: {server.log.read_text('utf-8')[-500:]}")


@contextmanager
def served(instance: Path, errors: list[str]) -> Iterator[str]:
    """A server of its own on that instance; gives its address, and notes what its log says of a locked database."""
    server = begin(instance, "server", ["serve"], {})
    try:
        wait_for(server)
        yield server.address
    finally:
        server.end()
    errors += [line for line in server.log.read_text("utf-8").splitlines() if _LOCKED.search(line)]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


class _Fields(HTMLParser):
    """The fields, filled in as they are, of the page's form with this id or whose address ends so."""

    def __init__(self, form: str) -> None:
        super().__init__()
        self._form, self._inside, self._area, self._select = form, False, "", ""
        self.values: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form":
            action = given.get("action", "").split("?")[0]
            self._inside = given.get("id") == self._form or action.endswith(self._form)
        if not self._inside:
            return
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "input" and name and kind not in {"file", "submit"}:
            if kind not in {"checkbox", "radio"} or "checked" in given:
                self.values.append((name, given.get("value", "")))
        elif tag == "textarea":
            self._area = name
            self.values.append((name, ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.values.append((self._select, given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        if tag == "textarea":
            self._area = ""

    def handle_data(self, data: str) -> None:
        if self._area:
            self.values[-1] = (self._area, self.values[-1][1] + data)


def form_fields(page: str, form: str) -> list[tuple[str, str]]:
    """The fields of a page's form, filled in as they are."""
    parser = _Fields(form)
    parser.feed(page)
    return parser.values
