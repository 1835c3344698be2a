"""Rockets, saucers, cars without wheels, a station, balloons."""

from __future__ import annotations

import math

from contest_portal.demo.canvas import INK, Canvas, Colour, colour, lighter
from contest_portal.demo.motifs.figures import pilot
from contest_portal.demo.motifs.palette import GLASS, GOLD, NIGHT, STEEL, WHITE, WOOD, placed


def rocket(c: Canvas, x: float, y: float, size: float, turn: float, base: Colour) -> None:
    """Pointing up when `turn` is 0."""
    for k, (name, long) in enumerate((("#e4472e", 1.25), ("#f59f2a", 0.95), ("#ffe36b", 0.6))):
        flame = [
            (-0.24 + 0.06 * k, 0.92),
            (-0.12, 1.1 + long * 0.3),
            (0, 0.95 + long),
            (0.12, 1.1 + long * 0.3),
            (0.24 - 0.06 * k, 0.92),
        ]
        c.fill(placed(flame, x, y, size, turn), colour(name), ink=0)
    for side in (-1, 1):
        c.fill(placed([(side * 0.34, 0.3), (side * 0.82, 1.05), (side * 0.3, 0.9)], x, y, size, turn), base)
    body = [
        (0, -1.25),
        (0.2, -0.95),
        (0.36, -0.45),
        (0.4, 0.2),
        (0.3, 0.95),
        (-0.3, 0.95),
        (-0.4, 0.2),
        (-0.36, -0.45),
        (-0.2, -0.95),
    ]
    c.fill(placed(body, x, y, size, turn), WHITE, shade="side")
    c.fill(placed([(0, -1.25), (0.2, -0.95), (0.32, -0.6), (-0.32, -0.6), (-0.2, -0.95)], x, y, size, turn), base)
    for at in (-0.25, 0.3):
        ((px, py),) = placed([(0, at)], x, y, size, turn)
        c.ball(px, py, size * 0.2, STEEL, stroke="gouache")
        c.ball(px, py, size * 0.14, colour("#7cc7f2"), ink=4)
    c.fill(placed([(-0.07, 0.55), (0.07, 0.55), (0.1, 1.1), (-0.1, 1.1)], x, y, size, turn), base)


def ufo(c: Canvas, x: float, y: float, size: float, base: Colour, *, beam: bool = False) -> None:
    if beam:
        c.glow(
            [
                (x - size * 0.3, y),
                (x + size * 0.3, y),
                (x + size * 0.95, y + size * 2),
                (x - size * 0.95, y + size * 2),
            ],
            colour("#fff3b0"),
            90,
        )
    c.fill(c.round(x, y - size * 0.12, size * 0.5, size * 0.52, part=0.5), GLASS, shade="ball")
    pilot(c, x, y - size * 0.24, size * 0.17)
    c.fill(c.round(x, y, size, size * 0.28), base, shade="down")
    for k in range(5):
        c.ball(x + size * 0.34 * (k - 2), y + size * 0.04, size * 0.07, GOLD, ink=4)


def flying_car(c: Canvas, x: float, y: float, size: float, base: Colour, *, flip: bool = False) -> None:
    c.fill(
        placed([(-0.5, -0.18), (-0.28, -0.55), (0.28, -0.55), (0.56, -0.18)], x, y, size, flip=flip),
        GLASS,
        shade="side",
    )
    pilot(c, x + size * 0.02, y - size * 0.27, size * 0.14)
    body = [(-1, 0.05), (-0.85, -0.2), (0.75, -0.22), (1.02, 0), (0.9, 0.2), (-0.85, 0.22)]
    c.fill(placed(body, x, y, size, flip=flip), base, shade="down")
    c.fill(placed([(-1, 0.02), (-1.3, -0.35), (-0.75, -0.14)], x, y, size, flip=flip), lighter(base))
    for k in range(3):
        (sx, sy), (ex, ey) = placed([(-1.15 - 0.1 * k, 0.1 * k), (-1.6 - 0.15 * k, 0.1 * k)], x, y, size, flip=flip)
        c.line([(sx, sy), (ex, ey)], WHITE, round(size * 0.05))
    for dx in (-0.5, 0.5):
        c.fill(c.round(x + dx * size, y + size * 0.27, size * 0.26, size * 0.09), colour("#8fe3ff"), ink=4)


def station(c: Canvas, x: float, y: float, size: float) -> None:
    """A wheel with spokes and two wings of solar cells."""
    for side in (-1, 1):
        for k in range(3):
            left = x + side * size * (1.15 + 0.42 * k) - size * 0.18
            c.fill(c.box(left, y - size * 0.42, left + size * 0.36, y + size * 0.42), NIGHT, shade="down", ink=5)
            c.line([(left, y), (left + size * 0.36, y)], colour("#8fb8ff"), 5)
        c.line([(x, y), (x + side * size * 2.1, y)], STEEL, round(size * 0.07))
    c.line(c.round(x, y, size * 0.85, size * 0.5), INK, round(size * 0.24))
    c.line(c.round(x, y, size * 0.85, size * 0.5), STEEL, round(size * 0.18))
    for k in range(12):
        a = k * math.tau / 12
        c.dot(x + size * 0.85 * math.cos(a), y + size * 0.5 * math.sin(a), size * 0.05, GOLD)
    c.line([(x - size * 0.8, y), (x + size * 0.8, y)], STEEL, round(size * 0.07))
    c.ball(x, y, size * 0.26, colour("#e8f1fa"))


def balloon(c: Canvas, x: float, y: float, size: float, base: Colour) -> None:
    for side in (-1, 1):
        c.line([(x + side * size * 0.6, y + size * 0.5), (x + side * size * 0.22, y + size * 1.5)], INK, 6)
    c.fill(c.round(x, y, size, size * 1.1), base, shade="ball")
    c.fill(c.round(x, y, size * 0.42, size * 1.08), lighter(base, 0.5), ink=5)
    c.fill(
        c.box(x - size * 0.28, y + size * 1.45, x + size * 0.28, y + size * 1.85, size * 0.06), WOOD, stroke="crayon"
    )
