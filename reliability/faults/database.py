"""PostgreSQL is stopped at once, as if its machine had failed, and comes back some seconds later."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from reliability.ledger import Ledger
from reliability.load import at_work
from reliability.options import Options
from reliability.outcome import Outcome, observed
from reliability.servers import PostgreSQL
from reliability.site import Site, running
from reliability.template import postgresql_site


def run(options: Options) -> Iterator[Outcome]:
    with (
        observed("database restarted", "PostgreSQL, immediate", options.command) as outcome,
        postgresql_site(options, "database") as (site, server),
    ):
        restart(site, server, options, outcome)
    yield outcome


def restart(site: Site, server: PostgreSQL, options: Options, outcome: Outcome) -> None:
    ledger = Ledger()
    with running(site):
        with at_work(site, ledger, pause_seconds=options.pause_seconds):
            outcome.await_work(ledger)
            for _ in range(options.restarts):
                time.sleep(random.uniform(1.0, 4.0))
                server.go_away()
                time.sleep(options.hold_seconds / 2)
                server.come_back()
                outcome.times += 1
                if not outcome.recovered(ledger, time.monotonic()):
                    break
        deaths = {name: process.death_count for name, process in site.processes.items()}
        outcome.notes.append(f"processes that ended by it: {deaths}")
        outcome.compare(site, ledger)
