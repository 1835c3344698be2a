"""The days of the demo's year 2018. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from contest_portal.demo.plan import MAIN, MAKER, PRACTICE

ZONE = ZoneInfo("Asia/Shanghai")


def at(month: int, day: int, hour: int = 9, minute: int = 0, second: int = 0) -> datetime:
    """A moment of 2018 at the office."""
    return datetime(2018, month, day, hour, minute, second, tzinfo=ZONE)


START = at(1, 8)
SCHOOLS_APPLY = at(1, 15)
SCHOOLS_COME = at(1, 22)
ROSTERS = at(2, 27)
CALL = at(3, 12)
CONSENTS = at(3, 26)
WINDOWS = {
    MAIN: (at(3, 19, 0), at(5, 15, 23, 59, 59)),
    MAKER: (at(4, 9, 0), at(5, 18, 23, 59, 59)),
    PRACTICE: (at(12, 21, 0), at(12, 24, 23, 59, 59)),
}
"""When entries come in. The practice contest stays open afterwards."""
SUPPLEMENT = at(4, 11)
EXCEPTION_UNTIL = at(5, 18, 18)
SCREENING = at(5, 21)
FIX_UNTIL = at(5, 29, 23, 59, 59)
SCREENING_ENDS = at(5, 31)
HEAD_COUNTS = at(5, 30)
JUDGES = at(5, 24)
JUDGING = at(6, 4)
JUDGING_ENDS = at(6, 13, 18)
JUDGING_MOVED = at(6, 14, 18)
RANKING = at(6, 15)
COMMITTEE = at(6, 19)
APPROVAL = at(6, 20)
PUBLICATION = at(6, 21)
AMENDMENT = at(6, 26)
CLOSING = at(7, 6)
TRAINING_CALL, TRAINING_CLOSES = at(7, 7), at(7, 11, 18)
TRAINING = at(7, 12)
"""Two parts on one day, morning and afternoon."""
ROBOTS_CALL, ROBOTS_CLOSE = at(7, 13), at(7, 17, 18)
ROBOTS_LOT, ROBOTS = at(7, 18, 15), at(7, 21, 8, 30)
MUSEUM_CALL, MUSEUM_OPENS, MUSEUM_CLOSES = at(8, 27), at(8, 28), at(9, 7, 18)
MUSEUM_PLAN, MUSEUM_PUBLISHED = at(9, 10), at(9, 11, 15)
OPEN_DAY_CALL, OPEN_DAY = at(9, 12), at(9, 14, 9, 30)
CARAVAN_CALL, CARAVAN_BOOKED, CARAVAN = at(11, 12), at(11, 12, 14), at(11, 14, 8, 30)
AUTUMN = at(11, 16)
FROM_ABOVE = at(11, 26)
SUMMARY = at(12, 20)
PRACTICE_SCREENING, PRACTICE_JUDGING = at(12, 25), at(12, 26)
PRACTICE_ENDS = datetime(2099, 12, 31, 23, 59, 59, tzinfo=ZONE)
PRACTICE_EVENTS = at(12, 27)
PRACTICE_EVENTS_CLOSE = datetime(2099, 12, 20, 23, 59, 59, tzinfo=ZONE)
PRACTICE_EVENTS_FIRST = datetime(2099, 12, 28, tzinfo=ZONE)
"""The day of the first sessions of the events that stay open."""
END = at(12, 28)
