"""Numbers of certificates: the customary pattern, what a pattern may not be, and finding them however they are typed."""

from __future__ import annotations

import pytest

from contest_portal.results.certificates.layout import (
    KINDS,
    NO_ADMISSION,
    Layout,
    TextBox,
    default_layout,
    in_chinese,
    layout_problems,
    letters_of,
    runs_of,
)
from contest_portal.results.certificates.numbers import (
    default_pattern,
    format_number,
    name_key,
    number_key,
    pattern_problem,
)


def test_the_customary_number_of_the_district() -> None:
    assert format_number(default_pattern("甘州区"), 2018, 1) == "甘区科青创〔2018〕第0001号"
    assert format_number(default_pattern("甘州区"), 2018, 12345) == "甘区科青创〔2018〕第12345号"


@pytest.mark.parametrize(
    "typed",
    [
        "甘区科青创〔2018〕第0001号",
        "甘区科青创[2018]第1号",
        "甘区科青创（２０１８）第０００１号",
        " 甘区科青创 2018 第 0001 号 ",
    ],
)
def test_a_number_is_found_however_it_is_typed(typed: str) -> None:
    assert number_key(typed) == number_key("甘区科青创〔2018〕第0001号")


@pytest.mark.parametrize(
    "other", ["甘区科青创〔2018〕第0010号", "甘区科青创〔2019〕第0001号", "山区科青创〔2018〕第0001号", "", "号"]
)
def test_another_number_is_another(other: str) -> None:
    assert number_key(other) != number_key("甘区科青创〔2018〕第0001号")


def test_numbers_beside_numbers_stay_apart() -> None:
    assert number_key("GZ2018-0012") != number_key("GZ201-80012")


def test_names_with_blanks_and_dots() -> None:
    assert name_key("张 晓明") == name_key("张晓明")
    assert name_key("买买提·艾力") == name_key("买买提•艾力") == name_key("买买提艾力")
    assert name_key("张晓明") != name_key("张小明")


@pytest.mark.parametrize("pattern", ["甘区〔{年}〕号", "{序号}{序号}", "{序号}{学校}", "{序号}{", "号" * 60 + "{序号}"])
def test_a_pattern_that_cannot_be_used(pattern: str) -> None:
    assert pattern_problem(pattern) is not None


@pytest.mark.parametrize("is_landscape", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_the_layouts_that_come_with_the_program_have_no_problem(kind: str, is_landscape: bool) -> None:
    layout = default_layout(kind, is_landscape=is_landscape)
    assert layout_problems(layout, has_own_font=False) == []
    assert Layout.from_dict(layout.to_dict()) == layout
    assert NO_ADMISSION in letters_of(layout, {})


def test_what_a_certificate_must_say_is_asked_for() -> None:
    box = TextBox("证书", 10, 10, 100, 20, font="own")
    problems = [str(one) for one in layout_problems(Layout(texts=(box,)), has_own_font=False)]
    assert [text for text in problems if "必须写有" in text] == [
        "证书上必须写有「不作为中小学招生入学依据」。",
        "证书上必须写有「{编号}」。",
        "证书上必须写有「{姓名}」。",
    ]
    assert any("还没有上传字体文件" in text for text in problems)


def test_what_stands_beside_the_paper_or_is_no_field_is_told_by_its_place() -> None:
    boxes = (TextBox("{姓名}{编号}" + NO_ADMISSION, 10, 10, 100, 20), TextBox("{班级}", 250, 10, 100, 20))
    problems = [str(one) for one in layout_problems(Layout(texts=boxes), has_own_font=False)]
    assert problems == ["第 2 处文字里的「{班级}」不是可以填的内容。", "第 2 处文字放到了纸的外面。"]


def test_a_line_whose_fields_are_empty_is_left_out() -> None:
    runs = runs_of(
        "{姓名}{称呼}：\n辅导教师：{辅导教师}\n特发此证。", {"姓名": "张晓明", "称呼": "同学", "辅导教师": ""}
    )
    assert "".join(words for words, _bold in runs) == "张晓明同学：\n特发此证。"
    assert ("张晓明", True) in runs


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ((2018, 5, 20), "二〇一八年五月二十日"),
        ((2020, 10, 1), "二〇二〇年十月一日"),
        ((2018, 12, 31), "二〇一八年十二月三十一日"),
    ],
)
def test_a_day_in_chinese(day: tuple[int, int, int], words: str) -> None:
    assert in_chinese(*day) == words
