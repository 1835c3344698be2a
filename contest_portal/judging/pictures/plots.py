"""Curves over an axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from contest_portal.judging.pictures.svg import LETTER, NARROW, WIDE, Axis, Drawing, Picture, Point, text_width

HEIGHT = 340
_TOP, _BOTTOM, _RIGHT = 34, 52, 18


@dataclass(frozen=True)
class Curve:
    """A named curve; `band` are (low, high) at each point. `series` 1–6 is its colour, `dashed` for what is expected."""

    name: str
    points: Sequence[Point]
    series: int = 1
    band: Sequence[Point] | None = None
    dashed: bool = False
    dots: bool = True


def lines(
    title: str,
    description: str,
    curves: Sequence[Curve],
    x: Axis,
    y: Axis,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    rules: Sequence[tuple[float, str]] = (),
) -> Picture:
    """Curves over x; `rules` are upright lines (value, words). Points outside of the axes stand at their ends."""
    legend = [(curve.series, curve.name) for curve in curves]
    wide, narrow = (_draw(Drawing(title, description, width, HEIGHT), curves, x, y, rules) for width in (WIDE, NARROW))
    return Picture(title, wide, narrow, headings, rows, legend)


def _draw(drawing: Drawing, curves: Sequence[Curve], x: Axis, y: Axis, rules: Sequence[tuple[float, str]]) -> Drawing:
    left = 16 + max((text_width(words) for _, words in y.ticks), default=0)
    box = (left, drawing.width - _RIGHT, HEIGHT - _BOTTOM, float(_TOP))  # x from, x to, y from (below), y to

    def place(point: Point) -> Point:
        return x.at(point[0], box[0], box[1]), y.at(point[1], box[2], box[3])

    _grid(drawing, x, y, box)
    for curve in curves:
        if curve.band:
            across = [one[0] for one in curve.points]
            low = [place((at, low)) for at, (low, _) in zip(across, curve.band, strict=True)]
            high = [place((at, high)) for at, (_, high) in zip(across, curve.band, strict=True)]
            drawing.polygon([*low, *reversed(high)], f"series-{curve.series} picture-band")
    for value, words in rules:
        at = x.at(value, box[0], box[1])
        drawing.line((at, box[2]), (at, box[3]), "picture-rule")
        drawing.text((at, box[3] - 6), words, anchor="end" if at > drawing.width / 2 else "start")
    for curve in curves:
        drawing.polyline(map(place, curve.points), f"line-{curve.series}{' is-dashed' if curve.dashed else ''}")
        for point in curve.points if curve.dots else ():
            drawing.dot(place(point), 4, f"series-{curve.series}", tip=curve.name)
    return drawing


def _grid(drawing: Drawing, x: Axis, y: Axis, box: tuple[float, float, float, float]) -> None:
    left, right, foot, head = box
    for value, words in y.ticks:
        at = y.at(value, foot, head)
        drawing.line((left, at), (right, at), "picture-grid")
        drawing.text((left - 8, at + LETTER * 0.35), words, anchor="end")
    for value, words in x.marks(right - left):
        at = x.at(value, left, right)
        drawing.line((at, foot), (at, foot + 5), "picture-axis")
        drawing.text((at, foot + 20), words, anchor="middle")
    drawing.line((left, foot), (right, foot), "picture-axis")
    drawing.text((4, LETTER), y.label)
    drawing.text((right, foot + 42), x.label, anchor="end")
