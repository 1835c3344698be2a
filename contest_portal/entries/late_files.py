"""Files that were on their way when an entry's time ended: how much of each was there, and how it went on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from contest_portal.core.text import N_, Message


@dataclass(frozen=True)
class LateFile:
    """One such file: from when to when it came, how many of its bytes were there at the entry's last moment, and the
    longest pause while it came steadily, in seconds."""

    slot: str
    name: str
    size_bytes: int
    bytes_in_time: int
    begun_at: datetime
    finished_at: datetime
    longest_gap_seconds: int

    @property
    def percent(self) -> int:
        """How much was there in time, 0 to 100."""
        return _percent(self.bytes_in_time, self.size_bytes)

    @property
    def was_whole(self) -> bool:
        """Whether all of it was there in time and only its check came afterwards."""
        return self.bytes_in_time >= self.size_bytes


def _percent(some: int, whole: int) -> int:
    """Whole percent, rounded down: 100 only for all."""
    return 100 if some >= whole else some * 100 // whole


@dataclass(frozen=True)
class LateFiles:
    """Those of one entry."""

    files: tuple[LateFile, ...]

    @property
    def mark(self) -> Message:
        """What the entry bears: how much of all of them together was there in time."""
        if all(one.was_whole for one in self.files):
            return Message(N_("截止前传完，截止后收下"))
        some, whole = sum(one.bytes_in_time for one in self.files), sum(one.size_bytes for one in self.files)
        return Message.of(N_("截止后传完（截止时已传 %(percent)s%%）"), percent=_percent(some, whole))


def with_late_file(kept: Iterable[Any], one: LateFile, *, replaces: bool) -> list[dict[str, Any]]:
    """The kept document with one file more; `replaces`: its slot is for one file, an earlier one there counts no more."""
    rest = [each for each in kept if not (replaces and each["slot"] == one.slot)]
    moments = {"begun_at": one.begun_at.isoformat(), "finished_at": one.finished_at.isoformat()}
    return [*rest, asdict(one) | moments]


def late_files(kept: Iterable[Any]) -> LateFiles:
    """What `with_late_file` made a document of."""
    return LateFiles(tuple(_late_file(one) for one in kept))


def _late_file(kept: dict[str, Any]) -> LateFile:
    moments = {name: datetime.fromisoformat(kept[name]) for name in ("begun_at", "finished_at")}
    return LateFile(**kept | moments)
