"""Jobs that come by themselves: a row for each period, asked for by whichever worker notices first.

@job("media.sweep", N_("清理不再使用的文件"))
def sweep_job(payload): ...

every_day("media.sweep", hour=3)
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from flask import current_app
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from contest_portal.core.clock import local, now
from contest_portal.core.database import db
from contest_portal.core.jobs import QUICK
from contest_portal.core.models import Job


@dataclass(frozen=True)
class Schedule:
    """A job each `every`, the day's periods counted from `hour` o'clock of the office's zone."""

    kind: str
    every: timedelta
    hour: int
    lane: str


_schedules: list[Schedule] = []


def every_day(kind: str, *, hour: int, lane: str = QUICK) -> None:
    """Do it once a day after `hour` o'clock; at the first start on a day that it was missed, at once."""
    _schedules.append(Schedule(kind, timedelta(days=1), hour, lane))


def every_hour(kind: str, *, lane: str = QUICK) -> None:
    """Do it once an hour."""
    _schedules.append(Schedule(kind, timedelta(hours=1), 0, lane))


def ask_for_due() -> None:
    """Write the rows of the periods that have begun. Two processes at once write one."""
    known: set[str] = current_app.extensions.setdefault("jobs_scheduled", set())
    for one in _schedules:
        key = _key(one)
        if key in known:
            continue
        db.session.rollback()
        if db.session.scalar(select(Job.id).where(Job.key == key)) is None:
            db.session.rollback()
            with suppress(IntegrityError):
                db.session.connection(execution_options={"writes": True})
                db.session.add(Job(kind=one.kind, key=key, payload={}, lane=one.lane, run_at=now()))
                db.session.commit()
        db.session.rollback()
        known.add(key)


def _key(one: Schedule) -> str:
    begun = local(now()) - timedelta(hours=one.hour)
    period = begun.strftime("%Y-%m-%d") if one.every >= timedelta(days=1) else begun.strftime("%Y-%m-%dT%H")
    return f"{one.kind}@{period}"
