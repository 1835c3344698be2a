"""The key by which fields are sealed: its versions change while the site runs; lost keys are said, never made anew."""

from __future__ import annotations

import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import LargeBinary, select, type_coerce

from contest_portal import create_app
from contest_portal.core import audit, key_rotation
from contest_portal.core.actor import Role, console_actor
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict
from contest_portal.core.key_rotation import key_states, prepare, remember_keys, rotate
from contest_portal.core.models import DataKey
from contest_portal.core.sealed_files import keep_sealed, open_sealed
from contest_portal.core.sealing import Sealed, Sealer, digest, person_digest
from contest_portal.core.secret_files import DataKeys
from contest_portal.people.models import Account, Consent, Office, School, Student, Teacher
from contest_portal.settings import Settings
from tests.factories import (
    id_number,
    make_account,
    make_consent,
    make_office,
    make_school,
    make_student,
    make_teacher,
    sign_in,
)

PHONE = "13900000001"


@pytest.fixture
def site(app: Flask) -> Flask:
    """People with sealed numbers, a sealed file, a second process on the same folder."""
    office = make_office()
    school = make_school(office, contact_phone=PHONE)
    make_teacher(school, phone=PHONE, phone_digest=person_digest(PHONE))
    student = make_student(school)
    consent = make_consent(student)
    consent.file_sha256 = keep_sealed(b"a signed paper")
    account = db.session.get_one(Account, make_account(Role.OFFICE, office=office).account_id)
    account.phone, account.phone_digest = PHONE, person_digest(PHONE)
    db.session.commit()
    return app


def student_of(school: School, number: str) -> Student:
    return Student(
        office_id=school.office_id, school_id=school.id, name="甲", initials="j", sex="男", birth_on=date(2007, 1, 1),
        ethnic_group="汉族", id_number=number, id_digest=person_digest(number), grade=4, school_year=2017,
        updated_at=now(),
    )  # fmt: skip


def other_process(site: Flask) -> Sealer:
    return Sealer(DataKeys(site.config["SETTINGS"].instance))


def change() -> key_rotation.Rotated:
    return rotate(console_actor(), settle_seconds=0)


def versions_in_use() -> set[int]:
    """The first byte of every sealed value of every table."""
    found: set[int] = set()
    for table in db.metadata.sorted_tables:
        for one in table.columns:
            if isinstance(one.type, Sealed):
                raw = db.session.scalars(select(type_coerce(one, LargeBinary)).where(one.is_not(None)))
                found |= {content[0] for content in raw}
    db.session.rollback()
    return found


@pytest.mark.database
def test_everything_is_sealed_anew_and_found_as_before(site: Flask) -> None:
    number = db.session.scalars(select(Student)).one().id_number
    old_digest, old_file = person_digest(PHONE), db.session.scalars(select(Consent.file_sha256)).one()
    token, elsewhere = digest("a token"), other_process(site)
    db.session.rollback()
    done = change()
    assert (done.version, done.files) == (2, 1)
    assert versions_in_use() == {2}
    assert db.session.scalars(select(Student)).one().id_number == number
    assert db.session.scalars(select(School)).one().contact_phone == PHONE
    assert person_digest(PHONE) != old_digest
    assert db.session.scalars(select(Teacher).where(Teacher.phone_digest == person_digest(PHONE))).one()
    assert db.session.scalars(select(Account).where(Account.phone_digest == person_digest(PHONE))).one()
    assert db.session.scalars(select(Student).where(Student.id_digest == person_digest(number))).one()
    new_file = db.session.scalars(select(Consent.file_sha256)).one()
    assert new_file != old_file
    assert open_sealed(new_file) == open_sealed(old_file) == b"a signed paper"  # the old one until the sweep
    assert digest("a token") == token
    assert elsewhere.person_digest(PHONE) == person_digest(PHONE)
    assert elsewhere.seal("x")[0] == 2
    assert audit.verify(db.session)[1] is None


@pytest.mark.database
def test_what_the_new_key_seals_is_read_by_no_other(site: Flask) -> None:
    change()
    folder = site.config["SETTINGS"].instance / "secrets"
    only_old = Sealer(bytes.fromhex((folder / "data_key").read_text()))
    content = other_process(site).seal("made up")
    forged = bytes([1]) + content[1:]
    with pytest.raises(InvalidTag):
        only_old.open(forged)


@pytest.mark.database
def test_writers_go_on_while_the_key_changes(site: Flask) -> None:
    """Nobody is entered twice, nothing is lost, and who came meanwhile is found."""
    school_id = db.session.scalars(select(School.id)).one()
    db.session.rollback()
    ended, entered, refused = threading.Event(), [], []
    begun = threading.Event()

    def write() -> None:
        with site.app_context():
            while not ended.is_set() and len(entered) + len(refused) < 300:
                born = date(2007, 1 + len(entered) % 12, 1 + len(entered) % 28)
                number = id_number(born, serial=(len(entered) + len(refused)) // 2)
                with unit_of_work(console_actor(), "tests.enter") as work:
                    wanted = select(Student.id).where(Student.id_digest == person_digest(number))
                    if work.session.scalar(wanted) is not None:
                        refused.append(number)
                    else:
                        student = student_of(work.session.get_one(School, school_id), number)
                        work.session.add(student)
                        work.record(student)
                        entered.append(number)
                begun.set()

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(30)
    try:
        change()
    finally:
        ended.set()
        writer.join()
    assert entered
    change_again = key_rotation._late_digests(console_actor(), 2)
    assert change_again == 0
    for number in entered:
        assert (
            db.session.scalars(select(Student).where(Student.id_digest == person_digest(number))).one().id_number
            == number
        )


@pytest.mark.database
@pytest.mark.parametrize("step", ["_digest_anew", "_seal_anew", "_late_digests", "_files_anew"])
def test_an_interrupted_change_goes_on(site: Flask, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def broken(*_arguments: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(key_rotation, step, broken)
        with pytest.raises(KeyboardInterrupt):
            change()
    assert db.session.scalars(select(Teacher).where(Teacher.phone_digest == person_digest(PHONE))).one().phone == PHONE
    db.session.rollback()
    assert change().version == 2
    assert versions_in_use() == {2}
    assert max(site.extensions["sealer"].fingerprints()) == 2
    assert db.session.get_one(DataKey, 2).resealed_at is not None


@pytest.mark.database
def test_digests_that_were_not_committed_are_searched_by_the_old_version(site: Flask) -> None:
    """The process was killed after it had written the file and before its transaction ended."""
    keys = DataKeys(site.config["SETTINGS"].instance)
    keys.make_next()
    keys.use(digest=2)
    assert db.session.scalar(select(Teacher).where(Teacher.phone_digest == person_digest(PHONE))) is None
    db.session.rollback()
    remember_keys()
    assert db.session.scalar(select(Teacher).where(Teacher.phone_digest == person_digest(PHONE))) is not None


@pytest.mark.database
def test_versions_are_listed(site: Flask) -> None:
    before = key_states()
    assert [(one.version, one.is_used) for one in before] == [(1, True)]
    assert before[0].values == 4  # two phones of adults, one of a school, an ID number
    change()
    change()
    after = key_states()
    assert [(one.version, one.is_used, one.values) for one in after] == [
        (1, False, 0), (2, False, 0), (3, True, before[0].values),
    ]  # fmt: skip


def test_a_prepared_version_is_used_by_the_next_change(site: Flask) -> None:
    assert prepare() == prepare() == 2
    assert other_process(site).seal("x")[0] == 1
    assert change().version == 2


def test_a_key_that_is_lost_or_another_stops_the_start(site: Flask) -> None:
    remember_keys()
    path = site.config["SETTINGS"].instance / "secrets" / "data_key"
    kept = path.read_text()
    path.write_text("ab" * 32)
    site.extensions["sealer"] = other_process(site)
    with pytest.raises(Conflict, match="第 1 版"):
        remember_keys()
    path.write_text(kept)
    site.extensions["sealer"] = other_process(site)
    remember_keys()


@pytest.mark.database
def test_no_new_key_is_made_where_there_are_records(site: Flask) -> None:
    with unit_of_work(console_actor(), "tests.begin") as work:
        work.record(("test", 1))
    settings: Settings = site.config["SETTINGS"]
    (settings.instance / "secrets" / "data_key").unlink()
    with pytest.raises(ValueError, match="没有建立新的密钥"):
        create_app(settings, testing=True)
    assert not (settings.instance / "secrets" / "data_key").exists()


def test_no_new_key_is_made_where_there_are_files_only(tmp_path: Path) -> None:
    """The folder is being moved: its files have come, its keys and its database not yet."""
    folder = tmp_path / "instance" / "files" / "ab"
    folder.mkdir(parents=True)
    (folder / "content").write_bytes(b"x")
    with pytest.raises(ValueError, match="没有建立新的密钥"):
        create_app(Settings(instance=tmp_path / "instance"), testing=True)
    assert not (tmp_path / "instance" / "contest.sqlite3").exists()


def test_a_new_site_makes_its_keys_for_its_owner_alone(tmp_path: Path) -> None:
    create_app(Settings(instance=tmp_path / "instance"), testing=True)
    path = tmp_path / "instance" / "secrets" / "data_key"
    assert path.stat().st_mode & 0o777 == 0o600
    keys = DataKeys(tmp_path / "instance")
    keys.use(seal=keys.make_next())
    for name in ("data_key.2", "data_key.versions"):
        assert (path.parent / name).stat().st_mode & 0o777 == 0o600


def test_a_secret_key_that_was_removed_is_made_anew_and_whoever_held_the_old_one_is_nobody(
    site: Flask, client: FlaskClient, clock: MovingClock
) -> None:
    """What docs/backup.md says to do when somebody who could read it has left."""
    sign_in(client, make_account(Role.OFFICE, office=db.session.scalars(select(Office)).one()))
    assert client.get("/account").status_code == 200
    cookie = client.get_cookie("contest_portal")
    assert cookie
    settings: Settings = site.config["SETTINGS"]
    path = settings.instance / "secrets" / "secret_key"
    before = path.read_bytes()
    path.unlink()
    for expected, key in ((302, None), (200, before)):  # the second: the cookie itself is whole
        if key is not None:
            path.write_bytes(key)
        again = create_app(settings, clock=clock, testing=True).test_client()
        again.set_cookie("contest_portal", cookie.value)
        assert again.get("/account").status_code == expected
        assert (path.read_bytes() == before) is (key is not None)
        assert path.stat().st_mode & 0o777 == 0o600
