"""Sites in processes of their own, on an empty SQLite."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0


def until(condition: Callable[[], Any], what: str) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.02)


@dataclass
class Process:
    """A running site: what it is, where it answers, what it wrote."""

    process: subprocess.Popen[str]
    port: int
    instance: Path

    def connect(self) -> HTTPConnection:
        return HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)

    def tell_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def ended(self) -> int:
        return self.process.wait(timeout=PATIENCE_SECONDS)

    @property
    def log(self) -> str:
        return (self.instance / "log.txt").read_text("utf-8")

    def begun(self) -> None:
        until((self.instance / "begun").exists, "the slow thing to begin")

    def go_on(self) -> None:
        (self.instance / "go-on").touch()


@pytest.fixture
def instance(tmp_path: Path, empty_sqlite: Path) -> Path:
    folder = tmp_path / "instance"
    folder.mkdir()
    shutil.copyfile(empty_sqlite, folder / "contest.sqlite3")
    return folder


@pytest.fixture
def start(instance: Path) -> Iterator[Callable[..., Process]]:
    begun: list[subprocess.Popen[str]] = []

    def run(**settings: str) -> Process:
        with (instance / "log.txt").open("a", encoding="utf-8") as log:
            process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("site_process.py")), str(instance)],
                env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1", **settings},
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
            )
        begun.append(process)
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.search(r":(\d+)/", line)
        assert found, (instance / "log.txt").read_text("utf-8")
        return Process(process, int(found[1]), instance)

    yield run
    for process in begun:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()
