"""When a judge has time, against a round's window. Days are the office's; both ends belong to the span. Pure."""

from __future__ import annotations

from datetime import date
from typing import Literal

Part = Literal["all", "part", "none"]


def time_within(start: date | None, end: date | None, first: date, last: date) -> Part:
    """How much of the days `first` to `last` a judge has who is free from `start` until `end` (None: open)."""
    begins, ends = start or date.min, end or date.max
    if ends < first or begins > last:
        return "none"
    return "all" if begins <= first and ends >= last else "part"
