"""Where backups lie: a folder of this machine, or under a prefix of an S3-compatible store.

What a place holds is written whole or not at all, and only then stands under its name.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Protocol, cast

from contest_portal.core.durable_files import FULL, sync_folder
from contest_portal.core.errors import DomainError
from contest_portal.core.s3_client import S3Address, client_for, in_words
from contest_portal.core.s3_reading import open_object
from contest_portal.core.storage import Missing
from contest_portal.core.storage_s3 import BACKUPS
from contest_portal.core.text import N_, Message

INCOMING = ".incoming"
_OWN = ".contest-portal-backup."
"""So begins what is being written: nothing of others that lies in the folder is swept."""


class BackupFull(DomainError):
    """Where backups lie is no room left."""

    status = 507

    def __init__(self, place: str) -> None:
        source = N_("备份没有完成：%(place)s 的空间已满。已有的备份没有受影响。请清理空间或换一个目录后再备份。")
        super().__init__("core.backup_full", Message.of(source, place=place))


class Place(Protocol):
    """Names are relative paths with `/`."""

    def __str__(self) -> str: ...

    def write(self, name: str, pieces: Iterable[bytes]) -> int:
        """Keep it under that name, in the place of what stood there. Gives the length. Raises BackupFull."""
        ...

    def open(self, name: str) -> IO[bytes]:
        """Raises Missing."""
        ...

    def exists(self, name: str) -> bool: ...

    def names(self, below: str) -> Iterator[str]:
        """All names that begin with `below`, a folder with its `/`; what was left half-written is not among them."""
        ...

    def delete(self, name: str) -> None:
        """No matter whether it was there."""
        ...


class FolderPlace:
    """A folder of this machine, or one that is mounted here."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __str__(self) -> str:
        return str(self.folder)

    def write(self, name: str, pieces: Iterable[bytes]) -> int:
        path = self.folder / name
        with self._in_words():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=_OWN, suffix=INCOMING)
            try:
                with os.fdopen(handle, "wb") as file:
                    size = sum(file.write(piece) for piece in pieces)
                    file.flush()
                    os.fsync(file.fileno())
                Path(temporary).replace(path)
            finally:
                Path(temporary).unlink(missing_ok=True)
            sync_folder(path.parent)
        return size

    def open(self, name: str) -> IO[bytes]:
        try:
            return (self.folder / name).open("rb")
        except (FileNotFoundError, NotADirectoryError):
            raise Missing from None

    def exists(self, name: str) -> bool:
        return (self.folder / name).is_file()

    def names(self, below: str) -> Iterator[str]:
        for path in sorted((self.folder / below).rglob("*")):
            if path.is_file() and path.suffix != INCOMING:
                yield path.relative_to(self.folder).as_posix()

    def delete(self, name: str) -> None:
        path = self.folder / name
        path.unlink(missing_ok=True)
        for folder in list(path.relative_to(self.folder).parents)[:-1]:
            with suppress(OSError):  # others lie in it
                (self.folder / folder).rmdir()

    def sweep(self) -> None:
        """Remove what killed backups left half-written."""
        pattern = f"{_OWN}*{INCOMING}"
        for found in (
            self.folder.glob(pattern),
            *((self.folder / one).rglob(pattern) for one in ("files", "generations")),
        ):
            for path in found:
                path.unlink(missing_ok=True)

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except OSError as failure:
            if failure.errno in FULL:
                raise BackupFull(str(self)) from failure
            if isinstance(failure, PermissionError | FileNotFoundError | NotADirectoryError | FileExistsError):
                source = N_("备份没有完成：不能在 %(place)s 写入。请核对目录是否存在、是否有写的权限。")
                raise DomainError("core.backup_place", Message.of(source, place=str(self))) from failure
            raise


class S3Place:
    """Objects `PREFIX/backups/…` of a bucket."""

    def __init__(self, url: str, scratch: Path) -> None:
        self._address = S3Address.from_url(url)
        self._client = client_for(self._address)
        self._prefix = self._address.prefix + BACKUPS
        self._scratch = scratch

    def __str__(self) -> str:
        return f"s3://{self._address.bucket}/{self._prefix.rstrip('/')}"

    def write(self, name: str, pieces: Iterable[bytes]) -> int:
        self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=self._scratch) as file:
            size = sum(file.write(piece) for piece in pieces)
            file.seek(0)
            with in_words():
                self._client.upload_fileobj(file, self._address.bucket, self._prefix + name)
        return size

    def open(self, name: str) -> IO[bytes]:
        key = self._prefix + name
        with in_words():
            head = self._client.head_object(Bucket=self._address.bucket, Key=key)
        return cast(IO[bytes], open_object(self._client, self._address.bucket, key, int(head["ContentLength"])))

    def exists(self, name: str) -> bool:
        try:
            self.open(name).close()
        except Missing:
            return False
        return True

    def names(self, below: str) -> Iterator[str]:
        with in_words():
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._address.bucket, Prefix=self._prefix + below):
                for one in page.get("Contents", ()):
                    yield one["Key"].removeprefix(self._prefix)

    def delete(self, name: str) -> None:
        with in_words():
            self._client.delete_object(Bucket=self._address.bucket, Key=self._prefix + name)

    def sweep(self) -> None:
        """Nothing appears here before it is whole."""


AnyPlace = FolderPlace | S3Place


def place_at(address: str, scratch: Path) -> AnyPlace:
    """A folder, or for `s3://…` its `backups/`. Raises ValueError for an address that cannot be one."""
    return (
        S3Place(address, scratch) if address.startswith("s3://") else FolderPlace(Path(address).expanduser().resolve())
    )
