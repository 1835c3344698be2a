"""Whether a process can use a place for files: it reads there what the asker has put, and leaves something to be read.

That the asker reads the answer proves more than rights: that both mean the same place. A folder or a 127.0.0.1 of another
machine can be written to, too.
"""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from typing import Any

from contest_portal.core import kept_messages
from contest_portal.core.current_storage import open_place
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.storage import Missing, Storage
from contest_portal.core.text import N_, Message
from contest_portal.settings import Settings

NOT_THE_SAME = Message.of(N_("这个地址在那里不是同一处：互相读不到对方写入的内容。"))


def put_something(place: Storage) -> str:
    """Put a few bytes that nobody has put before. Gives their name."""
    return place.put_bytes(b"contest-portal " + secrets.token_bytes(16)).sha256


def check_reads(place: Storage, name: str) -> None:
    """Read the content. Raises Missing, StorageAway and its like, Invalid where other bytes come than were put."""
    with place.open(name) as file:
        read = file.read()
    if hashlib.sha256(read).hexdigest() != name:
        raise Invalid("core.place_unreliable", N_("目标存储读出的内容与写入的不同，不能使用。"))


def try_out(place: Storage) -> None:
    """Write, read and remove something. Raises StorageAway and its like, or Invalid."""
    name = put_something(place)
    check_reads(place, name)
    place.delete(name)


def try_as_asked(settings: Settings, url: str, name: str) -> dict[str, Any]:
    """This process's answer, as values of its row: the name of what it has put at `url`, or what keeps it from that."""
    try:
        place = open_place(url, settings)  # afresh: nothing of the try is kept
        check_reads(place, name)
        return {"answered_name": put_something(place)}
    except Missing:
        problem = NOT_THE_SAME
    except DomainError as error:
        problem = error.message
    except Exception as failure:  # noqa: BLE001  whatever keeps it from the place is the answer
        problem = Message.of(N_("不能使用这个地址：%(why)s"), why=str(failure)[:300])
    return {"problem": kept_messages.keep(problem)}


def problem_of(place: Storage, answered_name: str, problem: dict[str, Any] | None) -> Message | None:
    """What a process's answer means to the asker, who removes what it has put; None where all is well."""
    if problem:
        return kept_messages.kept(problem)
    try:
        check_reads(place, answered_name)
    except Missing:
        return NOT_THE_SAME
    finally:
        with suppress(DomainError):
            place.delete(answered_name)
    return None
