"""Grades as schools write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.people.grades import (
    GRADES_OF_KIND,
    GradeReading,
    grade_name,
    next_grade,
    normalise_class_name,
    parse_grade,
    stage_of,
)
from contest_portal.people.school_kinds import KINDS


@pytest.mark.parametrize(
    ("grade", "texts"),
    [
        (1, "一年级 1年级 一 1 01 小学一年级 小一"),
        (6, "六年级 6 小学六年级"),
        (7, "七年级 7年级 七 7 07 ７ 初一 初1 初中一年级 初一年级 初中七年级"),
        (9, "九年级 初三 9"),
        (10, "高一 高1 高中一年级 十年级 10 职高一年级 中职一年级"),
        (11, "高二 高中二年级 十一年级 11 十一"),
        (12, "高三 十二年级 12 高三年级"),
    ],
)
def test_a_grade_is_known_however_it_is_written(grade: int, texts: str) -> None:
    assert {text: parse_grade(text) for text in texts.split()} == {text: GradeReading(grade) for text in texts.split()}


@pytest.mark.parametrize(
    ("text", "grade", "class_name"),
    [
        ("一年级(3)班", 1, "3班"),
        ("一年级（３）班", 1, "3班"),
        ("三年级2班", 3, "2班"),
        ("三年级 二班", 3, "2班"),
        ("七(3)班", 7, "3班"),
        ("7（3）", 7, "3班"),
        ("初一(12)班", 7, "12班"),
        ("高三十二班", 12, "12班"),
        ("一年三班", 1, "3班"),
        ("七年级阳光班", 7, "阳光班"),
    ],
)
def test_a_class_beside_the_grade_is_read_too(text: str, grade: int, class_name: str) -> None:
    assert parse_grade(text) == GradeReading(grade, class_name)


@pytest.mark.parametrize(
    "text", ["", "13", "0", "初四", "高四", "初七年级", "小七", "701", "7班", "2018级", "幼儿园大班", "年级"]
)
def test_what_is_no_grade_is_not_guessed(text: str) -> None:
    assert parse_grade(text) is None


def test_the_first_year_of_a_school_without_lower_grades_is_its_own() -> None:
    assert parse_grade("一年级", kind="junior") == GradeReading(7)
    assert parse_grade("二年级(1)班", kind="vocational") == GradeReading(11, "1班")
    assert parse_grade("一年级", kind="nine_year") == GradeReading(1)
    assert parse_grade("1", kind="senior") == GradeReading(1)  # a bare number is never bent


@given(st.integers(1, 12))
def test_a_grades_own_name_is_read_back(grade: int) -> None:
    assert parse_grade(str(grade_name(grade))) == GradeReading(grade)


def test_class_names_have_one_form() -> None:
    texts = {
        "3": "3班",
        "(3)班": "3班",
        "（三）班": "3班",
        "03班": "3班",
        "十二班": "12班",
        "二十一班": "21班",
        "阳光班": "阳光班",
    }
    assert {text: normalise_class_name(text) for text in texts} == texts
    assert len(normalise_class_name("长" * 30)) == 20


def test_stages_follow_the_six_three_three_years() -> None:
    assert [stage_of(grade) for grade in range(1, 13)] == ["小学"] * 6 + ["初中"] * 3 + ["高中"] * 3
    with pytest.raises(ValueError, match="no such grade"):
        stage_of(13)


@pytest.mark.parametrize(
    ("kind", "last"),
    [
        ("primary", 6),
        ("junior", 9),
        ("senior", 12),
        ("nine_year", 9),
        ("complete", 12),
        ("vocational", 12),
        ("special", 12),
    ],
)
def test_the_last_year_of_each_kind_of_school_graduates(kind: str, last: int) -> None:
    grades = GRADES_OF_KIND[kind]
    assert [next_grade(grade, kind) for grade in grades] == [*range(grades.start + 1, last + 1), None]
    assert kind in KINDS
