"""The tus protocol, version 1.0.0 (tus.io/protocols/resumable-upload): what its headers say. Pure.

Core, and the extensions creation, creation-with-upload, checksum, expiration and termination. The length of an upload
is always known at its creation.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from contest_portal.core.errors import DomainError
from contest_portal.core.text import N_, Message

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
CONTENT_TYPE = "application/offset+octet-stream"
ALGORITHMS: Mapping[str, Callable[[], Any]] = {
    "sha1": lambda: hashlib.sha1(usedforsecurity=False),
    "sha256": hashlib.sha256,
    "md5": lambda: hashlib.md5(usedforsecurity=False),
}
MOST_KEYS, LONGEST_METADATA = 30, 8192
_NUMBER = re.compile(r"[0-9]{1,16}")
_KEY = re.compile(r"[A-Za-z0-9_.-]{1,60}")
_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class BadRequest(DomainError):
    """A header that the protocol asks for is missing or cannot be read."""

    status = 400

    def __init__(self, header: str, value: str) -> None:
        sentence = N_("上传请求的 %(header)s 无法识别：“%(value)s”。请刷新页面后重试。")
        super().__init__("media.tus_header", Message.of(sentence, header=header, value=value[:80]))


class OtherVersion(DomainError):
    """The client speaks another version of the protocol."""

    status = 412

    def __init__(self) -> None:
        super().__init__("media.tus_version", N_("上传程序的版本与网站不一致，请刷新页面后重试。"))


class WrongType(DomainError):
    """The body is not announced as a piece of a file."""

    status = 415

    def __init__(self) -> None:
        super().__init__("media.tus_type", N_("上传的内容类型不对，请刷新页面后重试。"))


class ChecksumMismatch(DomainError):
    """The piece that came is not the piece that was sent; nothing of it is kept."""

    status = 460

    def __init__(self) -> None:
        super().__init__("media.tus_checksum", N_("这一段数据在传送途中出错，没有保存，将重新传送。"))


@dataclass(frozen=True)
class Checksum:
    """The announced hash of one piece."""

    algorithm: str
    digest: bytes

    def fits(self, blocks: Iterable[bytes]) -> bool:
        """Whether the blocks, one after the other, have this hash."""
        found = ALGORITHMS[self.algorithm]()
        for block in blocks:
            found.update(block)
        return bool(found.digest() == self.digest)


def check_version(value: str | None) -> None:
    """Raise OtherVersion unless `Tus-Resumable` names ours."""
    if value != VERSION:
        raise OtherVersion


def number(header: str, value: str | None) -> int:
    """A header that is a whole number from 0 on, in plain digits. Raises BadRequest."""
    if value is None or not _NUMBER.fullmatch(value):
        raise BadRequest(header, value or "")
    return int(value)


def checksum(value: str | None) -> Checksum | None:
    """`Upload-Checksum`: an algorithm and the hash in Base64; None without the header. Raises BadRequest."""
    if value is None:
        return None
    algorithm, _space, encoded = value.partition(" ")
    if algorithm not in ALGORITHMS:
        raise BadRequest("Upload-Checksum", value)
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise BadRequest("Upload-Checksum", value) from None
    if len(digest) != ALGORITHMS[algorithm]().digest_size:
        raise BadRequest("Upload-Checksum", value)
    return Checksum(algorithm, digest)


def metadata(value: str | None) -> dict[str, str]:
    """`Upload-Metadata`: pairs of a key and its value in Base64 of UTF-8, parted by commas. Raises BadRequest."""
    if not value:
        return {}
    if len(value) > LONGEST_METADATA:
        raise BadRequest("Upload-Metadata", value)
    found: dict[str, str] = {}
    for pair in value.split(","):
        key, _space, encoded = pair.strip().partition(" ")
        if not _KEY.fullmatch(key) or key in found or len(found) >= MOST_KEYS:
            raise BadRequest("Upload-Metadata", value)
        try:
            text = base64.b64decode(encoded, validate=True).decode()
        except (binascii.Error, ValueError):
            raise BadRequest("Upload-Metadata", value) from None
        if "\0" in text:
            raise BadRequest("Upload-Metadata", value)
        found[key] = text
    return found


def sha256(value: str | None) -> str | None:
    """The whole file's announced hash in 64 hexadecimal digits; None where it is not announced. Raises BadRequest."""
    if not value:
        return None
    if not _SHA256.fullmatch(value):
        raise BadRequest("sha256", value)
    return value.lower()


def expires(moment: datetime) -> str:
    """`Upload-Expires` as HTTP writes times. `moment` is in UTC."""
    return format_datetime(moment, usegmt=True)
