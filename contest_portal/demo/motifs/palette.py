"""The colours of the paint box, and how a shape is put in its place."""

from __future__ import annotations

import math
from collections.abc import Sequence

from contest_portal.demo.canvas import Colour, Point, colour

WHITE, BLACK = colour("#fffdf5"), colour("#2b2638")
GLASS, LEAF, WOOD, GOLD = colour("#bfe9f5"), colour("#4f9d4a"), colour("#8a5a3b"), colour("#f7c843")
SKIN, SCARF, STEEL, NIGHT = colour("#f6c9a0"), colour("#d8342c"), colour("#c3ccd8"), colour("#27315e")
GAY: tuple[Colour, ...] = tuple(
    colour(name) for name in ("#e4572e", "#f3a712", "#3fa7d6", "#59cd90", "#ee6c8a", "#8e6cc9", "#f7c843", "#2a9d8f")
)


def placed(
    shape: Sequence[Point], x: float, y: float, size: float, turn: float = 0, *, flip: bool = False
) -> list[Point]:
    """A shape drawn around (0, 0) in units of `size`, put at (x, y), turned clockwise by `turn` radians."""
    cos, sin, mirror = math.cos(turn), math.sin(turn), -1 if flip else 1
    return [(x + size * mirror * (px * cos - py * sin), y + size * (px * sin + py * cos)) for px, py in shape]
