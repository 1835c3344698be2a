"""ID numbers against GB 11643—1999.

`tests/published/id_numbers.csv`: the standard's own example and others made by its rule, with their verdicts.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.people.id_number import (
    IdNumber,
    IdNumberProblem,
    age_on,
    check_character,
    check_id_number,
    mask_id_number,
    normalise_id_number,
)
from contest_portal.people.phones import mask_phone

TODAY = date(2018, 5, 20)
PUBLISHED = list(
    csv.DictReader(Path(__file__).parents[1].joinpath("published/id_numbers.csv").read_text("utf-8").splitlines())
)
CODE_OF_VERDICT = {"valid_checksum": "years", "checksum": "checksum", "date": "date", "length": "length"}

birth_dates = st.dates(date(1930, 1, 1), TODAY)
sequences = st.integers(0, 999)


def number_of(birth_on: date, sequence: int) -> str:
    first = f"990000{birth_on:%Y%m%d}{sequence:03d}"
    return first + check_character(first)


@pytest.mark.parametrize("line", PUBLISHED, ids=[line["note"] or line["number"] for line in PUBLISHED])
def test_every_published_number_gets_its_verdict(line: dict[str, str]) -> None:
    checked = check_id_number(line["number"], today=TODAY)
    if line["verdict"] == "valid":
        assert isinstance(checked, IdNumber)
        assert checked.number == normalise_id_number(line["number"])
    else:
        assert isinstance(checked, IdNumberProblem)
        assert checked.code == CODE_OF_VERDICT[line["verdict"]]


def test_the_standards_example_is_a_woman_born_on_the_last_day_of_1949() -> None:
    assert check_id_number("11010519491231002x", today=TODAY) == IdNumber(
        "11010519491231002X", date(1949, 12, 31), "女"
    )


@given(birth_dates, sequences)
def test_a_number_made_by_the_rule_tells_its_birth_date_and_sex(birth_on: date, sequence: int) -> None:
    checked = check_id_number(number_of(birth_on, sequence), today=TODAY)
    assert checked == IdNumber(number_of(birth_on, sequence), birth_on, "男" if sequence % 2 else "女")


@given(birth_dates, sequences, st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_found(birth_on: date, sequence: int, place: int, shift: int) -> None:
    good = number_of(birth_on, sequence)
    wrong = good[:place] + str((int(good[place]) + shift) % 10) + good[place + 1 :]
    assert isinstance(check_id_number(wrong, today=TODAY), IdNumberProblem)


@given(birth_dates, sequences, st.integers(0, 15))
def test_two_neighbours_changed_over_are_always_found(birth_on: date, sequence: int, place: int) -> None:
    good = number_of(birth_on, sequence)
    wrong = good[:place] + good[place + 1] + good[place] + good[place + 2 :]
    if wrong != good:
        assert isinstance(check_id_number(wrong, today=TODAY), IdNumberProblem)


@given(birth_dates, sequences, st.lists(st.tuples(st.integers(0, 18), st.sampled_from(" \u3000\t\u200b'")), max_size=4))
def test_spaces_full_width_digits_and_a_small_x_change_nothing(
    birth_on: date, sequence: int, strays: list[tuple[int, str]]
) -> None:
    number = number_of(birth_on, sequence)
    typed = "".join(chr(ord(ch) + 0xFEE0) for ch in number.lower())
    for place, stray in strays:
        typed = typed[:place] + stray + typed[place:]
    checked = check_id_number(typed, today=TODAY)
    assert isinstance(checked, IdNumber)
    assert checked.number == number
    assert normalise_id_number(normalise_id_number(typed)) == normalise_id_number(typed)


@given(st.text(max_size=30))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(check_id_number(text, today=TODAY), IdNumber | IdNumberProblem)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("  ", "missing"),
        ("6207020805120", "length"),
        ("620702080512001", "length"),
        ("护照E12345678", "characters"),
        ("99000020080512001①", "checksum"),  # a circled 1 is a 1 like any other, and the wrong one
        ("9900X0200805120014", "characters"),
        ("990000200802300010", "date"),
        ("990000000005120010", "date"),
    ],
)
def test_what_is_wrong_has_a_code(text: str, code: str) -> None:
    checked = check_id_number(text, today=TODAY)
    assert isinstance(checked, IdNumberProblem)
    assert checked.code == code
    assert str(checked.message).endswith("。")


def test_the_ages_of_a_roster_bound_the_birth_date() -> None:
    number = number_of(date(2008, 5, 21), 1)  # 9 years old until tomorrow
    assert isinstance(check_id_number(number, today=TODAY, min_age=9, max_age=9), IdNumber)
    assert isinstance(check_id_number(number, today=TODAY, min_age=10), IdNumberProblem)
    assert isinstance(check_id_number(number, today=TODAY + timedelta(days=1), min_age=10), IdNumber)
    assert isinstance(check_id_number(number_of(TODAY + timedelta(days=1), 1), today=TODAY), IdNumberProblem)


def test_full_years_are_counted_to_the_day() -> None:
    assert [age_on(date(2008, 2, 29), day) for day in (date(2018, 2, 28), date(2018, 3, 1), date(2020, 2, 29))] == [
        9,
        10,
        12,
    ]


def test_masks_show_what_staff_may_see() -> None:
    assert mask_id_number("620702200805121234") == "620702********1234"
    assert mask_phone("13812341234") == "138****1234"
    assert mask_phone("0936-8211234") == "093*****1234"
    assert mask_phone("8211234") == "*****34"
    assert (mask_id_number("12345"), mask_id_number(""), mask_phone("12"), mask_phone("")) == ("*****", "", "**", "")
