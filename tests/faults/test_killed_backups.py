"""Backups whose process is killed while it writes, in each of its parts."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from contest_portal.core.actor import console_actor
from contest_portal.core.backups import manifest as manifests
from contest_portal.core.backups.places import FolderPlace, place_at
from contest_portal.core.backups.restoring import chosen_backup, restore
from contest_portal.core.backups.taking import take_backup
from contest_portal.core.backups.verifying import require_whole
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.models import Backup
from tests.core.test_backups import PASSPHRASE, keep, place, site, with_settings

__all__ = ["place", "site"]
MOST_WRITES = 40


def write_killed(count: int) -> Callable[..., int]:
    """FolderPlace.write whose process dies in its `count`th call, amid the content."""
    write, calls = FolderPlace.write, iter(range(1, MOST_WRITES))

    def killed(self: FolderPlace, name: str, pieces: Iterable[bytes]) -> int:
        mine = next(calls) == count

        def cut() -> Iterator[bytes]:
            for piece in pieces:
                yield piece[: len(piece) // 2] if mine else piece
                if mine:
                    os.kill(os.getpid(), signal.SIGKILL)

        return write(self, name, cut())

    return killed


def killed_backup(at: str, count: int) -> bool:
    """Take a backup in a process of its own that dies in its `count`th write; whether it did."""
    db.session.remove()
    db.engine.dispose()  # the child opens its own connections
    child = os.fork()
    if child == 0:
        FolderPlace.write = write_killed(count)  # type: ignore[method-assign]
        try:
            take_backup(console_actor(), at)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


@pytest.mark.database
def test_a_backup_that_is_killed_at_any_moment_leaves_nothing_that_looks_whole(
    site: Flask, place: str, clock: MovingClock
) -> None:
    with_settings(site, backup_key=PASSPHRASE)
    there, whole, moments = place_at(place, Path(place)), list[str](), 0
    for count in range(1, MOST_WRITES):
        clock.advance(minutes=1)
        keep(b"new for %d" % count)
        before = manifests.generations(there)
        if not killed_backup(place, count):
            break
        moments += 1
        after = manifests.generations(there)
        made = [name for name in after if name not in before]
        folders = {path.name for path in (Path(place) / "generations").glob("*")} if Path(place).exists() else set()
        for half in folders - set(after):
            with pytest.raises(NotFound):
                chosen_backup(place, half)
        if not after:
            with pytest.raises(NotFound):
                restore(place)
        for name in made:  # killed when all but the note in the database was done
            require_whole(*chosen_backup(place, name))
        whole = after
    assert moments >= 5
    assert len(manifests.generations(there)) == len(whole) + 1
    vault, manifest = chosen_backup(place)
    require_whole(vault, manifest)
    assert not list(Path(place).rglob("*.incoming"))
    states = set(db.session.scalars(select(Backup.state)))
    assert states == {"failed", "done"}
