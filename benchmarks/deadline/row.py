"""A night as one line of the table in docs/capacity.md."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import numpy as np

from benchmarks.deadline.night import Night

HALF_AN_HOUR = 30
HEAD = (
    "| set-up | load | requests/s: mean, busiest minute | pages and forms: 50 %, 95 %, 99 % | 429, 503 | errors, lost, "
    "wrongly in or out | memory of each process: a third, end, growth | processor: site, what it began, load | teachers "
    "in 30 minutes a core | when, load average |\n|---|---|---|---|---|---|---|---|---|---|"
)


def row(night: Night, pages: frozenset[str]) -> str:
    """The line; `pages` are the kinds of requests that count as pages and forms."""
    plan, diary, watch = night.plan, night.diary, night.watch
    cores = os.cpu_count() or 1
    times = np.array([one for kind in pages for one in diary.seconds.get(kind, [])]) * 1000
    fifty, most, nearly_all = (float(np.percentile(times, share)) for share in (50, 95, 99))
    own = sum(one.own_seconds for one in watch.all) / watch.seconds
    beside = sum(sum(one.children_seconds.values()) for one in watch.all if one.name != "PostgreSQL") / watch.seconds
    memory = "; ".join(
        f"{one.name} {one.memory_mb(1 / 3):.0f}, {one.memory_mb(1):.0f} MB, {one.growth_mb_a_minute:+.2f} MB/min"
        for one in watch.all
        if one.name != "PostgreSQL"
    )
    rate, busiest = rates(night)
    wrong = sum(len(words) for words in night.verdict.wrong.values())
    kind = "soak" if plan.is_soak else "night"
    cells = [
        f"{plan.database}, {plan.web_processes} web",
        f"{kind}, {plan.teachers:,} teachers in {plan.minutes:g} min",
        f"{rate:.1f}, {busiest:.1f}",
        f"{fifty:.0f}, {most:.0f}, {nearly_all:.0f} ms",
        f"{diary.polite[429]}, {diary.polite[503]}",
        f"{len(diary.errors)}, {wrong}",
        memory,
        f"{own:.2f}, {beside:.2f}, {watch.load_seconds / watch.seconds:.2f} of {cores} cores",
        f"{carried_a_core(night):,.0f}",
        f"{datetime.now(UTC):%Y-%m-%d}, {os.getloadavg()[1]:.1f}",
    ]
    return "| " + " | ".join(cells) + " |"


def rates(night: Night) -> tuple[float, float]:
    """Requests a second without static files, in the mean and in the busiest minute; zeros where nobody came."""
    moments = np.array(night.diary.moments)
    if not len(moments):
        return 0.0, 0.0
    since = moments - moments.min()
    return len(moments) / max(float(since.max()), 1e-9), float(np.bincount((since // 60).astype(int)).max()) / 60


def carried_a_core(night: Night) -> float:
    """How many teachers in half an hour take one core of the site's processor time, its sandboxes and database included.

    A straight line through one point: towards a full core answers become slow before the core is full.
    """
    watch = night.watch
    seconds = sum(one.own_seconds + sum(one.children_seconds.values()) for one in watch.all)
    cores_used = seconds / max(watch.seconds, 1e-9)
    return night.plan.teachers / night.plan.minutes * HALF_AN_HOUR / max(cores_used, 1e-9)
