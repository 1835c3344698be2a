"""A table of numbers in plain text, in columns although Chinese letters are two cells wide. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from contest_portal.reports.annual import PRIMARY, SECONDARY, CategoryNumbers

HEAD = ("类别", "征集", "推荐", "小学 征集/推荐", "中学 征集/推荐")


def width(text: str) -> int:
    """The cells that a terminal gives the text."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def category_table(categories: Sequence[CategoryNumbers]) -> str:
    """征集 / 推荐 by category and, where pupils enter, by stage; the sum in the last line."""
    rows = [HEAD, *(_row(category) for category in categories)]
    collected = sum(category.collected for category in categories)
    rows.append(("合计", str(collected), str(sum(category.recommended for category in categories)), "", ""))
    widths = [max(width(row[column]) for row in rows) for column in range(len(HEAD))]
    return "\n".join("  ".join(_cell(row[c], widths[c], c > 0) for c in range(len(HEAD))).rstrip() for row in rows)


def _row(category: CategoryNumbers) -> tuple[str, ...]:
    stages = ["{}/{}".format(*category.stages[stage]) if category.stages else "" for stage in (PRIMARY, SECONDARY)]
    name = f"{category.name}({category.measure})"
    return (name, str(category.collected), str(category.recommended), *stages)


def _cell(text: str, cells: int, right: bool) -> str:
    space = " " * (cells - width(text))
    return space + text if right else text + space
