"""The deadline to its second, its grace and its exceptions; the steps of the year."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.contests.calendar import Timetable, steps_of, submission_phase, timetable_problems

ZONE = ZoneInfo("Asia/Shanghai")
OPENS = datetime(2018, 4, 1, 0, 0, tzinfo=ZONE)
CLOSES = datetime(2018, 4, 20, 23, 59, 59, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("moment", "phase"),
    [
        (OPENS - timedelta(microseconds=1), "before"),
        (OPENS, "open"),
        (CLOSES, "open"),
        (CLOSES + timedelta(microseconds=999_999), "open"),
        (CLOSES + timedelta(seconds=1), "grace"),
        (CLOSES + timedelta(seconds=60, microseconds=999_999), "grace"),
        (CLOSES + timedelta(seconds=61), "closed"),
    ],
)
def test_the_deadline_is_inclusive_to_its_second_and_one_silent_minute_follows(moment: datetime, phase: str) -> None:
    assert submission_phase(moment, OPENS, CLOSES, 60) == phase


def test_without_grace_the_next_second_is_closed() -> None:
    assert submission_phase(CLOSES + timedelta(seconds=1), OPENS, CLOSES, 0) == "closed"


def test_an_exception_or_a_new_deadline_of_a_returned_entry_moves_the_end_later() -> None:
    late = CLOSES + timedelta(days=3)
    assert submission_phase(late, OPENS, CLOSES, 60) == "closed"
    assert submission_phase(late, OPENS, CLOSES, 60, exception_until=late) == "open"
    assert submission_phase(late, OPENS, CLOSES, 60, fix_until=late) == "open"
    assert submission_phase(late + timedelta(seconds=60), OPENS, CLOSES, 60, fix_until=late) == "grace"
    assert submission_phase(late + timedelta(seconds=61), OPENS, CLOSES, 60, fix_until=late) == "closed"


def test_an_exception_in_the_past_takes_nothing_away() -> None:
    assert submission_phase(CLOSES, OPENS, CLOSES, 60, exception_until=OPENS, fix_until=OPENS) == "open"


def test_without_dates_nothing_comes_in() -> None:
    assert submission_phase(OPENS, None, CLOSES) == "before"
    assert submission_phase(OPENS, OPENS, None) == "before"


@given(st.integers(-100_000, 200_000), st.integers(0, 600), st.integers(0, 100_000))
def test_phases_follow_one_another_and_never_go_back(second: int, grace: int, step: int) -> None:
    order = ["before", "open", "grace", "closed"]
    closes = OPENS + timedelta(seconds=90_000)
    earlier = OPENS + timedelta(seconds=second)
    first = submission_phase(earlier, OPENS, closes, grace)
    second_phase = submission_phase(earlier + timedelta(seconds=step), OPENS, closes, grace)
    assert order.index(first) <= order.index(second_phase)


YEAR = Timetable(
    called_on=date(2018, 3, 1),
    opens_on=date(2018, 3, 16),
    closes_on=date(2018, 5, 15),
    screening_until=date(2018, 5, 25),
    judging_from=date(2018, 5, 26),
    judging_until=date(2018, 6, 9),
    publication_on=date(2018, 6, 15),
)


@pytest.mark.parametrize(
    ("today", "states"),
    [
        (date(2018, 2, 28), ["coming"] * 5),
        (date(2018, 3, 1), ["current", "coming", "coming", "coming", "coming"]),
        (date(2018, 3, 10), ["done", "coming", "coming", "coming", "coming"]),
        (date(2018, 5, 15), ["done", "current", "coming", "coming", "coming"]),
        (date(2018, 5, 16), ["done", "done", "current", "coming", "coming"]),
        (date(2018, 6, 20), ["done", "done", "done", "done", "current"]),
    ],
)
def test_the_steps_show_where_the_year_stands(today: date, states: list[str]) -> None:
    steps = steps_of(YEAR, today)
    assert [step.code for step in steps] == ["call", "submission", "screening", "judging", "publication"]
    assert [step.state for step in steps] == states


def test_steps_without_days_are_left_out() -> None:
    steps = steps_of(Timetable(opens_on=date(2018, 3, 16), closes_on=date(2018, 5, 15)), date(2018, 4, 1))
    assert [step.code for step in steps] == ["submission"]


def test_a_timetable_in_order_has_no_problem() -> None:
    assert timetable_problems(YEAR) == []


def test_a_day_before_the_one_it_must_follow_is_named() -> None:
    wrong = Timetable(opens_on=date(2018, 5, 1), closes_on=date(2018, 4, 1), judging_from=date(2018, 4, 15))
    assert [(name, str(sentence)) for name, sentence in timetable_problems(wrong)] == [
        ("closes_on", "申报截止日期（2018-04-01）早于申报开始日期（2018-05-01），请调整"),
        ("judging_from", "评审开始日期（2018-04-15）早于申报开始日期（2018-05-01），请调整"),
    ]


def test_judging_may_begin_while_the_last_entries_are_screened() -> None:
    overlapping = Timetable(
        closes_on=date(2018, 5, 15), screening_until=date(2018, 5, 30), judging_from=date(2018, 5, 20)
    )
    assert timetable_problems(overlapping) == []
