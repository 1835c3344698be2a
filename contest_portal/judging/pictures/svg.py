"""An SVG drawing of few parts, and axes with round numbers on them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

Point = tuple[float, float]
"""(x, y) in the drawing's units, y downwards."""

WIDE, NARROW = 640, 340
"""Widths of a drawing for a desk and for a phone, where the wide one's letters would be too small or its half out of sight."""

LETTER = 14
"""Size of letters in the drawing's units; the style sheet sets the same."""


@dataclass(frozen=True)
class Picture:
    """A drawing with its figures: the table of those who cannot see it. `rows` hold text, the first column names. `narrow`
    is the same drawing for a phone."""

    title: str
    svg: Drawing
    narrow: Drawing
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    legend: Sequence[tuple[int, str]] = ()


class Drawing:
    """Parts in the order in which they are painted; Jinja shows it unescaped (`__html__`).

    `title` and `description` are what a screen reader says of it. No part carries a style: colours are classes.
    """

    def __init__(self, title: str, description: str, width: float, height: float) -> None:
        self.title, self.description, self.width, self.height = title, description, width, height
        self._parts: list[str] = []

    def line(self, start: Point, end: Point, css: str) -> None:
        """A straight line."""
        (x1, y1), (x2, y2) = start, end
        self._parts.append(
            f'<line class="{escape(css)}" x1="{_at(x1)}" y1="{_at(y1)}" x2="{_at(x2)}" y2="{_at(y2)}"></line>'
        )

    def polyline(self, points: Iterable[Point], css: str) -> None:
        """Lines from point to point, not filled."""
        self._parts.append(f'<polyline class="{escape(css)}" fill="none" points="{_points(points)}"></polyline>')

    def polygon(self, points: Iterable[Point], css: str) -> None:
        """A filled area."""
        self._parts.append(f'<polygon class="{escape(css)}" points="{_points(points)}"></polygon>')

    def rect(self, corner: Point, width: float, height: float, css: str, *, tip: str = "") -> None:
        """`corner` is the upper left one; `tip` is shown under the pointer."""
        x, y = corner
        at = f'x="{_at(x)}" y="{_at(y)}" width="{_at(max(width, 0))}" height="{_at(max(height, 0))}"'
        self._parts.append(f'<rect class="{escape(css)}" {at}>{_tip(tip)}</rect>')

    def dot(self, centre: Point, radius: float, css: str, *, tip: str = "") -> None:
        """A filled circle."""
        x, y = centre
        circle = f'<circle class="{escape(css)}" cx="{_at(x)}" cy="{_at(y)}" r="{_at(radius)}">{_tip(tip)}</circle>'
        self._parts.append(circle)

    def text(self, at: Point, words: str, *, anchor: str = "start", css: str = "") -> None:
        """`at` is the foot of the letters; `anchor` start, middle or end."""
        x, y = at
        css = f"picture-text {css}".strip()
        place = f'x="{_at(x)}" y="{_at(y)}" text-anchor="{anchor}" font-size="{LETTER}"'
        self._parts.append(f'<text class="{escape(css)}" {place}>{escape(words)}</text>')

    def __html__(self) -> str:
        size = f'viewBox="0 0 {_at(self.width)} {_at(self.height)}"'
        head = f"<title>{escape(self.title)}</title><desc>{escape(self.description)}</desc>"
        # The label names the picture also where a browser does not look into <title>.
        label = f'role="img" aria-label="{escape(self.title)}" focusable="false"'
        return f'<svg class="picture-svg" width="100%" {size} {label}>{head}{"".join(self._parts)}</svg>'

    __str__ = __html__


@dataclass(frozen=True)
class Axis:
    """From `low` to `high` with `ticks` (value, words); `at` gives where a value stands between two ends."""

    low: float
    high: float
    ticks: Sequence[tuple[float, str]]
    label: str = ""

    def at(self, value: float, start: float, end: float) -> float:
        """Values outside of the axis stand at its nearer end."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return start + share * (end - start)

    def marks(self, room: float) -> list[tuple[float, str]]:
        """The ticks with the words that fit side by side into `room`; those between have none."""
        widest = max(text_width(words) for _, words in self.ticks) + LETTER
        every = max(1, math.ceil(widest * len(self.ticks) / max(room, 1.0)))
        return [(value, "" if place % every else words) for place, (value, words) in enumerate(self.ticks)]


def axis(low: float, high: float, label: str = "", *, most: int = 6, percent: bool = False) -> Axis:
    """An axis over at least `low` … `high` with at most about `most` round steps. `percent`: 0.3 is written 30%."""
    if not high > low:
        low, high = low - 0.5, high + 0.5
    step = _step((high - low) / most)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    places = max(0, -math.floor(math.log10(step * (100 if percent else 1)) + 1e-9))
    values = [number * step for number in range(first, last + 1)]
    words = [f"{100 * one:.{places}f}%" if percent else f"{one + 0.0:.{places}f}" for one in values]
    return Axis(values[0], values[-1], list(zip(values, words, strict=True)), label)


def _step(least: float) -> float:
    """The next of 1, 2, 5 times a power of ten."""
    power = 10 ** math.floor(math.log10(least))
    return next(float(power * times) for times in (1, 2, 5, 10) if power * times >= least * (1 - 1e-9))


def text_width(words: str) -> float:
    """About how wide the words are in the drawing's units: a Chinese character is as wide as it is high."""
    return sum(LETTER if ord(letter) > 0x2E80 else LETTER * 0.6 for letter in words)


def shortened(words: str, width: float) -> str:
    """The words, cut with an ellipsis where they are wider than `width`."""
    if text_width(words) <= width:
        return words
    while words and text_width(words) > width - LETTER:
        words = words[:-1]
    return f"{words}…"


def shortened_head(words: str, width: float) -> str:
    """The words, cut at their beginning: of numbers that begin alike the end tells one from another."""
    if text_width(words) <= width:
        return words
    while words and text_width(words) > width - LETTER:
        words = words[1:]
    return f"…{words}"


def _at(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{_at(x)},{_at(y)}" for x, y in points)


def _tip(words: str) -> str:
    return f"<title>{escape(words)}</title>" if words else ""
