"""How much is broken."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Options:
    """`kills`: of web and worker in sum. `restarts`: of the database. `fillings`: of the disk. `away_seconds`: so long
    are Redis and the file storage away, each time. `hold_seconds`: so long stays the disk full, the database away (half of
    it), the clock wrong. `steps`: of the clock. `interruptions`: of an upgrade, on each
    database. `databases`: which of sqlite and postgresql. `minutes`: after so long no further time is begun. `folder`: where the
    sites lie."""

    folder: Path
    kills: int = 50
    restarts: int = 5
    fillings: int = 3
    away_seconds: float = 60.0
    hold_seconds: float = 12.0
    steps: int = 2
    interruptions: int = 10
    teachers: int = 4
    databases: tuple[str, ...] = ("sqlite", "postgresql")
    minutes: float = 60.0
    pause_seconds: float = 0.3
    command: str = ""
