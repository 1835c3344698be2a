"""Jobs that come by themselves: a row for each period, asked for by whichever worker notices first.

@job("media.sweep", N_("清理不再使用的文件"))
def sweep_job(payload): ...

every_day("media.sweep", hour=3)
"""

from __future__ import annotations

from collections.abc import Callable
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
    """A job each `every`, the day's periods counted from `hour` o'clock of the office's zone.

    `when`: asked before a row is written, so that what comes each minute leaves no rows of nothing to do.
    """

    kind: str
    every: timedelta
    hour: int
    lane: str
    when: Callable[[], bool] | None = None


_schedules: list[Schedule] = []


def every_day(kind: str, *, hour: int, lane: str = QUICK) -> None:
    """Do it once a day after `hour` o'clock; at the first start on a day that it was missed, at once."""
    _schedules.append(Schedule(kind, timedelta(days=1), hour, lane))


def every_hour(kind: str, *, lane: str = QUICK) -> None:
    """Do it once an hour."""
    _schedules.append(Schedule(kind, timedelta(hours=1), 0, lane))


def every_minute(kind: str, *, when: Callable[[], bool], lane: str = QUICK) -> None:
    """Do it in every minute in which `when()`, one quick read, says that there is something to do."""
    _schedules.append(Schedule(kind, timedelta(minutes=1), 0, lane, when))


def ask_for_due() -> None:
    """Write the rows of the periods that have begun. Two processes at once write one."""
    known: set[str] = current_app.extensions.setdefault("jobs_scheduled", set())
    for one in _schedules:
        key = _key(one)
        if key in known:
            continue
        db.session.rollback()
        if one.when is not None and not one.when():
            continue
        if db.session.scalar(select(Job.id).where(Job.key == key)) is None:
            db.session.rollback()
            with suppress(IntegrityError):
                db.session.connection(execution_options={"writes": True})
                db.session.add(Job(kind=one.kind, key=key, payload={}, lane=one.lane, run_at=now()))
                db.session.commit()
        db.session.rollback()
        if one.when is None:  # minutes are too many to remember
            known.add(key)


def _key(one: Schedule) -> str:
    begun = local(now()) - timedelta(hours=one.hour)
    if one.every >= timedelta(days=1):
        period = begun.strftime("%Y-%m-%d")
    else:
        period = begun.strftime("%Y-%m-%dT%H" if one.every >= timedelta(hours=1) else "%Y-%m-%dT%H:%M")
    return f"{one.kind}@{period}"
