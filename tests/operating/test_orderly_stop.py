"""SIGTERM: what has begun ends, what cannot end begins again, nobody new is let in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.operating.conftest import Process, until

Start = Callable[..., Process]


def refuses(site: Process) -> bool:
    connection = site.connect()
    try:
        connection.connect()
    except (ConnectionRefusedError, ConnectionResetError):
        return True
    finally:
        connection.close()
    return False


def job_row(instance: Path) -> tuple[str, int]:
    with closing(sqlite3.connect(instance / "contest.sqlite3")) as database:
        found: tuple[str, int] = database.execute("SELECT state, attempts FROM job WHERE key = 'slow'").fetchone()
    return found


def test_a_request_that_has_begun_is_answered_and_no_other_is_let_in(start: Start) -> None:
    site = start(CONTEST_PORTAL_JOBS_EMBEDDED="0")
    idle, busy = site.connect(), site.connect()
    idle.request("GET", "/healthz")
    assert idle.getresponse().read() == b"ok\n"
    busy.request("GET", "/slow/word/7")
    site.begun()
    site.tell_to_stop()
    until(lambda: refuses(site), "new connections to be refused")
    assert site.process.poll() is None  # it waits for the one that has begun
    site.go_on()
    answer = busy.getresponse()
    assert (answer.status, answer.read()) == (200, b"whole")
    assert site.ended() == 0
    assert idle.sock is not None
    assert idle.sock.recv(1) == b""  # leave was taken of who waited for nothing


def test_a_request_that_does_not_end_is_cut_off_when_its_time_is_over(start: Start) -> None:
    site = start(CONTEST_PORTAL_JOBS_EMBEDDED="0", CONTEST_PORTAL_STOP_SECONDS="1")
    busy = site.connect()
    busy.request("GET", "/slow/word/7")
    site.begun()
    site.tell_to_stop()
    assert site.ended() == 0
    assert "1 requests had not ended" in site.log


def test_told_once_more_it_does_not_wait(start: Start) -> None:
    site = start(CONTEST_PORTAL_JOBS_EMBEDDED="0", CONTEST_PORTAL_STOP_SECONDS="3600")
    busy = site.connect()
    busy.request("GET", "/slow/word/7")
    site.begun()
    site.tell_to_stop()
    until(lambda: refuses(site), "new connections to be refused")
    site.tell_to_stop()
    assert site.ended() == 0


@pytest.mark.parametrize("patient", [True, False])
def test_a_job_ends_or_is_done_by_the_next_process_without_losing_an_attempt(
    start: Start, instance: Path, patient: bool
) -> None:
    (instance / "with-job").touch()
    site = start(CONTEST_PORTAL_STOP_SECONDS="3600" if patient else "1")
    site.begun()
    assert job_row(instance) == ("running", 1)
    site.tell_to_stop()
    until(lambda: refuses(site), "new connections to be refused")
    if patient:
        site.go_on()
    assert site.ended() == 0
    assert job_row(instance) == (("done", 1) if patient else ("waiting", 0))
    if not patient:
        site.go_on()
        start()
        until(lambda: job_row(instance) == ("done", 1), "the next process to do the job")
