"""Many schools pressing at the same second, on two servers in processes of their own that share one database.

The servers run as `contest-portal serve` runs them, without jobs; each school is a thread with a connection of its own,
signed in before. The benchmark `event_booking` asks the same of 200 schools.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask

from contest_portal.core.actor import Actor
from contest_portal.core.database import db
from tests.events.factories import make_event, make_session
from tests.events.party_factories import booker
from tests.factories import make_office, sign_in

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 120
SERVER = """
import logging, sys
from contest_portal import create_app
logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that many wait is what is asked for
from contest_portal.core.upload_server import make_server
from contest_portal.settings import read_settings
server = make_server(create_app(read_settings(instance=sys.argv[1])), "127.0.0.1", 0)
print(server.effective_port, flush=True)
try:
    server.run()
except KeyboardInterrupt:
    pass
from contest_portal.media.probing import media_reader
media_reader().close()
"""


@dataclass(frozen=True)
class Answer:
    """What a school was told, and how long it took."""

    status: int
    location: str
    words: str
    seconds: float


@dataclass
class Rush:
    """An event with a last free session, and a signed-in browser for each school."""

    event_id: int
    session_id: int
    cookies: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


def prepare_rush(app: Flask, schools: int, *, places: int) -> Rush:
    """Rows for so many schools that want the last `places` places of one session. In the application's context."""
    office = make_office()
    event = make_event(office)
    session = make_session(event, "2030-09-12 09:00", capacity=places)
    rush = Rush(event.id, session.id)
    for number in range(schools):
        rush.cookies.append(_cookie(app, booker(office, f"第{number:03d}小学").actor))
    db.session.remove()
    return rush


@contextmanager
def two_servers(instance: Path, database_url: str) -> Iterator[Sequence[int]]:
    """The ports of two servers on one database; ended afterwards."""
    mine = ("CONTEST_PORTAL_", "DATABASE_", "STORAGE_", "REDIS_")
    own = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
    own |= {
        "PYTHONPATH": str(ROOT),
        "CONTEST_PORTAL_DATABASE_URL": database_url,
        "CONTEST_PORTAL_JOBS_EMBEDDED": "false",
    }
    command = [sys.executable, "-c", SERVER, str(instance)]
    processes = [subprocess.Popen(command, env=own, stdout=subprocess.PIPE, encoding="utf-8") for _one in range(2)]
    try:
        yield [int(process.stdout.readline()) for process in processes if process.stdout is not None]
    finally:
        for process in processes:
            process.send_signal(2)
        for process in processes:
            process.wait(PATIENCE_SECONDS)
            if process.stdout is not None:
                process.stdout.close()


def press_at_once(rush: Rush, ports: Sequence[int], fields: dict[str, str]) -> list[Answer]:
    """Every school sends the form at the same moment, every second one to the other server."""
    for place, cookie in enumerate(rush.cookies):
        kept, token = _form_token(ports[place % 2], cookie)
        rush.cookies[place] = kept
        rush.tokens.append(token)
    barrier, answers = threading.Barrier(len(rush.cookies)), dict[int, Answer]()

    def press(place: int) -> None:
        body = urlencode({**fields, "session": str(rush.session_id), "csrf_token": rush.tokens[place]})
        barrier.wait(PATIENCE_SECONDS)
        answers[place] = _post(ports[place % 2], f"/events/{rush.event_id}/book", rush.cookies[place], body)

    threads = [threading.Thread(target=press, args=(place,)) for place in range(len(rush.cookies))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return [answers[place] for place in sorted(answers)]


def _post(port: int, path: str, cookie: str, body: str) -> Answer:
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection, began = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS), time.perf_counter()
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        page = response.read().decode("utf-8")
        words = re.sub(r"<[^>]+>", "", page)
        return Answer(response.status, response.getheader("Location") or "", words, time.perf_counter() - began)
    finally:
        connection.close()


def _form_token(port: int, cookie: str) -> tuple[str, str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    try:
        connection.request("GET", "/csrf", headers={"Cookie": cookie})
        response = connection.getresponse()
        given = response.getheader("Set-Cookie")
        return (given.partition(";")[0] if given else cookie), response.read().decode("utf-8")
    finally:
        connection.close()


def _cookie(app: Flask, actor: Actor) -> str:
    kept = sign_in(app.test_client(), actor).get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert kept is not None
    return f"{kept.key}={kept.value}"
