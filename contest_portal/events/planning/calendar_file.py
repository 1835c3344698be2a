"""Events for people's own calendars: iCalendar files (RFC 5545), written by the library `icalendar`. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event
from icalendar.enums import STATUS

MIMETYPE = "text/calendar"
REFRESH = timedelta(hours=6)


@dataclass(frozen=True)
class Entry:
    """One entry. `begin` and `end` are aware moments, or both days (`end` the last one, included).

    `uid` is the same whenever the entry is given again, and `sequence` rises with every change: programs then move the
    entry they have instead of showing two.
    """

    uid: str
    begin: datetime | date
    end: datetime | date
    title: str
    place: str = ""
    text: str = ""
    url: str = ""
    sequence: int = 0
    is_cancelled: bool = False


def calendar_file(name: str, entries: Iterable[Entry], *, stamp: datetime, url: str = "") -> bytes:
    """The file: `name` is what programs call the calendar, `stamp` when it was made."""
    file = Calendar.new(
        name=name,
        prodid="-//contest-portal//events//ZH",
        refresh_interval=REFRESH,
        url=url or None,
        subcomponents=[_event(one, stamp) for one in entries],
    )
    return bytes(file.to_ical())


def _event(one: Entry, stamp: datetime) -> Event:
    return Event.new(
        uid=one.uid,
        start=_moment(one.begin),
        # RFC 5545, 3.6.1: DTEND is exclusive, also for days.
        end=_moment(one.end) if isinstance(one.end, datetime) else one.end + timedelta(days=1),
        summary=one.title,
        location=one.place or None,
        description=one.text or None,
        url=one.url or None,
        sequence=one.sequence,
        stamp=stamp.astimezone(UTC),
        status=STATUS.CANCELLED if one.is_cancelled else STATUS.CONFIRMED,
    )


def _moment(value: datetime | date) -> datetime | date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
