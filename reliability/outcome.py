"""What came of one fault on one site."""

from __future__ import annotations

import json
import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from reliability import comparing
from reliability.ledger import Ledger
from reliability.site import Site

FOLDER = Path(__file__).parents[1] / "build" / "reliability"
RECOVERY_SECONDS = 240.0


@dataclass
class Outcome:
    """`fault` on `where`, so many `times`. `recoveries`: seconds each time, from the fault (or its end) to the next
    acknowledged write. `refused_yet_kept`: what the site said it had not saved, and had."""

    fault: str
    where: str
    times: int = 0
    acknowledged: dict[str, int] = field(default_factory=dict)
    unanswered: int = 0
    missing: list[str] = field(default_factory=list)
    halves: list[str] = field(default_factory=list)
    refused_yet_kept: list[str] = field(default_factory=list)
    answers: dict[str, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    recoveries: list[float] = field(default_factory=list)
    not_recovered: int = 0
    jobs_done: int = 0
    notes: list[str] = field(default_factory=list)
    command: str = ""
    began: str = ""
    seconds: float = 0.0
    machine: str = ""
    load: str = ""

    @property
    def is_good(self) -> bool:
        return not (self.missing or self.halves or self.unreadable or self.not_recovered)

    def recovered(self, ledger: Ledger, moment: float, kinds: tuple[str, ...] = ()) -> bool:
        """Wait for the next acknowledged write after `moment`, and note how long it took."""
        while (at := ledger.first_after(moment, kinds)) is None:
            if time.monotonic() > moment + RECOVERY_SECONDS:
                self.not_recovered += 1
                return False
            time.sleep(0.05)
        self.recoveries.append(round(at - moment, 2))
        return True

    def await_work(self, ledger: Ledger, kinds: tuple[str, ...] = ()) -> None:
        """Wait until the load writes at all, before anything is broken: that is no recovery."""
        self.recovered(ledger, time.monotonic(), kinds)
        self.recoveries.clear()

    def compare(self, site: Site, ledger: Ledger) -> None:
        """When the load has ended: let the site finish, then look at everything."""
        comparing.settle(site)
        self.acknowledged = dict(ledger.acknowledged())
        self.unanswered = sum(one.outcome == "unknown" for one in ledger.sent)
        self.missing = comparing.missing(site, ledger)
        self.halves = comparing.halves(site)
        self.refused_yet_kept = comparing.unsaid(site, ledger)
        self.answers, self.unreadable = dict(ledger.answers), sorted(Counter(ledger.unreadable))
        self.jobs_done = sum(comparing.jobs_done(site).values())

    def write(self) -> None:
        """Keep it for the report."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        name = f"{self.fault}-{self.where}".replace(" ", "-").replace("/", "-")
        (FOLDER / f"{name}.json").write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")

    def lines(self) -> Iterator[str]:
        """For the terminal."""
        yield f"{self.fault}, {self.where}: {self.times} times in {self.seconds:.0f} s"
        yield f"  acknowledged {self.acknowledged}, unanswered {self.unanswered}, jobs done {self.jobs_done}"
        yield f"  recovery {self.recovery_words()}; not recovered {self.not_recovered}"
        for name in ("missing", "halves", "refused_yet_kept", "unreadable", "answers", "notes"):
            yield f"  {name}: {getattr(self, name)}"

    def recovery_words(self) -> str:
        """Median, least and most seconds."""
        if not self.recoveries:
            return "–"
        return f"{statistics.median(self.recoveries):.1f} s ({min(self.recoveries):.1f}–{max(self.recoveries):.1f})"


@contextmanager
def observed(fault: str, where: str, command: str) -> Iterator[Outcome]:
    """An outcome that knows when, where and how it was found; the caller decides whether to keep it."""
    began = time.monotonic()
    found = Outcome(fault, where, command=command, began=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"))
    before = os.getloadavg()[1]
    yield found
    found.seconds = round(time.monotonic() - began, 1)
    found.machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    found.load = f"{before:.1f}–{os.getloadavg()[1]:.1f}"
