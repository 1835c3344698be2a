"""The disk fills up: database, uploads and files on a small file system of their own (root only)."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from reliability.ledger import Ledger
from reliability.load import at_work
from reliability.options import Options
from reliability.outcome import Outcome, observed
from reliability.site import SITE, Site, running
from reliability.template import sqlite_site

SIZE_MB = 160
BLOCK = bytes(1 << 20)


def run(options: Options) -> Iterator[Outcome]:
    with observed("disk full", "SQLite, files in a folder", options.command) as outcome:
        folder = options.folder / "disk"
        with small_disk(folder) as mounted:
            if not mounted:
                outcome.notes.append("not tried: only root can make a small disk")
            else:
                site = sqlite_site(options, "disk/instance")
                # Without the reserve, which would refuse uploads long before: the disk is to be full to the last byte.
                site.settings["upload_reserve_mb"] = "0"
                fill_up(site, folder, options, outcome)
    yield outcome


def fill_up(site: Site, folder: Path, options: Options, outcome: Outcome) -> None:
    """Full for a while, then free again; the last time the web process is killed meanwhile."""
    ledger = Ledger()
    with running(site):
        with at_work(site, ledger, pause_seconds=options.pause_seconds):
            outcome.await_work(ledger)
            for number in range(options.fillings):
                time.sleep(2.0)
                filler = fill(folder)
                time.sleep(options.hold_seconds / 2)
                if number == options.fillings - 1:
                    site.processes[SITE].kill()
                top_up(filler)
                time.sleep(options.hold_seconds / 2)
                filler.unlink()
                outcome.times += 1
                if not outcome.recovered(ledger, time.monotonic()):
                    break
        deaths = site.processes[SITE].death_count
        outcome.notes.append(f"the web process ended {deaths} times, once by a kill while the disk was full")
        outcome.compare(site, ledger)


def fill(folder: Path) -> Path:
    """A file that takes all that is free."""
    filler = folder / "filler"
    filler.touch()
    top_up(filler)
    return filler


def top_up(filler: Path) -> None:
    """What has become free meanwhile too."""
    with filler.open("ab", buffering=0) as file:
        for size in (len(BLOCK), 4096, 1):
            try:
                while file.write(BLOCK[:size]):
                    pass
            except OSError:
                continue


@contextmanager
def small_disk(folder: Path) -> Iterator[bool]:
    """A file system of SIZE_MB in memory at the folder; gives whether it could be made."""
    folder.mkdir(parents=True)
    mount, unmount = shutil.which("mount"), shutil.which("umount")
    mounted = False
    if hasattr(os, "geteuid") and os.geteuid() == 0 and mount and unmount:
        command = [mount, "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", str(folder)]
        mounted = subprocess.run(command, check=False, capture_output=True).returncode == 0  # noqa: S603
    try:
        yield mounted
    finally:
        if mounted and unmount:
            subprocess.run([unmount, str(folder)], check=False, capture_output=True)  # noqa: S603
