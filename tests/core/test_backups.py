"""Backups: made while the site is written to, whole or not at all, restored row for row into an empty place."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    cast,
    delete,
    select,
)  # fmt: skip
from sqlalchemy.types import JSON, Text

from contest_portal import create_app
from contest_portal.core import audit
from contest_portal.core.actor import Role, console_actor
from contest_portal.core.audit_keeping import Examined, examine
from contest_portal.core.audit_seal import Seal
from contest_portal.core.backups import daily
from contest_portal.core.backups import manifest as manifests
from contest_portal.core.backups.keeping import kept
from contest_portal.core.backups.places import FolderPlace, place_at
from contest_portal.core.backups.restoring import chosen_backup, restore
from contest_portal.core.backups.rows import STRUCTURE, Tally, fill, lines_of, tables_in, tables_of
from contest_portal.core.backups.taking import Taken, take_backup
from contest_portal.core.backups.vault import open_vault
from contest_portal.core.backups.verifying import require_whole
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.content_use import required
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict, DomainError, NotFound
from contest_portal.core.jobs import CannotBeDone
from contest_portal.core.models import AuditHead, AuditRecord, Backup, Job, Notice
from contest_portal.core.storage import storage
from contest_portal.media.models import Blob
from contest_portal.people.models import Office, Student
from contest_portal.settings import Settings
from tests.conftest import empty_database
from tests.factories import (
    made,
    make_account,
    make_contest,
    make_office,
    make_school,
    make_student,
    make_teacher,
    sign_in,
)

PASSPHRASE = "made-up words for tests"
FILM = b"a film, much of it the same. " * 90_000
"""More than two blocks of a sealed part."""


@pytest.fixture
def site(app: Flask) -> Flask:
    """A site with people, a contest, files, and values that databases keep each in its own way."""
    flask_migrate.stamp()
    office = make_office()
    school = make_school(office)
    make_teacher(school)
    make_student(school)
    make_contest(office)
    account = make_account(Role.OFFICE, office=office)
    for content in (FILM, b"a small file", b""):
        keep(content)
    made(
        Notice(
            account_id=account.account_id,
            title="换行\n与 \u2028、\x7f、😀",
            params={"a": [1.5, None, "名"]},
            created_at=now(),
        )
    )
    made(Job(kind="tests.none", key="none", payload={"big": 10**15, "small": 1e-9}, run_at=now(), state="done"))
    with unit_of_work(console_actor(), "tests.begin") as work:
        work.record(("test", 1), after={"名": "甲", "n": 0.1}, why="开始")
    return app


def keep(content: bytes) -> Blob:
    stored = storage().put_bytes(content)
    return made(Blob(sha256=stored.sha256, size_bytes=stored.size, kind="image", facts={}, created_at=now()))


@pytest.fixture
def place(tmp_path: Path) -> str:
    return str(tmp_path / "backups")


def back_up(place: str, **options: Any) -> Taken:
    return take_backup(console_actor(), place, **options)


def all_rows() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, as the database has it; backups themselves are noted on the way."""
    metadata, found = MetaData(), {}
    with db.engine.connect() as connection:
        metadata.reflect(bind=connection)
        for table in metadata.sorted_tables:
            ordered = sorted(table.columns, key=lambda column: (column.name != "id", column.name))
            columns = [cast(one, Text) if isinstance(one.type, JSON) else one for one in ordered]
            found[table.name] = sorted(map(tuple, connection.execute(select(*columns))), key=repr)
    return {name: [tuple(map(_same, row)) for row in rows] for name, rows in found.items()}


def _same(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    return value


@pytest.fixture
def another(request: pytest.FixtureRequest, tmp_path: Path, clock: MovingClock) -> Callable[..., Any]:
    """Opens an empty instance beside the site."""

    @contextmanager
    def opened(name: str = "another", **settings: Any) -> Iterator[Flask]:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        with empty_database(request, folder) as url:
            elsewhere = create_app(
                Settings(instance=folder / "instance", database_url=url, jobs_embedded=False, **settings),
                clock=clock,
                testing=True,
            )
            with elsewhere.app_context():
                yield elsewhere
                db.session.remove()
                db.engine.dispose()

    return opened


def with_settings(app: Flask, **values: Any) -> None:
    from dataclasses import replace

    app.config["SETTINGS"] = replace(app.config["SETTINGS"], **values)


def take_keys_along(source: Flask, target: Flask) -> None:
    """What an administrator does where the backup is not encrypted."""
    from contest_portal.core.sealing import Sealer
    from contest_portal.core.secret_files import DataKeys

    for name in ("data_key", "secret_key"):
        path = source.config["SETTINGS"].instance / "secrets" / name
        (target.config["SETTINGS"].instance / "secrets" / name).write_bytes(path.read_bytes())
    target.extensions["sealer"] = Sealer(DataKeys(target.config["SETTINGS"].instance))


@pytest.mark.database
def test_the_drill(site: Flask, place: str, another: Callable[..., Any]) -> None:
    """Backed up while a writer writes: every row, every file and the chain of acts come back."""
    with_settings(site, backup_key=PASSPHRASE)
    ended, written = threading.Event(), []

    def write() -> None:
        with site.app_context():
            number = 0
            while not ended.is_set() or not written:
                number += 1
                name = storage().put_bytes(b"written meanwhile %d" % number).sha256
                with unit_of_work(console_actor(), "tests.write") as work:
                    row = Blob(sha256=name, size_bytes=1, kind="image", facts={}, created_at=now())
                    work.session.add(row)
                    work.record(row)
                written.append(name)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        taken = back_up(place)
    finally:
        ended.set()
        writer.join()
    with another(backup_key=PASSPHRASE) as there:
        restored = restore(place)
        rows, names = all_rows(), required()
        assert examine(db.session) == Examined(taken.manifest.audit_count, None, Seal.RIGHT, None)
        assert all(hashlib.sha256(storage().open(name).read()).hexdigest() == name for name in names)
        assert len(storage().open(hashlib.sha256(FILM).hexdigest()).read()) == len(FILM)
        assert db.session.scalars(select(Student)).one().id_number.startswith("990000")
        assert there.secret_key == site.secret_key
        for name in ("data_key", "secret_key"):
            secrets = [one.config["SETTINGS"].instance / "secrets" / name for one in (site, there)]
            assert secrets[0].read_bytes() == secrets[1].read_bytes()
        made(Job(kind="tests.after", key="after", payload={}, run_at=now()))  # running numbers go on
    assert restored.has_new_keys
    count = taken.manifest.audit_count
    original = as_of(count, all_rows_in(site))
    assert as_of(count, rows) == original
    assert len(names) >= 3


def all_rows_in(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    with app.app_context():
        return all_rows()


def as_of(count: int, rows: dict[str, list[tuple[Any, ...]]]) -> dict[str, list[tuple[Any, ...]]]:
    """Without what came after the moment of the backup: that tells the number of the last act, and each act of the
    writer adds one row to one table."""
    place = sorted(AuditRecord.__table__.columns.keys(), key=lambda name: (name != "id", name)).index("object_id")
    blobs = {row[place] for row in rows["audit_record"] if row[0] <= count}
    return {
        name: [row for row in found if name != "blob" or row[0] <= 3 or row[0] in blobs]
        if name != "audit_record"
        else [row for row in found if row[0] <= count]
        for name, found in rows.items()
        if name not in {"audit_head", "backup", *STRUCTURE}
    }


@pytest.mark.database
def test_every_file_that_the_rows_name_is_in_the_backup_though_the_sweep_runs_meanwhile(
    site: Flask, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After the rows were read their file loses its use and is swept: the rows are read again."""
    from contest_portal.core.backups import taking

    read_rows, looks = taking._rows, []

    def rows(vault: Any, generation: str) -> Any:
        one = keep(b"swept meanwhile") if not looks else None
        found = read_rows(vault, generation)
        if one is not None:
            db.session.execute(delete(Blob).where(Blob.id == one.id))
            db.session.commit()
            storage().delete(one.sha256)
        looks.append(found)
        return found

    monkeypatch.setattr(taking, "_rows", rows)
    taken = back_up(place)
    assert [len(found.named) for found in looks] == [4, 3]
    assert taken.manifest.missing == []
    assert taken.manifest.tables["blob"].rows == 3


@pytest.mark.database
def test_a_file_that_the_site_has_lost_is_told(site: Flask, place: str) -> None:
    lost = keep(b"lost")
    storage().delete(lost.sha256)
    taken = back_up(place)
    assert taken.manifest.missing == [lost.sha256]
    assert db.session.scalars(select(Backup)).one().missing_count == 1


@pytest.mark.database
def test_only_new_files_are_copied(site: Flask, place: str, clock: MovingClock) -> None:
    first = back_up(place)
    film = Path(place) / "files" / hashlib.sha256(FILM).hexdigest()[:2] / hashlib.sha256(FILM).hexdigest()
    before = film.stat().st_mtime_ns
    clock.advance(days=1)
    keep(b"new")
    second = back_up(place)
    assert (first.new_file_count, second.new_file_count) == (3, 1)
    assert second.manifest.file_count == 4
    assert film.stat().st_mtime_ns == before


def test_nothing_readable_lies_in_an_encrypted_backup(site: Flask, place: str) -> None:
    with_settings(site, backup_key=PASSPHRASE)
    back_up(place)
    everything = b"".join(path.read_bytes() for path in Path(place).rglob("*") if path.is_file())
    assert b"a small file" not in everything
    assert (site.config["SETTINGS"].instance / "secrets" / "data_key").read_bytes() not in everything
    for wrong, code in (("", "core.backup_key_missing"), ("another passphrase", "core.backup_key_wrong")):
        with_settings(site, backup_key=wrong)
        with pytest.raises(Conflict) as refused:
            chosen_backup(place)
        assert refused.value.code == code


def test_an_open_backup_has_no_keys(site: Flask, place: str, another: Callable[..., Any]) -> None:
    taken = back_up(place)
    assert taken.manifest.secrets == {}
    assert not list(Path(place).rglob("*data_key*"))
    with another() as there:
        with pytest.raises(Conflict, match="secrets"):
            restore(place)
        assert db.session.get_one(AuditHead, 1).count == 0
        take_keys_along(site, there)
        assert not restore(place).has_new_keys
        assert db.session.scalars(select(Student)).one().id_number.startswith("990000")


@pytest.mark.parametrize("passphrase", ["", PASSPHRASE], ids=["open", "sealed"])
@pytest.mark.parametrize("harm", ["changed", "cut", "removed", "exchanged"])
def test_harm_to_any_part_is_found(site: Flask, place: str, passphrase: str, harm: str) -> None:
    with_settings(site, backup_key=passphrase)
    back_up(place)
    vault, manifest = chosen_backup(place)
    require_whole(vault, manifest)
    names = [part.name for part in manifest.parts if "rows.jsonl" in part.name or "files.txt" in part.name]
    names.append(vault.file_name(hashlib.sha256(FILM).hexdigest()))
    for name in names:
        path = Path(place) / name
        content = path.read_bytes()
        if harm == "changed":
            path.write_bytes(content[:-20] + bytes([content[-20] ^ 1]) + content[-19:])
        elif harm == "cut":
            path.write_bytes(content[: len(content) // 2])
        elif harm == "removed":
            path.unlink()
        else:
            path.write_bytes((Path(place) / vault.file_name(hashlib.sha256(b"a small file").hexdigest())).read_bytes())
        with pytest.raises(Conflict) as found:
            require_whole(vault, manifest)
        assert found.value.code == "core.backup_damaged"
        path.write_bytes(content)
    require_whole(vault, manifest)


def test_a_changed_manifest_of_an_encrypted_backup_is_found(site: Flask, place: str) -> None:
    with_settings(site, backup_key=PASSPHRASE)
    back_up(place)
    path = next(Path(place).rglob("manifest.json"))
    document = json.loads(path.read_text())
    path.write_text(json.dumps({**document, "audit_count": document["audit_count"] - 1}))
    with pytest.raises(Conflict, match="已损坏"):
        chosen_backup(place)


@pytest.mark.database
def test_a_backup_that_was_broken_off_is_none_and_the_next_one_goes_on(
    site: Flask, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    write, left = FolderPlace.write, 5

    def broken(self: FolderPlace, name: str, pieces: Any) -> int:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt
        return write(self, name, pieces)

    monkeypatch.setattr(FolderPlace, "write", broken)
    with pytest.raises(KeyboardInterrupt):
        back_up(place)
    monkeypatch.setattr(FolderPlace, "write", write)
    assert manifests.generations(place_at(place, Path(place))) == []
    with pytest.raises(NotFound):
        chosen_backup(place)
    taken = back_up(place)
    assert taken.new_file_count == 0  # they had come already
    vault, manifest = chosen_backup(place)
    require_whole(vault, manifest)
    assert {path.parts[-2] for path in Path(place).rglob("manifest.json")} == {manifest.generation}
    states = db.session.scalars(select(Backup.state).order_by(Backup.id)).all()
    assert states == ["failed", "done"]


def test_a_full_disk_is_said(site: Flask, place: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import errno
    import os

    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DomainError, match="空间已满") as said:
        back_up(place)
    assert said.value.status == 507
    monkeypatch.undo()
    row = db.session.scalars(select(Backup)).one()
    assert (row.state, place in str(row.problem)) == ("failed", True)


@pytest.mark.database
def test_only_an_empty_place_is_restored_into(site: Flask, place: str) -> None:
    back_up(place)
    before = all_rows()
    with pytest.raises(Conflict) as refused:
        restore(place)
    assert refused.value.code == "core.restore_not_empty"
    assert all_rows() == before


@pytest.mark.database
def test_an_interrupted_restore_is_begun_anew(
    site: Flask, place: str, another: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from contest_portal.core.backups import restoring

    with_settings(site, backup_key=PASSPHRASE)
    taken = back_up(place)

    def broken(*_arguments: Any) -> None:
        raise KeyboardInterrupt

    with another(backup_key=PASSPHRASE):
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(restoring, "_set_running_numbers", broken)
            with pytest.raises(KeyboardInterrupt):
                restore(place)
        assert db.session.scalars(select(AuditRecord)).all() == []
        db.session.rollback()
        restore(place)
        assert audit.verify(db.session) == (taken.manifest.audit_count, None)


def test_two_backups_at_once(site: Flask, place: str) -> None:
    from contest_portal.core.file_locks import lock_file

    Path(place).mkdir()
    with lock_file(Path(place) / ".lock", 0), pytest.raises(Conflict, match="另一次备份"):
        back_up(place)


def test_backups_also_go_to_the_storage(
    site: Flask, place: str, s3_url: str, another: Callable[..., Any], clock: MovingClock
) -> None:
    with_settings(site, backup_key=PASSPHRASE)
    taken = back_up(place, also_at=s3_url)
    keep(b"later")
    clock.advance(days=1)
    back_up(place, also_at=s3_url)
    vault, _newest = chosen_backup(s3_url)
    require_whole(vault, manifests.read(vault, taken.manifest.generation))
    with another(backup_key=PASSPHRASE):
        assert restore(s3_url, taken.manifest.generation).manifest == taken.manifest


@pytest.mark.database
def test_old_generations_go_with_the_files_that_only_they_named(site: Flask, place: str, clock: MovingClock) -> None:
    with_settings(site, backup_days=2, backup_weeks=0)
    gone, film = keep(b"of the first day"), hashlib.sha256(FILM).hexdigest()
    first = back_up(place).manifest.generation
    db.session.execute(delete(Blob).where(Blob.id == gone.id))
    db.session.commit()
    for _day in range(2):
        clock.advance(days=1)
        back_up(place)
    vault = open_vault(place_at(place, Path(place)), "")
    found = manifests.generations(vault.place)
    assert len(found) == 2
    assert first not in found
    assert gone.sha256 not in vault.file_hashes()
    assert film in vault.file_hashes()
    for name in found:
        require_whole(vault, manifests.read(vault, name))


def test_which_generations_are_kept() -> None:
    begin = datetime(2018, 3, 1, 2, 0, tzinfo=UTC)
    taken = [(f"{day:03d}{turn}", begin + timedelta(days=day, hours=turn)) for day in range(120) for turn in range(2)]
    names = kept(taken, days=14, weeks=8)
    days = sorted({(begin + timedelta(days=int(name[:3]))).date() for name in names})
    assert [day for day in days if day >= date(2018, 6, 15)] == [
        date(2018, 6, 15) + timedelta(days=n) for n in range(14)
    ]
    assert [day for day in days if day < date(2018, 6, 15)] == [
        date(2018, 5, 13), date(2018, 5, 20), date(2018, 5, 27), date(2018, 6, 3), date(2018, 6, 10),
    ]  # fmt: skip
    assert all(name.endswith("1") for name in names)
    assert kept(taken[:1], days=1, weeks=0) == {"0000"}


def test_backups_do_not_lie_among_the_files(site: Flask) -> None:
    with pytest.raises(DomainError, match="另一块磁盘"):
        back_up(str(site.config["SETTINGS"].files_folder / "backups"))


@pytest.mark.database
def test_a_backup_comes_by_itself_each_day(site: Flask, place: str, clock: MovingClock) -> None:
    with_settings(site, backup_folder=place, backup_hour=12)
    assert not daily.is_due()  # it is nine in the morning
    clock.advance(hours=3)
    assert daily.is_due()
    daily.backup_job({})
    assert not daily.is_due()
    daily.backup_job({})  # the job may be done twice
    assert len(manifests.generations(FolderPlace(Path(place)))) == 1
    clock.advance(hours=12)
    assert not daily.is_due()  # midnight
    clock.advance(hours=12)
    assert daily.is_due()


@pytest.mark.database
def test_a_backup_that_was_killed_or_failed_comes_again(site: Flask, place: str, clock: MovingClock) -> None:
    with_settings(site, backup_folder=place, backup_hour=0)
    made(Backup(place=place, generation="killed", state="running", begun_at=now()))
    assert not daily.is_due()
    daily.backup_job({})  # its job is taken over
    assert db.session.scalars(select(Backup.state).order_by(Backup.id)).all() == ["failed", "done"]
    clock.advance(days=1)
    with_settings(site, backup_key="short")
    with pytest.raises(CannotBeDone, match="16"):
        daily.backup_job({})
    assert not daily.is_due()  # at once
    clock.advance(hours=1)
    assert daily.is_due()


@pytest.mark.database
def test_the_office_reads_how_old_the_last_backup_is(
    site: Flask, client: FlaskClient, place: str, clock: MovingClock
) -> None:
    office = db.session.scalars(select(Office)).one()
    sign_in(client, make_account(Role.OFFICE, office=office))

    def page() -> str:
        return client.get("/office/jobs").get_data(as_text=True)

    assert "这个网站还没有备份" in page()
    back_up(place)
    assert "最近一次备份：2018-03-01 09:00，3 个文件" in page()
    clock.advance(hours=48, seconds=1)
    sign_in(client, make_account(Role.OFFICE, office=office))
    assert "已超过 48 小时" in page()
    made(
        Backup(
            place=place, generation="x", state="failed", begun_at=now(), problem={"source": "空间已满。", "params": {}}
        )
    )
    assert "空间已满。" in page()


@pytest.mark.database
def test_values_of_every_kind_come_back_as_they_were(app: Flask) -> None:
    known = Table(
        "kinds",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("points", Numeric(9, 3)),
        Column("share", Double),
        Column("is_so", Boolean),
        Column("on", Date),
        Column("at", DateTime(timezone=True)),
        Column("body", LargeBinary),
        Column("data", JSON),
        Column("large", BigInteger),
    )
    values = {
        "points": 87.125, "share": 0.1, "is_so": True, "on": date(2018, 2, 28), "body": bytes(range(256)),
        "at": datetime(2018, 3, 1, 9, 0, 0, 123456, tzinfo=UTC), "data": {"名": [None, 1.5, "\u2028"]}, "large": 2**53 + 1,
    }  # fmt: skip
    with db.engine.connect().execution_options(writes=True) as connection:
        known.create(connection)
        connection.execute(known.insert(), [{"id": 1, **values}, {"id": 2, **dict.fromkeys(values)}])
        (table,) = (one for one in tables_of(connection) if one.name == "kinds")
        lines = list(lines_of(connection, table, Tally()))
        connection.execute(table.delete())
        (again,) = (one for one in tables_of(connection) if one.name == "kinds")
        fill(connection, again, next(tables_in(lines)), Tally())
        assert list(lines_of(connection, again, Tally())) == lines
        assert len(lines) == 3
        row = connection.execute(known.select().where(known.c.id == 1)).one()._mapping
        at = row["at"] if row["at"].tzinfo else row["at"].replace(tzinfo=UTC)
        assert {**row, "at": at, "points": float(row["points"])} == {"id": 1, **values}
        connection.rollback()
