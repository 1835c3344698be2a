"""The site's processes, each started again whenever it ends, as systemd does with deploy/*.service."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

RESTART_SECONDS = 2.0
"""RestartSec of the units."""
STOP_SECONDS = 60.0
LOOK_SECONDS = 0.02


class Starter:
    """Has read the program, so that a process of the site begins within a moment: see starter.py."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        """`folder`: where it keeps what it needs to begin."""
        self._lock = threading.Lock()
        self._process = subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "reliability.starter", str(folder)],
            cwd=Path(__file__).parents[1],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
        )

    def start(self, arguments: Sequence[str], log: Path) -> int:
        """Gives the number of the new process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        with self._lock:
            print(json.dumps({"arguments": list(arguments), "log": str(log)}), file=self._process.stdin, flush=True)
            return int(self._process.stdout.readline())

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


class Process:
    """`contest-portal` with these arguments, until `stop`. `death_count`: how often it ended without being told."""

    def __init__(self, starter: Starter, arguments: Sequence[str], log: Path) -> None:
        self._begin: Callable[[], int] = lambda: starter.start(arguments, log)
        self.log = log
        self.death_count = 0
        self._number = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, daemon=True)

    def start(self) -> None:
        self._number = self._begin()
        self._thread.start()

    def _keep(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            if not self.is_running:
                self.death_count += 1
                if not self._stopping.wait(RESTART_SECONDS):
                    self._number = self._begin()

    @property
    def is_running(self) -> bool:
        try:
            os.kill(self._number, 0)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> float:
        """kill -9. Gives the moment by the monotonic clock."""
        deaths = self.death_count
        with suppress(ProcessLookupError):
            os.kill(self._number, signal.SIGKILL)
        moment = time.monotonic()
        while self.death_count == deaths:
            time.sleep(LOOK_SECONDS)
        return moment

    def stop(self) -> None:
        """As systemd stops it; kills what does not end."""
        self._stopping.set()
        self._thread.join()
        end = time.monotonic() + STOP_SECONDS
        with suppress(ProcessLookupError):
            os.kill(self._number, signal.SIGTERM)
            while self.is_running:
                if time.monotonic() > end:
                    os.kill(self._number, signal.SIGKILL)
                time.sleep(LOOK_SECONDS)
