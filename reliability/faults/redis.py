"""Redis, by which limits are counted and workers woken, is away."""

from __future__ import annotations

from collections.abc import Iterator

from reliability import servers
from reliability.faults.away import leave
from reliability.options import Options
from reliability.outcome import Outcome, observed
from reliability.template import sqlite_site


def run(options: Options) -> Iterator[Outcome]:
    server, what = servers.redis()
    with observed("Redis away", f"SQLite, a worker of its own, {what}", options.command) as outcome:
        site = sqlite_site(options, "redis")
        site.has_worker = True
        site.settings["redis_url"] = f"redis://127.0.0.1:{server.port}/0"
        try:
            server.come_back()
            leave(site, {"refused": server.go_away, "hanging": server.hang}, server.come_back, options, outcome)
        finally:
            server.go_away()
    yield outcome
