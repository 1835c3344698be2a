"""A ZIP archive, which every newer office file is: whether it is whole and what it unpacks to. Runs in the sandbox."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from contest_portal.media.facts import Problem

PARTS_LIMIT = 20_000
UNPACKED_LIMIT = 2 << 30
_RATIO_LIMIT, _RATIO_COUNTS_FROM = 200, 64 << 20  # text packs 30 : 1 at most, a bomb 1,000 : 1
_READ_THROUGH = 512 << 20  # archives up to this size are unpacked, piece by piece, to see whether they are whole
_PIECE = 1 << 20
_ARCHIVE_ERRORS = (
    *(zipfile.BadZipFile, zlib.error, OSError, EOFError),
    *(ValueError, KeyError, RuntimeError, NotImplementedError),
)


def archive_problem(path: Path) -> Problem | None:
    """What the members are unpacked to goes nowhere; it is counted, and must have the checksum that is stated."""
    try:
        if parts_stated(path) > PARTS_LIMIT:
            return Problem.TOOK_TOO_MUCH
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if any(member.flag_bits & 1 for member in members):
                return Problem.ENCRYPTED
            unpacked, packed = sum(member.file_size for member in members), path.stat().st_size
            too_dense = unpacked > _RATIO_COUNTS_FROM and unpacked > packed * _RATIO_LIMIT
            if len(members) > PARTS_LIMIT or unpacked > UNPACKED_LIMIT or too_dense:
                return Problem.TOOK_TOO_MUCH
            if unpacked <= _READ_THROUGH:
                for member in members:
                    _read_through(archive, member)
    except _ARCHIVE_ERRORS:
        return Problem.ARCHIVE_DAMAGED
    return None


def _read_through(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    if member.filename.endswith("/"):  # `is_dir` fails on a member without a name
        return
    with archive.open(member) as content:
        while content.read(_PIECE):
            continue


def parts_stated(path: Path) -> int:
    """How many members the archive's end record states (APPNOTE 4.3.16): asked before a table of contents is built."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - (1 << 16) - 22))
        end = file.read()
    at = end.rfind(b"PK\x05\x06")
    return int.from_bytes(end[at + 10 : at + 12], "little") if at >= 0 else 0
