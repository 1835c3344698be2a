"""Which deadlines are near enough to be reminded of."""

from __future__ import annotations

from datetime import datetime, timedelta

from contest_portal.core.clock import end_of_day, now, today

DAYS_BEFORE = 3


def due_window() -> tuple[datetime, datetime]:
    """From now to the end of the third day from today: a day on which nothing ran is made up for on the next."""
    return now(), end_of_day(today() + timedelta(days=DAYS_BEFORE))
