"""What the site stands on is away: nobody answers, then, once more, somebody who does not answer in time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

from reliability.ledger import FILE, Ledger
from reliability.load import at_work
from reliability.options import Options
from reliability.outcome import Outcome
from reliability.site import Site, running


def leave(
    site: Site,
    go_away: dict[str, Callable[[], float]],
    come_back: Callable[[], None],
    options: Options,
    outcome: Outcome,
) -> None:
    """Away in each way for `away_seconds`; what was acknowledged meanwhile is noted. Recovered is the site when a file
    that was sent has been taken in."""
    ledger = Ledger()
    with running(site):
        with at_work(site, ledger, pause_seconds=options.pause_seconds):
            outcome.await_work(ledger, (FILE,))
            for way, begin in go_away.items():
                before = ledger.acknowledged()
                begin()
                time.sleep(options.away_seconds)
                meanwhile = ledger.acknowledged() - before
                come_back()
                outcome.times += 1
                outcome.notes.append(f"{way} for {options.away_seconds:.0f} s: meanwhile {_words(meanwhile)}")
                if not outcome.recovered(ledger, time.monotonic(), (FILE,)):
                    break
        outcome.compare(site, ledger)


def _words(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing acknowledged"
