"""The S3-compatible store of the files is away."""

from __future__ import annotations

from collections.abc import Iterator

from reliability import servers
from reliability.faults.away import leave
from reliability.options import Options
from reliability.outcome import Outcome, observed
from reliability.site import Site, prepare


def run(options: Options) -> Iterator[Outcome]:
    with (
        observed("S3 away", "SQLite, files in S3 (moto)", options.command) as outcome,
        servers.s3() as (gate, url, keys),
    ):
        site = Site(options.folder / "s3", {"storage_url": url}, keys)
        prepare(site, options.teachers)
        leave(site, {"refused": gate.go_away, "hanging": gate.hang}, gate.come_back, options, outcome)
    yield outcome
