"""Sessions by a pattern: the holidays of 2018 and 2026 by hand-written dates, closed days, breaks, made again.

Sources of the dates: 国办发明电〔2017〕12号 (2018) and 国办发明电〔2025〕7号 (2026), 关于部分节假日安排的通知.
"""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.events.planning.generator import (
    Existing,
    Pattern,
    Slot,
    generate,
    listed_slots,
    regular_slots,
    slot_problem,
)
from contest_portal.events.planning.typed_days import Unreadable, typed_days, typed_times

MORNING = (Slot(time(9), time(10, 30)),)
SCHOOL_DAYS = frozenset(range(5))


def pattern(first: str, last: str, **changes: object) -> Pattern:
    values = {"weekdays": SCHOOL_DAYS, "slots": MORNING, "capacity": 150} | changes
    return Pattern(date.fromisoformat(first), date.fromisoformat(last), **values)  # type: ignore[arg-type]


def days_of(wished: Pattern, own: dict[date, bool] | None = None) -> list[str]:
    return [f"{one.day:%m-%d}" for one in generate(wished, own or {}).sessions]


# (first, last, days with sessions on school days, days left out, swapped working weekends)
AROUND_HOLIDAYS = {
    "清明 2018": ("2018-04-02", "2018-04-08", ["04-02", "04-03", "04-04"], ["04-05", "04-06"], ["04-08"]),
    "劳动节 2018": ("2018-04-27", "2018-05-02", ["04-27", "05-02"], ["04-30", "05-01"], ["04-28"]),
    "端午 2018": ("2018-06-15", "2018-06-19", ["06-15", "06-19"], ["06-18"], []),
    "中秋 2018": ("2018-09-21", "2018-09-25", ["09-21", "09-25"], ["09-24"], []),
    "国庆 2018": (
        "2018-09-28",
        "2018-10-08",
        ["09-28", "10-08"],
        ["10-01", "10-02", "10-03", "10-04", "10-05"],
        ["09-29", "09-30"],
    ),
    "春节 2026": (
        "2026-02-13",
        "2026-02-28",
        ["02-13", "02-24", "02-25", "02-26", "02-27"],
        ["02-16", "02-17", "02-18", "02-19", "02-20", "02-23"],
        ["02-14", "02-28"],
    ),
    "劳动节 2026": (
        "2026-04-30",
        "2026-05-09",
        ["04-30", "05-06", "05-07", "05-08"],
        ["05-01", "05-04", "05-05"],
        ["05-09"],
    ),
    "国庆 2026": (
        "2026-09-20",
        "2026-10-10",
        ["09-21", "09-22", "09-23", "09-24", "09-28", "09-29", "09-30", "10-08", "10-09"],
        ["09-25", "10-01", "10-02", "10-05", "10-06", "10-07"],
        ["09-20", "10-10"],
    ),
}


@pytest.mark.parametrize("name", AROUND_HOLIDAYS)
def test_school_days_without_the_holidays(name: str) -> None:
    first, last, with_sessions, left_out, _swapped = AROUND_HOLIDAYS[name]
    outcome = generate(pattern(first, last))
    assert [f"{one.day:%m-%d}" for one in outcome.sessions] == with_sessions
    assert [f"{one.day:%m-%d}" for one in outcome.left_out] == left_out
    assert outcome.added == ()


@pytest.mark.parametrize("name", AROUND_HOLIDAYS)
def test_weekends_on_which_people_work_are_added_if_wished(name: str) -> None:
    first, last, with_sessions, _left_out, swapped = AROUND_HOLIDAYS[name]
    outcome = generate(pattern(first, last, swapped_weekends=True))
    assert [f"{one.day:%m-%d}" for one in outcome.added] == swapped
    assert [f"{one.day:%m-%d}" for one in outcome.sessions] == sorted(with_sessions + swapped)


def test_what_is_left_out_says_why() -> None:
    outcome = generate(
        pattern("2018-09-24", "2018-10-01", closed={date(2018, 9, 26): "设备检修", date(2018, 9, 27): ""}),
        {date(2018, 9, 28): False},
    )
    assert [(f"{one.day:%m-%d}", str(one.words)) for one in outcome.left_out] == [
        ("09-24", "中秋节放假"),
        ("09-26", "不开放：设备检修"),
        ("09-27", "不开放的日子"),
        ("09-28", "本单位日历上的休息日"),
        ("10-01", "国庆节放假"),
    ]


def test_a_museum_open_on_usual_weekends_is_closed_on_those_of_a_holiday() -> None:
    everyday = frozenset(range(7))
    assert days_of(pattern("2018-09-28", "2018-10-08", weekdays=everyday)) == ["09-28", "09-29", "09-30", "10-08"]
    assert days_of(pattern("2018-10-13", "2018-10-14", weekdays=everyday)) == ["10-13", "10-14"]


def test_holidays_stay_if_they_are_not_to_be_left_out() -> None:
    assert days_of(pattern("2018-10-01", "2018-10-02", leave_out_holidays=False)) == ["10-01", "10-02"]


def test_the_offices_own_days_go_before_the_state_councils() -> None:
    own = {date(2018, 10, 5): True, date(2018, 10, 8): False, date(2018, 10, 13): True}
    assert days_of(pattern("2018-10-04", "2018-10-13"), own) == ["10-05", "10-09", "10-10", "10-11", "10-12"]
    with_own = pattern("2018-10-04", "2018-10-13", swapped_weekends=True)
    assert days_of(with_own, own) == ["10-05", "10-09", "10-10", "10-11", "10-12", "10-13"]


def test_a_closed_day_goes_before_the_offices_own_working_day() -> None:
    closed = {date(2018, 10, 5): "布展"}
    assert days_of(pattern("2018-10-05", "2018-10-05", closed=closed), {date(2018, 10, 5): True}) == []


def test_years_without_an_announced_calendar_are_named() -> None:
    outcome = generate(pattern("2099-01-01", "2099-01-07"))
    assert outcome.unannounced == (2099,)
    assert [f"{one.day:%m-%d}" for one in outcome.sessions] == ["01-01", "01-02", "01-05", "01-06", "01-07"]


def test_made_again_it_adds_only_what_is_missing() -> None:
    slots = (Slot(time(9), time(10, 30)), Slot(time(14), time(15, 30)))
    wished = pattern("2018-09-10", "2018-09-11", slots=slots)
    existing = [
        Existing(1, date(2018, 9, 10), time(9), time(10, 30)),
        Existing(2, date(2018, 9, 11), time(13, 30), time(14, 30)),
    ]
    outcome = generate(wished, existing=existing)
    assert [(one.day.day, one.slot.begin) for one in outcome.sessions] == [(10, time(14)), (11, time(9))]
    assert outcome.there == 1
    assert [str(one.words) for one in outcome.clashing] == [
        "14:00 的一场没有排：与已有的第 2 场（13:30–14:30）时间重叠。"
    ]


def test_times_of_a_day_keep_out_of_the_break() -> None:
    lunch = [(time(12), time(14))]
    assert regular_slots(time(9), time(17), 90, 0, lunch) == (
        Slot(time(9), time(10, 30)),
        Slot(time(10, 30), time(12)),
        Slot(time(14), time(15, 30)),
        Slot(time(15, 30), time(17)),
    )
    # With ten minutes between, the second would reach into the break, and the fourth beyond the day.
    assert [one.begin for one in regular_slots(time(9), time(17), 90, 10, lunch)] == [time(9), time(14)]


def test_times_that_touch_are_no_clash_and_those_that_overlap_are_named() -> None:
    assert slot_problem(listed_slots([time(9), time(10, 30)], 90)) is None
    problem = slot_problem(listed_slots([time(9), time(10)], 90))
    assert str(problem).startswith("09:00 开始的一场到 10:30 才结束，与 10:00 开始的一场重叠")
    assert listed_slots([time(23)], 90) == ()


@given(
    first=st.dates(date(2018, 1, 1), date(2026, 12, 1)),
    length=st.integers(0, 40),
    weekdays=st.frozensets(st.integers(0, 6)),
    swapped=st.booleans(),
    minutes=st.integers(20, 300),
    pause=st.integers(0, 60),
)
def test_whatever_is_wished_nothing_overlaps_and_a_second_time_makes_nothing(
    first: date, length: int, weekdays: frozenset[int], swapped: bool, minutes: int, pause: int
) -> None:
    slots = regular_slots(time(8), time(18), minutes, pause, [(time(12), time(13, 30))])
    wished = Pattern(first, first + timedelta(days=length), weekdays, slots, 10, swapped_weekends=swapped)
    outcome = generate(wished)
    assert all(not (one.slot.begin < time(13, 30) and time(12) < one.slot.end) for one in outcome.sessions)
    assert {one.day for one in outcome.sessions}.isdisjoint({one.day for one in outcome.left_out})
    for one, after in zip(outcome.sessions, outcome.sessions[1:], strict=False):
        assert (one.day, one.slot.end) <= (after.day, after.slot.begin)
    there = [Existing(n, one.day, one.slot.begin, one.slot.end) for n, one in enumerate(outcome.sessions, 1)]
    again = generate(wished, existing=there)
    assert (again.sessions, again.clashing, again.there) == ((), (), len(there))


def test_days_as_people_type_them() -> None:
    typed = "2018-09-12 设备检修\n\n2018年10月8日至2018年10月10日：布展\n2018/9/3"
    assert typed_days(typed) == {
        date(2018, 9, 12): "设备检修",
        date(2018, 10, 8): "布展",
        date(2018, 10, 9): "布展",
        date(2018, 10, 10): "布展",
        date(2018, 9, 3): "",
    }
    for wrong in ("九月三日", "2018-02-30", "2018-09-12 至 2018-09-10"):
        with pytest.raises(Unreadable, match="「" + wrong):
            typed_days(wrong)


def test_times_as_people_type_them() -> None:
    assert typed_times(" 9:00 10:30、14：00，15:30 ") == [time(9), time(10, 30), time(14), time(15, 30)]
    with pytest.raises(Unreadable, match="「25:00」不是时间"):
        typed_times("9:00 25:00")
