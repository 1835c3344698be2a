"""Who comes when: an open plan. Nobody comes later because the server is slow."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

MB = 1 << 20
SIZES = ((2, 0.35), (4, 0.30), (8, 0.20), (14, 0.10), (19, 0.05))
"""Megabytes of an upload and how many of all uploads are of that size."""
PATH_SECONDS = 75.0
"""How long a teacher of the plan takes from the login page to pressing, pauses and the upload's line included."""
LAST_SECONDS = 5.0
"""Some press in the last seconds before the deadline."""
LATE_SECONDS = 20.0
"""Late ones press within so many seconds after the grace."""


@dataclass(frozen=True)
class Visit:
    """One teacher's evening. Seconds count from the beginning of the run.

    `presses_at` is the moment for which the button is waited with; None: as soon as the work is ready.
    """

    number: int
    arrives_at: float
    megabytes: int
    has_draft: bool
    kind: Literal["in time", "last seconds", "late"]
    presses_at: float | None = None


@dataclass(frozen=True)
class Plan:
    """A run. The deadline falls at the end of `minutes`; a soak has none within reach and nobody is late.

    `waits_for_all`: it falls when all who are in time are done, however long that takes.
    """

    teachers: int = 2000
    schools: int = 100
    minutes: float = 25.0
    grace_seconds: int = 60
    database: Literal["sqlite", "postgresql"] = "sqlite"
    web_processes: int = 1
    is_soak: bool = False
    waits_for_all: bool = False
    pause_seconds: float = 3.0
    line_bytes_per_second: int = 5 * MB // 2
    office_every_seconds: float = 3.0
    late_share: float = 0.1
    sizes: tuple[tuple[int, float], ...] = SIZES
    seed: int = 2018

    @property
    def closes_after(self) -> float:
        """Seconds from the beginning to the deadline."""
        return self.minutes * 60

    def visits(self) -> list[Visit]:
        """In the order of arrival: evenly spread, each somewhere within its own share of the time."""
        draw = random.Random(self.seed)  # noqa: S311 - an example, no secret
        path = PATH_SECONDS * self.pause_seconds / 3.0
        span = max(1.0, self.closes_after - path - LAST_SECONDS)
        visits = []
        for number in range(self.teachers):
            arrives_at = span * (number + draw.random()) / self.teachers
            size = draw.choices([size for size, _ in self.sizes], [share for _, share in self.sizes])[0]
            visits.append(self._visit(number, arrives_at, size, draw))
        return visits

    def _visit(self, number: int, arrives_at: float, size: int, draw: random.Random) -> Visit:
        has_draft, luck = draw.random() < 0.5, draw.random()
        # Who presses late has been at it for a while: some of the last half.
        is_last_half = not self.is_soak and number >= self.teachers // 2
        if is_last_half and luck < self.late_share:
            at = self.closes_after + self.grace_seconds + 2 + draw.random() * LATE_SECONDS
            return Visit(number, arrives_at, size, has_draft, "late", at)
        if is_last_half and luck < 2 * self.late_share:
            at = self.closes_after - draw.random() * LAST_SECONDS
            return Visit(number, arrives_at, size, has_draft, "last seconds", at)
        return Visit(number, arrives_at, size, has_draft, "in time")
