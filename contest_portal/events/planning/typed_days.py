"""Days and times of day as people type them into a form. Pure."""

from __future__ import annotations

import re
from datetime import date, time, timedelta

from contest_portal.core.text import N_, Message

MOST_DAYS = 400
_DAY = r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
_LINE = re.compile(rf"{_DAY}(?:\s*(?:至|到|~|～|—|–|--)\s*{_DAY})?\s*[，,：:]?\s*(.*)")
_TIME = re.compile(r"([01]?\d|2[0-3])[:：]([0-5]\d)")
_BETWEEN = re.compile(r"[\s、，,；;]+")


class Unreadable(ValueError):
    """What could not be read; `message` says what and how to write it."""

    def __init__(self, message: Message) -> None:
        self.message = message
        super().__init__(str(message))


def typed_days(text: str) -> dict[date, str]:
    """Lines such as 「2018-09-12」 or 「2018-10-01 至 2018-10-07 布展」: each day with what stands behind it.

    Raises Unreadable with the line.
    """
    days: dict[date, str] = {}
    for line in filter(None, (one.strip() for one in text.splitlines())):
        first, last, why = _read_line(line)
        if last < first or (last - first).days >= MOST_DAYS:
            words = N_("「%(line)s」：最后一天应不早于第一天，也不超过 %(most)s 天。")
            raise Unreadable(Message.of(words, line=line, most=MOST_DAYS))
        days.update({first + timedelta(days=n): why for n in range((last - first).days + 1)})
    return days


def _read_line(line: str) -> tuple[date, date, str]:
    found = _LINE.fullmatch(line)
    try:
        if found is None:
            raise ValueError(line)
        first = date(int(found[1]), int(found[2]), int(found[3]))
        last = date(int(found[4]), int(found[5]), int(found[6])) if found[4] else first
    except ValueError:
        words = N_("「%(line)s」不是日期。一行写一天或一段，如：2018-09-12，或 2018-10-08 至 2018-10-10 布展。")
        raise Unreadable(Message.of(words, line=line)) from None
    return first, last, found[7].strip()


def typed_times(text: str) -> list[time]:
    """Times such as 「9:00 10:30、14:00」. Raises Unreadable with the first that is none."""
    times = []
    for word in filter(None, _BETWEEN.split(text.strip())):
        found = _TIME.fullmatch(word)
        if found is None:
            words = N_("「%(word)s」不是时间。请写成 9:00 这样，几个时间用空格或顿号隔开。")
            raise Unreadable(Message.of(words, word=word))
        times.append(time(int(found[1]), int(found[2])))
    return times
