"""Files by their content in a folder of this machine, or of a disk that several machines share."""

from __future__ import annotations

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, BinaryIO

from contest_portal.core.durable_files import disk_errors_in_words, sync, sync_folder
from contest_portal.core.storage import CHUNK_BYTES, SHA256, Missing, NotAsExpected, Stored, checked_name


class LocalStorage:
    """Content under `folder/ab/cd/abcd…`. Safe for any number of processes on one file system.

    With `durable` (the default) it is on the disk before `put` returns; without, the system writes it when it likes.
    """

    def __init__(self, folder: str | Path, *, durable: bool = True) -> None:
        self.folder = Path(folder)
        self.durable = durable

    def put(self, stream: IO[bytes], *, expected_sha256: str | None = None) -> Stored:
        with disk_errors_in_words(), self._incoming() as (file, temporary):
            digest, size = hashlib.sha256(), 0
            while chunk := stream.read(CHUNK_BYTES):
                digest.update(chunk)
                size += file.write(chunk)
            sha256 = _as_expected(digest.hexdigest(), expected_sha256)
            is_new = self._keep(file, temporary, sha256)
        return Stored(sha256, size, is_new)

    def put_path(self, path: Path, *, expected_sha256: str | None = None) -> Stored:
        with path.open("rb") as stream:
            return self.put(stream, expected_sha256=expected_sha256)

    def put_bytes(self, content: bytes) -> Stored:
        sha256 = hashlib.sha256(content).hexdigest()
        is_new = not self._refreshed(sha256)
        if is_new:
            with disk_errors_in_words(), self._incoming() as (file, temporary):
                file.write(content)
                self._keep(file, temporary, sha256)
        return Stored(sha256, len(content), is_new)

    def adopt(self, path: Path, expected_sha256: str | None = None) -> Stored:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        sha256 = _as_expected(digest, expected_sha256)
        is_new = not self._refreshed(sha256)
        if is_new:
            try:
                self._move_in(path, sha256)
            except OSError as failure:
                if failure.errno != errno.EXDEV:
                    raise
                self.put_path(path, expected_sha256=sha256)  # from another disk: bytes have to be copied
        path.unlink(missing_ok=True)
        return Stored(sha256, size, is_new)

    def open(self, sha256: str) -> BinaryIO:
        # Once more under its name: what was about to be removed may have been put back between the two looks.
        for place in (self._place(sha256), self._leaving(sha256), self._place(sha256)):
            with suppress(FileNotFoundError):
                return place.open("rb")
        raise Missing

    @contextmanager
    def local_copy(self, sha256: str) -> Iterator[Path]:
        place = self._place(sha256)
        if not place.is_file():
            raise Missing
        yield place

    def exists(self, sha256: str) -> bool:
        return self._place(sha256).is_file()

    def size(self, sha256: str) -> int:
        return self._state(sha256).st_size

    def put_at(self, sha256: str) -> datetime:
        return datetime.fromtimestamp(self._state(sha256).st_mtime, UTC)

    def names(self) -> Iterator[str]:
        for path in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            if SHA256.fullmatch(path.name):
                yield path.name

    def strangers(self) -> Iterator[str]:
        for path in sorted(self.folder.rglob("*")):
            place = path.relative_to(self.folder)
            is_own = SHA256.fullmatch(path.name) and path in {self._place(path.name), self._leaving(path.name)}
            if path.is_file() and not is_own and place.parts[0] != "incoming":
                yield place.as_posix()

    def delete(self, sha256: str) -> bool:
        try:
            self._place(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def delete_if_older(self, sha256: str, moment: datetime) -> bool:
        """It is set aside before its age is read: whoever puts the same content has then either refreshed the file
        set aside, which is put back, or finds none and writes it anew."""
        place, leaving = self._place(sha256), self._leaving(sha256)
        try:
            if self.put_at(sha256) >= moment:
                return False
            leaving.parent.mkdir(parents=True, exist_ok=True)
            place.replace(leaving)
            if datetime.fromtimestamp(leaving.stat().st_mtime, UTC) >= moment:
                leaving.replace(place)
                return False
            leaving.unlink()
        except (Missing, FileNotFoundError):  # another sweep was here
            return False
        return True

    def sweep_incoming(self, moment: datetime) -> int:
        for path in (self.folder / "leaving").glob("*"):  # a sweep was killed: the next one decides again
            with suppress(FileNotFoundError):  # another sweep was here
                path.replace(self._place(path.name))
        count = 0
        for path in (self.folder / "incoming").glob("*"):
            with suppress(FileNotFoundError):
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment:
                    path.unlink()
                    count += 1
        return count

    def _place(self, sha256: str) -> Path:
        name = checked_name(sha256)
        return self.folder / name[:2] / name[2:4] / name

    def _leaving(self, sha256: str) -> Path:
        return self.folder / "leaving" / checked_name(sha256)

    def _state(self, sha256: str) -> os.stat_result:
        try:
            return self._place(sha256).stat()
        except FileNotFoundError:
            raise Missing from None

    def _refreshed(self, sha256: str) -> bool:
        """Whether the content is there; if so it counts as put now."""
        try:
            os.utime(self._place(sha256))
        except FileNotFoundError:
            return False
        return True

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

    def _keep(self, file: IO[bytes], temporary: Path, sha256: str) -> bool:
        """Whether it was not there before."""
        file.flush()
        if self._refreshed(sha256):
            return False
        if self.durable:
            os.fsync(file.fileno())
        file.close()  # Windows renames no open file
        self._rename(temporary, sha256)
        return True

    def _move_in(self, path: Path, sha256: str) -> None:
        if self.durable:
            sync(path)
        os.utime(path)  # before it is seen: a sweep must not find it old
        self._rename(path, sha256)

    def _rename(self, source: Path, sha256: str) -> None:
        place = self._place(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        source.chmod(0o640)
        source.replace(place)
        if self.durable:
            sync_folder(place.parent)


def _as_expected(sha256: str, expected: str | None) -> str:
    if expected is not None and sha256 != expected.lower():
        raise NotAsExpected
    return sha256
