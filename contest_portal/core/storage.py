"""Files by their content: what is stored is named by the SHA-256 of its bytes and never changes."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from flask import current_app

from contest_portal.core.errors import DomainError, Invalid, NotFound
from contest_portal.core.text import N_

CHUNK_BYTES = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}")
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True)
class Stored:
    """What was stored: the name it is found by (64 hexadecimal digits) and its length in bytes."""

    sha256: str
    size: int


class StorageFull(DomainError):
    """The disk, or the share of it that this program may use, has no room left."""

    status = 507

    def __init__(self) -> None:
        super().__init__("core.storage_full", N_("服务器的存储空间已满，文件没有保存。请联系主办单位清理后再上传。"))


class Missing(NotFound):
    """No content is stored under this name."""

    def __init__(self) -> None:
        super().__init__("core.file_missing", N_("没有找到这个文件，它可能已被清理。"))


class NotAsExpected(Invalid):
    """The bytes that came are not the bytes that were announced."""

    def __init__(self) -> None:
        super().__init__("core.file_changed", N_("文件在传送途中发生了变化，没有保存。请重新上传。"))


class Storage(Protocol):
    """Where the content of files lives. One implementation today; another kind of store answers the same calls."""

    def put(self, stream: IO[bytes], *, expected_sha256: str | None = None) -> Stored: ...

    def put_path(self, path: Path, *, expected_sha256: str | None = None) -> Stored: ...

    def put_bytes(self, content: bytes) -> Stored: ...

    def open(self, sha256: str) -> BinaryIO: ...

    def path(self, sha256: str) -> Path: ...

    def exists(self, sha256: str) -> bool: ...

    def size(self, sha256: str) -> int: ...

    def delete(self, sha256: str) -> bool: ...


def storage() -> Storage:
    """The running application's storage."""
    found: Storage = current_app.extensions["storage"]
    return found


class LocalStorage:
    """Content under `folder/ab/cd/abcd…`. Safe for any number of processes on one file system.

    A file appears under its name in one step, complete or not at all; the same content is stored once.
    With `durable` (the default) it is on the disk before `put` returns; without, the system writes it when it likes.
    """

    def __init__(self, folder: str | Path, *, durable: bool = True) -> None:
        self.folder = Path(folder)
        self.durable = durable

    def put(self, stream: IO[bytes], *, expected_sha256: str | None = None) -> Stored:
        """Store what can be read from `stream`. Raises StorageFull, or NotAsExpected when its hash is another one."""
        with self._room(), self._incoming() as (file, temporary):
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                size += file.write(chunk)
            sha256 = digest.hexdigest()
            if expected_sha256 is not None and sha256 != expected_sha256.lower():
                raise NotAsExpected
            file.flush()
            self._keep(file, temporary, self._place(sha256))
        return Stored(sha256, size)

    def put_path(self, path: Path, *, expected_sha256: str | None = None) -> Stored:
        """Store a copy of the file at `path`."""
        with path.open("rb") as stream:
            return self.put(stream, expected_sha256=expected_sha256)

    def put_bytes(self, content: bytes) -> Stored:
        """Store `content`; content that is already here is not written again."""
        sha256 = hashlib.sha256(content).hexdigest()
        place = self._place(sha256)
        if not place.is_file():
            with self._room(), self._incoming() as (file, temporary):
                file.write(content)
                file.flush()
                self._keep(file, temporary, place)
        return Stored(sha256, len(content))

    def open(self, sha256: str) -> BinaryIO:
        """The content, for reading. Raises Missing."""
        try:
            return self._place(sha256).open("rb")
        except FileNotFoundError:
            raise Missing from None

    def path(self, sha256: str) -> Path:
        """A real path that other programs may read (never write). Raises Missing."""
        place = self._place(sha256)
        if not place.is_file():
            raise Missing
        return place

    def exists(self, sha256: str) -> bool:
        return self._place(sha256).is_file()

    def size(self, sha256: str) -> int:
        """Length in bytes. Raises Missing."""
        try:
            return self._place(sha256).stat().st_size
        except FileNotFoundError:
            raise Missing from None

    def delete(self, sha256: str) -> bool:
        """Remove the content; whether there was any. Those who have it open keep reading it."""
        try:
            self._place(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def _place(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):  # a name from outside must not walk out of the folder
            raise Missing
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    @contextmanager
    def _incoming(self) -> Iterator[tuple[IO[bytes], Path]]:
        folder = self.folder / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                yield file, temporary
        finally:
            temporary.unlink(missing_ok=True)

    def _keep(self, file: IO[bytes], temporary: Path, place: Path) -> None:
        if place.is_file():
            return
        if self.durable:
            os.fsync(file.fileno())
        file.close()  # Windows renames no open file
        place.parent.mkdir(parents=True, exist_ok=True)
        temporary.chmod(0o640)
        temporary.replace(place)
        if self.durable:
            _sync_folder(place.parent)

    @contextmanager
    def _room(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if error.errno in _FULL:
                raise StorageFull from error
            raise


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":  # there a folder cannot be opened, and a rename is in the journal already
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
