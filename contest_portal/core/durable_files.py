"""Bytes put on the disk for sure: what these functions return from is there after a power failure too."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from contest_portal.core.storage import StorageFull

BLOCK_BYTES = 1 << 20
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


@contextmanager
def disk_errors_in_words() -> Iterator[None]:
    """A full disk raises StorageFull."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise StorageFull from error
        raise


def begin_writing(handle: int, start: int, end: int) -> None:
    """Let the system begin to write that range of the open file to the disk, so that a later sync waits for little."""
    if hasattr(os, "posix_fadvise"):  # "not needed" drops what is on the disk, and begins to write what is not
        os.posix_fadvise(handle, start, end - start, os.POSIX_FADV_DONTNEED)


def copy_durably(source: Path, start: int, target: Path, at: int, count: int) -> None:
    """Append `count` bytes of `source` from `start` to `target`, whose length is `at`, and put them on the disk."""
    with (
        disk_errors_in_words(),
        source.open("rb", buffering=0) as reading,
        target.open("r+b", buffering=0) as writing,
    ):
        try:
            _transfer(reading, start, writing, at, count)
        except OSError as failure:
            if failure.errno in FULL:  # what found room is kept
                os.fsync(writing.fileno())
            raise
        try:
            os.fsync(writing.fileno())
        except OSError:  # what the system could not write is not said to be there
            with suppress(OSError):
                writing.truncate(at)
            raise


def _transfer(reading: BinaryIO, start: int, writing: BinaryIO, at: int, count: int) -> None:
    reading.seek(start)
    writing.seek(at)
    while count > 0:
        block = reading.read(min(BLOCK_BYTES, count))
        if not block:
            return
        rest = memoryview(block)
        while rest:
            rest = rest[writing.write(rest) or 0 :]
        count -= len(block)


def sync(path: Path) -> None:
    """Put the file on the disk. Raises FileNotFoundError."""
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """Put the names in the folder on the disk."""
    if os.name == "nt":  # there a folder cannot be opened, and a rename is in the journal already
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
