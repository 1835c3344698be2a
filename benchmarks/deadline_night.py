"""The night of a deadline: many teachers at once sign in, write with autosave, and submit, on a real server.

Waitress serves on loopback with its usual threads, SQLite and embedded jobs; the teachers are threads of this process,
so that both share the machine's cores. Nobody pauses between two requests: more than any teacher types.
"""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from html.parser import HTMLParser
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import flask_migrate
import numpy as np

from benchmarks.measurement import Measurement
from contest_portal import create_app
from contest_portal.core.database import db
from contest_portal.settings import Settings

TEACHERS = 50
WRITING_SECONDS = 20
PASSWORD = "guanhe-2018"  # noqa: S105 - of made-up people
PATIENCE_SECONDS = 120
STEPS = {"login": "sign-in", "autosave": "autosave", "submit": "submission"}


@dataclass
class Night:
    """What the teachers lived through: seconds of each answer by step, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


def measure() -> list[Measurement]:
    """Median and 95th percentile of each step in ms, requests a second, and how many answers were errors."""
    night = Night()
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "i"
        entries = _prepare(instance)
        with served(instance, night) as address:
            started = time.perf_counter()
            _run(lambda name, entry_id: _Teacher(address, name, entry_id, night).work(), entries)
            took = time.perf_counter() - started
    about = f"deadline night, {TEACHERS} teachers at once"
    results = []
    for step, word in STEPS.items():
        times = np.array(night.seconds[step]) * 1000
        for share in (50, 95):
            value = float(np.percentile(times, share)) if len(times) else float("nan")
            spread = float(np.ptp(times)) if len(times) else float("nan")
            results.append(Measurement(f"{about}: {word}, {share}th percentile", value, "ms", None, len(times), spread))
    answers = sum(map(len, night.seconds.values()))
    saved = len(night.seconds["autosave"]) / WRITING_SECONDS
    locked = sum("locked" in error or "OperationalError" in error for error in night.errors)
    for error in sorted(set(night.errors))[:5]:
        print(f"  {error}")
    return [
        *results,
        Measurement(f"{about}: autosaves a second", saved, "/s"),
        Measurement(f"{about}: requests a second, from the first to the last", answers / took, "/s"),
        Measurement(f"{about}: times that the database was locked", locked, "of all", 1, answers),
        Measurement(f"{about}: errors of any kind", len(night.errors), "of all", 1, answers),
    ]


def _prepare(instance: Path) -> list[tuple[str, int]]:
    """(user name, entry) of each teacher: everyone has a complete painting to work on and submit."""
    from contest_portal.core.actor import Role
    from contest_portal.core.clock import now, today
    from contest_portal.people.models import Account
    from contest_portal.people.passwords import hash_password
    from tests.entries.entry_factories import make_painting, make_place
    from tests.factories import make_account, make_consent, make_school, make_student, make_teacher

    app = create_app(Settings(instance=instance, jobs_embedded=False))
    with app.app_context():
        flask_migrate.upgrade()
        place = make_place(submission_closes_at=now() + timedelta(hours=1))
        found = []
        for number in range(TEACHERS):
            school = make_school(place.office, f"第{number:02d}小学")  # a school may send in only a few paintings
            teacher = make_teacher(school, f"教师{number:02d}")
            actor = make_account(Role.TEACHER, school=school, teacher=teacher)
            account = db.session.get_one(Account, actor.account_id)
            account.password_hash = hash_password(PASSWORD)
            pupil = make_student(school, f"学生{number:02d}", born=date(today().year - 10, 1, 12))
            make_consent(pupil)
            entry = make_painting(place, actor=actor, pupil=pupil, school=school, title=f"月球上的第{number}座农场")
            found.append((account.login_name or "", entry.id))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return found


@contextmanager
def served(instance: Path, night: Night) -> Iterator[str]:
    """A server of its own on that instance; gives its address, and notes what its log says of a locked database."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = instance / "server.log"
    command = [sys.executable, "-m", "contest_portal", "--instance", str(instance), "serve", "--port", str(port)]
    with log.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=stream)  # noqa: S603 - our own command
        try:
            _wait_for(f"http://127.0.0.1:{port}/healthz", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)
    night.errors += [line for line in log.read_text("utf-8").splitlines() if re.search("locked|OperationalError", line)]


def _wait_for(address: str, log: Path) -> None:
    for _ in range(600):
        try:
            build_opener().open(address, timeout=5).close()
        except URLError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start: {log.read_text('utf-8')[-500:]}")


def _run(work: object, entries: list[tuple[str, int]]) -> None:
    threads = [threading.Thread(target=work, args=one) for one in entries]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


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


class _Teacher:
    """One browser: signs in, writes for a while, submits."""

    def __init__(self, address: str, name: str, entry_id: int, night: Night) -> None:
        self._address, self._name, self._night = address, name, night
        self._entry = f"/entries/{entry_id}"
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def work(self) -> None:
        try:
            self._sign_in()
            self._write()
            self._submit()
        except (HTTPError, URLError, TimeoutError, KeyError, AssertionError) as error:
            self._night.errors.append(f"{type(error).__name__}: {error}")

    def _sign_in(self) -> None:
        form = dict(self._form("/login", "/login")) | {"name": self._name, "password": PASSWORD}
        answer, _ = self._timed("login", "/login", list(form.items()))
        assert 'type="password"' not in answer, "not signed in"

    def _write(self) -> None:
        form = self._form(f"{self._entry}/edit", "entry-form")
        version = dict(form)["version"]
        fields = [pair for pair in form if pair[0] not in {"version", "summary"}]
        ends, written = time.perf_counter() + WRITING_SECONDS, 0
        while time.perf_counter() < ends:
            written += 1
            typed = [*fields, ("version", version), ("summary", f"在月球上种出的第 {written} 棵白菜。")]
            _, version = self._timed("autosave", f"{self._entry}/autosave", typed)

    def _submit(self) -> None:
        answer, _ = self._timed("submit", f"{self._entry}/submit", self._form(self._entry, "/submit"))
        assert "GZ2018-KH-" in answer, "not submitted"

    def _form(self, address: str, form: str) -> list[tuple[str, str]]:
        return form_fields(self._send(address)[0], form)

    def _timed(self, step: str, address: str, fields: list[tuple[str, str]]) -> tuple[str, str]:
        started = time.perf_counter()
        found = self._send(address, urlencode(fields).encode())
        self._night.seconds[step].append(time.perf_counter() - started)
        return found

    def _send(self, address: str, body: bytes | None = None) -> tuple[str, str]:
        """The page's text, and the version that an autosave is to send next."""
        request = Request(self._address + address, body, {"Origin": self._address, "Accept": "text/html"})  # noqa: S310 - loopback
        with self._opener.open(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.read().decode(), answer.headers.get("X-Form-Version", "")


if __name__ == "__main__":
    for result in measure():
        print(f"{result.name}: {result.value:.4g} {result.unit}")
