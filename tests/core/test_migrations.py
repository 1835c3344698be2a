"""Migrations: all the way up, all the way down, and what they build is what the models say."""

from __future__ import annotations

import os
import re
import subprocess
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from subprocess import PIPE
from typing import Any
from urllib.request import urlopen

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import inspect, text

from contest_portal import create_app
from contest_portal.contests.models import Contest
from contest_portal.core import audit
from contest_portal.core.clock import now
from contest_portal.core.database import Base, db
from contest_portal.core.errors import Conflict
from contest_portal.core.upgrading import bring_up_to_date
from contest_portal.results.handoff.models import Handoff, HandoffRecord
from contest_portal.settings import Settings
from tests.factories import made, make_contest, make_office, make_school
from tests.judging import making

COMMAND = Path(sysconfig.get_path("scripts")) / "contest-portal"


@pytest.fixture
def unmigrated(tmp_path: Path, database_url: str) -> Iterator[Flask]:
    """An application on a database without any table."""
    application = create_app(Settings(instance=tmp_path / "instance", database_url=database_url), testing=True)
    with application.app_context():
        db.drop_all()
        db.session.commit()
        yield application
        db.session.remove()
        db.engine.dispose()


@pytest.mark.database
def test_the_migrations_build_what_the_models_say(unmigrated: Flask) -> None:
    flask_migrate.upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    assert audit.verify(db.session) == (0, None)


@pytest.mark.database
def test_down_to_nothing_and_up_again(unmigrated: Flask) -> None:
    flask_migrate.upgrade()
    flask_migrate.downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
    flask_migrate.upgrade()
    assert db.session.execute(text("SELECT count FROM audit_head")).scalar() == 0


@pytest.mark.database
def test_a_database_with_a_round_goes_down_and_up_again_without_losing_a_row(unmigrated: Flask) -> None:
    flask_migrate.upgrade()
    scene = making.make_scene()
    running = making.open_round(scene)
    for task in making.tasks_of(running)[:5]:
        making.score(scene, task, 80)
    before = row_counts()
    flask_migrate.downgrade(revision="0001")
    old = row_counts()
    assert old.pop("quota") == 0  # what the newest program has no more
    assert {name: count for name, count in before.items() if name in old} == old
    flask_migrate.upgrade()
    again = row_counts()
    assert again["plan_change"] == 0  # what a landed database never had
    assert {**again, "plan_change": 1} == before
    assert making.tasks_of(running)


@pytest.mark.database
def test_records_of_senders_get_the_key_of_their_sender(unmigrated: Flask) -> None:
    flask_migrate.upgrade()
    city, district = make_office("张掖市科学技术协会", level="city"), make_office("甘州区科学技术协会")
    above, below = make_contest(city), make_contest(district)
    school = make_school(city, "西关小学")

    def handed(contest: Contest, direction: str, uid: str, **values: Any) -> Handoff:
        return made(
            Handoff(
                office_id=contest.office_id, contest_id=contest.id, direction=direction, uid=uid, revision=1,
                state="taken" if direction == "in" else "handed", document={}, options={}, made_at=now(), **values,
            )
        )  # fmt: skip

    own = handed(below, "out", "a", counterpart="张掖市科学技术协会")
    here = {"counterpart": "甘州区科学技术协会", "source_id": own.id, "taken_at": now()}
    handed(above, "in", "a", **here)
    handed(above, "in", "b", counterpart="临泽县科学技术协会", fingerprint="f" * 64, taken_at=now())
    for sender in (f"here|{district.id}", "f" * 64, "无人认识的单位"):
        made(HandoffRecord(office_id=city.id, sender=sender, source_key="school-1", school_id=school.id))
    db.session.rollback()

    def senders() -> list[str]:
        found = db.session.execute(text("SELECT sender FROM handoff_record ORDER BY id")).scalars().all()
        db.session.rollback()
        return list(found)

    district_id = district.id
    db.session.rollback()
    flask_migrate.downgrade(revision="0011")
    assert senders() == ["甘州区科学技术协会", "临泽县科学技术协会", "无人认识的单位"]
    flask_migrate.upgrade()
    assert senders() == [f"here|{district_id}", "f" * 64, "无人认识的单位"]


def row_counts() -> dict[str, int]:
    """Table → rows. Leaves no transaction behind, for which a migration would have to wait."""
    db.session.rollback()
    tables = set(inspect(db.engine).get_table_names()) - {"alembic_version"}
    found = {name: db.session.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one() for name in sorted(tables)}
    db.session.rollback()
    return found


@pytest.mark.database
def test_an_empty_database_is_brought_up_to_date_once(unmigrated: Flask) -> None:
    assert bring_up_to_date() == "created"
    assert "contest" in inspect(db.engine).get_table_names()
    assert bring_up_to_date() == "nothing"


@pytest.mark.database
def test_two_that_start_at_once_make_one_database(unmigrated: Flask) -> None:
    folder = unmigrated.config["SETTINGS"].instance
    env = own_environment() | {"DATABASE_URL": unmigrated.config["SETTINGS"].database_url}
    both = [
        subprocess.Popen([COMMAND, "--instance", folder, "db", "upgrade"], env=env, stderr=PIPE, encoding="utf-8")
        for _start in range(2)
    ]
    assert [(one.communicate(timeout=120)[1], one.returncode) for one in both] == [("", 0), ("", 0)]
    assert audit.verify(db.session) == (0, None)
    assert bring_up_to_date() == "nothing"


@pytest.mark.database
@pytest.mark.parametrize("code", ["core.database_newer", "core.database_foreign"])
def test_a_database_that_is_not_ours_to_change_stays_as_it_is(unmigrated: Flask, code: str) -> None:
    with db.engine.connect() as connection:
        if code == "core.database_newer":
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
        else:
            connection.execute(text("CREATE TABLE orders (id INTEGER)"))
        connection.commit()
    before = set(inspect(db.engine).get_table_names())
    with pytest.raises(Conflict) as refused:
        bring_up_to_date()
    assert refused.value.code == code
    assert set(inspect(db.engine).get_table_names()) == before


def test_a_server_started_in_an_empty_folder_makes_its_database(tmp_path: Path) -> None:
    instance = tmp_path / "new"
    server = subprocess.Popen(
        [COMMAND, "--instance", instance, "serve", "--port", "0"], env=own_environment(), stdout=PIPE, encoding="utf-8"
    )
    try:
        assert server.stdout is not None
        said = [server.stdout.readline().strip() for _line in range(2)]
        address = re.search(r"http://127\.0\.0\.1:\d+/", said[1])
        assert said[0] == "数据库已建立。"
        assert address is not None, said
        assert urlopen(address[0], timeout=60).status == 200
        modes = {path.name: path.stat().st_mode & 0o777 for path in instance.glob("contest.sqlite3*")}
        assert modes == dict.fromkeys(modes, 0o600)
        assert modes
    finally:
        server.send_signal(2)
        server.wait(60)


def test_a_command_on_an_empty_database_names_the_cure(tmp_path: Path) -> None:
    done = subprocess.run(
        [COMMAND, "--instance", tmp_path / "new", "office", "list"],
        env=own_environment(), stderr=PIPE, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert "contest-portal db upgrade" in done.stderr
    assert "Traceback" not in done.stderr


def own_environment() -> dict[str, str]:
    """This process's own, without settings of the program."""
    mine = ("CONTEST_PORTAL_", "DATABASE_")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(mine)}, "PYTHONUTF8": "1"}
