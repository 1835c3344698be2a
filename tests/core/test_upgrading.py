"""A newer version beside this one: what each may do to the database, and what a process that knows less does."""

from __future__ import annotations

import threading

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import text

from contest_portal.core import running_processes
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.models import StructureStep
from contest_portal.core.running_processes import SITE, attend
from contest_portal.core.upgrading import bring_up_to_date
from tests.factories import made


def set_revision(revision: str) -> None:
    db.session.rollback()
    with db.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


@pytest.mark.database
def test_a_step_that_older_processes_cannot_live_with_waits_until_they_have_stopped(app: Flask) -> None:
    flask_migrate.stamp(revision="0023")
    older = attend(app, SITE)
    try:
        with pytest.raises(Conflict, match="网站还在运行") as refused:
            bring_up_to_date()
    finally:
        older.close()
    assert refused.value.code == "core.upgrade_while_running"
    assert older.name.rpartition("-")[0] in str(refused.value.message)
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0023"


@pytest.mark.database
def test_a_process_notices_a_structure_that_it_cannot_live_with_and_goes_on_with_one_that_it_can(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOOK_SECONDS", "BEAT_SECONDS"):
        monkeypatch.setattr(running_processes, name, 0.05)
    flask_migrate.stamp()
    made(StructureStep(revision="9998", is_additive=True, applied_at=now()))
    set_revision("9998")
    assert bring_up_to_date() == "newer"
    outdated = threading.Event()
    process = attend(app, SITE, when_outdated=outdated.set)
    try:
        assert not outdated.wait(1)
        made(StructureStep(revision="9999", is_additive=False, applied_at=now()))
        set_revision("9999")
        assert outdated.wait(60)
    finally:
        process.close()
    with pytest.raises(Conflict) as refused:
        bring_up_to_date()
    assert refused.value.code == "core.database_newer"
