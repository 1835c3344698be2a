"""A month as a calendar shows it: whole weeks from Monday to Sunday. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date

FIRST_YEAR, LAST_YEAR = 2000, 2099


@dataclass(frozen=True)
class Month:
    """One month; `weeks` begin on Monday and hold days of the months beside it."""

    year: int
    number: int

    @property
    def weeks(self) -> list[list[date]]:
        return calendar.Calendar(firstweekday=0).monthdatescalendar(self.year, self.number)

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    @property
    def before(self) -> str:
        """The month before, as an address has it."""
        return _text(self.year, self.number - 1)

    @property
    def after(self) -> str:
        return _text(self.year, self.number + 1)


def read_month(text: str, today: date) -> Month:
    """2018-09; anything else is the month of `today`."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text.strip())
    if found and FIRST_YEAR <= int(found[1]) <= LAST_YEAR and 1 <= int(found[2]) <= 12:
        return Month(int(found[1]), int(found[2]))
    return Month(today.year, today.month)


def _text(year: int, number: int) -> str:
    moved = year + (number - 1) // 12, (number - 1) % 12 + 1
    return f"{moved[0]}-{moved[1]:02d}"
