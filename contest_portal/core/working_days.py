"""Working days by the State Council's holiday calendar, as far as it is announced, and by an office's own days. Pure.

Source: chinese_calendar, which knows the announced years with their exchanged weekends and refuses the others.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

import chinese_calendar

OwnDays = Mapping[date, bool]
"""Days that an office set itself, and whether people work on them: they go before the State Council's calendar."""

NONE: OwnDays = MappingProxyType({})
LONGEST_TERM = 3_660
"""Days after which the search for working days ends: an office that set every day free would never come to one."""


def is_announced(day: date) -> bool:
    """Whether the holidays of the day's year are known."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date, own: OwnDays = NONE) -> bool:
    """Whether people work on this day; in a year not announced yet, Monday to Friday."""
    if day in own:
        return own[day]
    return bool(chinese_calendar.is_workday(day)) if is_announced(day) else day.weekday() < 5


def after_working_days(start: date, count: int, own: OwnDays = NONE) -> date:
    """The last day of a term of `count` working days that begins on the day after `start`."""
    day = start
    for _ in range(LONGEST_TERM):
        if count <= 0:
            break
        day += timedelta(days=1)
        if is_working_day(day, own):
            count -= 1
    return day


def working_days_until(start: date, end: date, own: OwnDays = NONE) -> int:
    """How many working days lie after `start`, up to and with `end`; what `after_working_days` counts."""
    return sum(is_working_day(start + timedelta(days=n), own) for n in range(1, (end - start).days + 1))


def unannounced_years(start: date, end: date) -> list[int]:
    """The years of this span whose holidays are not announced yet."""
    return [year for year in range(start.year, end.year + 1) if not is_announced(date(year, 1, 1))]


def moved_days(year: int) -> list[tuple[date, bool]]:
    """The days of an announced year on which the calendar differs from the week: (day, whether people work)."""
    first = date(year, 1, 1)
    if not is_announced(first):
        return []
    days = (first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days))
    return [(day, is_working_day(day)) for day in days if is_working_day(day) != (day.weekday() < 5)]
