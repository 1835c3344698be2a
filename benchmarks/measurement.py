"""What a benchmark reports."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measurement:
    """One figure: `value` is the median of `repeats` runs, `spread` the slowest less the fastest, both in `unit`.

    `limit` is what the value must stay below, None where there is no promise.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    repeats: int = 1
    spread: float = 0.0

    @property
    def kept(self) -> bool:
        """The promise holds, or there is none."""
        return self.limit is None or self.value < self.limit


def timed(name: str, work: Callable[[], object], *, limit: float | None = None, repeats: int = 5) -> Measurement:
    """Seconds of wall-clock time that `work` takes, one unmeasured run ahead."""
    work()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return Measurement(name, statistics.median(seconds), "s", limit, repeats, max(seconds) - min(seconds))
