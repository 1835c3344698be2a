"""Content-addressed storage on a real folder."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.core.storage import LocalStorage, Missing, NotAsExpected, StorageFull

HELLO = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"  # sha256 of b"hello", FIPS 180-4


@pytest.fixture
def storage(tmp_path: Path) -> LocalStorage:
    return LocalStorage(tmp_path / "files")


def stored_files(storage: LocalStorage) -> list[Path]:
    return [path for path in storage.folder.rglob("*") if path.is_file()]


def test_content_is_found_under_its_sha256(storage: LocalStorage) -> None:
    stored = storage.put(io.BytesIO(b"hello"))
    assert (stored.sha256, stored.size) == (HELLO, 5)
    assert storage.path(HELLO) == storage.folder / "2c" / "f2" / HELLO
    with storage.open(HELLO) as file:
        assert file.read() == b"hello"
    assert storage.size(HELLO) == 5


def test_the_same_content_is_stored_once(storage: LocalStorage, tmp_path: Path) -> None:
    source = tmp_path / "source.txt"
    source.write_bytes(b"hello")
    names = {storage.put(io.BytesIO(b"hello")), storage.put_path(source), storage.put_bytes(b"hello")}
    assert len(names) == 1
    assert len(stored_files(storage)) == 1
    assert source.exists()


@given(content=st.binary(max_size=5000))
def test_whatever_goes_in_comes_out(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    storage = LocalStorage(tmp_path_factory.getbasetemp() / "any", durable=False)
    stored = storage.put(io.BytesIO(content))
    assert stored.sha256 == hashlib.sha256(content).hexdigest()
    assert storage.path(stored.sha256).read_bytes() == content


def test_content_other_than_announced_leaves_nothing_behind(storage: LocalStorage) -> None:
    with pytest.raises(NotAsExpected):
        storage.put(io.BytesIO(b"hallo"), expected_sha256=HELLO)
    assert stored_files(storage) == []


def test_a_reader_that_breaks_off_leaves_nothing_behind(storage: LocalStorage) -> None:
    class Interrupted(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        storage.put(Interrupted())  # type: ignore[arg-type]
    assert stored_files(storage) == []


def test_a_full_disk_is_said_in_words_and_leaves_nothing_behind(
    storage: LocalStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull) as caught:
        storage.put(io.BytesIO(b"hello"))
    assert caught.value.code == "core.storage_full"
    assert stored_files(storage) == []


@pytest.mark.parametrize("name", [HELLO, "", "../../etc/passwd", HELLO.upper(), HELLO + "0"])
def test_what_is_not_there_is_missing(storage: LocalStorage, name: str) -> None:
    for ask in (storage.open, storage.path, storage.size):
        with pytest.raises(Missing):
            ask(name)


def test_deleted_content_is_gone_and_may_come_again(storage: LocalStorage) -> None:
    storage.put_bytes(b"hello")
    assert storage.exists(HELLO)
    assert storage.delete(HELLO)
    assert not storage.exists(HELLO)
    assert not storage.delete(HELLO)
    assert storage.put_bytes(b"hello").sha256 == HELLO
    assert storage.exists(HELLO)


def test_many_storing_the_same_content_at_once_agree(storage: LocalStorage) -> None:
    content = os.urandom(1 << 20)
    results: list[str] = []
    threads = [
        threading.Thread(target=lambda: results.append(storage.put(io.BytesIO(content)).sha256)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [hashlib.sha256(content).hexdigest()] * 8
    assert [path.read_bytes() for path in stored_files(storage)] == [content]
