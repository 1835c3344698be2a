"""Small signs that other things carry: a star, a face, a board that tells what a place is for."""

from __future__ import annotations

import math

from contest_portal.demo.canvas import Canvas, Colour, colour
from contest_portal.demo.motifs.palette import BLACK, GOLD, LEAF, WHITE, placed


def star(c: Canvas, x: float, y: float, radius: float, base: Colour) -> None:
    turn = c.rng.uniform(0, 1)
    points = [
        (
            math.cos(turn + k * math.pi / 5) * (1 if k % 2 else 0.45),
            math.sin(turn + k * math.pi / 5) * (1 if k % 2 else 0.45),
        )
        for k in range(10)
    ]
    c.fill(placed(points, x, y, radius), base, ink=3)


def face(c: Canvas, x: float, y: float, size: float, base: Colour = BLACK) -> None:
    """Two eyes and a smile."""
    for side in (-1, 1):
        c.dot(x + side * size * 0.5, y - size * 0.2, size * 0.15, base)
        c.dot(x + side * size * 0.46, y - size * 0.25, size * 0.05, WHITE)
        c.dot(x + side * size * 0.85, y + size * 0.2, size * 0.18, colour("#f08080"), 120)
    smile = [
        (x + size * 0.45 * math.cos(a / 10 * math.pi), y + size * (0.12 + 0.38 * math.sin(a / 10 * math.pi)))
        for a in range(1, 10)
    ]
    c.line(smile, base, max(3, round(size * 0.08)))


def emblem(c: Canvas, x: float, y: float, size: float, sign: str) -> None:
    """A round board that tells what the place is for."""
    c.fill(c.round(x, y, size, size), WHITE, shade="ball", stroke="gouache", ink=10)
    if sign == "health":
        heart = [(0, 0.62), (-0.62, 0), (-0.6, -0.38), (-0.3, -0.52), (0, -0.25), (0.3, -0.52), (0.6, -0.38), (0.62, 0)]
        c.fill(placed(heart, x, y, size), colour("#e5484d"))
        c.line(
            placed([(-0.5, 0), (-0.2, 0), (-0.08, -0.25), (0.08, 0.25), (0.2, 0), (0.5, 0)], x, y, size),
            WHITE,
            round(size * 0.09),
        )
    elif sign == "book":
        for side in (-1, 1):
            c.fill(
                placed([(0, -0.3), (side * 0.6, -0.42), (side * 0.6, 0.35), (0, 0.48)], x, y, size),
                colour("#5aa9e6"),
                shade="side",
            )
    elif sign == "leaf":
        c.fill(
            placed([(0, 0.6), (-0.45, 0.1), (-0.3, -0.4), (0.1, -0.65), (0.42, -0.2), (0.35, 0.25)], x, y, size), LEAF
        )
        c.line(placed([(0, 0.75), (0.05, 0), (0.1, -0.45)], x, y, size), WHITE, round(size * 0.07))
    elif sign == "drop":
        c.fill(
            placed([(0, -0.7), (0.42, 0), (0.36, 0.42), (0, 0.62), (-0.36, 0.42), (-0.42, 0)], x, y, size),
            colour("#3f9be0"),
            shade="ball",
        )
    elif sign == "power":
        c.fill(
            placed(
                [(0.15, -0.7), (-0.42, 0.12), (-0.05, 0.12), (-0.18, 0.7), (0.42, -0.14), (0.05, -0.14)], x, y, size
            ),
            GOLD,
        )
    elif sign == "cycle":
        for k in range(3):
            turn = k * math.tau / 3
            c.fill(
                placed(
                    [
                        (-0.1, -0.65),
                        (0.42, -0.45),
                        (0.5, -0.05),
                        (0.68, -0.05),
                        (0.4, 0.3),
                        (0.1, -0.02),
                        (0.28, -0.05),
                        (0.22, -0.28),
                        (-0.1, -0.4),
                    ],
                    x,
                    y,
                    size * 0.9,
                    turn,
                ),
                LEAF,
                ink=4,
            )
    else:
        star(c, x, y, size * 0.65, GOLD)
