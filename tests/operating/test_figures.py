"""The figures: read on their port as a Prometheus reads them, true to what happened, there while the database is away."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text
from sqlalchemy.exc import OperationalError, ProgrammingError

from contest_portal.core import jobs
from contest_portal.core.actor import console_actor
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.operating import figures
from contest_portal.core.operating.figures import serve_figures

pytestmark = pytest.mark.database

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def port(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    monkeypatch.setattr(figures, "KEPT_SECONDS", 0.0)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], metrics_port=number)
    with serve_figures(app):
        yield number


def read(port: int) -> Samples:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    answer = connection.getresponse()
    assert answer.status == 200
    families = text_string_to_metric_families(answer.read().decode())
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def of(samples: Samples, name: str, **labels: str) -> float | None:
    return samples.get((f"contest_portal_{name}", tuple(sorted(labels.items()))))


def test_answers_are_counted_by_route_and_never_by_address(client: FlaskClient, port: int) -> None:
    client.get("/login")
    client.get("/login")
    client.get("/no-such-page/990000201001011234")
    client.open("/login", method="MAKE-ME-A-FIGURE")
    samples = read(port)
    assert of(samples, "request_seconds_count", method="GET", route="/login", status="200") == 2
    assert of(samples, "request_seconds_count", method="GET", route="none", status="404") == 1
    assert of(samples, "request_seconds_bucket", method="GET", route="/login", status="200", le="+Inf") == 2
    assert "990000" not in str(samples)
    assert "MAKE" not in str(samples)


def test_jobs_acts_and_processes_are_counted(app: Flask, port: int) -> None:
    before = read(port)
    with unit_of_work(console_actor(), "tests.ask") as work:
        jobs.enqueue(work, "tests.unknown", {}, key="one")
        work.record(("test", 1))
    after = read(port)
    assert (of(before, "jobs", state="waiting"), of(after, "jobs", state="waiting")) == (0, 1)
    assert of(after, "audit_records") == (of(before, "audit_records") or 0) + 1
    assert of(after, "processes", part="site") == 0
    assert of(after, "uploads", state="receiving") == 0
    assert (of(after, "free_bytes") or 0) > 0
    assert of(after, "backup_age_seconds") is None  # there is none yet


def test_errors_of_the_database_are_counted_and_its_figures_left_out_while_it_fails(app: Flask, port: int) -> None:
    assert of(read(port), "database_answers") == 1
    with pytest.raises((OperationalError, ProgrammingError)):
        db.session.execute(text("SELECT * FROM no_such_table"))
    db.session.rollback()
    samples = read(port)
    errors = [value for (name, _labels), value in samples.items() if name == "contest_portal_database_errors_total"]
    assert errors == [1]
    db.session.remove()
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE audit_head RENAME TO lost"))
    try:
        samples = read(port)
        assert of(samples, "database_answers") == 0
        assert of(samples, "audit_records") is None
        assert of(samples, "jobs", state="waiting") is None
    finally:
        with db.engine.begin() as connection:
            connection.execute(text("ALTER TABLE lost RENAME TO audit_head"))
    assert of(read(port), "database_answers") == 1


def test_a_port_that_is_taken_is_said(app: Flask, port: int) -> None:
    with pytest.raises(Conflict, match=str(port)), serve_figures(app):
        pass


def test_without_the_setting_there_is_no_port(app: Flask) -> None:
    assert app.config["SETTINGS"].metrics_port == 0
    with serve_figures(app):
        pass
