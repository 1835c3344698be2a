"""Content-addressed storage: the same promises of a real folder and of a real S3 server."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import socket
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ConnectionClosedError
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from contest_portal.core import s3_outage
from contest_portal.core.current_storage import CurrentStorage
from contest_portal.core.database import db
from contest_portal.core.s3_client import S3Address, client_for
from contest_portal.core.storage import Missing, NotAsExpected, Storage, StorageAway, StorageFull
from contest_portal.core.storage_local import LocalStorage
from contest_portal.core.storage_s3 import PART_BYTES, S3Storage
from contest_portal.settings import Settings

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # sha256 of b"hello", FIPS 180-4
SOON = timedelta(minutes=5)


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "local":
        return LocalStorage(tmp_path / "files")
    return S3Storage(S3Address.from_url(request.getfixturevalue("s3_url")), tmp_path / "scratch")


@pytest.fixture
def local(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


def stored_files(storage: LocalStorage) -> list[Path]:
    return [path for path in storage.folder.rglob("*") if path.is_file()]


def test_content_is_found_under_its_sha256(store: Storage) -> None:
    stored = store.put(io.BytesIO(b"hello"))
    assert (stored.sha256, stored.size) == (HELLO, 5)
    with store.open(HELLO) as file:
        assert file.read() == b"hello"
    with store.local_copy(HELLO) as path:
        assert path.read_bytes() == b"hello"
    assert store.size(HELLO) == 5


def test_the_same_content_is_stored_once(store: Storage, tmp_path: Path) -> None:
    source, given_up = tmp_path / "source.txt", tmp_path / "given-up.txt"
    source.write_bytes(b"hello")
    given_up.write_bytes(b"hello")
    ways = [store.put(io.BytesIO(b"hello")), store.put_path(source), store.put_bytes(b"hello"), store.adopt(given_up)]
    assert {(one.sha256, one.size) for one in ways} == {(HELLO, 5)}
    assert not any(one.is_new for one in ways[1:])
    assert list(store.names()) == [HELLO]
    assert source.exists()
    assert not given_up.exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(content=st.binary(max_size=5000))
def test_whatever_goes_in_comes_out(content: bytes, store: Storage) -> None:
    stored = store.put(io.BytesIO(content))
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    with store.open(stored.sha256) as file:
        assert file.read() == content


def test_a_stored_file_is_read_from_any_place(store: Storage) -> None:
    content = os.urandom(3_000_000)
    sha256 = store.put_bytes(content).sha256
    with store.open(sha256) as file:
        for place in (2_500_000, 10, 1_048_570, 0):
            assert file.seek(place) == place
            assert file.read(100_000) == content[place : place + 100_000]
        assert file.seek(-3, io.SEEK_END) == len(content) - 3
        assert file.read() == content[-3:]
        assert file.read() == b""


def test_an_adopted_file_is_taken_over_and_a_wrong_one_stays_where_it_is(store: Storage, tmp_path: Path) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_bytes(b"hello")
    wrong.write_bytes(b"hallo")
    assert store.adopt(right, HELLO.upper()).sha256 == HELLO
    assert not right.exists()
    with pytest.raises(NotAsExpected):
        store.adopt(wrong, HELLO)
    assert wrong.read_bytes() == b"hallo"
    assert list(store.names()) == [HELLO]


def test_content_other_than_announced_leaves_nothing_behind(store: Storage) -> None:
    with pytest.raises(NotAsExpected):
        store.put(io.BytesIO(b"hallo"), expected_sha256=HELLO)
    assert list(store.names()) == []


def test_a_reader_that_breaks_off_leaves_nothing_behind(store: Storage) -> None:
    class Interrupted:
        chunks = iter([b"half of it"])

        def read(self, size: int) -> bytes:
            for chunk in self.chunks:
                return chunk
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.put(Interrupted())  # type: ignore[arg-type]
    assert list(store.names()) == []
    if isinstance(store, LocalStorage):
        assert stored_files(store) == []


def test_a_full_disk_is_said_in_words_and_leaves_nothing_behind(
    local: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull) as caught:
        local.put(io.BytesIO(b"hello"))
    assert caught.value.code == "core.storage_full"
    assert stored_files(local) == []


@pytest.mark.parametrize("name", ["0" * 64, "../../etc/passwd", "", "g" * 64, HELLO.upper()])
def test_what_is_not_there_is_missing(store: Storage, name: str) -> None:
    for ask in (store.open, store.size, store.put_at):
        with pytest.raises(Missing):
            ask(name)
    with pytest.raises(Missing), store.local_copy(name):
        pass


def test_deleted_content_is_gone_and_may_come_again(store: Storage) -> None:
    store.put_bytes(b"hello")
    assert store.exists(HELLO)
    assert store.delete(HELLO)
    assert not store.exists(HELLO)
    assert not store.delete(HELLO)
    assert store.put_bytes(b"hello").sha256 == HELLO
    assert store.exists(HELLO)


def test_only_what_nobody_put_of_late_is_removed(store: Storage) -> None:
    store.put_bytes(b"hello")
    put_at = store.put_at(HELLO)
    assert abs(put_at - datetime.now(UTC)) < SOON
    assert not store.delete_if_older(HELLO, put_at - SOON)
    assert store.exists(HELLO)
    assert store.delete_if_older(HELLO, put_at + SOON)
    assert not store.exists(HELLO)
    assert not store.delete_if_older(HELLO, put_at + SOON)
    assert list(store.names()) == []


def test_many_storing_the_same_content_at_once_agree(store: Storage) -> None:
    content = os.urandom(200_000)
    results: list[str] = []
    threads = [threading.Thread(target=lambda: results.append(store.put(io.BytesIO(content)).sha256)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(results) == {hashlib.sha256(content).hexdigest()}
    assert len(results) == 8
    assert list(store.names()) == results[:1]


@pytest.fixture
def s3(s3_url: str, tmp_path: Path) -> S3Storage:
    return S3Storage(S3Address.from_url(s3_url), tmp_path / "scratch")


def unfinished_uploads(s3: S3Storage) -> list[str]:
    listed = client_for(s3.address).list_multipart_uploads(Bucket=s3.address.bucket)
    return [one["Key"] for one in listed.get("Uploads", ())]


def test_a_large_file_goes_in_parts_and_comes_back_whole(s3: S3Storage, tmp_path: Path) -> None:
    content = os.urandom(PART_BYTES) + os.urandom(PART_BYTES) + b"the rest"
    source = tmp_path / "film.mp4"
    source.write_bytes(content)
    sha256 = s3.adopt(source, hashlib.sha256(content).hexdigest()).sha256
    assert not source.exists()
    with s3.local_copy(sha256) as path:
        assert path.read_bytes() == content
    head = client_for(s3.address).head_object(Bucket=s3.address.bucket, Key=f"site/{sha256[:2]}/{sha256}")
    assert head["ETag"].endswith('-3"'), "an object of three parts"
    assert unfinished_uploads(s3) == []


def test_an_upload_in_parts_that_fails_is_given_up_and_leaves_nothing(
    s3: S3Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "film.mp4"
    source.write_bytes(os.urandom(2 * PART_BYTES))
    real = s3._client.upload_part

    def breaks_off(**values: Any) -> Any:
        if values["PartNumber"] == 2:
            raise ConnectionResetError
        return real(**values)

    monkeypatch.setattr(s3._client, "upload_part", breaks_off)
    with pytest.raises(ConnectionResetError):
        s3.adopt(source)
    assert source.exists()
    assert list(s3.names()) == []
    assert unfinished_uploads(s3) == []


def test_parts_of_a_killed_process_are_swept(s3: S3Storage) -> None:
    client = client_for(s3.address)
    client.create_multipart_upload(Bucket=s3.address.bucket, Key="site/ab/abandoned")
    assert unfinished_uploads(s3) == ["site/ab/abandoned"]
    assert s3.sweep_incoming(datetime.now(UTC)) == 1  # this server says of every upload that it began in 2010
    assert unfinished_uploads(s3) == []


def test_a_copy_in_use_outlives_the_cache(s3: S3Storage) -> None:
    s3.put_bytes(b"hello")
    with s3.local_copy(HELLO) as path:
        for kept in (s3.scratch / "copies").iterdir():
            kept.unlink()
        assert path.read_bytes() == b"hello"
    assert list((s3.scratch / "uses").iterdir()) == []


def grow_old(store: Storage, sha256: str) -> None:
    """As if the content had been put thirty hours ago."""
    long_ago = datetime.now(UTC) - timedelta(hours=30)
    if isinstance(store, LocalStorage):
        os.utime(store._place(sha256), (long_ago.timestamp(), long_ago.timestamp()))
        return
    from moto.s3.models import s3_backends

    assert isinstance(store, S3Storage)
    bucket = s3_backends["123456789012"]["global"].buckets[store.address.bucket]
    bucket.keys[store._key(sha256)].last_modified = long_ago.replace(tzinfo=None)


@pytest.mark.parametrize("again", ["not at all", "before", "meanwhile"])
def test_what_is_put_again_before_it_is_removed_stays(
    store: Storage, monkeypatch: pytest.MonkeyPatch, again: str
) -> None:
    store.put_bytes(b"hello")
    grow_old(store, HELLO)
    a_day_ago = datetime.now(UTC) - timedelta(days=1)
    assert store.put_at(HELLO) < a_day_ago
    if again == "before":
        store.put(io.BytesIO(b"hello"))
    if again == "meanwhile":  # between the look at its age and its removal
        real = type(store).put_at

        def and_then_it_is_put(self: Storage, sha256: str) -> datetime:
            age = real(self, sha256)
            monkeypatch.undo()
            store.put_bytes(b"hello")
            return age

        monkeypatch.setattr(type(store), "put_at", and_then_it_is_put)
    removed = store.delete_if_older(HELLO, a_day_ago)
    assert removed is (again == "not at all")
    assert list(store.names()) == ([] if removed else [HELLO])
    assert store.exists(HELLO) is not removed


def test_a_sweep_that_was_killed_loses_nothing(store: Storage) -> None:
    store.put_bytes(b"hello")
    if isinstance(store, LocalStorage):
        (store.folder / "leaving").mkdir()
        (store.folder / "2c" / "f2" / HELLO).rename(store.folder / "leaving" / HELLO)
    else:
        assert isinstance(store, S3Storage)
        store._copy(store._key(HELLO), store._leaving(HELLO))
        store._remove(store._key(HELLO))
    with store.open(HELLO) as file:
        assert file.read() == b"hello"
    store.sweep_incoming(datetime.now(UTC) - SOON)
    assert list(store.names()) == [HELLO]


def test_a_store_that_does_not_answer_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    nobody = S3Storage(S3Address("files", endpoint="http://127.0.0.1:9", region="us-east-1"), tmp_path)
    with pytest.raises(StorageAway) as caught:
        nobody.put_bytes(b"hello")
    assert caught.value.status == 503


def test_a_store_that_does_not_answer_is_left_alone_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "made-up")
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    store = S3Storage(S3Address("files", endpoint=f"http://127.0.0.1:{port}", region="us-east-1"), tmp_path)
    with pytest.raises(StorageAway):
        store.exists(HELLO)
    with socket.create_server(("127.0.0.1", port)) as back:
        back.settimeout(0.2)
        with pytest.raises(StorageAway):
            store.exists(HELLO)
        with pytest.raises(TimeoutError):
            back.accept()


def test_a_store_that_is_back_is_used_again(s3_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = S3Storage(S3Address.from_url(s3_url), tmp_path)

    def break_off() -> None:
        failure = ConnectionClosedError(endpoint_url=s3_url)
        store._client.meta.events.emit("after-call-error.s3.GetObject", exception=failure)

    break_off()
    with pytest.raises(StorageAway):
        store.exists(HELLO)
    monkeypatch.setattr(s3_outage, "QUIET_SECONDS", 0.0)
    break_off()
    assert not store.exists(HELLO)  # the first who asks after a while
    assert store.put_bytes(b"hello").sha256 == HELLO


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("s3://", "s3://桶名"),
        ("s3://key:secret@bucket/x", "不要写密钥"),
        ("s3://bucket?endpont=http://x", "endpont"),
        ("ftp://somewhere", "CONTEST_PORTAL_STORAGE_URL"),
    ],
)
def test_an_address_that_is_none_is_refused_at_the_start(url: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=reason):
        CurrentStorage(Settings(instance=tmp_path, storage_url=url))


def test_without_boto3_the_start_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "boto3.session", None)
    with pytest.raises(ValueError, match=r"contest-portal\[s3\]"):
        CurrentStorage(Settings(instance=tmp_path, storage_url="s3://bucket/site"))


def test_two_sweeps_at_once_find_the_same_leftovers(local: LocalStorage, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = local.put_bytes(b"hello")
    leaving = local.folder / "leaving" / stored.sha256
    leaving.parent.mkdir()
    local._place(stored.sha256).replace(leaving)
    other, replace = LocalStorage(local.folder), Path.replace

    def other_first(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "replace", replace)
        other.sweep_incoming(datetime.now(UTC))
        return self.replace(target)

    monkeypatch.setattr(Path, "replace", other_first)
    local.sweep_incoming(datetime.now(UTC))
    assert local.exists(stored.sha256)


def test_a_file_taken_over_is_new_from_the_moment_it_is_seen(
    local: LocalStorage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, begun_at, rename = tmp_path / "old.txt", datetime.now(UTC) - SOON, LocalStorage._rename
    source.write_bytes(b"hello")
    os.utime(source, (0, 0))

    def swept_at_once(self: LocalStorage, path: Path, sha256: str) -> None:
        rename(self, path, sha256)
        assert not self.delete_if_older(sha256, begun_at)

    monkeypatch.setattr(LocalStorage, "_rename", swept_at_once)
    assert local.exists(local.adopt(source).sha256)


@pytest.mark.parametrize(
    "url", ["https://KEY:SECRET@127.0.0.1/bucket", "s3://KEY:SECRET@", "s3://KEY:SEC/RET@bucket/site"]
)
def test_keys_in_an_address_are_not_told_again(tmp_path: Path, url: str) -> None:
    with pytest.raises(ValueError, match=r"地址|应为") as refused:
        CurrentStorage(Settings(instance=tmp_path, storage_url=url))
    assert "SEC" not in str(refused.value).replace("AWS_SECRET_ACCESS_KEY", "")


@pytest.mark.database
def test_many_threads_look_for_a_move_one_at_a_time(app: Flask) -> None:
    """Each has a connection already, as in a request: were each to take another, they would wait for each other."""
    place: CurrentStorage = app.extensions["storage"]
    count, at_once, most, lock = 12, 0, 0, threading.Lock()
    ready = threading.Barrier(count)
    with app.app_context():
        engine = db.engine

    def taken(*_event: Any) -> None:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)

    def given_back(*_event: Any) -> None:
        nonlocal at_once
        with lock:
            at_once -= 1

    def ask() -> None:
        with app.app_context(), engine.connect():
            ready.wait()
            place.exists(HELLO)

    event.listen(engine, "checkout", taken)
    event.listen(engine, "checkin", given_back)
    threads = [threading.Thread(target=ask) for _ in range(count)]
    place._looked_at = float("-inf")
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    event.remove(engine, "checkout", taken)
    event.remove(engine, "checkin", given_back)
    assert most <= count + 1
