"""What the site's processes take while the night goes on: memory, processor, threads, open files."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import psutil

EVERY_SECONDS = 2.0
SETTLED_SHARE = 1 / 3
"""Memory is called flat from so far into the run on: before, caches and pools are filled once."""


@dataclass
class Watched:
    """One process with those that it began. Samples: (seconds since the beginning, its own bytes, its children's)."""

    name: str
    process: psutil.Process
    samples: list[tuple[float, int, int]] = field(default_factory=list)
    threads: int = 0
    files: int = 0
    own_seconds: float = 0.0
    children_seconds: dict[int, float] = field(default_factory=dict)

    def look(self, at: float) -> None:
        """One sample; a process that has ended gives none."""
        with suppress(psutil.Error):
            used = self.process.cpu_times()
            self.own_seconds = used.user + used.system
            beside = 0
            for child in self.process.children(recursive=True):
                with suppress(psutil.Error):
                    beside += child.memory_info().rss
                    spent = child.cpu_times()
                    self.children_seconds[child.pid] = spent.user + spent.system
            self.samples.append((at, self.process.memory_info().rss, beside))
            self.threads = max(self.threads, self.process.num_threads())
            self.files = max(self.files, self.process.num_fds())

    def memory_mb(self, share: float) -> float:
        """Its own memory in MB at that share of the run, as the median of a tenth of the samples around."""
        own = [rss for _, rss, _ in self.samples]
        width = max(1, len(own) // 10)
        start = min(int(share * len(own)), len(own) - width)
        return float(np.median(own[start : start + width])) / 1e6

    @property
    def growth_mb_a_minute(self) -> float:
        """The slope of its own memory once it has settled; 0 where there are too few samples to tell."""
        settled = self.samples[int(len(self.samples) * SETTLED_SHARE) :]
        if len(settled) < 10:
            return 0.0
        at, own, _ = zip(*settled, strict=True)
        return float(np.polyfit(np.array(at) / 60, np.array(own) / 1e6, 1)[0])

    @property
    def most_beside_mb(self) -> float:
        """The most that the processes it began took together."""
        return max((beside for _, _, beside in self.samples), default=0) / 1e6


class Watch:
    """Samples in a thread of its own until the block ends."""

    def __init__(self, processes: dict[str, int]) -> None:
        self.all = [Watched(name, psutil.Process(pid)) for name, pid in processes.items()]
        self._own = psutil.Process(os.getpid())
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.load_seconds = self.seconds = 0.0

    def __enter__(self) -> Self:
        self._began, self._before = time.monotonic(), sum(self._own.cpu_times()[:2])
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        self.seconds = time.monotonic() - self._began
        self.load_seconds = sum(self._own.cpu_times()[:2]) - self._before

    def _watch(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            for one in self.all:
                one.look(time.monotonic() - self._began)
