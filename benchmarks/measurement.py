"""What a benchmark reports."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Measurement:
    """One figure: `value` is the median of `repeats` runs, `spread` the slowest less the fastest, both in `unit`.

    `limit` is what the value must stay below, None where there is no promise. `cpu` is the median of the processor's
    own time in the same unit, which others on the machine disturb less; None where it was not taken.
    """

    name: str
    value: float
    unit: str
    limit: float | None = None
    repeats: int = 1
    spread: float = 0.0
    cpu: float | None = None

    @property
    def kept(self) -> bool:
        """The promise holds, or there is none."""
        return self.limit is None or self.value < self.limit

    def in_milliseconds(self, limit: float | None = None) -> Measurement:
        """The same seconds as milliseconds."""
        cpu = None if self.cpu is None else self.cpu * 1000
        return replace(self, value=self.value * 1000, spread=self.spread * 1000, cpu=cpu, unit="ms", limit=limit)


def timed(
    name: str, work: Callable[[], object], *, limit: float | None = None, repeats: int = 5, warm: bool = True
) -> Measurement:
    """Seconds of wall-clock time that `work` takes, after one unmeasured run when `warm`."""
    if warm:
        work()
    walls, cpus = [], []
    for _ in range(repeats):
        wall, cpu = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return replace(summed_up(name, walls, "s", limit), cpu=statistics.median(cpus))


def summed_up(name: str, values: list[float], unit: str, limit: float | None = None) -> Measurement:
    """Several runs as one figure."""
    return Measurement(name, statistics.median(values), unit, limit, len(values), max(values) - min(values))
