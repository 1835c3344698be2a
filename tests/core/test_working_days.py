"""Working days in the holiday weeks of 2018, 2025 and 2026, written by hand from the State Council's notices."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contest_portal.core.working_days import (
    after_working_days,
    is_announced,
    is_working_day,
    moved_days,
    unannounced_years,
    working_days_until,
)

# 国办发明电〔2017〕12号 for 2018, 〔2024〕12号 for 2025, the notice of November 2025 for 2026: (first day off, last, days worked instead).
HOLIDAYS = [
    ((2018, 2, 15), (2018, 2, 21), [(2018, 2, 11), (2018, 2, 24)]),
    ((2018, 4, 5), (2018, 4, 7), [(2018, 4, 8)]),
    ((2018, 4, 29), (2018, 5, 1), [(2018, 4, 28)]),
    ((2018, 6, 16), (2018, 6, 18), []),
    ((2018, 9, 22), (2018, 9, 24), []),
    ((2018, 10, 1), (2018, 10, 7), [(2018, 9, 29), (2018, 9, 30)]),
    ((2025, 1, 28), (2025, 2, 4), [(2025, 1, 26), (2025, 2, 8)]),
    ((2025, 4, 4), (2025, 4, 6), []),
    ((2025, 5, 1), (2025, 5, 5), [(2025, 4, 27)]),
    ((2025, 5, 31), (2025, 6, 2), []),
    ((2025, 10, 1), (2025, 10, 8), [(2025, 9, 28), (2025, 10, 11)]),
    ((2026, 1, 1), (2026, 1, 3), [(2026, 1, 4)]),
    ((2026, 2, 15), (2026, 2, 23), [(2026, 2, 14), (2026, 2, 28)]),
    ((2026, 4, 4), (2026, 4, 6), []),
    ((2026, 5, 1), (2026, 5, 5), [(2026, 5, 9)]),
    ((2026, 6, 19), (2026, 6, 21), []),
    ((2026, 9, 25), (2026, 9, 27), []),
    ((2026, 10, 1), (2026, 10, 7), [(2026, 9, 20), (2026, 10, 10)]),
]

Day = tuple[int, int, int]


@pytest.mark.parametrize(("first", "last", "worked"), HOLIDAYS)
def test_days_off_and_days_worked_instead(first: Day, last: Day, worked: list[Day]) -> None:
    start, end = date(*first), date(*last)
    span = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    assert [day for day in span if is_working_day(day)] == []
    assert [day for day in worked if not is_working_day(date(*day))] == []
    assert all(date(*day).weekday() >= 5 for day in worked)


@pytest.mark.parametrize(
    ("published", "last_day"),
    [
        # Spring Festival 2018: Thu 8 Feb → Fri 9, Sun 11 (worked), Mon 12, Tue 13, Wed 14.
        (date(2018, 2, 8), date(2018, 2, 14)),
        # From Mon 12 Feb: 13, 14, then 22, 23, Sat 24 (worked).
        (date(2018, 2, 12), date(2018, 2, 24)),
        # National Day 2018: Thu 27 Sep → Fri 28, Sat 29, Sun 30 (both worked), Mon 8 Oct, Tue 9.
        (date(2018, 9, 27), date(2018, 10, 9)),
        # Published on a day off: the term begins with the next working day.
        (date(2018, 10, 3), date(2018, 10, 12)),
        # Spring Festival 2025: Fri 24 Jan → Sun 26 (worked), Mon 27, then Wed 5, Thu 6, Fri 7 Feb.
        (date(2025, 1, 24), date(2025, 2, 7)),
        # From Thu 6 Feb 2025: Fri 7, Sat 8 (worked), Mon 10, Tue 11, Wed 12.
        (date(2025, 2, 6), date(2025, 2, 12)),
        # Labour Day 2025: Fri 25 Apr → Sun 27 (worked), Mon 28, Tue 29, Wed 30, then Tue 6 May.
        (date(2025, 4, 25), date(2025, 5, 6)),
        # National Day and Mid-Autumn 2025: Mon 29 Sep → Tue 30, Thu 9 Oct, Fri 10, Sat 11 (worked), Mon 13.
        (date(2025, 9, 29), date(2025, 10, 13)),
        # Spring Festival 2026: Thu 12 Feb → Fri 13, Sat 14 (worked), Tue 24, Wed 25, Thu 26.
        (date(2026, 2, 12), date(2026, 2, 26)),
        # National Day 2026: Wed 30 Sep → Thu 8 Oct, Fri 9, Sat 10 (worked), Mon 12, Tue 13.
        (date(2026, 9, 30), date(2026, 10, 13)),
    ],
)
def test_the_last_of_five_working_days_in_weeks_with_holidays(published: date, last_day: date) -> None:
    assert after_working_days(published, 5) == last_day
    assert working_days_until(published, last_day) == 5


def test_an_offices_own_days_go_before_the_calendar() -> None:
    # County day off on Friday 2 March 2018, work on Saturday 3 March.
    own = {date(2018, 3, 2): False, date(2018, 3, 3): True}
    assert after_working_days(date(2018, 3, 1), 1, own) == date(2018, 3, 3)
    assert working_days_until(date(2018, 3, 1), date(2018, 3, 5), own) == 2


def test_a_year_that_is_not_announced_is_told_and_counts_monday_to_friday() -> None:
    far = date(2061, 3, 2)
    assert not is_announced(far)
    assert moved_days(2061) == []
    assert unannounced_years(date(2026, 12, 28), date(2061, 1, 4))[-1] == 2061
    assert after_working_days(far, 5) == date(2061, 3, 9)  # Wednesday to Wednesday


def test_the_calendars_page_lists_what_differs_from_the_week() -> None:
    moved = dict(moved_days(2018))
    assert moved[date(2018, 2, 11)] is True
    assert moved[date(2018, 2, 15)] is False
    assert date(2018, 2, 17) not in moved  # a Saturday off anyway
