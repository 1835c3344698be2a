"""Run every benchmark and write docs/performance.md: `make bench`, or `python -m benchmarks NAME…` for some of them.

What begins with `--` and all behind it goes to the one benchmark that is named: `python -m benchmarks deadline_night --soak 20`.
"""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import psutil

from benchmarks.measurement import Measurement

NAMES = (
    "assignment", "quotas", "event_allocation", "event_booking", "judging", "judging_evening", "rosters", "lists", "audit", "audit_cost",
    "deadline_night", "uploads", "previews", "likeness", "publications", "handoff", "certificates", "write_lock", "demo",
)  # fmt: skip
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def main(words: list[str]) -> int:
    """Measure, print, and (when all were asked for) write the page. Gives 1 when a promise was not kept."""
    first = next((place for place, word in enumerate(words) if word.startswith("--")), len(words))
    names, arguments = words[:first], words[first:]
    if arguments and len(names) != 1:
        print("name one benchmark before its options")
        return 2
    chosen, load_before = names or list(NAMES), os.getloadavg()
    results: list[Measurement] = []
    for name in chosen:
        print(f"{name} …", flush=True)
        measure = import_module(f"benchmarks.{name}").measure
        for result in measure(arguments) if arguments else measure():
            results.append(result)
            print(f"  {line(result)}", flush=True)
    if chosen == list(NAMES):
        PAGE.write_text(page(results, load_before, os.getloadavg()), "utf-8")
        print(f"written to {PAGE}")
    return 0 if all(result.kept for result in results) else 1


def line(result: Measurement) -> str:
    """One result as text."""
    limit = f", promised below {result.limit:g}" if result.limit is not None else ""
    cpu = f", processor time {figure(result.cpu)}" if result.cpu is not None else ""
    return f"{result.name}: {figure(result.value)} {result.unit} (spread {figure(result.spread)}{cpu}{limit})"


Load = tuple[float, float, float]


def page(results: list[Measurement], before: Load, after: Load) -> str:
    """docs/performance.md; `before` and `after` are the machine's load averages of 1, 5 and 15 minutes."""
    rows = "\n".join(
        f"| {r.name} | {figure(r.value)} {r.unit} | {figure(r.spread)} | {'' if r.cpu is None else figure(r.cpu)} | "
        f"{r.repeats} | {'' if r.limit is None else f'< {r.limit:g} {r.unit}'} | "
        f"{'' if r.limit is None else 'yes' if r.kept else '**no**'} |"
        for r in results
    )
    return f"""# Performance

Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {machine()}.
Load average of 1, 5 and 15 minutes before the run {load(before)}, after it {load(after)}: the higher above the number
of cores it was before, the more the times below are others' doing. Compare within one run only.

The value is the median of the runs, the spread the slowest less the fastest, the processor time (of this process, of the
demo all its processes, where it was taken) the median too; all in the value's unit.

| what | value | spread | processor time | runs | promised | kept |
|---|---|---|---|---|---|---|
{rows}
"""


def figure(value: float) -> str:
    """Three digits, never in powers of ten."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def load(averages: Load) -> str:
    """The averages in a row."""
    return " / ".join(f"{one:.1f}" for one in averages)


def machine() -> str:
    """The machine in a few words."""
    gigabytes = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores ({processor()}), {gigabytes:.0f} GB of memory, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )


def processor() -> str:
    """What the system calls its processor."""
    facts = Path("/proc/cpuinfo")
    names = (
        [line.split(":", 1)[1].strip() for line in facts.read_text().splitlines() if line.startswith("model name")]
        if facts.is_file()
        else []
    )
    return names[0] if names else platform.processor() or "unnamed"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
