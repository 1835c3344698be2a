"""Locks on open files between processes: given back by the system when their process ends, however it ends."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if os.name == "nt":
    import msvcrt

    def try_lock(handle: int) -> bool:
        """Lock the open file for its process alone. Gives whether it was free."""
        os.lseek(handle, 1 << 40, os.SEEK_SET)  # Windows keeps others from reading what is locked: lock beyond the end
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
        except OSError:
            return False
        return True

else:
    import fcntl

    def try_lock(handle: int) -> bool:
        """Lock the open file for its process alone. Gives whether it was free."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


POLL_SECONDS = 0.02


def is_lock_free(path: Path) -> bool:
    """Whether the process that held the lock on this file has ended. A file that is not there is of another machine: False."""
    try:
        handle = os.open(path, os.O_RDWR)
    except OSError:
        return False
    try:
        return try_lock(handle)
    finally:
        os.close(handle)


@contextmanager
def lock_file(path: Path, wait_seconds: float) -> Iterator[bool]:
    """Hold the lock that `path` stands for; gives False where somebody else held it all the time.

    The file may be removed by whoever holds the lock: then the next one makes it anew.
    """
    handle = _locked_handle(path, time.monotonic() + wait_seconds)
    try:
        yield handle is not None
    finally:
        if handle is not None:
            os.close(handle)


def _locked_handle(path: Path, until: float) -> int | None:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if try_lock(handle) and _is_still(path, handle):
            return handle
        os.close(handle)
        if time.monotonic() >= until:
            return None
        time.sleep(POLL_SECONDS)


def _is_still(path: Path, handle: int) -> bool:
    """Whether the file that was locked still stands under its name."""
    try:
        return os.path.samestat(path.stat(), os.fstat(handle))
    except FileNotFoundError:
        return False
