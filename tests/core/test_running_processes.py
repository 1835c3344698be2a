"""Who serves the site now: rows that come with a process and go with it, those of other machines, and what is asked of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert

from contest_portal.core import place_probe
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.current_storage import CurrentStorage
from contest_portal.core.database import db
from contest_portal.core.models import RunningProcess
from contest_portal.core.running_processes import (
    GONE_AFTER,
    SITE,
    WORKER,
    attend,
    attend_from_first_request,
    living,
)
from contest_portal.media.services import asking_processes
from contest_portal.media.services.asking_processes import ask_processes

pytestmark = pytest.mark.database


@pytest.fixture(autouse=True)
def nobody_else(app: Flask) -> Iterator[None]:
    yield
    db.session.rollback()
    db.session.execute(delete(RunningProcess))
    db.session.commit()


def on_another_machine(beat_at: Any, part: str = WORKER) -> str:
    """The row of a process of which this machine knows nothing else."""
    row = {"name": "other-host-17-abcd", "part": part, "started_at": beat_at, "beat_at": beat_at}
    db.session.execute(insert(RunningProcess).values(**row))
    db.session.commit()
    return "other-host-17-abcd"


def stores(app: Flask) -> CurrentStorage:
    found: CurrentStorage = app.extensions["storage"]
    return found


def test_a_process_is_known_from_its_start_to_its_end(app: Flask) -> None:
    assert living(app) == []
    here = attend(app, SITE)
    assert [(one.name, one.part) for one in living(app)] == [(here.name, SITE)]
    here.close()
    assert living(app) == []
    assert list((app.config["SETTINGS"].instance / "processes").iterdir()) == []


def test_behind_a_foreign_server_a_process_is_known_from_its_first_request(app: Flask) -> None:
    attend_from_first_request(app)
    assert living(app) == []
    for _request in range(2):
        assert app.test_client().get("/login").status_code == 200
    assert [one.part for one in living(app)] == [SITE]
    (here,) = app.extensions["attendances"].values()
    here.close()
    assert living(app) == []


def test_what_has_not_beaten_for_long_does_not_count(app: Flask, clock: MovingClock) -> None:
    name = on_another_machine(now())
    clock.advance(seconds=GONE_AFTER.total_seconds())
    assert [one.name for one in living(app)] == [name]
    clock.advance(seconds=1)
    assert living(app) == []


def test_a_process_of_this_machine_whose_lock_is_free_has_ended(app: Flask) -> None:
    name = on_another_machine(now())
    assert [one.name for one in living(app)] == [name]
    folder = app.config["SETTINGS"].instance / "processes"
    folder.mkdir()
    (folder / name).touch()  # what a killed one leaves
    assert living(app) == []


def test_a_process_that_can_use_the_place_says_so_and_leaves_nothing_there(app: Flask, tmp_path: Path) -> None:
    here = attend(app, WORKER)
    try:
        answers = ask_processes(stores(app), f"file://{tmp_path / 'there'}")
    finally:
        here.close()
    assert [(one.is_site, one.problem) for one in answers] == [(False, None)]
    assert list(stores(app).place(f"file://{tmp_path / 'there'}").names()) == []


def test_a_process_that_cannot_reach_the_place_says_why(app: Flask, tmp_path: Path) -> None:
    """As where `[s3]` is not installed: the address cannot be opened by the process, though the asker can."""
    here = attend(app, SITE)
    there = f"file://{tmp_path / 'there'}"
    stores(app).place(there)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(place_probe, "open_place", refuse)
            answers = ask_processes(stores(app), there)
    finally:
        here.close()
    assert [str(one.problem) for one in answers] == ["不能使用这个地址：no such library"]


def refuse(*_arguments: Any) -> None:
    raise ValueError("no such library")


def test_who_does_not_answer_is_named_in_the_end(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking_processes, "PATIENCE_SECONDS", 0.0)
    on_another_machine(now() + timedelta(seconds=1))
    answers = ask_processes(stores(app), f"file://{tmp_path / 'there'}")
    assert ["主机 other-host，进程 17" in str(one.process) for one in answers] == [True]
    assert ["没有回答" in str(one.problem) for one in answers] == [True]
