"""A place of backups that somebody else may write to: what was put there is no backup of ours, and what is not ours stays."""

from __future__ import annotations

import gzip
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import delete, select

from contest_portal.core.actor import console_actor
from contest_portal.core.backups.restoring import chosen_backup, restore
from contest_portal.core.backups.taking import take_backup
from contest_portal.core.backups.verifying import require_whole
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.models import Backup
from contest_portal.core.secret_files import secret_names
from contest_portal.core.storage import storage
from contest_portal.media.models import Blob
from tests.factories import made

PASSPHRASE = "made-up words for tests"
Forge = Callable[[dict[str, Any]], dict[str, Any]]


@pytest.fixture
def place(app: Flask, tmp_path: Path) -> Path:
    """With one open backup of an empty site."""
    flask_migrate.stamp()
    take_backup(console_actor(), str(tmp_path / "backups"))
    return tmp_path / "backups"


def set_passphrase(app: Flask, value: str) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], backup_key=value)


def manifest_of(place: Path) -> Path:
    (found,) = place.glob("generations/*/manifest.json")
    return found


def put_secret(place: Path, name: str, part: str = "evil") -> None:
    """A file that the manifest calls a secret of the site, with its right digest."""
    path = manifest_of(place)
    document = json.loads(path.read_text())
    body = gzip.compress(b"written by whoever may write to the place")
    (path.parent / part).write_bytes(body)
    named = f"generations/{document['generation']}/{part}"
    document["secrets"] = {name: {"name": named, "sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}}
    path.write_text(json.dumps(document))


def refused(place: Path, generation: str = "") -> str:
    """By which code both looking it over and restoring refuse; both begin with choosing."""
    with pytest.raises(Conflict) as by_looking:
        chosen_backup(str(place), generation)
    with pytest.raises(Conflict) as by_restoring:
        restore(str(place), generation)
    assert by_looking.value.code == by_restoring.value.code
    return by_looking.value.code


def test_an_open_backup_is_refused_where_backups_are_sealed(app: Flask, place: Path) -> None:
    set_passphrase(app, PASSPHRASE)
    assert refused(place) == "core.backup_not_sealed"


def test_a_sealed_place_without_its_key_is_refused(app: Flask, tmp_path: Path) -> None:
    flask_migrate.stamp()
    set_passphrase(app, PASSPHRASE)
    take_backup(console_actor(), str(tmp_path / "sealed"))
    (tmp_path / "sealed" / "key.json").unlink()
    assert refused(tmp_path / "sealed") == "core.backup_not_sealed"


@pytest.mark.parametrize("name", ["../../pwned", "data_key", "secret_key", "authorized_keys"])
def test_no_secret_is_taken_from_an_open_backup(app: Flask, place: Path, name: str) -> None:
    before = {one: (secrets_of(app) / one).read_bytes() for one in secret_names(app.config["SETTINGS"].instance)}
    put_secret(place, name)
    assert refused(place) == "core.backup_damaged"
    assert not list(place.parent.rglob("pwned"))
    assert {one: (secrets_of(app) / one).read_bytes() for one in before} == before


def secrets_of(app: Flask) -> Path:
    folder: Path = app.config["SETTINGS"].instance / "secrets"
    return folder


def of_another_time(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "generation": "20991231T000000Z"}


def with_a_part_elsewhere(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "files": {**document["files"], "name": "../secrets/data_key"}}


def with_a_part_above(document: dict[str, Any]) -> dict[str, Any]:
    name = f"generations/{document['generation']}/../../../secrets/data_key"
    return {**document, "files": {**document["files"], "name": name}}


@pytest.mark.parametrize("forge", [of_another_time, with_a_part_elsewhere, with_a_part_above])
def test_a_manifest_speaks_of_its_own_parts_alone(app: Flask, place: Path, forge: Forge) -> None:
    path = manifest_of(place)
    path.write_text(json.dumps(forge(json.loads(path.read_text()))))
    assert refused(place) == "core.backup_damaged"


def test_an_old_backup_is_not_passed_off_as_the_newest(app: Flask, tmp_path: Path) -> None:
    flask_migrate.stamp()
    set_passphrase(app, PASSPHRASE)
    place = tmp_path / "sealed"
    taken = take_backup(console_actor(), str(place)).manifest.generation
    shutil.copytree(place / "generations" / taken, place / "generations" / "20991231T000000Z")
    assert refused(place) == "core.backup_damaged"
    assert chosen_backup(str(place), taken)[1].generation == taken


def test_a_generation_that_cannot_be_read_holds_no_backup_up(app: Flask, place: Path, clock: MovingClock) -> None:
    """And no file goes that it may have named."""
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(settings, backup_days=2, backup_weeks=0)
    made(Blob(sha256=storage().put_bytes(b"x").sha256, size_bytes=1, kind="image", facts={}, created_at=now()))
    clock.advance(hours=1)
    first = take_backup(console_actor(), str(place)).manifest.generation
    shutil.copytree(place / "generations" / first, place / "generations" / "20991231T000000Z")
    db.session.execute(delete(Blob))
    db.session.commit()
    clock.advance(days=1)
    taken = take_backup(console_actor(), str(place))
    assert taken.removed_generations == 1
    assert db.session.scalars(select(Backup.state).order_by(Backup.id.desc())).first() == "done"
    assert [path.read_bytes() for path in place.glob("files/*/*")] == [b"x"]


def test_a_list_of_files_names_files_alone(app: Flask, place: Path) -> None:
    path = manifest_of(place)
    document = json.loads(path.read_text())
    body = gzip.compress(b"../../secrets/data_key 64\n")
    (path.parent / "files.txt.gz").write_bytes(body)
    document["files"] |= {"sha256": hashlib.sha256(body).hexdigest(), "size": len(body)}
    document["file_count"] = 1
    path.write_text(json.dumps(document))
    with pytest.raises(Conflict, match=r"files\.txt\.gz"):
        require_whole(*chosen_backup(str(place)))


def test_what_others_keep_in_the_folder_stays(app: Flask, place: Path) -> None:
    others = [
        place / "other" / "letter.incoming",
        place / "files" / "ab" / "half.incoming",
        place / "generations" / "of-a-church" / "list.txt",
        place / "generations" / "of-a-church" / "manifest.json",
        place / "generations" / "20180101T000000Z-notes" / "list.txt",
    ]
    left = [place / "files" / "ab" / ".contest-portal-backup.x1.incoming", place / ".contest-portal-backup.x2.incoming",
            place / "generations" / "20180101T000000Z" / "rows.jsonl.gz"]  # fmt: skip
    for path in [*others, *left]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("kept")
    take_backup(console_actor(), str(place))
    assert [path for path in others if not path.exists()] == []
    assert [path for path in left if path.exists()] == []
