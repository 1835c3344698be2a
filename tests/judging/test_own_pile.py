"""A judge's own totals, and the stamps by which a save is known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.judging.own_pile import alike, histogram, levels
from contest_portal.judging.save_stamps import MOST_SECONDS, UNKNOWN, Stamp, kept_stamp, stamp_of

totals = st.lists(st.integers(0, 1000).map(lambda tenths: tenths / 10), max_size=60)


@given(totals)
def test_every_total_is_in_one_bin(values: list[float]) -> None:
    bins = histogram(values)
    assert sum(one.count for one in bins) == len(values)
    for one in bins:
        last = one.high == 100
        assert one.count == sum(one.low <= value < one.high or (last and value == 100) for value in values)
    assert [one.low for one in bins] == [bins[0].low + 5 * place for place in range(len(bins))]


@given(totals)
def test_levels_count_from_the_highest_and_say_how_many_share_a_place(values: list[float]) -> None:
    for value, (place, level) in zip(values, levels(values), strict=True):
        assert place == 1 + sum(other > value for other in values)
        assert level == values.count(value)


@pytest.mark.parametrize(
    ("values", "reminded"),
    [
        ([80] * 5, False),  # too few to say anything
        ([80] * 6, True),
        ([79, 80, 81, 80, 79, 81], True),  # within two points
        ([78, 80, 81, 80, 79, 81], False),
        ([80] * 8 + [60, 95], True),  # four of five the same
        ([80] * 7 + [60, 70, 95], False),
    ],
)
def test_a_judge_is_reminded_where_totals_say_nothing(values: list[float], reminded: bool) -> None:
    assert (alike(values) is not None) is reminded


def test_what_the_reminder_says() -> None:
    found = alike([80] * 8 + [60, 95])
    assert found is not None
    assert (found.count, found.low, found.high, found.same, found.common) == (10, 60, 95, 8, 80)


@given(st.from_regex(r"[0-9A-Za-z_-]{8,32}", fullmatch=True), st.integers(1, 10**8), st.integers(0, MOST_SECONDS))
def test_a_stamp_is_kept_as_text_of_sixty_letters_at_most(device: str, number: int, seconds: int) -> None:
    stamp = stamp_of(device, str(number), str(seconds))
    assert kept_stamp(stamp.as_text()) == stamp == Stamp(device, number, seconds)
    assert len(stamp.as_text()) <= 60


@pytest.mark.parametrize("device", ["", "short", "with space in it", "a:colon:inside", "x" * 33, None])
def test_a_device_that_cannot_be_one_counts_as_unknown(device: object) -> None:
    assert stamp_of(device, "1", "1") == UNKNOWN
    assert not UNKNOWN.is_same_page(UNKNOWN)
    assert not UNKNOWN.has_come(UNKNOWN)


def test_seconds_of_one_page_are_counted_once_and_another_pages_from_its_own_beginning() -> None:
    kept = Stamp("telephone-1", 4, 100)
    assert Stamp("telephone-1", 5, 130).seconds_since(kept) == 30
    assert Stamp("telephone-1", 3, 90).seconds_since(kept) == 0
    assert Stamp("desk-page-1", 1, 40).seconds_since(kept) == 40
    assert Stamp("desk-page-1", 1, 10**6).seconds_since(kept) == MOST_SECONDS
