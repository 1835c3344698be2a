"""How long a person waits after signing in failed again and again. Pure."""

from __future__ import annotations

from datetime import timedelta

MOST = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


def delay_after(failures: int, *, free: int, first: timedelta) -> timedelta:
    """The wait after that many failures in a row: none for the first `free - 1`, then `first`, doubling, up to `MOST`."""
    if failures < free:
        return timedelta(0)
    return min(MOST, first * 2 ** min(failures - free, 20))
