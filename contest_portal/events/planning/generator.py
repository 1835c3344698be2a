"""Sessions by a pattern: days × times, without holidays, closed days and breaks. Pure.

Days follow the State Council's calendar as `chinese_calendar` knows it (working_days.py): a weekend that belongs to a
holiday is a holiday, a usual weekend is not, for museums are open then if their office says so. An office's own days go
before the calendar, days on which the hall is closed before both.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

import chinese_calendar

from contest_portal.core.text import N_, Message
from contest_portal.core.working_days import NONE, OwnDays, is_announced, unannounced_years

LONGEST_DAYS = 366
MOST_TIMES = 24

HOLIDAYS: Mapping[str, str] = {
    "New Year's Day": N_("元旦放假"),
    "Spring Festival": N_("春节放假"),
    "Tomb-sweeping Day": N_("清明节放假"),
    "Labour Day": N_("劳动节放假"),
    "Dragon Boat Festival": N_("端午节放假"),
    "National Day": N_("国庆节放假"),
    "Mid-autumn Festival": N_("中秋节放假"),
}
OTHER_HOLIDAY = N_("国务院规定的放假日")
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


@dataclass(frozen=True)
class Slot:
    """A session's time of day at the office's place; it ends on the same day."""

    begin: time
    end: time


@dataclass(frozen=True)
class Pattern:
    """What is wished: days from `first_on` to `last_on`, Monday 0 to Sunday 6, and the times of each day.

    `swapped_weekends`: also on weekends on which people work for a holiday, and on the office's own working days, whatever
    the weekday. `closed`: days without sessions, with the reason as it was typed.
    """

    first_on: date
    last_on: date
    weekdays: frozenset[int]
    slots: tuple[Slot, ...]
    capacity: int
    most_parties: int | None = None
    leave_out_holidays: bool = True
    swapped_weekends: bool = False
    closed: Mapping[date, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Planned:
    """A session as the pattern has it."""

    day: date
    slot: Slot


@dataclass(frozen=True)
class Note:
    """A day, and what is to be said of it."""

    day: date
    words: Message


@dataclass(frozen=True)
class Existing:
    """A session that is there already. `number` names it."""

    number: int
    day: date
    begin: time
    end: time


@dataclass(frozen=True)
class Outcome:
    """What the pattern gives: sessions to make, days left out and sessions left out with why, days that were added.

    `there`: how many of the pattern's sessions exist already. `unannounced`: years whose holidays nobody knows yet.
    """

    sessions: tuple[Planned, ...]
    left_out: tuple[Note, ...]
    clashing: tuple[Note, ...]
    added: tuple[Note, ...]
    there: int
    unannounced: tuple[int, ...]


def generate(pattern: Pattern, own: OwnDays = NONE, existing: Sequence[Existing] = ()) -> Outcome:
    """The sessions of the pattern that are missing. Made again, it gives none."""
    days, left_out, added = _days(pattern, own)
    wished = [Planned(day, slot) for day in days for slot in pattern.slots]
    of_day: dict[date, list[Existing]] = {}
    for one in existing:
        of_day.setdefault(one.day, []).append(one)
    sessions, clashing, there = [], [], 0
    for planned in wished:
        same = of_day.get(planned.day, [])
        if any(one.begin == planned.slot.begin for one in same):
            there += 1
        elif clash := next((one for one in same if _overlaps(planned.slot, one.begin, one.end)), None):
            clashing.append(Note(planned.day, _clash_words(planned.slot, clash)))
        else:
            sessions.append(planned)
    unannounced = tuple(unannounced_years(pattern.first_on, pattern.last_on)) if pattern.leave_out_holidays else ()
    return Outcome(tuple(sessions), tuple(left_out), tuple(clashing), tuple(added), there, unannounced)


def regular_slots(
    first: time, day_ends: time, minutes: int, pause: int = 0, breaks: Sequence[tuple[time, time]] = ()
) -> tuple[Slot, ...]:
    """Times from `first` on, each `minutes` long with `pause` minutes between, over by `day_ends`; none reaches into a break.

    After a break it goes on at the break's end. At most `MOST_TIMES`.
    """
    slots: list[Slot] = []
    at, last = _minutes(first), _minutes(day_ends)
    while minutes > 0 and at + minutes <= last and len(slots) < MOST_TIMES:
        resting = next((end for begin, end in breaks if _meet(at, at + minutes, _minutes(begin), _minutes(end))), None)
        if resting is not None:
            at = _minutes(resting)
            continue
        slots.append(Slot(_time(at), _time(at + minutes)))
        at += minutes + max(0, pause)
    return tuple(slots)


def listed_slots(begins: Sequence[time], minutes: int) -> tuple[Slot, ...]:
    """Times that begin as listed. One that would end after midnight is left out."""
    return tuple(
        Slot(begin, _time(_minutes(begin) + minutes))
        for begin in sorted(set(begins))
        if _minutes(begin) + minutes < 24 * 60
    )


def slot_problem(slots: Sequence[Slot]) -> Message | None:
    """What is wrong with the times of a day: none, too many, or two at once (there is one hall)."""
    if not slots:
        return Message(N_("按这样的时间，一天里一场也排不下。请检查开始、结束时间和每场的长度。"))
    if len(slots) > MOST_TIMES:
        return Message.of(N_("一天最多 %(most)s 场，现在是 %(count)s 场。"), most=MOST_TIMES, count=len(slots))
    for one, after in itertools.pairwise(slots):
        if after.begin < one.end:
            words = N_(
                "%(one)s 开始的一场到 %(end)s 才结束，与 %(after)s 开始的一场重叠。请改开始时间，或缩短每场的长度。"
            )
            return Message.of(words, one=_clock(one.begin), end=_clock(one.end), after=_clock(after.begin))
    return None


def span_problem(first_on: date, last_on: date) -> Message | None:
    """What is wrong with the days."""
    count = (last_on - first_on).days + 1
    if count < 1:
        return Message(N_("最后一天应不早于第一天。"))
    if count > LONGEST_DAYS:
        return Message.of(N_("一次最多安排 %(most)s 天，现在是 %(count)s 天。"), most=LONGEST_DAYS, count=count)
    return None


def _days(pattern: Pattern, own: OwnDays) -> tuple[list[date], list[Note], list[Note]]:
    days, left_out, added = [], [], []
    for number in range((pattern.last_on - pattern.first_on).days + 1):
        day = pattern.first_on + timedelta(days=number)
        is_wished = day.weekday() in pattern.weekdays
        extra = None if is_wished or not pattern.swapped_weekends else _extra_words(day, own)
        if not is_wished and extra is None:
            continue
        if (why := _why_not(day, pattern, own)) is not None:
            left_out.append(Note(day, why))
            continue
        days.append(day)
        if extra is not None:
            added.append(Note(day, extra))
    return days, left_out, added


def _why_not(day: date, pattern: Pattern, own: OwnDays) -> Message | None:
    if day in pattern.closed:
        reason = pattern.closed[day]
        return Message.of(N_("不开放：%(why)s"), why=reason) if reason else Message(N_("不开放的日子"))
    if day in own:
        return None if own[day] else Message(N_("本单位日历上的休息日"))
    if pattern.leave_out_holidays and (name := _holiday(day)) is not None:
        return Message(HOLIDAYS.get(name, OTHER_HOLIDAY))
    return None


def _extra_words(day: date, own: OwnDays) -> Message | None:
    if day in own:
        return Message(N_("本单位日历上的工作日")) if own[day] else None
    swapped = day.weekday() >= 5 and is_announced(day) and bool(chinese_calendar.is_workday(day))
    return Message(N_("调休上班")) if swapped else None


def _holiday(day: date) -> str | None:
    """The holiday's English name if people rest for it on that day; None on usual weekends and in unannounced years."""
    if not is_announced(day):
        return None
    rests, name = chinese_calendar.get_holiday_detail(day)
    return name if rests else None


def _clash_words(slot: Slot, clash: Existing) -> Message:
    return Message.of(
        N_("%(begin)s 的一场没有排：与已有的第 %(number)s 场（%(from)s–%(to)s）时间重叠。"),
        begin=_clock(slot.begin),
        number=clash.number,
        **{"from": _clock(clash.begin), "to": _clock(clash.end)},
    )


def _overlaps(slot: Slot, begin: time, end: time) -> bool:
    return slot.begin < end and begin < slot.end


def _meet(begin: int, end: int, other_begin: int, other_end: int) -> bool:
    return begin < other_end and other_begin < end


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def _clock(at: time) -> str:
    return f"{at:%H:%M}"
