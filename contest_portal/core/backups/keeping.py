"""Which generations of backups are kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime


def kept(taken: Iterable[tuple[str, datetime]], *, days: int, weeks: int) -> set[str]:
    """The last one of each of the newest `days` days and `weeks` weeks (Monday to Sunday) that have any; always the newest.

    `taken`: name and local moment of each generation.
    """
    ordered = sorted(taken, key=lambda pair: (pair[1], pair[0]))
    by_day = {moment.date(): name for name, moment in ordered}
    by_week = {moment.isocalendar()[:2]: name for name, moment in ordered}
    newest_days = sorted(by_day, reverse=True)[: max(days, 1)]
    newest_weeks = sorted(by_week, reverse=True)[: max(weeks, 0)]
    return {by_day[day] for day in newest_days} | {by_week[week] for week in newest_weeks}
