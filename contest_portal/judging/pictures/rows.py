"""Pictures of one row a thing: a dot with its interval, or a bar between 0 and 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contest_portal.judging.pictures.svg import (
    LETTER,
    NARROW,
    WIDE,
    Axis,
    Drawing,
    Picture,
    axis,
    shortened_head,
    text_width,
)

ROW = 24
_HEAD, _FOOT, _RIGHT = 26, 34, 18
_WIDEST_NAME, _NAME_SHARE = 190, 0.4


@dataclass(frozen=True)
class Interval:
    """A row: `value` between `low` and `high`, which are None where they are not known. `series` 1–6 is the colour."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    series: int = 1
    tip: str = ""


@dataclass(frozen=True)
class Share:
    """A row: `value` from 0 to 1."""

    name: str
    value: float
    series: int = 1
    tip: str = ""


def intervals(
    title: str,
    description: str,
    rows: Sequence[Interval],
    headings: Sequence[str],
    table: Sequence[Sequence[str]],
    *,
    label: str = "",
    at: float | None = None,
    line_after: int | None = None,
    line_words: str = "",
) -> Picture:
    """One row each from the top down; an upright line at the value `at`, a level one after `line_after` rows (quota)."""
    known = [value for row in rows for value in (row.value, row.low, row.high) if value is not None]
    known += [] if at is None else [at]
    across = axis(min(known, default=0), max(known, default=1), label)

    def draw(width: float) -> Drawing:
        drawing, left, right = _sheet(title, description, [row.name for row in rows], across, width)
        if at is not None:
            place = across.at(at, left, right)
            drawing.line((place, _HEAD), (place, _HEAD + ROW * len(rows)), "picture-rule")
        for number, row in enumerate(rows):
            y = _HEAD + ROW * (number + 0.5)
            if row.low is not None and row.high is not None:
                ends = [across.at(value, left, right) for value in (row.low, row.high)]
                drawing.line((ends[0], y), (ends[1], y), f"line-{row.series} is-interval")
            drawing.dot((across.at(row.value, left, right), y), 5, f"series-{row.series}", tip=row.tip or row.name)
        _line_after(drawing, line_after, line_words)
        return drawing

    return Picture(title, draw(WIDE), draw(NARROW), headings, table)


def shares(
    title: str,
    description: str,
    rows: Sequence[Share],
    headings: Sequence[str],
    table: Sequence[Sequence[str]],
    *,
    label: str = "",
    band: tuple[float, float] | None = None,
    line_after: int | None = None,
    line_words: str = "",
) -> Picture:
    """Bars from 0 to 100 % from the top down; `band` is shaded, a level line stands after `line_after` rows (quota)."""
    across = axis(0, 1, label, most=5, percent=True)

    def draw(width: float) -> Drawing:
        drawing, left, right = _sheet(title, description, [row.name for row in rows], across, width)
        if band is not None:
            ends = [across.at(value, left, right) for value in band]
            drawing.rect((ends[0], _HEAD), ends[1] - ends[0], ROW * len(rows), "picture-near")
        for number, row in enumerate(rows):
            corner = (left, _HEAD + ROW * number + 4)
            length = across.at(row.value, left, right) - left
            drawing.rect(corner, length, ROW - 8, f"series-{row.series}", tip=row.tip or row.name)
        _line_after(drawing, line_after, line_words)
        return drawing

    return Picture(title, draw(WIDE), draw(NARROW), headings, table)


def _sheet(
    title: str, description: str, names: Sequence[str], across: Axis, width: float
) -> tuple[Drawing, float, float]:
    """The drawing with its names and its axis, and where the axis begins and ends."""
    most = min(_WIDEST_NAME, _NAME_SHARE * width)
    left, right = 12 + min(most, max(map(text_width, names), default=0.0)), width - _RIGHT
    foot = _HEAD + ROW * len(names)
    drawing = Drawing(title, description, width, foot + _FOOT)
    for value, words in across.marks(right - left):
        at = across.at(value, left, right)
        drawing.line((at, _HEAD), (at, foot), "picture-grid")
        drawing.text((at, foot + 20), words, anchor="middle")
    drawing.line((left, foot), (right, foot), "picture-axis")
    for number, name in enumerate(names):
        y = _HEAD + ROW * (number + 0.5) + LETTER * 0.35
        drawing.text((left - 8, y), shortened_head(name, most), anchor="end")
    drawing.text((right, LETTER), across.label, anchor="end")
    return drawing, left, right


def _line_after(drawing: Drawing, rows: int | None, words: str) -> None:
    if rows is None:
        return
    y = _HEAD + ROW * rows
    drawing.line((0, y), (drawing.width, y), "picture-quota")
    drawing.text((4, LETTER), words, css="is-strong")
