"""Jobs: asked for once, done at least once, not for ever; lanes, leases, progress."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from contest_portal.core import jobs
from contest_portal.core.actor import console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import DomainError
from contest_portal.core.kept_messages import kept
from contest_portal.core.models import Job
from contest_portal.core.storage import Missing, StorageAway, StorageFull

KIND = "tests.note"
LATER = (jobs.LEASE + timedelta(seconds=1)).total_seconds()


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """The payloads of the jobs that were done."""
    noted: list[dict[str, Any]] = []
    monkeypatch.setitem(jobs.HANDLERS, KIND, noted.append)
    return noted


def ask(number: int = 1, **options: Any) -> None:
    with unit_of_work(console_actor(), "tests.ask") as work:
        jobs.enqueue(work, KIND, {"number": number}, key=f"note-{number}", **options)
        work.record(("test", number))


def the_job(number: int = 1) -> Job:
    db.session.rollback()
    wanted = select(Job).where(Job.key == f"note-{number}").execution_options(populate_existing=True)
    return db.session.scalars(wanted).one()


def test_the_same_key_is_asked_for_once(app: Flask, done: list[dict[str, Any]]) -> None:
    ask()
    ask()
    assert jobs.run_all() == 1
    assert done == [{"number": 1}]
    ask()
    assert jobs.run_all() == 0
    ask(again=True)
    assert jobs.run_all() == 1


def test_nobody_is_woken_for_a_job_that_was_not_written(app: Flask, done: list[dict[str, Any]]) -> None:
    import threading

    woken = threading.Event()
    app.extensions["jobs_bell"].add(woken)

    def give_up() -> None:
        with unit_of_work(console_actor(), "tests.ask") as work:
            jobs.enqueue(work, KIND, {}, key="note-1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        give_up()
    assert not woken.is_set()
    ask()
    assert woken.is_set()


def test_a_slow_job_does_not_hold_up_the_quick_ones(app: Flask, done: list[dict[str, Any]]) -> None:
    ask(1, lane=jobs.SLOW)
    ask(2)
    assert jobs.run_next((jobs.QUICK,))
    assert not jobs.run_next((jobs.QUICK,))
    assert done == [{"number": 2}]
    assert jobs.run_next((jobs.SLOW,))
    assert done == [{"number": 2}, {"number": 1}]


def test_a_job_of_a_kind_that_nobody_here_knows_waits(app: Flask, done: list[dict[str, Any]]) -> None:
    ask()
    del jobs.HANDLERS[KIND]
    assert not jobs.run_next()
    assert the_job().state == "waiting"
    jobs.HANDLERS[KIND] = done.append
    assert jobs.run_next()


def test_a_job_whose_worker_died_is_done_again_but_not_for_ever(
    app: Flask, done: list[dict[str, Any]], clock: MovingClock
) -> None:
    ask()
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        claimed = jobs._claim()  # and the worker dies
        assert claimed is not None, attempt
        assert jobs._claim() is None
        clock.advance(seconds=LATER)
    assert jobs._claim() is None
    row = the_job()
    assert row.state == "failed"
    assert row.problem is not None
    assert kept(row.problem) == jobs.WORKER_DIED
    assert done == []


def test_a_worker_that_was_given_up_does_not_finish_the_job_of_another(
    app: Flask, done: list[dict[str, Any]], clock: MovingClock
) -> None:
    ask()
    first = jobs._claim()
    assert first is not None
    given_up = Job(id=first.id, kind=KIND, key="note-1", attempts=1, worker=first.worker)
    clock.advance(seconds=LATER)
    second = jobs._claim()
    assert second is not None
    jobs._finish(given_up, None)
    assert the_job().state == "running"
    jobs._finish(second, None)
    assert the_job().state == "done"


def test_a_job_that_beats_keeps_its_lease_and_shows_how_far_it_is(
    app: Flask, monkeypatch: pytest.MonkeyPatch, clock: MovingClock
) -> None:
    seen: list[tuple[int, bool]] = []

    def work(_payload: dict[str, Any]) -> None:
        for share in (0.25, 0.5, 0.4):
            jobs.report_progress(share)
            clock.advance(seconds=LATER * 0.7)
            jobs.beat()
            seen.append((the_job().progress, jobs._claim() is None))

    monkeypatch.setitem(jobs.HANDLERS, KIND, work)
    ask()
    assert jobs.run_next()
    assert seen == [(25, True), (50, True), (50, True)]
    assert (the_job().state, the_job().progress) == ("done", 100)
    jobs.report_progress(0.1)  # outside a job it is nobody's


def test_what_a_dead_worker_was_at_is_given_back_at_once(app: Flask, done: list[dict[str, Any]]) -> None:
    ask()
    at_work = app.extensions["jobs_at_work"] = jobs.AtWork("the-dead-one")
    assert jobs._claim() is not None
    at_work.worker = "the-living-one"
    assert jobs.release("somebody-else") == 0
    assert jobs.release("the-dead-one") == 1
    assert jobs.run_next()
    assert done == [{"number": 1}]


@pytest.mark.parametrize(("failure", "words"), [(Missing(), Missing().message.source), (ValueError("x"), "程序出错")])
def test_a_failure_is_kept_in_words_and_may_be_tried_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch, clock: MovingClock, failure: Exception, words: str
) -> None:
    def fail(_payload: dict[str, Any]) -> None:
        raise failure

    monkeypatch.setitem(jobs.HANDLERS, KIND, fail)
    ask()
    for attempt in range(1, jobs.MOST_ATTEMPTS + 1):
        assert the_job().state == "waiting"
        assert jobs.run_next()
        assert not jobs.run_next(), "it waits a while before the next attempt"
        clock.advance(seconds=jobs.RETRY_AFTER.total_seconds() * attempt)
    row = the_job()
    assert row.state == "failed"
    assert row.problem is not None
    assert words in kept(row.problem).source
    assert isinstance(failure, DomainError) or "ValueError" in str(kept(row.problem).params)


@pytest.mark.parametrize("outage", [StorageFull(), StorageAway(), OperationalError("select", None, Exception("away"))])
def test_an_outage_is_waited_for_longer_than_a_failure_and_no_fault_of_the_job(
    app: Flask, monkeypatch: pytest.MonkeyPatch, clock: MovingClock, outage: Exception
) -> None:
    problems: list[Exception | None] = [outage] * (3 * jobs.MOST_ATTEMPTS) + [None]
    lasts: list[bool] = []

    def fail_for_a_while(_payload: dict[str, Any]) -> None:
        if problem := problems.pop(0):
            lasts.append(jobs.is_last_attempt(problem))
            raise problem

    monkeypatch.setitem(jobs.HANDLERS, KIND, fail_for_a_while)
    ask()
    while problems:
        assert jobs.run_next()
        clock.advance(seconds=jobs.LONGEST_WAIT.total_seconds())
    assert the_job().state == "done"
    assert not any(lasts)


def test_a_job_during_which_the_database_went_away_is_no_longer_at_work(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its worker would beat for it for ever, and nobody else take it over."""
    away = OperationalError("select", None, Exception("away"))
    with monkeypatch.context() as outage:

        def go_away(_payload: dict[str, Any]) -> None:
            def refuse(*_anything: Any, **_named: Any) -> None:
                raise away

            db.session.scalar(select(Job.id))
            for name in ("rollback", "execute", "connection", "get", "scalar"):
                outage.setattr(type(db.session()), name, refuse)
            raise away

        outage.setitem(jobs.HANDLERS, KIND, go_away)
        ask()
        with pytest.raises(OperationalError):
            jobs.run_next()
    assert app.extensions["jobs_at_work"].jobs == {}


def test_a_worker_that_dies_after_an_outage_has_died_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch, clock: MovingClock
) -> None:
    def be_away(_payload: dict[str, Any]) -> None:
        raise StorageAway

    monkeypatch.setitem(jobs.HANDLERS, KIND, be_away)
    ask()
    for _attempt in range(jobs.MOST_ATTEMPTS):
        assert jobs.run_next()
        clock.advance(seconds=jobs.LONGEST_WAIT.total_seconds())
    assert jobs._claim() is not None  # and the worker dies
    clock.advance(seconds=LATER)
    assert jobs._claim() is not None


def test_what_was_asked_for_before_the_clock_stepped_back_is_done_at_once(
    app: Flask, done: list[dict[str, Any]], clock: MovingClock
) -> None:
    ask()
    clock.advance(hours=-1)
    assert jobs.run_next()
    assert done == [{"number": 1}]


def test_a_job_asked_for_by_a_job_belongs_to_the_same_office(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(jobs.HANDLERS, KIND, lambda payload: ask(2) if payload["number"] == 1 else None)
    ask(1)
    row = the_job(1)
    row.office_id = 7
    db.session.commit()
    assert jobs.run_all() == 2
    assert the_job(2).office_id == 7
