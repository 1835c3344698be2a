"""Whether a film's container is as long as it says: an upload or a copy that was cut short shows here, undecoded."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from contest_portal.media.facts import Kind

_PARTS_LIMIT = 100_000
_EBML_HEAD, _SEGMENT = 0x1A45DFA3, 0x18538067
_UNKNOWN = -1  # as long as the file is


def is_all_there(path: Path, kind: Kind) -> bool:
    """Whether the outermost parts of the container end where the file ends, or before. True of other kinds."""
    reader = _READERS.get(kind)
    if reader is None:
        return True
    size = path.stat().st_size
    with path.open("rb") as file:
        at, parts = 0, 0
        while at + 8 <= size:
            file.seek(at)
            length = reader(file)
            if length == _UNKNOWN:
                return True
            if length < 8 or parts > _PARTS_LIMIT:
                return False
            at, parts = at + length, parts + 1
    return at <= size


def _box(file: BinaryIO) -> int:
    """Of an MP4 (ISO 14496-12 §4.2)."""
    head = file.read(16)
    length = int.from_bytes(head[:4], "big")
    if length == 1:
        length = int.from_bytes(head[8:16], "big")
    return length or _UNKNOWN  # the last box may say: to the end


def _riff(file: BinaryIO) -> int:
    """Of an AVI: RIFF chunks, several in a large one."""
    head = file.read(8)
    length = int.from_bytes(head[4:8], "little")
    if head[:4] != b"RIFF" or length in {0, 0xFFFFFFFF}:  # what follows is no film any more; never filled in
        return _UNKNOWN
    return 8 + length + length % 2


def _element(file: BinaryIO) -> int:
    """Of a Matroska file (RFC 8794): its head, then one segment."""
    head = file.read(12)
    if not head or int.from_bytes(head[:4], "big") not in {_EBML_HEAD, _SEGMENT}:
        return _UNKNOWN
    width = 9 - head[4].bit_length()  # of the length, in bytes; the first bit that is set tells
    if not head[4] or len(head) < 4 + width:
        return _UNKNOWN
    value = int.from_bytes(head[4 : 4 + width], "big") & ((1 << 7 * width) - 1)
    return _UNKNOWN if value == (1 << 7 * width) - 1 else 4 + width + value


def _object(file: BinaryIO) -> int:
    """Of a Windows Media file (ASF): a name of 16 bytes, then the length."""
    return int.from_bytes(file.read(24)[16:24], "little") or _UNKNOWN


_READERS: dict[Kind, Callable[[BinaryIO], int]] = {
    Kind.MP4: _box,
    Kind.MOV: _box,
    Kind.AVI: _riff,
    Kind.MKV: _element,
    Kind.WMV: _object,
}
