"""`contest-portal check`: a deployment that is well passes; each single fault is found, named, and told how to mend."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from contest_portal import cli, create_app
from contest_portal.core.actor import Role
from contest_portal.core.clock import SystemClock
from contest_portal.core.database import db
from contest_portal.core.models import Backup
from contest_portal.core.running_processes import SITE, WORKER, attend
from contest_portal.core.upgrading import bring_up_to_date
from contest_portal.demo.logins import PASSWORD, Built, write_built
from contest_portal.people.models import Account
from contest_portal.people.passwords import hash_password
from contest_portal.settings import PREFIX, Settings
from tests.factories import make_account, make_office

pytestmark = pytest.mark.pages

WELL = {
    "PUBLIC_URL": "https://contest.example.org",
    "SECURE_COOKIES": "true",
    "ALLOWED_HOSTS": "contest.example.org",
    "TRUSTED_PROXIES": "1",
    "SMTP_URL": "smtp://mail.example.org:587",
    "MAIL_FROM": "contest@example.org",
    "SECOND_FACTOR": "required",
    "BACKUP_KEY": "sixteen letters and more",
    "UPLOAD_RESERVE_MB": "1",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as `db upgrade` makes it, with a leader and a fresh backup."""
    folder = tmp_path_factory.mktemp("kept") / "instance"
    app = create_app(Settings(instance=folder, jobs_embedded=False), testing=True)
    with app.app_context():
        bring_up_to_date()
        leader = make_account(Role.LEADER, office=make_office())
        account = db.session.get_one(Account, leader.account_id)
        account.login_name, account.password_hash = "wanglu", hash_password("only she knows 42")
        moment = SystemClock().now()
        db.session.add(Backup(place="x", generation="1", state="done", begun_at=moment, ended_at=moment))
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return folder


@pytest.fixture
def look(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, tuple[str, str, str]]]:
    """Run the command on a copy of `kept`; gives what it found that is not well, by code."""
    folder = tmp_path / "instance"
    folder.mkdir(0o700)
    for part in ("contest.sqlite3", "secrets/secret_key", "secrets/data_key"):
        source = kept / part
        if source.exists():
            (folder / part).parent.mkdir(exist_ok=True, mode=0o700)
            (folder / part).write_bytes(source.read_bytes())
            (folder / part).chmod(0o600)

    def run(change: Callable[[Path], Any] | None = None, **settings: str | None) -> dict[str, tuple[str, str, str]]:
        for name, value in {**WELL, "BACKUP_FOLDER": str(tmp_path), **settings}.items():
            monkeypatch.delenv(PREFIX + name, raising=False)
            if value is not None:
                monkeypatch.setenv(PREFIX + name, value)
        if change is not None:
            change(folder)
        done = CliRunner().invoke(cli.cli, ["--instance", str(folder), "check", "--json"])
        told = json.loads(done.output)
        found = {one["code"]: (one["level"], one["text"], one["advice"]) for one in told["findings"]}
        assert told["ok"] is (done.exit_code == 0) is all(one["level"] != "bad" for one in told["findings"])
        return {code: one for code, one in found.items() if one[0] != "ok"}

    return run


def execute(statement: str) -> Callable[[Path], Any]:
    def change(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "contest.sqlite3")) as database:
            database.execute(statement)
            database.commit()

    return change


def test_a_deployment_that_is_well_passes(look: Callable[..., Any]) -> None:
    found = {code: level for code, (level, _text, _advice) in look().items()}
    assert found == {"worker": "warn", "virus": "warn"}, "it does not run yet, and a scanner is a choice"


@pytest.mark.parametrize(
    ("code", "level", "setting"),
    [
        ("debug", "bad", {"DEBUG": "true"}),
        ("tls", "bad", {"PUBLIC_URL": None}),
        ("tls", "bad", {"PUBLIC_URL": "http://contest.example.org"}),
        ("cookies", "bad", {"SECURE_COOKIES": None}),
        ("hosts", "warn", {"ALLOWED_HOSTS": None}),
        ("hosts", "bad", {"ALLOWED_HOSTS": "other.example.org"}),
        ("proxies", "bad", {"TRUSTED_PROXIES": "0"}),
        ("metrics", "warn", {"METRICS_PORT": "9100", "METRICS_HOST": "0.0.0.0"}),
        ("backups", "bad", {"BACKUP_FOLDER": ""}),
        ("backups", "warn", {"BACKUP_KEY": None}),
        ("backup_folder", "bad", {"BACKUP_FOLDER": "/dev/null/backups"}),
        ("mail", "warn", {"SMTP_URL": None}),
        ("second_factor", "bad", {"SECOND_FACTOR": "optional"}),
        ("disk", "bad", {"UPLOAD_RESERVE_MB": str(1 << 40)}),
    ],
)
def test_a_setting_that_is_wrong_is_named_with_what_to_do(
    look: Callable[..., Any], code: str, level: str, setting: dict[str, str | None]
) -> None:
    found = look(**setting)
    assert found[code][0] == level
    assert found[code][2]  # what to do


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("secrets", lambda folder: (folder / "secrets" / "secret_key").chmod(0o640)),
        ("secrets", lambda folder: (folder / "contest.sqlite3").chmod(0o644)),
        ("structure", execute("UPDATE alembic_version SET version_num = '0001'")),
        ("backup_age", execute("DELETE FROM backup")),
        ("backup_age", execute("UPDATE backup SET begun_at = '2018-03-01 08:00:00'")),
        ("demo", lambda folder: write_built(folder, Built(2018, finished=True))),
        ("passwords", execute(f"UPDATE account SET password_hash = '{hash_password(PASSWORD)}'")),
        ("passwords", execute(f"UPDATE account SET password_hash = '{hash_password('wanglu')}'")),
        ("database", execute("ALTER TABLE audit_head RENAME TO lost")),
    ],
)
def test_what_is_wrong_in_the_place_is_found(
    look: Callable[..., Any], code: str, change: Callable[[Path], Any]
) -> None:
    assert look(change)[code][0] == "bad"


def test_jobs_that_nobody_does_are_found_while_the_site_runs(look: Callable[..., Any], tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "instance", jobs_embedded=False)
    app = create_app(settings, testing=True)
    site = attend(app, SITE)
    try:
        assert look(JOBS_EMBEDDED="false")["worker"][0] == "bad"
        worker = attend(app, WORKER)
        try:
            assert "worker" not in look(JOBS_EMBEDDED="false")
        finally:
            worker.close()
    finally:
        site.close()


def test_it_says_so_in_words_too(look: Callable[..., Any], tmp_path: Path) -> None:
    look(DEBUG="true")
    done = CliRunner().invoke(cli.cli, ["--instance", str(tmp_path / "instance"), "check"])
    assert done.exit_code == 1
    assert "✗ 调试模式开着，出错页会显示程序内部。\n    → 去掉 CONTEST_PORTAL_DEBUG。\n" in done.output
    assert "1 项必须处理" in done.output


def test_looking_changes_nothing(look: Callable[..., Any], tmp_path: Path) -> None:
    def rows() -> list[str]:
        with closing(sqlite3.connect(tmp_path / "instance" / "contest.sqlite3")) as database:
            return list(database.iterdump())

    before = rows()
    look()
    assert rows() == before
    stored = tmp_path / "instance" / "files"
    assert [one for one in stored.rglob("*") if one.is_file()] == []
