"""The machine's clock steps back an hour, and later forward again (libfaketime; clocks that only count seconds go on)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from reliability.ledger import FILE, Ledger
from reliability.load import at_work
from reliability.options import Options
from reliability.outcome import Outcome, observed
from reliability.site import Site, running
from reliability.template import sqlite_site

LIBRARIES = ("/usr/lib/*/faketime/libfaketimeMT.so.1", "/usr/local/lib/faketime/libfaketimeMT.so.1")
BACK, RIGHT = "-3600", "+0"


def library() -> Path | None:
    """Debian's libfaketime; None where it is not installed."""
    return next((path for pattern in LIBRARIES for path in sorted(Path("/").glob(pattern[1:]))), None)


def run(options: Options) -> Iterator[Outcome]:
    with observed("clock stepping back", "SQLite, an hour", options.command) as outcome:
        found = library()
        if found is None:
            outcome.notes.append("not tried: libfaketime is not installed (Debian's package libfaketime)")
        else:
            site, told = sqlite_site(options, "clock"), options.folder / "clock-says"
            told.write_text(RIGHT)
            site.environment |= {
                "LD_PRELOAD": str(found),
                "FAKETIME_TIMESTAMP_FILE": str(told),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
            step(site, told, options, outcome)
    yield outcome


def step(site: Site, told: Path, options: Options, outcome: Outcome) -> None:
    ledger = Ledger()
    with running(site):
        with at_work(site, ledger, pause_seconds=options.pause_seconds) as visitors:
            outcome.await_work(ledger, (FILE,))
            for number in range(options.steps):
                told.write_text(BACK if number % 2 == 0 else RIGHT)
                moment = time.monotonic()
                outcome.times += 1
                if not (outcome.recovered(ledger, moment) and outcome.recovered(ledger, moment, (FILE,))):
                    break
                time.sleep(options.hold_seconds)
            sign_ins = sum(one.sign_ins for one in visitors)
        outcome.notes.append(f"{len(visitors)} people signed in {sign_ins} times in all")
        outcome.compare(site, ledger)
