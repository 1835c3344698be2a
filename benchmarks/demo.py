"""The demo year: how long it takes to build, how much memory its processes take at most, and its place on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psutil

from benchmarks.measurement import Measurement

EVERY_SECONDS = 0.2


def measure() -> list[Measurement]:
    """Seconds of `contest-portal demo --no-serve`; the highest sum of its processes' resident memory, and what its
    folder takes on disk, both in MB."""
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder) / "i"
        command = [sys.executable, "-m", "contest_portal", "--instance", str(instance), "demo", "--no-serve"]
        start, cpu = time.perf_counter(), _processor_seconds()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 - our own command
        highest = [0.0]
        watcher = threading.Thread(target=_watch, args=(process, highest), daemon=True)
        watcher.start()
        status = process.wait(timeout=900)
        seconds, cpu = time.perf_counter() - start, _processor_seconds() - cpu
        watcher.join()
        on_disk = sum(path.lstat().st_blocks * 512 for path in instance.rglob("*")) / 1e6
    if status:
        raise RuntimeError(f"the demo ended with {status}")
    return [
        Measurement("the demo year 2018, built", seconds, "s", 150, cpu=cpu),
        Measurement("the demo year 2018, memory of all its processes at most", highest[0], "MB", 1500),
        Measurement("the demo year 2018, its folder on disk", on_disk, "MB", 1500),
    ]


def _processor_seconds() -> float:
    """What all processes started from here, and theirs, have used of the processors so far."""
    times = os.times()
    return times.children_user + times.children_system


def _watch(process: subprocess.Popen[bytes], highest: list[float]) -> None:
    top = psutil.Process(process.pid)
    while process.poll() is None:
        try:
            family = [top, *top.children(recursive=True)]
            highest[0] = max(highest[0], sum(_resident(one) for one in family))
        except psutil.NoSuchProcess:
            return
        time.sleep(EVERY_SECONDS)


def _resident(process: psutil.Process) -> float:
    try:
        return float(process.memory_info().rss) / 1e6
    except psutil.NoSuchProcess:
        return 0.0
