"""Files on their way in. For each upload a staged file; its length is how far the upload has come.

Bytes arrive in part files beside it and are appended under the upload's lock, so that the staged file only ever grows
by whole, ordered pieces, whoever sends and however many servers run. A part names where it belongs and who sent it:
`<token>.<offset>.<sender>.<begun and random>.part`. One that a broken connection or a killed server left behind is appended later.
"""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from flask import current_app

from contest_portal.core.errors import DomainError
from contest_portal.core.file_locks import lock_file, try_lock
from contest_portal.core.storage import StorageFull
from contest_portal.core.text import N_

BLOCK_BYTES = 1 << 20
LOOKED_EVERY = 4 << 20
"""Bytes of a part between two looks at the free space."""
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
_PART = re.compile(
    r"(?P<token>[A-Za-z0-9_-]{20,64})\.(?P<offset>\d{1,16})\.(?P<sender>[0-9a-f]{64})"
    r"\.(?P<begun>[0-9a-f]{8})[0-9a-f]{8}\.part"
)


class Busy(DomainError):
    """Another request is appending to this upload."""

    status = 423

    def __init__(self) -> None:
        super().__init__("core.upload_busy", N_("这个文件正由另一个窗口或设备上传，请稍候再试。"))


@dataclass(frozen=True)
class PartFile:
    """A part on the disk: which upload it belongs to, from which byte on, and who sent it."""

    path: Path
    token: str
    offset: int
    sender: str
    begun: float

    def seconds(self) -> float:
        """How long its bytes took to arrive. Raises FileNotFoundError when it is no more."""
        return max(0.0, self.path.stat().st_mtime - self.begun)


class Part:
    """A part being written. Holds its lock while open, so that others see that somebody is still sending.

    `full` tells that the disk took no more: what came after that is not in the file.
    """

    def __init__(self, path: Path, offset: int, floor_bytes: int) -> None:
        self.path = path
        self.offset = offset
        self.begun = time.time()
        self.size = 0
        self.full = False
        self._floor_bytes = floor_bytes
        self._looked_at = 0
        self._file: BinaryIO = path.open("xb", buffering=0)
        try_lock(self._file.fileno())

    def write(self, data: bytes | memoryview) -> None:
        """Append; beyond a full disk nothing is written, `full` says so."""
        if self.full:
            return
        if self.size >= self._looked_at:
            self._looked_at = self.size + LOOKED_EVERY
            self.full = shutil.disk_usage(self.path.parent).free < self._floor_bytes
        try:
            rest = memoryview(data)
            while rest and not self.full:
                written = self._file.write(rest) or 0
                self.size += written
                rest = rest[written:]
        except OSError as failure:
            if failure.errno not in FULL:
                raise
            self.full = True

    @property
    def was_taken_away(self) -> bool:
        """Whether another request has taken what was here: whoever still sends is too late."""
        return not self._file.closed and os.fstat(self._file.fileno()).st_nlink == 0

    def seconds(self) -> float:
        """How long its bytes have been arriving."""
        return max(0.0, time.time() - self.begun)

    def close(self) -> None:
        """Give the lock back; what was written stays until it is appended or swept."""
        self._file.close()

    def remove(self) -> None:
        self.close()
        self.path.unlink(missing_ok=True)


class Staging:
    """The folder of files on their way in. Safe for any number of processes that share it."""

    def __init__(self, folder: Path, reserve_bytes: int = 0) -> None:
        self.folder = folder
        self.reserve_bytes = reserve_bytes
        self.temporary = folder / "temporary"
        self.lock_seconds = 10.0

    def prepare(self) -> None:
        """Make the folders, readable by their owner alone."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.temporary.mkdir(exist_ok=True, mode=0o700)

    def path(self, token: str) -> Path:
        """The staged file. Raises ValueError for what cannot be a token: it must not walk out of the folder."""
        if not is_token(token):
            raise ValueError("not a token of an upload")
        return self.folder / f"{token}.upload"

    def create(self, token: str) -> None:
        """Begin an upload: an empty staged file."""
        self.prepare()
        self.path(token).touch(mode=0o600)

    def length(self, token: str) -> int | None:
        """Bytes of the staged file; None where there is none."""
        try:
            return self.path(token).stat().st_size
        except (FileNotFoundError, ValueError):
            return None

    @contextmanager
    def locked(self, token: str) -> Iterator[None]:
        """The upload's lock among all threads and processes. Raises Busy where it stays taken."""
        self.prepare()
        with lock_file(self.path(token).with_suffix(".lock"), self.lock_seconds) as held:
            if not held:
                raise Busy
            yield

    def new_part(self, token: str, offset: int, sender: str, *, has_checksum: bool = False) -> Part:
        """A part to be written. `sender`: 64 hexadecimal digits that tell who sends it.

        One whose checksum is announced is of no use unless it comes whole: `parts` does not list it.
        """
        ending = "checked" if has_checksum else "part"
        serial = f"{int(time.time()):08x}{secrets.token_hex(4)}"
        path = self.path(token).with_name(f"{token}.{offset}.{sender}.{serial}.{ending}")
        return Part(path, offset, self.reserve_bytes // 2)

    def parts(self, token: str) -> list[PartFile]:
        """What lies beside the staged file, by offset."""
        found = [_part_file(path) for path in self.folder.glob(f"{token}.*.part")]
        return sorted((part for part in found if part), key=lambda part: (part.offset, part.path.name))

    def append(self, token: str, part: Path, offset: int, most: int) -> int:
        """Append what of `part`, which begins at byte `offset`, lies beyond the staged file; then remove the part.

        The caller holds the lock. The staged file never grows beyond `most` bytes. Gives its new length, which is on
        the disk. Raises StorageFull when not all of it found room; what did is kept.
        """
        staged = self.path(token)
        length, size = staged.stat().st_size, part.stat().st_size
        if offset > length or offset + size <= length:
            part.unlink(missing_ok=True)
            return self.synced_length(token)
        if length == 0 and size <= most and _is_finished(part):
            _sync(part)
            part.replace(staged)
            _sync_folder(self.folder)
            return size
        count = min(offset + size, most) - length
        room = max(0, shutil.disk_usage(self.folder).free - self.reserve_bytes // 2)
        try:
            _copy(part, length - offset, staged, length, min(count, room))
        finally:
            part.unlink(missing_ok=True)
        if count > room:
            raise StorageFull
        return staged.stat().st_size

    def synced_length(self, token: str) -> int:
        """The staged file's length, all of it on the disk. Raises FileNotFoundError."""
        staged = self.path(token)
        _sync(staged)
        return staged.stat().st_size

    def discard(self, token: str) -> None:
        """Remove all that belongs to the upload. The caller holds the lock, or knows that nobody sends."""
        for path in self.folder.glob(f"{self.path(token).stem}.*"):
            path.unlink(missing_ok=True)

    def tokens(self) -> set[str]:
        """The uploads of which anything lies here."""
        if not self.folder.is_dir():
            return set()
        return {path.name.partition(".")[0] for path in self.folder.iterdir() if path.is_file()}

    def free_bytes(self, folder: Path | None = None) -> int:
        """What uploads may still use of the disk here, or of that under `folder`: its free space without the reserve."""
        self.prepare()
        return shutil.disk_usage(folder or self.folder).free - self.reserve_bytes

    def newest(self, token: str) -> float:
        """When something of the upload last changed on the disk, in seconds since 1970; 0 where nothing lies here."""
        times = [0.0]
        for path in self.folder.glob(f"{self.path(token).stem}.*"):
            with suppress(FileNotFoundError):
                times.append(path.stat().st_mtime)
        return max(times)

    def sweep_temporary(self, before: float) -> None:
        """Remove what killed processes left in the folder of temporary files before that moment (seconds since 1970)."""
        for path in self.temporary.glob("*"):
            with suppress(OSError):
                if path.stat().st_mtime < before:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()


def is_token(text: str) -> bool:
    """Whether this can be the token of an upload: a harmless name of a file."""
    return _TOKEN.fullmatch(text) is not None


def staging() -> Staging:
    """The running application's staging folder."""
    found: Staging = current_app.extensions["staging"]
    return found


def _part_file(path: Path) -> PartFile | None:
    match = _PART.fullmatch(path.name)
    if match is None:
        return None
    return PartFile(path, match["token"], int(match["offset"]), match["sender"], float(int(match["begun"], 16)))


def _is_finished(part: Path) -> bool:
    """Whether nobody writes to it any more."""
    with part.open("r+b") as file:
        return try_lock(file.fileno())


def _copy(source: Path, start: int, target: Path, at: int, count: int) -> None:
    """Append `count` bytes of `source` from `start` to `target`, whose length is `at`, and put them on the disk."""
    with source.open("rb", buffering=0) as reading, target.open("r+b", buffering=0) as writing:
        try:
            _transfer(reading, start, writing, at, count)
        except OSError as failure:
            if failure.errno in FULL:
                os.fsync(writing.fileno())
                raise StorageFull from failure
            raise
        try:
            os.fsync(writing.fileno())
        except OSError as failure:  # what the system could not write is not said to be there
            with suppress(OSError):
                writing.truncate(at)
            if failure.errno in FULL:
                raise StorageFull from failure
            raise


def _transfer(reading: BinaryIO, start: int, writing: BinaryIO, at: int, count: int) -> None:
    reading.seek(start)
    writing.seek(at)
    while count > 0:
        block = reading.read(min(BLOCK_BYTES, count))
        if not block:
            return
        rest = memoryview(block)
        while rest:
            rest = rest[writing.write(rest) or 0 :]
        count -= len(block)


def _sync(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
