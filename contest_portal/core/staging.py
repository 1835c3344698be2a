"""Files on their way in. For each upload a staged file and the pieces that follow it; how long they are together is how
far the upload has come.

Bytes arrive in part files beside it and are appended under the upload's lock, so that an upload only ever grows by
whole, ordered pieces, whoever sends and however many servers run. A small part is copied to the end of what is there, a
large one becomes the next piece by its name alone: `<token>.<offset>.piece`. `assemble` makes one file of all.
"""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import current_app

from contest_portal.core.durable_files import copy_durably, sync, sync_folder
from contest_portal.core.errors import DomainError
from contest_portal.core.file_locks import lock_file
from contest_portal.core.storage import StorageFull
from contest_portal.core.text import N_
from contest_portal.core.upload_parts import Part, PartFile, is_finished, part_file

LEAST_PIECE_BYTES = 2 << 20
"""A part of this size stays a file of its own until the upload is whole: copying it would take longer than it took to come."""
CHECKING_SECONDS = 60
_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


class Busy(DomainError):
    """Another request is appending to this upload."""

    status = 423

    def __init__(self) -> None:
        super().__init__("core.upload_busy", N_("这个文件正由另一个窗口或设备上传，请稍候再试。"))


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

    def create(self, token: str, size_bytes: int | None = None) -> None:
        """Begin an upload: an empty staged file, and beside it how many bytes were announced."""
        self.prepare()
        if size_bytes is not None:
            self._size_file(token).write_text(str(size_bytes), encoding="ascii")
        self.path(token).touch(mode=0o600)

    def announced(self, token: str) -> int | None:
        """Bytes that the upload is to have; None where nobody said it."""
        try:
            return int(self._size_file(token).read_text(encoding="ascii"))
        except (FileNotFoundError, ValueError):
            return None

    def _size_file(self, token: str) -> Path:
        return self.path(token).with_suffix(".size")

    def length(self, token: str) -> int | None:
        """Bytes of the upload; None where there is no staged file."""
        try:
            tail, begins_at = self._tail(token)
            return begins_at + tail.stat().st_size
        except (FileNotFoundError, ValueError):
            return None

    def _tail(self, token: str) -> tuple[Path, int]:
        """The last file of the upload and the byte at which it begins. Raises FileNotFoundError, ValueError."""
        tail, begins_at = self.path(token), 0
        while True:
            end = begins_at + tail.stat().st_size
            following = self._piece(token, end)
            if end == begins_at or not following.exists():
                return tail, begins_at
            tail, begins_at = following, end

    def _piece(self, token: str, offset: int) -> Path:
        return self.path(token).with_name(f"{token}.{offset}.piece")

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

        One whose checksum is announced is of no use unless it comes whole: `parts` does not list it. No part becomes
        longer than what is missing of the upload and one byte, which tells that too much came.
        """
        ending = "checked" if has_checksum else "part"
        serial = f"{int(time.time()):08x}{secrets.token_hex(4)}"
        path = self.path(token).with_name(f"{token}.{offset}.{sender}.{serial}.{ending}")
        announced = self.announced(token)
        most = None if announced is None else max(0, announced - offset)
        return Part(path, offset, self.reserve_bytes // 2, most)

    def count_parts(self, token: str) -> int:
        """How many parts lie beside the staged file, whether somebody still writes them or not."""
        return sum(1 for ending in ("part", "checked") for _path in self.folder.glob(f"{token}.*.{ending}"))

    def forget_checked(self, token: str) -> None:
        """Remove parts with a checksum that a killed server left: nobody can check them any more.

        One that somebody writes, or has written within the last minute and is about to check, stays.
        """
        for path in self.folder.glob(f"{token}.*.checked"):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < time.time() - CHECKING_SECONDS and is_finished(path):
                    path.unlink()

    def parts(self, token: str) -> list[PartFile]:
        """What lies beside the staged file, by offset."""
        found = [part_file(path) for path in self.folder.glob(f"{token}.*.part")]
        return sorted((part for part in found if part), key=lambda part: (part.offset, part.path.name))

    def append(self, token: str, part: Path, offset: int, most: int) -> int:
        """Append what of `part`, which begins at byte `offset`, lies beyond what is there; then remove the part.

        The caller holds the lock. The upload never grows beyond `most` bytes. Gives its new length, which is on the
        disk. Raises StorageFull when not all of it found room; what did is kept.
        """
        tail, begins_at = self._tail(token)
        length, size = begins_at + tail.stat().st_size, part.stat().st_size
        if offset > length or offset + size <= length:
            part.unlink(missing_ok=True)
            return self.synced_length(token)
        is_large = length == 0 or size >= LEAST_PIECE_BYTES
        if is_large and offset == length and length + size <= most and is_finished(part):
            self._follow(tail, part, self._piece(token, length) if length else tail)
            return length + size
        return begins_at + self._copied(part, length - offset, tail, min(offset + size, most) - length)

    def _follow(self, tail: Path, part: Path, name: Path) -> None:
        """Let the part stand under its new name, once it and what goes before it are on the disk."""
        sync(tail)  # a server may have been killed between copying and syncing
        sync(part)
        part.replace(name)
        sync_folder(self.folder)

    def _copied(self, part: Path, start: int, tail: Path, count: int) -> int:
        """Append `count` bytes of the part from `start`, then remove it. Gives the new length of `tail`."""
        room = max(0, shutil.disk_usage(self.folder).free - self.reserve_bytes // 2)
        try:
            copy_durably(part, start, tail, tail.stat().st_size, min(count, room))
        finally:
            part.unlink(missing_ok=True)
        sync_folder(self.folder)
        if count > room:
            raise StorageFull
        return tail.stat().st_size

    def synced_length(self, token: str) -> int:
        """The upload's length, all of it on the disk. Raises FileNotFoundError."""
        tail, begins_at = self._tail(token)
        sync(tail)  # a piece that another follows was on the disk before
        sync_folder(self.folder)
        return begins_at + tail.stat().st_size

    def assemble(self, token: str) -> Path:
        """One file of the staged one and its pieces. Killed anywhere, it can be done again.

        Nobody may append any more. Raises FileNotFoundError, and StorageFull where no room is left.
        """
        staged = self.path(token)
        for offset, piece in self._all_pieces(token):
            start = staged.stat().st_size - offset
            rest = piece.stat().st_size - start
            if start >= 0 and rest > 0:
                copy_durably(piece, start, staged, offset + start, rest)
            piece.unlink()
        return staged

    def _all_pieces(self, token: str) -> list[tuple[int, Path]]:
        """The pieces by the byte at which they begin."""
        return sorted((int(path.name.split(".")[1]), path) for path in self.folder.glob(f"{token}.*.piece"))

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
