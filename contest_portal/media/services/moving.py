"""Moving all files from one storage to another while the site runs; see core/current_storage.py for who reads where.

A move that was broken off is taken up by the same command: what is there already is not sent again.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.current_storage import LOOK_SECONDS, CurrentStorage
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.models import StorageMove
from contest_portal.core.place_probe import try_out
from contest_portal.core.storage import Missing, NotAsExpected, Storage
from contest_portal.core.text import N_, Message
from contest_portal.media.services.verifying import hashed_size


@dataclass
class Moved:
    """What was moved, what was there already, what could not be moved since its bytes are others than its name says."""

    contents: int = 0
    size_bytes: int = 0
    already: int = 0
    altered: list[str] = field(default_factory=list)
    removed: int = 0


def move(
    actor: Actor, stores: CurrentStorage, target: str, tell: Callable[[Moved], None] = lambda _so_far: None
) -> Moved:
    """Move everything to the storage at `target`, and make it the one that is used.

    The move stays open, so that the source is still read, where a content was altered there. Raises ValueError for an
    address that is none, Conflict while a move to another place is open, Invalid where the target does not work.
    """
    source = _begin(actor, stores, target)
    known_everywhere_at = time.monotonic() + 2 * LOOK_SECONDS
    done = Moved()
    _copy_all(stores.place(source), stores.place(target), done, tell)
    # Other processes may have written to the source until they saw the row: what they wrote is moved now.
    time.sleep(max(0.0, known_everywhere_at - time.monotonic()))
    last = Moved()
    _copy_all(stores.place(source), stores.place(target), last, tell)
    done.contents, done.size_bytes = done.contents + last.contents, done.size_bytes + last.size_bytes
    done.altered = last.altered
    if not done.altered:
        _finish(actor)
    return done


def was_moved_to(stores: CurrentStorage, target: str) -> bool:
    """Whether everything was moved there already, so that only the old copies are left to be removed."""
    row = db.session.get(StorageMove, 1)
    return row is not None and row.state == "done" and row.target == target and stores.urls() == (target,)


def remove_source(actor: Actor, stores: CurrentStorage, done: Moved) -> None:
    """After a finished move: remove from the source what the target holds whole, each content hashed there again."""
    with unit_of_work(actor, "media.remove_moved") as work:
        row = work.session.get(StorageMove, 1)
        if row is None or row.state != "done":
            raise Conflict("media.move_unfinished", N_("搬移还没有完成，不能删除原处的文件。"))
        source, target = stores.place(row.source), stores.place(row.target)
        work.record(("storage_move", 1), after={"removed_from": row.source})
    _copy_all(source, target, done, lambda _so_far: None)  # what came late, or was unused and swept there
    for name in list(source.names()):
        if hashed_size(target, name) is None:
            done.altered.append(name)
        else:
            done.removed += source.delete(name)


def check_move(stores: CurrentStorage, target: str) -> None:
    """Raise what `move` would raise at its beginning; nothing is changed."""
    _source(stores, target)
    try_out(stores.place(target))


def _source(stores: CurrentStorage, target: str) -> str:
    """The address of the place that a move to `target` moves from."""
    current, *others = stores.urls()
    if others and current != target:
        message = Message.of(N_("正在搬移到 %(target)s，请先把它做完（再运行一次同样的命令）。"), target=current)
        raise Conflict("media.move_open", message)
    if not others and current == target:
        raise Invalid("media.move_to_itself", N_("文件已经在那里，不用搬移。"))
    return others[0] if others else current


def _begin(actor: Actor, stores: CurrentStorage, target: str) -> str:
    """Write the row from which on the target is written to. Gives the address of the source."""
    place = stores.place(target)
    current = _source(stores, target)
    if len(stores.urls()) > 1:
        return current
    try_out(place)
    with unit_of_work(actor, "media.begin_move") as work:
        row = work.session.get(StorageMove, 1) or StorageMove(id=1)
        row.source, row.target, row.state = current, target, "moving"
        row.begun_at, row.finished_at = now(), None
        work.session.add(row)
        work.record(row, after={"source": current, "target": target, "state": "moving"})
    return current


def _finish(actor: Actor) -> None:
    with unit_of_work(actor, "media.finish_move") as work:
        row = work.session.get_one(StorageMove, 1)
        row.state, row.finished_at = "done", now()
        work.record(row, before={"state": "moving"}, after={"state": "done"})


def _copy_all(source: Storage, target: Storage, done: Moved, tell: Callable[[Moved], None]) -> None:
    for name in source.names():
        try:
            size = source.size(name)
            if target.exists(name) and target.size(name) == size:
                done.already += 1
                continue
            with source.open(name) as file:
                target.put(file, expected_sha256=name)
        except Missing:  # removed meanwhile
            continue
        except NotAsExpected:
            done.altered.append(name)
        else:
            done.contents, done.size_bytes = done.contents + 1, done.size_bytes + size
        tell(done)
