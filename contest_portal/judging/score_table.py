"""Scores from any table: three columns by their names, every fault named by its line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from contest_portal.core.spreadsheets.sheet import Sheet, text_of
from contest_portal.judging.ranking import Method, Ranking, rank


class ScoreTableError(ValueError):
    """What is wrong with the table, for the person at the console."""


def read_scores(sheet: Sheet, entry: str, judge: str, score: str) -> list[tuple[str, str, float]]:
    """(entry, judge, score) of each row; the first row names the columns. Raises ScoreTableError."""
    if not sheet.rows:
        raise ScoreTableError("表格是空的。")
    titles = [text_of(value) for value in sheet.rows[0].values]
    missing = [name for name in (entry, judge, score) if name not in titles]
    if missing:
        raise ScoreTableError(f"没有找到列：{'、'.join(missing)}。表中的列有：{'、'.join(titles)}。")
    places = [titles.index(name) for name in (entry, judge, score)]
    rows = []
    for row in sheet.rows[1:]:
        who, by, text = (text_of(row[place]) for place in places)
        if not (who or by or text):
            continue
        value = _number(text)
        if not who or not by or value is None:
            raise ScoreTableError(f"第 {row.number} 行不完整或分数不是数字：{who or '—'}，{by or '—'}，{text or '—'}。")
        rows.append((who, by, value))
    return rows


def rank_scores(
    rows: Sequence[tuple[str, str, float]], method: str, *, entries_fixed: bool, precision: float
) -> Ranking:
    """The ranking of such rows."""
    return rank(rows, method=Method(method), entries_fixed=entries_fixed, precision=precision)


def to_json(ranking: Ranking) -> dict[str, Any]:
    """The ranking as JSON-able data."""
    return {
        "requested": str(ranking.requested),
        "method": str(ranking.method),
        "entries_fixed": ranking.entries_fixed,
        "reason": str(ranking.reason),
        "mean": ranking.mean,
        "variance": asdict(ranking.variance),
        "parts": len(ranking.components),
        "entries": [asdict(one) for one in ranking.entries],
        "judges": [asdict(one) for one in ranking.judges],
    }


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
