"""Figures for a Prometheus, on a port of their own: requests, jobs, uploads, the database, the trail of acts, backups.

What stands in the database is asked for when the figures are, at most every few seconds, and left out while it is away.
Other rooms add their own with `figure`.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from flask import Flask
from sqlalchemy import event, func, select

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.models import AuditHead, Backup, Job, RunningProcess
from contest_portal.core.operating.answered import Answered, on_answered
from contest_portal.core.running_processes import GONE_AFTER, SITE, WORKER
from contest_portal.core.text import N_, Message

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

log = logging.getLogger(__name__)
KEPT_SECONDS = 5.0
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
JOB_STATES = ("waiting", "running", "failed")
Labelled = dict[str, float]


class Figure:
    """What is asked for when the figures are: a number for each word of `label`, or one under "" without a label."""

    def __init__(self, name: str, text: str, label: str, ask: Callable[[], Labelled]) -> None:
        self.name, self.text, self.label, self.ask = name, text, label, ask


_figures: list[Figure] = []


def figure(name: str, text: str, *, label: str = "") -> Callable[[Callable[[], Labelled]], Callable[[], Labelled]]:
    """Register a function that asks the database for a figure, in a quick statement or two."""

    def register(ask: Callable[[], Labelled]) -> Callable[[], Labelled]:
        _figures.append(Figure(name, text, label, ask))
        return ask

    return register


@figure("contest_portal_jobs", "Jobs by state; done ones are not counted.", label="state")
def _jobs() -> Labelled:
    counted = select(Job.state, func.count()).where(Job.state.in_(JOB_STATES)).group_by(Job.state)
    return dict.fromkeys(JOB_STATES, 0.0) | {str(state): float(count) for state, count in db.session.execute(counted)}


@figure("contest_portal_oldest_waiting_job_seconds", "For how long the job that is longest due has waited.")
def _oldest_job() -> Labelled:
    moment = now()
    due_at = db.session.scalar(select(func.min(Job.run_at)).where(Job.state == "waiting", Job.run_at <= moment))
    return {"": (moment - due_at).total_seconds() if due_at else 0.0}


@figure("contest_portal_audit_records", "Number of the last record of the trail of acts.")
def _audit() -> Labelled:
    return {"": float(db.session.scalar(select(AuditHead.count)) or 0)}


@figure("contest_portal_processes", "Processes that serve the site and say so.", label="part")
def _processes() -> Labelled:
    living = RunningProcess.beat_at >= now() - GONE_AFTER
    counted = select(RunningProcess.part, func.count()).where(living).group_by(RunningProcess.part)
    return {SITE: 0.0, WORKER: 0.0} | {str(part): float(count) for part, count in db.session.execute(counted)}


@figure("contest_portal_backup_age_seconds", "How long ago the last whole backup began; absent without one.")
def _backup_age() -> Labelled:
    begun_at = db.session.scalar(select(func.max(Backup.begun_at)).where(Backup.state == "done"))
    return {"": (now() - begun_at).total_seconds()} if begun_at else {}


@contextmanager
def serve_figures(app: Flask) -> Iterator[None]:
    """Give the figures meanwhile, where the settings name a port. Raises Conflict where it cannot be had."""
    settings = app.config["SETTINGS"]
    if not settings.metrics_port:
        yield
        return
    from prometheus_client import start_http_server

    registry = begin_to_count(app)
    try:
        server, thread = start_http_server(settings.metrics_port, settings.metrics_host, registry)
    except OSError as failure:
        message = Message.of(
            N_("不能在 %(host)s:%(port)s 提供监测数据：端口已被占用或地址不可用。请改 CONTEST_PORTAL_METRICS_PORT。"),
            host=settings.metrics_host,
            port=settings.metrics_port,
        )
        raise Conflict("core.metrics_port_taken", message) from failure
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def begin_to_count(app: Flask) -> CollectorRegistry:
    """Count the application's answers and its database's errors from now on. Gives where all figures are read."""
    from prometheus_client import CollectorRegistry, Counter, Histogram
    from prometheus_client.platform_collector import PlatformCollector
    from prometheus_client.process_collector import ProcessCollector

    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    seconds = Histogram(
        "contest_portal_request_seconds",
        "Requests by route and status, and how long each took.",
        ("method", "route", "status"),
        buckets=SECONDS,
        registry=registry,
    )
    errors = Counter("contest_portal_database_errors", "Statements that the database refused or did not answer.",
                     ("kind",), registry=registry)  # fmt: skip

    def answered(one: Answered) -> None:
        # A method is what the client writes: only known ones may become a figure of their own.
        method = one.method if one.method in {"GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS"} else "other"
        seconds.labels(method, one.route or "none", str(one.status)).observe(one.seconds)

    on_answered(app, answered)
    with app.app_context():

        @event.listens_for(db.engine, "handle_error")
        def failed(context: Any) -> None:
            errors.labels(type(context.original_exception).__name__).inc()

    registry.register(StandingFigures(app))
    return registry


class StandingFigures:
    """What is asked for when the figures are read; a collector as prometheus_client wants it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._known: list[tuple[Figure, Labelled]] = []
        self._database_answers = False

    def describe(self) -> Iterable[Any]:
        """Nothing: what there is depends on the moment."""
        return []

    def collect(self) -> Iterator[Any]:
        from prometheus_client.core import GaugeMetricFamily

        with self._lock:
            if time.monotonic() >= self._read_at + KEPT_SECONDS:
                self._read()
            known, answers = list(self._known), self._database_answers
        yield GaugeMetricFamily(
            "contest_portal_database_answers", "1 while the database answers.", value=float(answers)
        )
        free = shutil.disk_usage(self._app.config["SETTINGS"].instance).free
        yield GaugeMetricFamily(
            "contest_portal_free_bytes", "Free space beside the instance folder.", value=float(free)
        )
        for one, values in known:
            family = GaugeMetricFamily(one.name, one.text, labels=[one.label] if one.label else [])
            for word, value in values.items():
                family.add_metric([word] if one.label else [], value)
            yield family

    def _read(self) -> None:
        self._read_at = time.monotonic()
        self._known = []
        try:
            with self._app.app_context():
                self._known = [(one, one.ask()) for one in _figures]
        except Exception:
            if self._database_answers:
                log.warning("the database does not answer: its figures are left out", exc_info=True)
            self._database_answers = False
        else:
            self._database_answers = True
