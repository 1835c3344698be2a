"""A ZIP of pictures as strangers pack it: names in whatever letters, sizes that may lie, members that are no files. Pure.

Nothing is unpacked by name: each member is read as a stream and goes into the storage under its content's hash, so
that no path in an archive can reach anything. A member that is damaged or refused does not stop the others.
"""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from contest_portal.core.text import N_, Message

MOST_MEMBERS = 5_000
MOST_DIRECTORY_BYTES = 4 * 2**20
MOST_UNPACKED_BYTES = 8 * 2**30
MOST_RATIO = 200
RATIO_COUNTS_FROM = 16 * 2**20
"""Bytes unpacked from which the ratio is looked at: pictures pack 20 : 1 at most, a bomb 1,000 : 1."""

_UNICODE_PATH = 0x7075  # APPNOTE.TXT 4.6.9
_UTF8_FLAG = 0x800
_SYSTEM_FILES = {"thumbs.db", "desktop.ini", "__macosx", ".ds_store", "icon\r"}
_DRIVE = re.compile(r"^[A-Za-z]:")
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others cannot be unpacked in small pieces
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    UnicodeError,
)


class UnreadableArchive(Exception):
    """The ZIP as a whole cannot be used; `message` says why and what to do."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


class RefusedMember(Exception):
    """One member cannot be used; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True)
class Member:
    """A file in the archive: its place in the directory, its path with / between folders, its size as declared."""

    place: int
    path: str
    size_bytes: int

    @property
    def name(self) -> str:
        return self.path.rsplit("/", 1)[-1]


class PictureArchive:
    """An archive open for reading. Raises UnreadableArchive for what is none or would unpack to too much."""

    def __init__(self, stream: IO[bytes], packed_bytes: int) -> None:
        if _directory_bytes(stream) > MOST_DIRECTORY_BYTES:  # before it is read into memory
            raise UnreadableArchive(
                Message.of(N_("压缩包里的文件太多（最多 %(limit)s 个），请分成几个压缩包上传。"), limit=MOST_MEMBERS)
            )
        try:
            self._archive = zipfile.ZipFile(stream)
        except _DAMAGED as error:
            raise UnreadableArchive(
                Message(N_("压缩包已损坏或不完整，打不开。请重新压缩为 ZIP 格式后再上传。"))
            ) from error
        self._infos = self._archive.infolist()
        self._refuse_too_much(packed_bytes)
        self._paths = _paths(self._infos)

    def _refuse_too_much(self, packed_bytes: int) -> None:
        if len(self._infos) > MOST_MEMBERS:
            raise UnreadableArchive(
                Message.of(
                    N_("压缩包里有 %(measured)s 个文件，最多 %(limit)s 个，请分成几个压缩包上传。"),
                    measured=len(self._infos),
                    limit=MOST_MEMBERS,
                )
            )
        declared = sum(info.file_size for info in self._infos)
        if declared > MOST_UNPACKED_BYTES or is_bomb(declared, packed_bytes):
            raise UnreadableArchive(
                Message.of(
                    N_("压缩包解开后有 %(measured)s MB，与它的大小不相称或超出上限，没有解开。请只放图片，重新压缩。"),
                    measured=declared // 2**20,
                )
            )

    def members(self) -> Iterator[Member | tuple[str, Message]]:
        """Every file worth a look in the directory's order; for one that is refused its path and the reason.

        Folders and what systems leave behind (`__MACOSX`, `.DS_Store`, `Thumbs.db`) are passed over in silence.
        """
        for place, (info, path) in enumerate(zip(self._infos, self._paths, strict=True)):
            parts = [part for part in path.split("/") if part not in {"", "."}]
            if info.filename.endswith("/") or path.endswith("/") or not parts or any(map(_is_of_the_system, parts)):
                continue
            reason = _refusal(info, parts)
            shown = "/".join(parts)
            yield (shown, reason) if reason else Member(place, shown, info.file_size)

    def open(self, member: Member, most_bytes: int) -> MemberStream:
        """The member's content, to be read in pieces; more than `most_bytes`, a bomb or damage raises RefusedMember."""
        if member.size_bytes > most_bytes:
            raise RefusedMember(_too_large(member.size_bytes, most_bytes))
        info = self._infos[member.place]
        try:
            return MemberStream(self._archive.open(info), info.compress_size, most_bytes)
        except _DAMAGED as error:
            raise RefusedMember(_damaged()) from error

    def close(self) -> None:
        self._archive.close()


class MemberStream:
    """A member while it is unpacked: what really comes out is counted, whatever the directory declares."""

    def __init__(self, stream: IO[bytes], packed_bytes: int, most_bytes: int) -> None:
        self._stream = stream
        self._packed, self._most, self._count = packed_bytes, most_bytes, 0
        self._held = b""

    def head(self, size: int) -> bytes:
        """The first bytes, which are read again afterwards."""
        while len(self._held) < size and (piece := self._next(size - len(self._held))):
            self._held += piece
        return self._held

    def read(self, size: int = -1) -> bytes:
        """The next bytes, at most 1 MB of them. Raises RefusedMember."""
        if self._held:
            held, self._held = self._held, b""
            return held
        return self._next(size)

    def _next(self, size: int) -> bytes:
        try:
            piece = self._stream.read(min(size, 2**20) if size >= 0 else 2**20)
        except _DAMAGED as error:
            raise RefusedMember(_damaged()) from error
        self._count += len(piece)
        if self._count > self._most:
            raise RefusedMember(_too_large(self._count, self._most))
        if is_bomb(self._count, self._packed):
            raise RefusedMember(Message(N_("解开后与压缩时的大小不相称，没有收")))
        return piece

    def close(self) -> None:
        self._stream.close()


def is_bomb(unpacked: int, packed: int) -> bool:
    """Whether so much comes out of so little that no picture can be in it."""
    return unpacked > RATIO_COUNTS_FROM and unpacked > packed * MOST_RATIO


def _directory_bytes(stream: IO[bytes]) -> int:
    """How large the end records (APPNOTE.TXT 4.3.14 and 4.3.16) say that the directory is."""
    stream.seek(0, 2)
    stream.seek(max(0, stream.tell() - 66_000))
    tail = stream.read()
    sizes = [int.from_bytes(tail[at + 12 : at + 16], "little") for at in _places(tail, b"PK\x05\x06")[-1:]]
    large = [int.from_bytes(tail[at + 40 : at + 48], "little") for at in _places(tail, b"PK\x06\x06")]
    return max((size for size in (*sizes, *large) if size != 0xFFFFFFFF), default=0)


def _places(data: bytes, signature: bytes) -> list[int]:
    return [found.start() for found in re.finditer(re.escape(signature), data)]


def _refusal(info: zipfile.ZipInfo, parts: list[str]) -> Message | None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    if ".." in parts:
        return Message(N_("路径中有“..”，没有收"))
    if kind == stat.S_IFLNK:
        return Message(N_("是快捷方式（链接），不是文件"))
    if kind not in {0, stat.S_IFREG}:
        return Message(N_("不是普通文件"))
    if info.flag_bits & 1:
        return Message(N_("设有密码，打不开。请去掉密码后重新压缩"))
    if info.compress_type not in _METHODS:
        return Message(N_("压缩方式不常见，打不开。请用系统自带的压缩功能重新压缩为 ZIP"))
    return None


def _damaged() -> Message:
    return Message(N_("在压缩包里已损坏，解不开。请重新压缩或单独上传这个文件"))


def _too_large(size: int, most: int) -> Message:
    return Message.of(
        N_("有 %(measured)s MB，超过每个文件 %(limit)s MB 的上限"),
        measured=f"{-(-size * 10 // 2**20) / 10:g}",
        limit=f"{most * 10 // 2**20 / 10:g}",
    )


def _is_of_the_system(part: str) -> bool:
    return part.casefold() in _SYSTEM_FILES or (part.startswith(".") and part != "..")


def _paths(infos: list[zipfile.ZipInfo]) -> list[str]:
    """The names in readable letters.

    A name marked as UTF-8, or with a Unicode Path field that fits, is what it says. For the others the archive as a
    whole decides: all of them valid UTF-8 (macOS does not mark them) or, as Windows in China packs, GBK.
    """
    raw = [_raw_name(info) for info in infos]
    unmarked = [name for info, name in zip(infos, raw, strict=True) if not info.flag_bits & _UTF8_FLAG]
    fallback = "utf-8" if all(_decodes(name, "utf-8") for name in unmarked) else "gb18030"
    return [_path(info, name, fallback) for info, name in zip(infos, raw, strict=True)]


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    return info.orig_filename.encode("utf-8" if info.flag_bits & _UTF8_FLAG else "cp437", "replace")


def _decodes(name: bytes, encoding: str) -> bool:
    try:
        name.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _path(info: zipfile.ZipInfo, raw: bytes, fallback: str) -> str:
    if info.flag_bits & _UTF8_FLAG:
        text = raw.decode("utf-8", "replace")
    elif (stated := _unicode_path(info.extra, raw)) is not None:
        text = stated
    else:
        text = raw.decode(fallback if _decodes(raw, fallback) else "cp437", "replace")
    text = unicodedata.normalize("NFC", text).replace("\\", "/")
    return _DRIVE.sub("", "".join(letter for letter in text if letter.isprintable() or letter == "　"))


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The Info-ZIP Unicode Path, where there is one and its checksum says that it belongs to this name."""
    place = 0
    while place + 4 <= len(extra):
        kind, length = (
            int.from_bytes(extra[place : place + 2], "little"),
            int.from_bytes(extra[place + 2 : place + 4], "little"),
        )
        body = extra[place + 4 : place + 4 + length]
        if kind == _UNICODE_PATH and len(body) > 5 and body[0] == 1:
            if int.from_bytes(body[1:5], "little") == zlib.crc32(raw) and _decodes(body[5:], "utf-8"):
                return body[5:].decode("utf-8")
            return None
        place += 4 + length
    return None
