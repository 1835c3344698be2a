"""An evening of judging: sixty judges at once mark paintings on a real server, every change saved.

Waitress serves on loopback with its usual threads, on SQLite; the judges are threads of this process, so that both share
the machine's cores. Each saves a draft every three seconds and a sheet every fifteen, four times as fast as sixty
paintings in an evening take. The time of a save is the server's own, from the request's arrival in the application to the
finished answer, as its header `Server-Timing` says; the judges' own wait is measured beside it.
"""

from __future__ import annotations

import random
import re
import tempfile
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

import flask_migrate
import numpy as np

from benchmarks.measurement import Measurement
from benchmarks.serving import form_fields, served
from contest_portal import create_app
from contest_portal.core.database import db
from contest_portal.settings import Settings

JUDGES = 60
ENTRIES = 120
READS = 3
SECONDS = 45
PAUSE_SECONDS = 3.0
PASSWORD = "guanhe-2018"  # noqa: S105 - of made-up people
PATIENCE_SECONDS = 60
PROMISED_MS = 50
_TIMING = re.compile(r"app;dur=([0-9.]+)")


@dataclass
class Evening:
    """Milliseconds of each save and submission, the server's and the judges' own, and what went wrong."""

    server: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    waited: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)


def measure() -> list[Measurement]:
    """The 50th and 95th percentile of saving and submitting in ms, and how many answers were errors."""
    evening = Evening()
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "i"
        names = _prepare(instance)
        with served(instance, evening.errors) as address:
            gate = threading.Barrier(len(names))  # all have signed in before the first one marks
            judges = [_Judge(address, name, number, evening, gate) for number, name in enumerate(names)]
            threads = [threading.Thread(target=judge.work) for judge in judges]
            for one in threads:
                one.start()
            for one in threads:
                one.join()
    about = f"judging evening, {JUDGES} judges at once"
    results = []
    for step, word in (("draft", "a save"), ("submit", "a submission")):
        for share in (50, 95):
            limit = PROMISED_MS if (step, share) == ("draft", 95) else None
            results.append(_percentile(f"{about}: {word} on the server, {share}th percentile", evening.server[step], share, limit))  # fmt: skip
        results.append(_percentile(f"{about}: {word} as the judge waits, 95th percentile", evening.waited[step], 95))
    answers = sum(map(len, evening.waited.values()))
    for error in sorted(set(evening.errors))[:5]:
        print(f"  {error}")
    return [
        *results,
        Measurement(f"{about}: saves a second", len(evening.server["draft"]) / SECONDS, "/s"),
        Measurement(f"{about}: errors of any kind", len(evening.errors), "of all", 1, answers),
    ]


def _percentile(name: str, times: list[float], share: int, limit: float | None = None) -> Measurement:
    if not times:
        return Measurement(name, float("nan"), "ms", limit, 0)
    return Measurement(name, float(np.percentile(times, share)), "ms", limit, len(times), float(np.ptp(times)))


def _prepare(instance: Path) -> list[str]:
    """A running round; gives the judges' login names."""
    from contest_portal.people.models import Account
    from contest_portal.people.passwords import hash_password
    from tests.judging.making import make_scene, open_round

    app = create_app(Settings(instance=instance, jobs_embedded=False))
    with app.app_context():
        flask_migrate.upgrade()
        scene = make_scene(judges=JUDGES, entries=ENTRIES)
        secret = hash_password(PASSWORD)
        names = []
        for judge in scene.judges:
            account = db.session.get_one(Account, judge.account_id)
            account.password_hash = secret
            names.append(account.login_name or "")
        db.session.commit()
        open_round(scene, reads=READS, closes_at=_tomorrow())
        db.session.remove()
        db.engine.dispose()
    return names


def _tomorrow() -> object:
    from contest_portal.core.clock import now

    return now() + timedelta(days=1)


class _Judge:
    """One browser: signs in, opens work after work, saves with each change, submits."""

    def __init__(self, address: str, name: str, number: int, evening: Evening, gate: threading.Barrier) -> None:
        self._address, self._name, self._evening, self._gate = address, name, evening, gate
        self._draw = random.Random(number)  # noqa: S311 - an example, no secret
        self._opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def work(self) -> None:
        try:
            self._sign_in()
            self._gate.wait(PATIENCE_SECONDS)
            ends = time.perf_counter() + SECONDS
            time.sleep(self._draw.random() * 5 * PAUSE_SECONDS)  # each is somewhere else in a work
            page = re.search(r'href="(/judge/tasks/\d+)"', self._send("/judge")[0])
            task = page[1] if page else ""
            while task and time.perf_counter() < ends:
                task = self._mark(task, ends)
        except (HTTPError, URLError, TimeoutError, KeyError, AssertionError, threading.BrokenBarrierError) as error:
            self._evening.errors.append(f"{type(error).__name__}: {error}")

    def _sign_in(self) -> None:
        form = dict(form_fields(self._send("/login")[0], "/login")) | {"name": self._name, "password": PASSWORD}
        assert 'type="password"' not in self._send("/login", list(form.items()))[0], "not signed in"

    def _mark(self, task: str, ends: float) -> str:
        """Type the marks of one work; gives the next one's address."""
        form = dict(form_fields(self._send(task)[0], "sheet"))
        for number, change in enumerate(("imagination", "science", "painting", "imagination", "comment"), start=1):
            if time.perf_counter() > ends:
                return ""
            form |= (
                {"comment": "构图大胆"} if change == "comment" else {f"mark_{change}": str(self._draw.randint(10, 25))}
            )
            form |= {"number": str(number), "seconds": str(number)}
            answer, _ = self._timed("draft", f"{task}/draft", form)
            form["version"] = re.search(r'"version":\s*"(\d+)"', answer)[1]  # type: ignore[index]
            time.sleep(PAUSE_SECONDS * (0.5 + self._draw.random()))
        answer, _ = self._timed("submit", f"{task}/submit", form)
        following = re.search(r'"next":\s*"(/judge/tasks/\d+)"', answer)
        return following[1] if following else ""

    def _timed(self, step: str, address: str, form: dict[str, str]) -> tuple[str, str]:
        started = time.perf_counter()
        found = self._send(address, list(form.items()), accept="application/json")
        self._evening.waited[step].append((time.perf_counter() - started) * 1000)
        self._evening.server[step].append(float(_TIMING.search(found[1])[1]))  # type: ignore[index]
        return found

    def _send(
        self, address: str, fields: list[tuple[str, str]] | None = None, *, accept: str = "text/html"
    ) -> tuple[str, str]:
        """The answer's text, and what the server says of its own time."""
        body = urlencode(fields).encode() if fields is not None else None
        request = Request(self._address + address, body, {"Origin": self._address, "Accept": accept})  # noqa: S310 - loopback
        with self._opener.open(request, timeout=PATIENCE_SECONDS) as answer:
            return answer.read().decode(), answer.headers.get("Server-Timing", "")


if __name__ == "__main__":
    for result in measure():
        print(f"{result.name}: {result.value:.4g} {result.unit}")
