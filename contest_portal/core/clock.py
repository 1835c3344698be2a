"""The time, injected: services ask `now()`, tests and the demo put another clock in its place."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from flask import current_app


class Clock(Protocol):
    """Tells the time as an aware datetime in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class MovingClock:
    """A clock that stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def move_to(self, moment: datetime) -> None:
        self._now = moment.astimezone(UTC)

    def advance(self, **amount: float) -> None:
        """Move on by a `timedelta(**amount)`."""
        self._now += timedelta(**amount)


def now() -> datetime:
    """The running application's time, aware, in UTC."""
    clock: Clock = current_app.extensions["clock"]
    return clock.now()


def timezone() -> ZoneInfo:
    """The zone in which days begin and times are shown."""
    return ZoneInfo(current_app.config["SETTINGS"].timezone)


def local(moment: datetime) -> datetime:
    """`moment` in the office's zone."""
    return moment.astimezone(timezone())


def today() -> date:
    """The calendar day in the office's zone."""
    return local(now()).date()


def end_of_day(day: date) -> datetime:
    """The last second of `day` in the office's zone, in UTC: a deadline is inclusive to its second."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=timezone()).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """The first second of `day` in the office's zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=timezone()).astimezone(UTC)
