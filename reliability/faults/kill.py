"""kill -9 of the web process and of the worker, at moments drawn by lot, while everybody works."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from reliability.ledger import DRAFT, FILE, PIECE, SUBMISSION, Ledger
from reliability.load import at_work
from reliability.options import Options
from reliability.outcome import Outcome, observed
from reliability.site import WORKER, Site, running
from reliability.template import postgresql_site, sqlite_site

BY_WEB = (DRAFT, SUBMISSION, PIECE)


def run(options: Options) -> Iterator[Outcome]:
    share = options.kills // len(options.databases)
    if "sqlite" in options.databases:
        with observed("kill -9", "SQLite, web with the jobs in it", options.command) as outcome:
            kill(sqlite_site(options, "kill"), share, options, outcome)
        yield outcome
    if "postgresql" in options.databases:
        with (
            observed("kill -9", "PostgreSQL, web and worker in turn", options.command) as outcome,
            postgresql_site(options, "kill-postgresql") as (site, _server),
        ):
            kill(site, options.kills - share if len(options.databases) > 1 else share, options, outcome)
        yield outcome


def kill(site: Site, times: int, options: Options, outcome: Outcome) -> None:
    """Kill one process after the other, each when the site has recovered from the last."""
    ledger, killed = Ledger(), dict.fromkeys(("web", "worker"), 0)
    with running(site):
        with at_work(site, ledger, pause_seconds=options.pause_seconds):
            outcome.await_work(ledger)
            end = time.monotonic() + options.minutes * 60
            for number in range(times):
                if time.monotonic() > end:
                    break
                time.sleep(random.uniform(0.2, 3.0))
                victim = list(site.processes)[number % len(site.processes)]
                moment = site.processes[victim].kill()
                killed[victim] += 1
                outcome.times += 1
                if not outcome.recovered(ledger, moment, (FILE,) if victim == WORKER else BY_WEB):
                    break
        outcome.notes.append(f"killed: {', '.join(f'{name} {count}' for name, count in killed.items() if count)}")
        outcome.compare(site, ledger)
