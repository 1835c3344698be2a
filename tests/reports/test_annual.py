"""The sentence of the annual summary, against the office's own of 2018."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contest_portal.reports.annual import (
    CategoryNumbers,
    inconsistencies,
    participants_phrase,
    stated_people,
    summary_sentence,
)

PUBLISHED = json.loads((Path(__file__).parents[1] / "published" / "contest_2018.json").read_text("utf-8"))


def published_categories() -> list[CategoryNumbers]:
    return [CategoryNumbers(**category) for category in PUBLISHED["categories"]]


def test_the_sentence_of_2018_comes_out_to_the_letter() -> None:
    assert summary_sentence(published_categories(), "全市第九届青少年科技创新大赛") == PUBLISHED["sentence"]


@pytest.mark.parametrize(
    ("total", "phrase"),
    [(18_600, "18600名师生"), (18_637, "18600多名师生"), (18_699, "18600多名师生"), (42, "42名师生")],
)
def test_a_head_count_is_stated_in_whole_hundreds(total: int, phrase: str) -> None:
    assert participants_phrase(total) == phrase


def test_the_published_numbers_are_consistent() -> None:
    assert inconsistencies(published_categories()) == []


def test_more_recommended_than_collected_is_named() -> None:
    wrong = CategoryNumbers("科幻画作品", "件", collected=26, recommended=62)
    assert [str(message) for message in inconsistencies([wrong])] == ["科幻画作品：推荐 62 多于征集 26，请核对。"]


def test_a_slip_in_one_stage_is_named_though_the_sum_is_right() -> None:
    wrong = CategoryNumbers("成果", "项", 70, 63, {"中学": 50, "小学": 20}, {"中学": 41, "小学": 22})
    assert [str(message) for message in inconsistencies([wrong])] == ["成果(小学)：推荐 22 多于征集 20，请核对。"]


@pytest.mark.parametrize(
    ("figure", "people"),
    [
        (450, 450),
        ("16000多人次", 16_000),
        ("3,000多名师生", 3_000),
        ("1.2万余人次", 12_000),
        ("近 2 万人", 20_000),
        ("2场共300人", 300),
        ("120", 120),
        ("很多人", 0),
        ("", 0),
        ("8辆", 0),
    ],
)
def test_people_are_read_from_a_typed_figure(figure: object, people: int) -> None:
    assert stated_people(figure) == people
