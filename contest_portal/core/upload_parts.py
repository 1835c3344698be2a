"""Parts of files on their way in, as they arrive: one for each request that brings bytes.

A part names where it belongs and who sent it: `<token>.<offset>.<sender>.<begun and random>.part`. One that a broken
connection or a killed server left behind is appended later.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from contest_portal.core.durable_files import FULL, begin_writing
from contest_portal.core.file_locks import try_lock

LOOKED_EVERY = 4 << 20
"""Bytes of a part between two looks at the free space."""
WRITTEN_EVERY = 1 << 20
"""Bytes of a part after which the system is told to write them to the disk while the next ones arrive."""
_PART = re.compile(
    r"(?P<token>[A-Za-z0-9_-]{20,64})\.(?P<offset>\d{1,16})\.(?P<sender>[0-9a-f]{64})"
    r"\.(?P<begun>[0-9a-f]{8})[0-9a-f]{8}\.part"
)


@dataclass(frozen=True)
class PartFile:
    """A part on the disk: which upload it belongs to, from which byte on, and who sent it."""

    path: Path
    token: str
    offset: int
    sender: str
    begun: float

    def seconds(self) -> float:
        """How long its bytes took to arrive. Raises FileNotFoundError when it is no more."""
        return max(0.0, self.path.stat().st_mtime - self.begun)


class Part:
    """A part being written. Holds its lock while open, so that others see that somebody is still sending.

    `full` tells that the disk took no more: what came after that is not in the file. Beyond `most` bytes one more is
    kept, so that its size tells that too much came.
    """

    def __init__(self, path: Path, offset: int, floor_bytes: int, most: int | None = None) -> None:
        self.path = path
        self.offset = offset
        self.most = most
        self.begun = time.time()
        self.size = 0
        self.full = False
        self._floor_bytes = floor_bytes
        self._looked_at = self._begun_to_write = 0
        self._file: BinaryIO = path.open("xb", buffering=0)
        try_lock(self._file.fileno())

    def write(self, data: bytes | memoryview) -> None:
        """Append; beyond a full disk nothing is written, `full` says so."""
        if self.full:
            return
        if self.size >= self._looked_at:
            self._looked_at = self.size + LOOKED_EVERY
            self.full = shutil.disk_usage(self.path.parent).free < self._floor_bytes
        try:
            rest = memoryview(data)
            if self.most is not None:
                rest = rest[: self.most + 1 - self.size]
            while rest and not self.full:
                written = self._file.write(rest) or 0
                self.size += written
                rest = rest[written:]
            if self.size - self._begun_to_write >= WRITTEN_EVERY:
                begin_writing(self._file.fileno(), self._begun_to_write, self.size)
                self._begun_to_write = self.size
        except OSError as failure:
            if failure.errno not in FULL:
                raise
            self.full = True

    @property
    def is_too_long(self) -> bool:
        """Whether more came than is missing of the upload."""
        return self.most is not None and self.size > self.most

    @property
    def was_taken_away(self) -> bool:
        """Whether another request has taken what was here: whoever still sends is too late."""
        return not self._file.closed and os.fstat(self._file.fileno()).st_nlink == 0

    def seconds(self) -> float:
        """How long its bytes have been arriving."""
        return max(0.0, time.time() - self.begun)

    def close(self) -> None:
        """Give the lock back; what was written stays until it is appended or swept."""
        self._file.close()

    def remove(self) -> None:
        self.close()
        self.path.unlink(missing_ok=True)


def part_file(path: Path) -> PartFile | None:
    """What the name of the file says; None where it is no part's."""
    match = _PART.fullmatch(path.name)
    if match is None:
        return None
    return PartFile(path, match["token"], int(match["offset"]), match["sender"], float(int(match["begun"], 16)))


def is_finished(part: Path) -> bool:
    """Whether nobody writes to it any more."""
    with part.open("r+b") as file:
        return try_lock(file.fileno())
