"""Passages side by side: what differs is marked, and only what is the same is called so."""

from __future__ import annotations

from typing import Any

from contest_portal.entries.passage_marks import marked


def passage(a: str, b: str) -> dict[str, Any]:
    return {"a": a, "b": b, "length": 9, "page_a": 1, "page_b": 2}


def test_what_differs_is_marked_on_both_sides() -> None:
    found = marked(passage("我们把红枣分级机试了三次。", "我们把葡萄籽试了三次。"))
    assert not found.is_same
    assert list(found.a) == [("我们把", False), ("红枣分级机", True), ("试了三次。", False)]
    assert list(found.b) == [("我们把", False), ("葡萄籽", True), ("试了三次。", False)]


def test_other_spaces_and_punctuation_are_no_difference() -> None:
    found = marked(passage("用水，很省。\n再试一次", "用水很省 再试一次！"))
    assert found.is_same
    assert not any(is_odd for side in (found.a, found.b) for _words, is_odd in side)


def test_where_long_passages_are_cut_off_is_no_difference() -> None:
    assert marked(passage("甲乙丙丁…", "甲乙丙丁戊己…")).is_same
