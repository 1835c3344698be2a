"""A site to break: an instance with teachers and their works, its database and storage, its processes."""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import flask_migrate
from flask import Flask

from contest_portal import create_app
from contest_portal.core.database import db
from contest_portal.settings import read_settings
from reliability.processes import Process, Starter

PASSWORD = secrets.token_urlsafe(9)
READY_SECONDS = 600.0
SITE, WORKER = "web", "worker"


@dataclass(frozen=True)
class Person:
    """Who signs in, and the work that this person writes."""

    name: str
    entry_id: int


@dataclass
class Site:
    """`settings` as the environment has them, in lower case; `environment`: what else the processes see.

    With `has_worker` the jobs run in a process of their own.
    """

    instance: Path
    settings: dict[str, str] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    has_worker: bool = False
    people: list[Person] = field(default_factory=list)
    staff: Person = Person("", 0)
    contest_id: int = 0
    port: int = 0
    processes: dict[str, Process] = field(default_factory=dict)
    starter: Starter | None = None

    def start(self) -> None:
        """Until the site is ready."""
        self.port = self.port or free_port()
        folder, logs = ["--instance", str(self.instance)], self.instance.parent
        self.starter = Starter(self.whole_environment(), logs / f"{self.instance.name}-starter")
        serve = [*folder, "serve", "--port", str(self.port)]
        self.processes[SITE] = Process(self.starter, serve, logs / f"{self.instance.name}-web.log")
        if self.has_worker:
            log = logs / f"{self.instance.name}-worker.log"
            self.processes[WORKER] = Process(self.starter, [*folder, "worker"], log)
        for process in self.processes.values():
            process.start()
        self.wait_until_ready()

    def whole_environment(self) -> dict[str, str]:
        """Of the machine's own only what is none of the program's settings."""
        mine = ("CONTEST_PORTAL_", "DATABASE_", "STORAGE_", "REDIS_")
        own = {name: value for name, value in os.environ.items() if not name.startswith(mine)}
        fixed = {"second_factor": "optional", "jobs_embedded": "0" if self.has_worker else "1"}
        named = {f"CONTEST_PORTAL_{name.upper()}": value for name, value in (fixed | self.settings).items()}
        return {**own, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1", **named, **self.environment}

    def readiness(self) -> tuple[int, dict[str, object]]:
        """Status and parts of /readyz; status 0 where nobody answers."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refusal:
            return refusal.code, json.load(refusal)
        except (URLError, OSError, ValueError):
            return 0, {}

    def wait_until_ready(self, seconds: float = READY_SECONDS) -> None:
        end = time.monotonic() + seconds
        while self.readiness()[0] != 200:
            if time.monotonic() > end:
                raise RuntimeError(f"the site does not become ready: {self.readiness()}\n{self.log()[-2000:]}")
            time.sleep(0.1)

    def stop(self) -> None:
        for process in self.processes.values():
            process.stop()
        if self.starter is not None:
            self.starter.close()
            self.starter = None

    def log(self) -> str:
        return "".join(one.log.read_text("utf-8", "replace") for one in self.processes.values() if one.log.exists())

    @contextmanager
    def opened(self) -> Iterator[Flask]:
        """The program on this site in this process, without a worker, to look at what it holds."""
        environment = {**self.whole_environment(), "CONTEST_PORTAL_JOBS_EMBEDDED": "0"}
        app = create_app(read_settings(environment, instance=self.instance))
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@contextmanager
def running(site: Site) -> Iterator[Site]:
    """The site's processes at work until the block ends."""
    try:
        site.start()
        yield site
    finally:
        site.stop()


def prepare(site: Site, teachers: int) -> None:
    """Tables, an open contest, and teachers who each have a complete painting to work on and submit."""
    from contest_portal.core.actor import Actor, Role
    from contest_portal.core.clock import now, today
    from contest_portal.people.models import Account
    from contest_portal.people.passwords import hash_password
    from tests.entries.entry_factories import make_painting, make_place
    from tests.factories import make_account, make_consent, make_school, make_student, make_teacher

    sealed = hash_password(PASSWORD)

    def may_sign_in(actor: Actor) -> str:
        account = db.session.get_one(Account, actor.account_id)
        account.password_hash = sealed
        db.session.commit()
        return account.login_name or ""

    with site.opened():
        flask_migrate.upgrade()
        place = make_place(submission_closes_at=now() + timedelta(hours=6))
        site.contest_id = place.contest.id
        site.staff = Person(may_sign_in(place.staff), 0)
        for number in range(teachers):
            school = make_school(place.office, f"第{number:02d}小学")
            teacher = make_teacher(school, f"教师{number:02d}")
            actor = make_account(Role.TEACHER, school=school, teacher=teacher)
            pupil = make_student(school, f"学生{number:02d}", born=date(today().year - 10, 1, 12))
            make_consent(pupil)
            entry = make_painting(place, actor=actor, pupil=pupil, school=school, title=f"月球上的第{number}座农场")
            site.people.append(Person(may_sign_in(actor), entry.id))


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
    return port
