"""Run every benchmark and write docs/performance.md: `make bench`, or `python -m benchmarks NAME…` for some of them."""

from __future__ import annotations

import os
import platform
import sys
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

from benchmarks.measurement import Measurement

NAMES = ("judging", "rosters", "lists", "demo")
PAGE = Path(__file__).parents[1] / "docs" / "performance.md"


def main(names: list[str]) -> int:
    """Measure, print, and (when all were asked for) write the page. Gives 1 when a promise was not kept."""
    chosen = names or list(NAMES)
    results: list[Measurement] = []
    for name in chosen:
        print(f"{name} …", flush=True)
        for result in import_module(f"benchmarks.{name}").measure():
            results.append(result)
            print(f"  {line(result)}", flush=True)
    if chosen == list(NAMES):
        PAGE.write_text(page(results), "utf-8")
        print(f"written to {PAGE}")
    return 0 if all(result.kept for result in results) else 1


def line(result: Measurement) -> str:
    """One result as text."""
    limit = f", promised below {result.limit:g}" if result.limit is not None else ""
    return f"{result.name}: {result.value:.3g} {result.unit} (spread {result.spread:.2g}{limit})"


def page(results: list[Measurement]) -> str:
    """docs/performance.md."""
    rows = "\n".join(
        f"| {r.name} | {r.value:.3g} {r.unit} | {r.spread:.2g} | {r.repeats} | "
        f"{'' if r.limit is None else f'< {r.limit:g} {r.unit}'} | {'yes' if r.kept else '**no**'} |"
        for r in results
    )
    return f"""# Performance

Written by `make bench` on {datetime.now(UTC):%Y-%m-%d}: {machine()}. Machines are noisy: compare within one run. The value is the median of the
runs, the spread is the slowest less the fastest.

| what | value | spread | runs | promised | kept |
|---|---|---|---|---|---|
{rows}
"""


def machine() -> str:
    """The machine in a few words."""
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, SQLite"
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
