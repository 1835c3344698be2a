"""Copies on this machine of files that lie elsewhere, for programs that read paths only. Kept for a while."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from contest_portal.core.durable_files import disk_errors_in_words

KEPT_BYTES = 4 * 1024**3


class LocalCopies:
    """`folder/copies/NAME`, the oldest given up first. Each use has a link of its own, so none is taken from under it."""

    def __init__(self, folder: Path) -> None:
        self._copies, self._uses = folder / "copies", folder / "uses"

    @contextmanager
    def of(self, name: str, fetch: Callable[[str, IO[bytes]], None]) -> Iterator[Path]:
        """A path to the content called `name`, fetched unless it is here."""
        for folder in (self._copies, self._uses):
            folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._uses) as own:
            path = Path(own) / name
            try:
                os.link(self._copies / name, path)
            except OSError:
                with disk_errors_in_words(), path.open("wb") as file:
                    fetch(name, file)
                self._remember(path)
            os.utime(path)
            yield path

    def sweep(self, moment: datetime) -> int:
        """Remove copies and leftovers of killed processes that were last used before `moment`. Gives how many."""
        count = 0
        for path in (*self._copies.glob("*"), *self._uses.glob("*/*")):
            with suppress(FileNotFoundError):
                if datetime.fromtimestamp(path.stat().st_mtime, UTC) < moment:
                    path.unlink()
                    count += 1
        for folder in self._uses.glob("*"):
            with suppress(OSError):
                if datetime.fromtimestamp(folder.stat().st_mtime, UTC) < moment:
                    folder.rmdir()
        return count

    def _remember(self, path: Path) -> None:
        with suppress(OSError):  # a file system without links keeps no copies
            os.link(path, self._copies / path.name)
            self._trim()

    def _trim(self) -> None:
        states = sorted(((path.stat(), path) for path in self._copies.glob("*")), key=lambda one: one[0].st_mtime)
        too_many = sum(state.st_size for state, _path in states) - KEPT_BYTES
        for state, path in states:
            if too_many <= 0:
                break
            path.unlink(missing_ok=True)
            too_many -= state.st_size
