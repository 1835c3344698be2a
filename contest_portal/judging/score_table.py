"""Scores from any table: columns by their names, every fault named by its line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from contest_portal.core.spreadsheets.sheet import Sheet, text_of
from contest_portal.core.text import Message
from contest_portal.judging.ranking import Agreement, Method, Ranking, agreement, from_places, from_words, rank

ENTRY, JUDGE, SCORE = "作品编号", "评委编号", "总分"
"""The columns of the exported workbook's sheet of scores. They stay Chinese in every language."""

SAME = {"entry": ENTRY, "judge": JUDGE, "score": SCORE}
"""English names for the same columns, of older workbooks and of tables from elsewhere."""


LARGEST = 1e9
"""Of scores: what lies beyond is a slip of the keyboard, and its square would drown all others."""

HEAVIEST = 1e6
"""Of weights; the lightest is one over it."""

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # as Chinese keyboards type digits and points
_REPEATS_SHOWN = 3


class ScoreTableError(ValueError):
    """What is wrong with the table, for the person at the console."""


@dataclass(frozen=True)
class Columns:
    """Names of the columns; `weight` is None where every score counts alike."""

    entry: str = ENTRY
    judge: str = JUDGE
    score: str = SCORE
    weight: str | None = None

    @property
    def names(self) -> list[str]:
        """Those that must be there."""
        return [self.entry, self.judge, self.score, *([] if self.weight is None else [self.weight])]


@dataclass(frozen=True)
class Marks:
    """What the score column holds: points, words of an order (`words`, the lowest first), or places (1 the best)."""

    words: tuple[str, ...] = ()
    places: bool = False


@dataclass(frozen=True)
class Scores:
    """(entry, judge, score) of each row of the table, and the rows' weights where it has them.

    `notes` say what was not taken, or taken more than once.
    """

    rows: list[tuple[str, str, float]]
    weights: list[float] | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wanted:
    """How to rank; see `ranking.rank`."""

    method: Method = Method.MIXED
    entries_fixed: bool = False
    scale: bool = False
    quota: int | None = None
    precision: float = 0.01
    seed: int = 0


@dataclass
class _Lines:
    """The table's columns as they are read."""

    numbers: list[int] = field(default_factory=list)
    entries: list[str] = field(default_factory=list)
    judges: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    unscored: list[str] = field(default_factory=list)  # the entry of each line without a score


def read_scores(
    sheets: Sequence[Sheet], columns: Columns, marks: Marks | None = None, *, repeats: bool = True
) -> Scores:
    """The scores of the first sheet that has the columns; its first row names them. Lines without a score are missing
    reads. Two lines of one judge for one entry are two reads, unless `repeats` is False. Raises ScoreTableError."""
    marks = marks or Marks()
    lines = _read(sheets, columns)
    if lines.unscored and not lines.entries:
        raise ScoreTableError(f"表中 {len(lines.unscored)} 行都没有分数，无法排名。")
    if not lines.entries:
        raise ScoreTableError("表中只有列名，没有评分。")
    twice = _told_twice(lines)
    if twice and not repeats:
        raise ScoreTableError(f"{twice}请删去多余的行。")
    rows = list(zip(lines.entries, lines.judges, _values(lines, marks), strict=True))
    notes = [f"{twice}各行均按一次评分计入；如属重复录入，请删去多余的行后重新排名。"] if twice else []
    return Scores(rows, lines.weights if columns.weight is not None else None, (*_told_unscored(lines), *notes))


def _told_unscored(lines: _Lines) -> list[str]:
    if not lines.unscored:
        return []
    notes = [f"{len(lines.unscored)} 行没有分数，未计入。"]
    unranked = sorted(set(lines.unscored) - set(lines.entries))
    if unranked:
        named = "、".join(unranked[:8]) + ("等" if len(unranked) > 8 else "")
        notes.append(f"{len(unranked)} 件作品没有任何分数，不参加排名：{named}。")
    return notes


def _told_twice(lines: _Lines) -> str:
    """Where one judge stands twice for one entry, in words; empty when nowhere."""
    first: dict[tuple[str, str], int] = {}
    found = []
    for number, entry, judge in zip(lines.numbers, lines.entries, lines.judges, strict=True):
        if (before := first.setdefault((entry, judge), number)) != number:
            found.append(f"第 {before} 行和第 {number} 行（评委 {judge}，作品 {entry}）")
    if not found:
        return ""
    rest = f"等 {len(found)} 处" if len(found) > _REPEATS_SHOWN else ""
    return f"同一评委对同一作品有重复的评分：{'、'.join(found[:_REPEATS_SHOWN])}{rest}。"


def _read(sheets: Sequence[Sheet], columns: Columns) -> _Lines:
    names = columns.names
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ScoreTableError(f"同一列不能既作这一项又作另一项：{'、'.join(twice)}。")
    sheet = next((one for one in sheets if None not in _places(one, names)), sheets[0])
    places = [place for place in _places(sheet, names) if place is not None]
    if len(places) < len(names):
        missing = [name for name, place in zip(names, _places(sheet, names), strict=True) if place is None]
        raise ScoreTableError(f"没有找到列：{'、'.join(missing)}。表中的列有：{'、'.join(_titles(sheet))}。")
    lines = _Lines()
    for row in sheet.rows[1:]:
        texts = [text_of(row[place]) for place in places]
        if not any(texts):
            continue
        if not texts[2] and texts[0]:
            lines.unscored.append(texts[0])
            continue
        if not all(texts):
            raise ScoreTableError(f"第 {row.number} 行不完整：{'，'.join(text or '—' for text in texts)}。")
        lines.numbers.append(row.number)
        for column, text in zip((lines.entries, lines.judges, lines.marks), texts, strict=False):
            column.append(text)
        if columns.weight is not None:
            lines.weights.append(_weight(texts[3], row.number))
    return lines


def _values(lines: _Lines, marks: Marks) -> list[float]:
    if marks.words:
        known = set(marks.words)
        for number, text in zip(lines.numbers, lines.marks, strict=True):
            if text not in known:
                raise ScoreTableError(f"第 {number} 行的「{text}」不在给出的等级中：{'、'.join(marks.words)}。")
        return from_words(lines.marks, marks.words)
    values = []
    for number, text in zip(lines.numbers, lines.marks, strict=True):
        value = _number(text)
        if value is None:
            raise ScoreTableError(f"第 {number} 行的分数不是数字：{text}。")
        if marks.places and (value < 1 or value != int(value)):
            raise ScoreTableError(f"第 {number} 行的名次应是从 1 起的整数，现为 {text}。")
        if abs(value) > LARGEST:
            raise ScoreTableError(f"第 {number} 行的分数超出范围（绝对值不超过 {LARGEST:.0f}）：{text}。")
        values.append(value)
    return from_places(values, lines.judges) if marks.places else values


def _weight(text: str, number: int) -> float:
    value = _number(text)
    if value is None or value <= 0:
        raise ScoreTableError(f"第 {number} 行的权重应为大于 0 的数：{text}。")
    if not 1 / HEAVIEST <= value <= HEAVIEST:
        raise ScoreTableError(f"第 {number} 行的权重应在 {1 / HEAVIEST:f} 至 {HEAVIEST:.0f} 之间，现为 {text}。")
    return value


def _titles(sheet: Sheet) -> list[str]:
    return [text_of(value) for value in sheet.rows[0].values]


def _places(sheet: Sheet, names: Sequence[str]) -> list[int | None]:
    """Where the columns of these names stand, each under its own name or the other one for the same."""
    titles, other = _titles(sheet), SAME | {chinese: english for english, chinese in SAME.items()}
    found = [name if name in titles else other.get(name, name) for name in names]
    return [titles.index(name) if name in titles else None for name in found]


def rank_scores(scores: Scores, wanted: Wanted) -> Ranking:
    """The ranking of such scores. Raises ScoreTableError for a quota or a precision that makes no sense."""
    if not (math.isfinite(wanted.precision) and wanted.precision > 0):
        raise ScoreTableError(f"并列精度应大于 0，现为 {wanted.precision:g}。")
    entries = len({entry for entry, _, _ in scores.rows})
    if wanted.quota is not None and not 1 <= wanted.quota <= entries:
        raise ScoreTableError(f"名额应在 1 至 {entries}（作品件数）之间，现为 {wanted.quota}。")
    ranking = rank(
        scores.rows,
        method=wanted.method,
        weights=scores.weights,
        entries_fixed=wanted.entries_fixed,
        scale=wanted.scale,
        quota=wanted.quota,
        precision=wanted.precision,
        seed=wanted.seed,
    )
    for note in scores.notes:
        ranking = replace(ranking, reason=Message.of("%(how)s%(note)s", how=ranking.reason, note=note))
    return ranking


def agreement_of(scores: Scores) -> Agreement | None:
    """Shrout & Fleiss's figures where every judge scored every entry once, else None."""
    entries, judges = {row[0] for row in scores.rows}, {row[1] for row in scores.rows}
    cells = {(entry, judge): score for entry, judge, score in scores.rows}
    if len(cells) != len(scores.rows) or len(cells) != len(entries) * len(judges) or min(len(entries), len(judges)) < 2:
        return None
    if len(set(cells.values())) == 1:
        return None
    return agreement([[cells[entry, judge] for judge in sorted(judges)] for entry in sorted(entries)])


def to_json(ranking: Ranking, agreed: Agreement | None = None) -> dict[str, Any]:
    """The ranking as JSON-able data; `components` counts the connected parts, `parts` lists them."""
    return {
        "requested": str(ranking.requested),
        "method": str(ranking.method),
        "entries_fixed": ranking.entries_fixed,
        "scaled": ranking.scaled,
        "reason": str(ranking.reason),
        "mean": ranking.mean,
        "variance": asdict(ranking.variance),
        "reliability": None if ranking.reliability is None else asdict(ranking.reliability),
        "agreement": None if agreed is None else _rounded(asdict(agreed)),
        "components": len(ranking.components),
        "lambda2": ranking.lambda2,
        "quota": ranking.quota,
        "seed": ranking.seed,
        "entries": [asdict(one) for one in ranking.entries],
        "judges": [asdict(one) for one in ranking.judges],
        "parts": [asdict(one) for one in ranking.components],
    }


def _rounded(figures: dict[str, float]) -> dict[str, float]:
    return {name: round(value, 6) for name, value in figures.items()}


def _number(text: str) -> float | None:
    """Full-width digits are digits; 1_0, inf and nan are no numbers here."""
    plain = text.translate(_FULL_WIDTH)
    try:
        value = float(plain)
    except ValueError:
        return None
    return value if math.isfinite(value) and "_" not in plain else None
