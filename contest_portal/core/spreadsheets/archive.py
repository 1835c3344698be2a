"""A workbook is a ZIP: how much is really inside is measured before any reader opens it."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator

from contest_portal.core.spreadsheets.errors import SpreadsheetError
from contest_portal.core.spreadsheets.kinds import ZIP_PARTS, corrupt, encrypted, not_a_table
from contest_portal.core.text import N_, Message

MAX_PARTS = 2_000
MAX_RATIO = 200
RATIO_COUNTS_FROM = 64 * 2**20
"""Bytes unpacked from which the ratio is looked at: a column formatted to the bottom packs 30 : 1 at most, a bomb 1,000 : 1."""

_CHUNK = 64 * 1024
_LOCAL_HEADER_BYTES = 30


def check_archive(data: bytes, filename: str, *, max_unpacked: int) -> int:
    """Refuse a ZIP that is no workbook, is locked or unpacks to more than `max_unpacked` bytes; gives what it unpacks to.

    The sizes that the directory declares are not believed: every part is unpacked in small pieces and counted, and
    dropped at once. Raises `SpreadsheetError`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise corrupt(filename) from error
    _check_names({part.filename.replace("\\", "/").lower() for part in parts}, filename)
    if any(part.flag_bits & 1 for part in parts):
        raise encrypted(filename)
    if len(parts) > MAX_PARTS or _is_bomb(sum(part.file_size for part in parts), len(data), max_unpacked):
        raise _too_large(filename)
    unpacked = 0
    for part in parts:
        for piece, starts in _pieces(data, part, filename):
            unpacked += len(piece)
            if starts and b"<!DOCTYPE" in piece[:1024]:  # no program writes one; entities can be made to swell
                raise corrupt(filename)
            if _is_bomb(unpacked, len(data), max_unpacked):
                raise _too_large(filename)
    return unpacked


def _check_names(names: set[str], filename: str) -> None:
    if "xl/workbook.xml" in names:
        return
    for part, kind_name in ZIP_PARTS:
        if part in names:
            raise not_a_table(kind_name, filename)
    if "[content_types].xml" in names:  # a workbook whose main part has another name, or a piece of one
        return
    raise not_a_table(N_("ZIP 压缩包"), filename)


def _is_bomb(unpacked: int, packed: int, max_unpacked: int) -> bool:
    return unpacked > max_unpacked or (unpacked > RATIO_COUNTS_FROM and unpacked > packed * MAX_RATIO)


def _too_large(filename: str) -> SpreadsheetError:
    return SpreadsheetError(
        "too_large",
        Message.of(
            N_(
                "工作簿「%(filename)s」解压后过大，无法读取。请新建一个工作簿，只把有内容的行复制过去（粘贴为数值），保存后重新上传。"
            ),
            filename=filename,
        ),
    )


def _pieces(data: bytes, part: zipfile.ZipInfo, filename: str) -> Iterator[tuple[bytes, bool]]:
    """The unpacked content of one part in pieces of 64 KB at most, each with whether it is the first."""
    header = data[part.header_offset : part.header_offset + _LOCAL_HEADER_BYTES]
    if len(header) < _LOCAL_HEADER_BYTES or header[:4] != b"PK\x03\x04":
        raise corrupt(filename)
    start = part.header_offset + _LOCAL_HEADER_BYTES
    start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    packed = memoryview(data)[start : start + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        for offset in range(0, len(packed), _CHUNK):
            yield bytes(packed[offset : offset + _CHUNK]), offset == 0
        return
    if part.compress_type != zipfile.ZIP_DEFLATED:
        raise corrupt(filename)
    inflater, first = zlib.decompressobj(-zlib.MAX_WBITS), True
    try:
        for offset in range(0, len(packed), _CHUNK):
            rest: bytes | memoryview = packed[offset : offset + _CHUNK]
            while rest and not inflater.eof:
                piece = inflater.decompress(rest, _CHUNK)
                rest = inflater.unconsumed_tail
                yield piece, first
                first = False
    except zlib.error as error:
        raise corrupt(filename) from error
