"""A package is read: nothing of it is believed before the signature, and nothing is taken whose hash differs. Pure.

Bounded: members are counted before the table of contents is built, paths must be plain, what is packed must be small,
and no member is read beyond the length that the signed manifest states. Memory for one piece.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from contest_portal.core.text import N_
from contest_portal.results.handoff.package.keys import SIGNATURE_BYTES, decoded, is_signed_by
from contest_portal.results.handoff.package.manifest import MOST_FILES, SIGNED_MARK, Manifest, PackedFile, read_manifest
from contest_portal.results.handoff.package.problems import PackageProblem
from contest_portal.results.handoff.package.writing import MANIFEST, PIECE_BYTES, SIGNATURE

MOST_MANIFEST_BYTES = 32 << 20
MOST_DOCUMENT_BYTES = 128 << 20
MOST_TABLE_BYTES = 64 << 20
MOST_PACKED_BYTES = 256 << 20
"""All members that are packed rather than stored, unpacked: only the JSON documents are."""

_END_BYTES, _END64_BYTES, _LOCATOR_BYTES, _ROW_BYTES = 22, 56, 20, 46
"""Lengths in a ZIP: its end record, that of ZIP64 and the locator before it, a row of its table without names."""

_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    KeyError,
    NotImplementedError,
    RuntimeError,
)
_NOT_WHOLE = N_("上报包不完整：压缩包没有结尾。文件可能没有传完，请重新传送并核对大小。")


class Package:
    """An opened package whose signature is right. `manifest_sha256` is the hash of the signed bytes: the package's own."""

    def __init__(self, source: IO[bytes]) -> None:
        """Raises PackageProblem."""
        self._zip = _opened(source)
        self._members = _checked_members(self._zip)
        content = self._read_small(MANIFEST, MOST_MANIFEST_BYTES)
        self.manifest: Manifest = read_manifest(content)
        self.manifest_sha256 = hashlib.sha256(content).hexdigest()
        self._check_signature(content)
        self._files = {one.path: one for one in self.manifest.files}
        self._check_contents()

    def _check_signature(self, content: bytes) -> None:
        try:
            signature = decoded(self._read_small(SIGNATURE, 1000).strip().decode("ascii"), SIGNATURE_BYTES)
        except ValueError:  # also UnicodeDecodeError
            signature = b""
        if not is_signed_by(self.manifest.signing_key, signature, SIGNED_MARK + content):
            raise PackageProblem(
                "signature", N_("签名不符：清单在签名之后被改动过，或签名不是这把钥匙的。没有收下任何内容。")
            )

    def _check_contents(self) -> None:
        """The members are those of the manifest, each as long as it says."""
        listed, there = set(self._files), set(self._members) - {MANIFEST, SIGNATURE}
        if len(listed) != len(self.manifest.files):
            raise PackageProblem("tampered", N_("清单把同一个文件列了两次。"))
        if missing := sorted(listed - there):
            raise PackageProblem(
                "tampered",
                N_("清单列出的文件少了 %(count)s 个，例如「%(path)s」。"),
                count=len(missing),
                path=missing[0],
            )
        if extra := sorted(there - listed):
            raise PackageProblem(
                "tampered",
                N_("包里多出 %(count)s 个清单没有列出的文件，例如「%(path)s」。"),
                count=len(extra),
                path=extra[0],
            )
        for path, one in self._files.items():
            if self._members[path].file_size != one.size:
                raise PackageProblem(
                    "tampered",
                    N_("「%(path)s」应为 %(limit)s 字节，包里是 %(measured)s 字节。"),
                    path=path,
                    limit=one.size,
                    measured=self._members[path].file_size,
                )

    def has(self, path: str) -> bool:
        return path in self._files

    def file(self, path: str) -> PackedFile:
        """What the manifest says of that file. Raises PackageProblem where it names none."""
        if path not in self._files:
            raise PackageProblem("tampered", N_("作品数据提到了「%(path)s」，包里没有这个文件。"), path=path)
        return self._files[path]

    @contextmanager
    def open(self, path: str) -> Iterator[CheckedStream]:
        """The file, to be read to its end by pieces; `CheckedStream.finish` then says whether it is the right one."""
        packed = self.file(path)
        try:
            with self._zip.open(self._members[path]) as member:
                yield CheckedStream(member, packed)
        except _ZIP_ERRORS as error:
            raise _damaged(path) from error

    def document(self, path: str) -> Any:
        """The JSON document at `path`, its hash checked. Raises PackageProblem."""
        if self.file(path).size > MOST_DOCUMENT_BYTES:
            raise PackageProblem(
                "too_large",
                N_("「%(path)s」有 %(measured)s 字节，上限 %(limit)s 字节。"),
                path=path,
                measured=self.file(path).size,
                limit=MOST_DOCUMENT_BYTES,
            )
        with self.open(path) as stream:
            content = b"".join(iter(lambda: stream.read(PIECE_BYTES), b""))
            stream.finish()
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as error:
            raise PackageProblem("not_a_package", N_("「%(path)s」不是可读的数据文件。"), path=path) from error

    def verify_files(self, progress: Callable[[int], None] = lambda _bytes: None) -> None:
        """Read every file and compare its hash. `progress` is told how many bytes were read. Raises PackageProblem."""
        for one in self.manifest.files:
            with self.open(one.path) as stream:
                while piece := stream.read(PIECE_BYTES):
                    progress(len(piece))
                stream.finish()

    def _read_small(self, path: str, most: int) -> bytes:
        member = self._members.get(path)
        if member is None:
            raise PackageProblem("not_a_package", N_("这不是本系统的上报包：里面没有 %(path)s。"), path=path)
        if member.file_size > most:
            raise PackageProblem(
                "too_large",
                N_("「%(path)s」有 %(measured)s 字节，上限 %(limit)s 字节。"),
                path=path,
                measured=member.file_size,
                limit=most,
            )
        try:
            with self._zip.open(member) as stream:
                return stream.read(most + 1)
        except _ZIP_ERRORS as error:
            raise _damaged(path) from error


class CheckedStream:
    """One file of a package while it is read: never more than the manifest states, hashed on the way."""

    def __init__(self, member: IO[bytes], packed: PackedFile) -> None:
        self._member, self._packed, self._digest, self._left = member, packed, hashlib.sha256(), packed.size

    def read(self, size: int = -1) -> bytes:
        wanted = self._left if size < 0 else min(size, self._left)
        piece = self._member.read(wanted) if wanted else b""
        self._left -= len(piece)
        self._digest.update(piece)
        return piece

    def finish(self) -> None:
        """Raise PackageProblem unless all of it was there and its hash is the manifest's."""
        if self._left or self._digest.hexdigest() != self._packed.sha256:
            raise PackageProblem(
                "tampered",
                N_("「%(path)s」的内容与清单的校验码不一致：文件被改动过或已损坏。没有收下任何内容。"),
                path=self._packed.path,
            )


def _opened(source: IO[bytes]) -> zipfile.ZipFile:
    size = source.seek(0, 2)
    source.seek(0)
    head = source.read(4)
    if head[:2] != b"PK":
        raise PackageProblem("not_a_package", N_("这不是本系统的上报包：文件不是 ZIP 压缩包。"))
    _require_short_table(source, size)
    try:
        source.seek(0)
        return zipfile.ZipFile(source)
    except _ZIP_ERRORS as error:
        raise PackageProblem("truncated", _NOT_WHOLE) from error


def _require_short_table(source: IO[bytes], size: int) -> None:
    """Raise PackageProblem for a ZIP whose table lists too many files, before zipfile makes an object of each.

    The table is found as zipfile finds it: also where a ZIP64 record states its length. What the records say of the number
    of files is not believed, they are counted.
    """
    first = max(0, size - (1 << 16) - _END_BYTES)
    source.seek(first)
    tail = source.read()
    at = tail.rfind(b"PK\x05\x06", 0, len(tail) - _END_BYTES + 4)
    if at < 0:
        raise PackageProblem("truncated", _NOT_WHOLE)
    end, length = first + at, int.from_bytes(tail[at + 12 : at + 16], "little")
    before = _END64_BYTES + _LOCATOR_BYTES
    source.seek(max(0, end - before))
    record = source.read(min(end, before))
    if record[-_LOCATOR_BYTES:].startswith(b"PK\x06\x07"):
        if len(record) < before or not record.startswith(b"PK\x06\x06"):
            raise PackageProblem("truncated", _NOT_WHOLE)
        end, length = end - before, int.from_bytes(record[40:48], "little")
    if length > end:
        raise PackageProblem("truncated", _NOT_WHOLE)
    if length > MOST_TABLE_BYTES:
        raise PackageProblem(
            "too_large",
            N_("上报包的文件目录有 %(measured)s 字节，上限 %(limit)s 字节，没有打开。"),
            measured=length,
            limit=MOST_TABLE_BYTES,
        )
    source.seek(end - length)
    _require_few(_rows_of(source.read(length)))


def _rows_of(table: bytes) -> int:
    """How many files a table of a ZIP lists."""
    count = at = 0
    while at + _ROW_BYTES <= len(table):
        at += _ROW_BYTES + sum(int.from_bytes(table[at + n : at + n + 2], "little") for n in (28, 30, 32))
        count += 1
    return count


def _require_few(files: int) -> None:
    if files > MOST_FILES + 2:
        raise PackageProblem(
            "too_large", N_("上报包列出了 %(measured)s 个文件，上限 %(limit)s 个。"), measured=files, limit=MOST_FILES
        )


def _checked_members(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The members by their paths. Raises PackageProblem for what no package of this program has."""
    members = archive.infolist()
    found: dict[str, zipfile.ZipInfo] = {}
    packed = 0
    for member in members:
        path = member.orig_filename
        if path in found or not is_plain(path) or member.flag_bits & 1 or member.external_attr >> 28 == 0xA:
            raise PackageProblem(
                "unsafe",
                N_("包里有不该有的文件名「%(path)s」（重复、加密、指向包外或含特殊字符），没有打开。"),
                path=path[:200],
            )
        found[path] = member
        if member.compress_type != zipfile.ZIP_STORED:
            packed += member.file_size
        elif member.file_size != member.compress_size:
            raise PackageProblem("tampered", N_("「%(path)s」的大小前后不一。"), path=path[:200])
    if packed > MOST_PACKED_BYTES:
        raise PackageProblem(
            "too_large",
            N_("包里压缩的内容展开后有 %(measured)s 字节，上限 %(limit)s 字节，没有打开。"),
            measured=packed,
            limit=MOST_PACKED_BYTES,
        )
    return found


def is_plain(path: str) -> bool:
    """Whether a path stays inside: relative, no step upward, no drive, no control characters, no folder as such."""
    if not path or len(path) > 500 or path.startswith("/") or "\\" in path or ":" in path or not path.isprintable():
        return False
    return all(part not in {"", ".", ".."} for part in path.split("/"))


def _damaged(path: str) -> PackageProblem:
    return PackageProblem("tampered", N_("「%(path)s」读不出来：压缩包已损坏或被改动过。没有收下任何内容。"), path=path)
