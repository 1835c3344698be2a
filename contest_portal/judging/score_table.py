"""Scores from any table: three columns by their names, every fault named by its line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from contest_portal.core.spreadsheets.sheet import Sheet, text_of
from contest_portal.judging.ranking import Method, Ranking, rank

ENTRY, JUDGE, SCORE = "作品编号", "评委编号", "总分"
"""The columns of the exported workbook's sheet of scores. They stay Chinese in every language."""

SAME = {"entry": ENTRY, "judge": JUDGE, "score": SCORE}
"""English names for the same columns, of older workbooks and of tables from elsewhere."""


class ScoreTableError(ValueError):
    """What is wrong with the table, for the person at the console."""


def read_scores(sheets: Sequence[Sheet], entry: str, judge: str, score: str) -> list[tuple[str, str, float]]:
    """(entry, judge, score) of each row of the first sheet that has the three columns; its first row names them.

    Raises ScoreTableError.
    """
    names = (entry, judge, score)
    sheet = next((one for one in sheets if None not in _places(one, names)), sheets[0])
    places = [place for place in _places(sheet, names) if place is not None]
    if len(places) < len(names):
        missing = [name for name, place in zip(names, _places(sheet, names), strict=True) if place is None]
        raise ScoreTableError(f"没有找到列：{'、'.join(missing)}。表中的列有：{'、'.join(_titles(sheet))}。")
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


def _titles(sheet: Sheet) -> list[str]:
    return [text_of(value) for value in sheet.rows[0].values]


def _places(sheet: Sheet, names: Sequence[str]) -> list[int | None]:
    """Where the columns of these names stand, each under its own name or the other one for the same."""
    titles, other = _titles(sheet), SAME | {chinese: english for english, chinese in SAME.items()}
    found = [name if name in titles else other.get(name, name) for name in names]
    return [titles.index(name) if name in titles else None for name in found]


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
