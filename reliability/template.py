"""Sites made once and copied: making one takes longer than breaking it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from reliability.options import Options
from reliability.servers import PostgreSQL
from reliability.site import Site, prepare

DATABASE = "contest.sqlite3"
_made: dict[tuple[Path, int], Site] = {}


def sqlite_site(options: Options, name: str) -> Site:
    """A site on SQLite with the embedded worker."""
    key = (options.folder, options.teachers)
    if key not in _made:
        made = Site(options.folder / "template")
        prepare(made, options.teachers)
        _made[key] = made
    site = replace(
        _made[key], instance=options.folder / name, port=0, processes={}, settings={}, environment={}, starter=None
    )
    shutil.copytree(_made[key].instance, site.instance)
    return site


@contextmanager
def postgresql_site(
    options: Options, name: str, *, prepared: Callable[[Site, int], None] = prepare
) -> Iterator[tuple[Site, PostgreSQL]]:
    """A site on PostgreSQL with a worker in a process of its own, and the server on which it stands."""
    server = PostgreSQL()
    try:
        site = Site(options.folder / name, {"database_url": server.database("contest")}, has_worker=True)
        prepared(site, options.teachers)
        yield site, server
    finally:
        server.close()
