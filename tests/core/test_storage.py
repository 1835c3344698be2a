"""Content-addressed storage: the same promises of a real folder and of a real S3 server."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contest_portal.core.s3_client import S3Address
from contest_portal.core.storage import Missing, NotAsExpected, Storage, StorageFull
from contest_portal.core.storage_local import LocalStorage
from contest_portal.core.storage_s3 import PART_BYTES, S3Storage

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # sha256 of b"hello", FIPS 180-4
SOON = timedelta(minutes=5)


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "local":
        return LocalStorage(tmp_path / "files")
    address: S3Address = request.getfixturevalue("s3_address")
    return S3Storage(address, tmp_path / "scratch")


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
    names = {store.put(io.BytesIO(b"hello")), store.put_path(source), store.put_bytes(b"hello"), store.adopt(given_up)}
    assert len(names) == 1
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
