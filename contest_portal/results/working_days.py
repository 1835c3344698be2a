"""Working days by the State Council's holiday calendar, as far as it is announced. Pure.

Source: chinese_calendar, which knows the announced years with their exchanged weekends and refuses the others.
"""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar


def is_announced(day: date) -> bool:
    """Whether the holidays of the day's year are known."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def is_working_day(day: date) -> bool:
    """Whether people work on this day; in a year not announced yet, Monday to Friday."""
    return bool(chinese_calendar.is_workday(day)) if is_announced(day) else day.weekday() < 5


def after_working_days(start: date, count: int) -> date:
    """The last day of a term of `count` working days that begins on the day after `start`."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        if is_working_day(day):
            count -= 1
    return day
