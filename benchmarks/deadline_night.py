"""The night of a deadline: 2,000 teachers sign in, write, send a picture and submit; some press too late.

    python -m benchmarks deadline_night [--teachers N] [--minutes M] [--database postgresql] [--web-processes 2]
    python -m benchmarks deadline_night --soak 20

The load shares the machine's cores with the server; its own part of them is measured and reported.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.deadline.night import Night, live_through, processor_share
from benchmarks.deadline.plan import Plan
from benchmarks.deadline.row import HEAD, carried_a_core, rates, row
from benchmarks.deadline.verdict import KINDS
from benchmarks.measurement import Measurement

SMALL = ("--teachers", "120", "--minutes", "4", "--schools", "20")
"""What `make bench` does: the same rate of teachers for a few minutes."""
SOAK_SHARE = 0.5
"""A soak goes on at this share of the night's rate."""
PAGES = frozenset({"page", "office page", "sign-in", "save", "autosave", "search", "submission"})
PROMISED_MS = 1000
PROMISED_GROWTH_MB = 2.0
"""Megabytes a minute once a server has settled: below it, a week of such nights fits."""
SHARES = (50, 95, 99)


def measure(arguments: Sequence[str] = SMALL) -> list[Measurement]:
    """Live through the night that the arguments describe, and report it; what was wrong is printed."""
    plan = read(arguments)
    with tempfile.TemporaryDirectory(prefix="contest-portal-deadline-") as folder:
        night = live_through(plan, Path(folder))
    _tell(night)
    print(f"{HEAD}\n{row(night, PAGES)}")
    return report(night)


def read(arguments: Sequence[str]) -> Plan:
    """The plan that the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks deadline_night")
    parser.add_argument("--teachers", type=int, default=Plan.teachers)
    parser.add_argument("--schools", type=int, default=Plan.schools)
    parser.add_argument("--minutes", type=float, default=Plan.minutes)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--web-processes", type=int, default=1)
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="half the rate for so long, and no deadline")
    given = parser.parse_args(list(arguments))
    minutes, teachers = given.minutes, given.teachers
    if given.soak:
        minutes, teachers = given.soak, max(1, round(SOAK_SHARE * teachers * given.soak / minutes))
    return Plan(
        teachers=teachers,
        schools=given.schools,
        minutes=minutes,
        database=given.database,
        web_processes=given.web_processes,
        is_soak=bool(given.soak),
    )


def report(night: Night) -> list[Measurement]:
    """Everything that was measured; what was promised has its limit."""
    return [*_times(night), *_rates(night), *_kept(night), *_taken(night)]


def _about(plan: Plan) -> str:
    kind = "soak" if plan.is_soak else "deadline night"
    processes = f", {plan.web_processes} web processes" if plan.web_processes > 1 else ""
    return f"{kind}, {plan.teachers:,} teachers in {plan.minutes:g} minutes, {plan.database}{processes}"


def _times(night: Night) -> list[Measurement]:
    about, found = _about(night.plan), []
    groups = {
        "all pages and forms": [one for kind in PAGES for one in night.diary.seconds.get(kind, [])],
        **dict(sorted(night.diary.seconds.items())),
    }
    for name, seconds in groups.items():
        if not seconds:
            continue
        times = np.array(seconds) * 1000
        for share in SHARES:
            limit = PROMISED_MS if (name, share) == ("all pages and forms", 95) else None
            value = float(np.percentile(times, share))
            found.append(Measurement(f"{about}: {name}, {share}th percentile", value, "ms", limit, len(times), float(np.ptp(times))))  # fmt: skip
    return found


def _rates(night: Night) -> list[Measurement]:
    about, (mean, busiest) = _about(night.plan), rates(night)
    return [
        Measurement(f"{about}: requests a second without static files, in the mean", mean, "/s"),
        Measurement(f"{about}: the same in the busiest minute", busiest, "/s"),
    ]


def _kept(night: Night) -> list[Measurement]:
    about, answers = _about(night.plan), sum(map(len, night.diary.seconds.values()))
    counts, verdict = night.verdict.counts, night.verdict
    found = [
        Measurement(f"{about}: submissions acknowledged", counts["acknowledged"], "of all", None, len(night.outcomes)),
        Measurement(f"{about}: refused as too late", counts["refused"], "of all", None, len(night.outcomes)),
        *(
            Measurement(f"{about}: submissions {kind}", verdict.count_of(kind), "of all", 1, len(night.outcomes))
            for kind in KINDS
        ),
        *(
            Measurement(
                f"{about}: answers {status} with Retry-After", night.diary.polite[status], "of all", None, answers
            )
            for status in (429, 503)
        ),
        Measurement(f"{about}: errors of any kind", len(night.diary.errors), "of all", 1, answers),
        Measurement(f"{about}: bad lines in the logs", len(night.log_lines), "lines", 1),
    ]
    waiting = sum(count for name, count in night.jobs_left.items() if not name.startswith("failed"))
    failed = sum(count for name, count in night.jobs_left.items() if name.startswith("failed"))
    return [
        *found,
        Measurement(f"{about}: jobs that still wait at the end (previews, likeness)", waiting, "jobs"),
        Measurement(f"{about}: jobs that failed", failed, "jobs", 1),
    ]


def _taken(night: Night) -> list[Measurement]:
    about, watch, found = _about(night.plan), night.watch, []
    for one in watch.all:
        name = f"{about}: {one.name}"
        spent = processor_share(one.own_seconds, watch.seconds)
        beside = processor_share(sum(one.children_seconds.values()), watch.seconds)
        found += [
            Measurement(f"{name}, processor", spent, "% of all cores"),
            Measurement(f"{name}, processor of what it began", beside, "% of all cores"),
        ]
        if one.name == "PostgreSQL":
            continue
        found += [
            Measurement(f"{name}, memory at the beginning", one.memory_mb(0), "MB"),
            Measurement(f"{name}, memory at a third", one.memory_mb(1 / 3), "MB"),
            Measurement(f"{name}, memory at the end", one.memory_mb(1), "MB"),
            Measurement(f"{name}, growth after a third", one.growth_mb_a_minute, "MB a minute", PROMISED_GROWTH_MB),
            Measurement(f"{name}, most memory of what it began", one.most_beside_mb, "MB"),
            Measurement(f"{name}, most threads", one.threads, "threads"),
            Measurement(f"{name}, most open files", one.files, "files"),
        ]
    found.append(Measurement(f"{about}: teachers in 30 minutes that take one core", carried_a_core(night), "teachers"))
    load = processor_share(watch.load_seconds, watch.seconds)
    return [*found, Measurement(f"{about}: the load itself, processor", load, "% of all cores")]


def _tell(night: Night) -> None:
    """What went wrong, the first of each kind."""
    for error in night.diary.errors[:10]:
        print(f"  error: {error[:400]}")
    for kind, words in night.verdict.wrong.items():
        print(f"  {kind}: {'; '.join(words[:5])}")
    for line in night.log_lines[:5]:
        print(f"  log: {line[:300]}")
    for name, count in sorted(night.jobs_left.items()):
        print(f"  jobs: {count} {name}")
