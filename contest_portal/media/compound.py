"""The table of contents of an OLE compound file ([MS-CFB]): old Word, Excel and WPS files. Runs in the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ENCRYPTED_PACKAGE = "EncryptedPackage"
"""The stream in which Office keeps a file with a password."""

_SECTORS_LIMIT = 4096  # of the table of contents: 16,384 names and more
_TABLES_LIMIT = 40_000  # of sectors of the allocation table: 2 GB
_FREE = 0xFFFFFFFA  # from here on numbers mean something else than a sector
_UNUSED = 0xFFFFFFFF
_ENTRY_BYTES = 128
_ENTRIES_IN_HEADER = 109


def stream_names(path: Path) -> set[str]:
    """The names of all streams and folders. Raises ValueError for a file that is no whole compound file."""
    with path.open("rb") as file:
        header = _header(file)
        names = set()
        for sector in _directory(file, header, _sector_size(header)):
            for at in range(0, len(sector), _ENTRY_BYTES):
                entry = sector[at : at + _ENTRY_BYTES]
                length = min(int.from_bytes(entry[64:66], "little"), 64)
                if len(entry) == _ENTRY_BYTES and entry[66] and length >= 2:
                    names.add(entry[: length - 2].decode("utf-16-le", "replace"))
        return names


def is_all_there(path: Path) -> bool:
    """Whether the last sector that the allocation table knows begins within the file. Raises as stream_names."""
    with path.open("rb") as file:
        header = _header(file)
        size = _sector_size(header)
        last = -1
        for table in range(min(_number(header, 44), _TABLES_LIMIT)):
            sector = _sector(file, _table_sector(file, header, table, size), size)
            used = (place for place in range(size // 4 - 1, -1, -1) if _number(sector, place * 4) != _UNUSED)
            last = max(last, table * (size // 4) + next(used, -1))
        return (last + 1) * size < path.stat().st_size


def _header(file: BinaryIO) -> bytes:
    header = file.read(512)
    if len(header) < 512 or not header.startswith(SIGNATURE):
        raise ValueError("no compound file")
    if int.from_bytes(header[30:32], "little") not in (9, 12):
        raise ValueError("sectors of unknown size")
    return header


def _sector_size(header: bytes) -> int:
    return 1 << int.from_bytes(header[30:32], "little")


def _directory(file: BinaryIO, header: bytes, size: int) -> Iterator[bytes]:
    number = _number(header, 48)
    for _ in range(_SECTORS_LIMIT):
        if number >= _FREE:
            return
        yield _sector(file, number, size)
        number = _next(file, header, number, size)
    raise ValueError("an endless table of contents")


def _next(file: BinaryIO, header: bytes, number: int, size: int) -> int:
    """The sector that follows, as the allocation table says."""
    table, place = divmod(number, size // 4)
    return _number(_sector(file, _table_sector(file, header, table, size), size), place * 4)


def _table_sector(file: BinaryIO, header: bytes, table: int, size: int) -> int:
    """Which sector holds that part of the allocation table: the first 109 stand in the header, others in a chain."""
    if table < _ENTRIES_IN_HEADER:
        return _number(header, 76 + 4 * table)
    hops, place = divmod(table - _ENTRIES_IN_HEADER, size // 4 - 1)
    number = _number(header, 68)
    for _ in range(min(hops, _SECTORS_LIMIT)):
        number = _number(_sector(file, number, size), size - 4)
    return _number(_sector(file, number, size), 4 * place)


def _sector(file: BinaryIO, number: int, size: int) -> bytes:
    if number >= _FREE:
        raise ValueError("a missing sector")
    file.seek((number + 1) * size)
    content = file.read(size)
    if not content:
        raise ValueError("the file ends before its table of contents")
    return content.ljust(size, b"\0")


def _number(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 4], "little")
