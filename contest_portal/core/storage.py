"""Files by their content: what is stored is named by the SHA-256 of its bytes and never changes.

Rooms ask `storage()`. Where the bytes lie (a folder, an S3-compatible store) is for the settings to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO, Protocol

from flask import current_app

from contest_portal.core.errors import DomainError, Invalid, NotFound
from contest_portal.core.text import N_, Message

CHUNK_BYTES = 1 << 20
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Stored:
    """What was stored: the name it is found by (64 hexadecimal digits) and its length in bytes."""

    sha256: str
    size: int
    is_new: bool = False
    """Whether nobody had put it before; False too where the storage cannot tell that others put it at the same time."""


class StorageFull(DomainError):
    """The disk, or the share of it that this program may use, has no room left."""

    status = 507

    def __init__(self) -> None:
        super().__init__("core.storage_full", N_("服务器的存储空间已满，文件没有保存。请联系主办单位清理后再上传。"))


class StorageAway(DomainError):
    """The store does not answer, or refuses. Nothing was stored; what is stored is unharmed."""

    status = 503
    must_be_mended = False
    """Whether waiting is of no use: somebody has to set something right."""

    def __init__(self) -> None:
        super().__init__("core.storage_away", N_("文件存储暂时连接不上，没有保存也没有丢失任何文件。请稍后再试。"))


class NoBucket(StorageAway):
    """The store answers, but has no such bucket: the address is wrong, or nobody has made it."""

    must_be_mended = True

    def __init__(self, name: str) -> None:
        source = N_("存储桶 %(name)s 不存在。请先在对象存储中建立它，或改正地址。")
        DomainError.__init__(self, "core.no_bucket", Message.of(source, name=name))


class NoKeys(StorageAway):
    """This process has no keys for the store: waiting is of no use."""

    must_be_mended = True

    def __init__(self) -> None:
        source = N_(
            "这里的程序没有访问文件存储的密钥，再试也没有用。请管理员设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY"
            " 后重新启动。没有丢失任何文件。"
        )
        DomainError.__init__(self, "core.no_storage_keys", source)


class KeysRefused(StorageAway):
    """The store knows the keys not, or they may not do this: waiting is of no use."""

    must_be_mended = True

    def __init__(self, code: str) -> None:
        source = N_(
            "文件存储不接受这里的密钥，或密钥没有读写的权限（%(code)s），再试也没有用。请管理员改正密钥或权限后重新启动。"
            "没有丢失任何文件。"
        )
        DomainError.__init__(self, "core.storage_keys_refused", Message.of(source, code=code))


class Missing(NotFound):
    """No content is stored under this name."""

    def __init__(self) -> None:
        super().__init__("core.file_missing", N_("没有找到这个文件，它可能已被清理。"))


class NotAsExpected(Invalid):
    """The bytes that came are not the bytes that were announced."""

    def __init__(self) -> None:
        super().__init__("core.file_changed", N_("文件在传送途中发生了变化，没有保存。请重新上传。"))


class Storage(Protocol):
    """Where the content of files lives. Content appears under its name in one step, whole or not at all; the same
    content is stored once, by any number of processes. All that look for a name raise Missing where there is none."""

    def put(self, stream: IO[bytes], *, expected_sha256: str | None = None) -> Stored:
        """Store what can be read from `stream`. Raises StorageFull, or NotAsExpected when its hash is another one."""
        ...

    def put_path(self, path: Path, *, expected_sha256: str | None = None) -> Stored:
        """Store a copy of the file at `path`."""
        ...

    def put_bytes(self, content: bytes) -> Stored:
        """Store `content`."""
        ...

    def adopt(self, path: Path, expected_sha256: str | None = None) -> Stored:
        """Take over the finished file at `path`, which then stands there no more. It is hashed on the way; after
        an error, NotAsExpected too, it stands where it stood."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """The content, for reading and seeking."""
        ...

    def local_copy(self, sha256: str) -> AbstractContextManager[Path]:
        """A real path that other programs may read (never write), for the length of the block."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether it is there."""
        ...

    def size(self, sha256: str) -> int:
        """Length in bytes."""
        ...

    def put_at(self, sha256: str) -> datetime:
        """When the content was last put, also when it was there already."""
        ...

    def names(self) -> Iterator[str]:
        """The names of all that is stored, in no order."""
        ...

    def strangers(self) -> Iterator[str]:
        """Where else something lies in the storage that it has not put there; left alone by everything."""
        ...

    def delete(self, sha256: str) -> bool:
        """Remove the content; whether there was any. Those who have it open keep reading it."""
        ...

    def delete_if_older(self, sha256: str, moment: datetime) -> bool:
        """Remove the content unless it was put since `moment`; whether it was removed. Whoever puts the same content
        at the same time finds it stored afterwards."""
        ...

    def sweep_incoming(self, moment: datetime) -> int:
        """Remove what killed processes left half-done before `moment`. Gives how many pieces."""
        ...


def storage() -> Storage:
    """The running application's storage."""
    found: Storage = current_app.extensions["storage"]
    return found


def checked_name(sha256: str) -> str:
    """The name itself. Raises Missing for what is no SHA-256: a name from outside must not walk out of the store."""
    if not SHA256.fullmatch(sha256):
        raise Missing
    return sha256
