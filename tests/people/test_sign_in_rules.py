"""Passwords, user names, phones, delays, codes, school codes: the pure rules."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.people.browser_names import browser_name
from contest_portal.people.invitation_codes import new_code, normal_code
from contest_portal.people.login_delay import MOST, delay_after
from contest_portal.people.login_names import login_name_problem, normal_login_name
from contest_portal.people.password_rules import password_problem
from contest_portal.people.password_words import words_of_person, words_of_school
from contest_portal.people.phones import mask_phone, mobile_problem, normal_mobile
from contest_portal.people.school_kinds import KINDS, code_problem, kind_of_word


@pytest.mark.parametrize(
    "password",
    ["1234567", "12345678", "ABC12345", "hgfedcba", "23456789", "11111111", "王芳", "wangfang2018", "x" * 129],
)
def test_short_common_and_personal_passwords_are_refused(password: str) -> None:
    assert password_problem(password, personal=["王芳", "WangFang2018", "13812345678"])


@pytest.mark.parametrize("password", ["heihe-2018", "一只小猫过河去了", "7times9is63", "wangfang-heihe-2018"])
def test_other_passwords_of_eight_characters_are_fine(password: str) -> None:
    assert password_problem(password, personal=["王芳", "wangfang", "13812345678"]) is None


@pytest.mark.parametrize("password", ["michael1", "Football123!", "ｐａｓｓｗｏｒｄ", "trustno1", "dragon2018"])
def test_what_is_known_from_breaches_is_refused_with_a_few_digits_as_well(password: str) -> None:
    problem = password_problem(password)
    assert problem is not None
    assert "太常见" in problem.source


@pytest.mark.parametrize(
    "password",
    ["wangfang2018", "WangFang-123", "王芳王芳王芳王芳", "xiguan-2018", "2018xiguanxiaoxue", "西关小学2018", "x13812345678",
     "wangfang12345", "20182019", "fangfang1987"],
)  # fmt: skip
def test_what_stands_about_its_owner_makes_no_password(password: str) -> None:
    about = words_of_person("王芳") | words_of_school("甘州区西关小学") | {"fangfang", "13812345678"}
    assert password_problem(password, personal=about)


def test_a_school_is_known_by_its_short_name_and_in_pinyin() -> None:
    assert {"西关小学", "西关", "xiguan", "xiguanxiaoxue", "ganzhouquxiguanxiaoxue"} <= words_of_school(
        "甘州区西关小学"
    )
    assert "ganzhou" in words_of_school("甘州中学")
    assert words_of_person("Li Ming") == {"Li Ming"}


@pytest.mark.parametrize(
    ("typed", "kept", "good"),
    [
        ("WangFang", "wangfang", True),
        ("ｗａｎｇ－1", "wang-1", True),
        ("王芳", "王芳", True),
        ("13812345678", "13812345678", False),
        ("a b", "a b", False),
        ("王", "王", False),
    ],
)
def test_user_names_cannot_be_taken_for_phone_numbers(typed: str, kept: str, good: bool) -> None:
    assert normal_login_name(typed) == kept
    assert (login_name_problem(kept) is None) is good


@pytest.mark.parametrize(
    ("typed", "kept"), [("+86 138 1234 5678", "13812345678"), ("１３８-1234-5678", "13812345678"), (" 138 ", "138")]
)
def test_mobile_numbers_are_mended(typed: str, kept: str) -> None:
    assert normal_mobile(typed) == kept
    assert (mobile_problem(kept) is None) is (len(kept) == 11)


def test_a_masked_number_keeps_its_first_three_and_last_four_digits() -> None:
    assert mask_phone("13812345678") == "138****5678"
    assert mask_phone("0936-8212345") == "093*****2345"
    assert mask_phone(None) == ""


def test_the_wait_doubles_from_the_fifth_failure_up_to_a_quarter_of_an_hour() -> None:
    waits = [delay_after(n, free=5, first=timedelta(seconds=30)).total_seconds() for n in range(1, 12)]
    assert waits == [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900]
    assert delay_after(10_000, free=5, first=timedelta(seconds=30)) == MOST


def test_a_code_is_found_again_however_it_is_typed() -> None:
    for _ in range(50):
        code = new_code()
        assert len(code) == 19
        assert normal_code(code) == code
        assert normal_code(code.lower().replace("-", " ").replace("0", "o").replace("1", "l")) == code


@given(st.text())
def test_nothing_that_is_typed_as_a_code_breaks(text: str) -> None:
    assert normal_code(normal_code(text)) == normal_code(text)


@pytest.mark.parametrize(
    ("code", "kind", "good"),
    [
        ("", "primary", True),
        ("2162000123", "primary", True),
        ("3162000123", "junior", True),
        ("3162000123", "nine_year", True),
        ("3462000123", "complete", True),
        ("3462000123", "senior", True),
        ("3662000123", "vocational", True),
        ("5162000123", "special", True),
        ("2162000123", "junior", False),
        ("3462000123", "junior", False),
        ("2262000123", "primary", False),
        ("2199000123", "primary", False),
        ("216200012", "primary", False),
        ("21620001234", "primary", False),
        ("2162O00123", "primary", False),
    ],
)
def test_a_school_code_must_be_whole_and_agree_with_the_kind(code: str, kind: str, good: bool) -> None:
    assert (code_problem(code, kind) is None) is good


def test_the_words_on_screen_name_their_kinds() -> None:
    assert {kind_of_word(word) for word in KINDS.values()} == set(KINDS)
    assert kind_of_word(" 九年一贯制 学校 ") == "nine_year"
    assert kind_of_word("幼儿园") is None


def test_a_browser_is_named_as_its_user_knows_it() -> None:
    chrome = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
    )
    assert browser_name(chrome) == "Chrome · Windows"
    assert browser_name("curl/8") == ""
