"""What must not be good again when an older state of the site comes back: rooms say it of their own tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Table

Ending = Callable[[Connection, Mapping[str, Table]], None]
_endings: list[Ending] = []


def at_restore(ending: Ending) -> Ending:
    """Register what is done in the transaction that fills a restored database, before it can be seen. The tables are
    those of the backup's time: of an older program's some may be missing."""
    _endings.append(ending)
    return ending


def end_what_must_not_wake(connection: Connection, tables: Mapping[str, Table]) -> None:
    for ending in _endings:
        ending(connection, tables)
