"""Towers, domes, greenhouses, power; trees and hills among them."""

from __future__ import annotations

import math

from contest_portal.demo.canvas import INK, Canvas, Colour, colour, darker, lighter, mixed
from contest_portal.demo.motifs.palette import GAY, GLASS, GOLD, LEAF, SCARF, WHITE, WOOD, placed


def tower(c: Canvas, x: float, foot: float, width: float, height: float, base: Colour) -> None:
    """A house of the future, one of four kinds of roof, with lit windows."""
    left, right, top, kind = x - width / 2, x + width / 2, foot - height, c.rng.randrange(4)
    if kind == 0:
        c.fill(c.round(x, top, width / 2, width * 0.55, part=0.5), lighter(base), shade="ball")
    elif kind == 1:
        c.fill([(left, top), (x, top - width * 0.9), (right, top)], darker(base, 0.15), shade="side")
    elif kind == 2:
        c.line([(x, top), (x, top - width * 0.8)], INK, 12)
        c.ball(x, top - width * 0.85, width * 0.12, SCARF)
    c.fill(c.box(left, top, right, foot, width * 0.12 if kind == 3 else 0), base, shade="side")
    if kind == 3:
        c.fill(c.round(x, top + width * 0.1, width * 0.85, width * 0.24), lighter(base, 0.5), shade="down")
    columns, pitch = max(2, round(width / 85)), width * 0.36
    step = width / (columns + 0.4)
    y = top + pitch * 0.9
    while y < foot - pitch:
        for k in range(columns):
            at = left + step * (k + 0.42)
            lit = GOLD if c.rng.random() < 0.6 else colour("#7cc7f2")
            c.draw.rounded_rectangle((at, y, at + step * 0.58, y + pitch * 0.5), 8, fill=lit, outline=INK, width=5)
        y += pitch


def dome(c: Canvas, x: float, foot: float, radius: float, base: Colour, *, inside: str = "garden") -> None:
    """A glass dome over a garden, a town, or nothing; put the rest in afterwards."""
    c.glow(c.round(x, foot, radius, radius * 0.95, part=0.5), colour("#dff6ff"), 150)
    if inside == "garden":
        for k in range(5):
            tree(c, x + radius * (0.32 * (k - 2)) + c.rng.uniform(-20, 20), foot, radius * c.rng.uniform(0.28, 0.44))
    elif inside == "town":
        for k in range(4):
            tower(
                c,
                x + radius * 0.38 * (k - 1.5),
                foot,
                radius * 0.26,
                radius * c.rng.uniform(0.28, 0.55),
                c.rng.choice(GAY),
            )
    c.glow(c.round(x, foot, radius, radius * 0.95, part=0.5), GLASS, 60)
    c.line(c.round(x, foot, radius, radius * 0.95, part=0.5), INK, 12)
    for share in (0.36, 0.72):
        c.line(c.round(x, foot, radius * share, radius * 0.95, part=0.5), WHITE, 5)
    c.line(
        [(x + radius * math.cos(a) * 0.84, foot + radius * math.sin(a) * 0.8) for a in (3.55, 3.75, 3.95, 4.15)],
        WHITE,
        round(radius * 0.05),
    )
    c.fill(
        c.box(x - radius * 1.06, foot - radius * 0.05, x + radius * 1.06, foot + radius * 0.12, radius * 0.06),
        base,
        shade="down",
    )
    for k in range(7):
        c.dot(x + radius * 0.29 * (k - 3), foot + radius * 0.035, radius * 0.03, GOLD)


def greenhouse(c: Canvas, x: float, foot: float, width: float) -> None:
    c.glow(c.round(x, foot, width, width * 0.5, part=0.5), colour("#e9fbff"), 170)
    for k in range(6):
        plant(c, x + width * 0.28 * (k - 2.5), foot, width * 0.16)
    for share in (1.0, 0.66, 0.33):
        c.line(
            c.round(x, foot, width * share, width * 0.5, part=0.5),
            INK if share == 1 else WHITE,
            12 if share == 1 else 7,
        )
    c.line([(x - width, foot), (x + width, foot)], INK, 12)


def solar_panel(c: Canvas, x: float, foot: float, size: float) -> None:
    c.line([(x, foot), (x, foot - size * 0.5)], INK, round(size * 0.1))
    sheet = [(-0.8, 0.1), (0.5, -0.7), (0.95, -0.35), (-0.35, 0.45)]
    c.fill(placed(sheet, x, foot - size * 0.6, size), colour("#2b4c9b"), shade="side")
    for k in (0.25, 0.5, 0.75):
        start = (-0.8 + 1.3 * k, 0.1 - 0.8 * k)
        c.line(placed([start, (start[0] + 0.45, start[1] + 0.35)], x, foot - size * 0.6, size), colour("#a9c8ff"), 5)
    c.line(placed([(-0.575, 0.275), (0.725, -0.525)], x, foot - size * 0.6, size), colour("#a9c8ff"), 5)


def windmill(c: Canvas, x: float, foot: float, size: float) -> None:
    c.fill(
        [
            (x - size * 0.06, foot),
            (x - size * 0.025, foot - size),
            (x + size * 0.025, foot - size),
            (x + size * 0.06, foot),
        ],
        WHITE,
        shade="side",
        ink=5,
    )
    turn = c.rng.uniform(0, 2)
    for k in range(3):
        c.fill(
            placed(
                [(0, 0.03), (0.04, -0.25), (0, -0.55), (-0.04, -0.2)], x, foot - size, size, turn + k * math.tau / 3
            ),
            WHITE,
            ink=5,
        )
    c.ball(x, foot - size, size * 0.05, SCARF, ink=4)


def tree(c: Canvas, x: float, foot: float, size: float, base: Colour = LEAF) -> None:
    c.fill(
        c.shaky(
            [
                (x - size * 0.09, foot),
                (x - size * 0.06, foot - size * 0.5),
                (x + size * 0.06, foot - size * 0.5),
                (x + size * 0.09, foot),
            ],
            3,
        ),
        WOOD,
        stroke="crayon",
        ink=5,
    )
    for dx, dy, radius in ((-0.22, -0.55, 0.26), (0.22, -0.55, 0.26), (0, -0.78, 0.3)):
        c.fill(
            c.round(x + dx * size, foot + dy * size, radius * size, radius * size),
            mixed(base, GOLD, c.rng.uniform(0, 0.25)),
            shade="ball",
            stroke="crayon",
            ink=5,
        )


def plant(c: Canvas, x: float, foot: float, size: float) -> None:
    c.line([(x, foot), (x, foot - size)], darker(LEAF, 0.2), max(4, round(size * 0.08)))
    for side in (-1, 1):
        for k in (0.25, 0.6):
            c.fill(
                c.round(x + side * size * 0.25, foot - size * (k + 0.12), size * 0.27, size * 0.1, side * -0.5),
                LEAF,
                ink=3,
            )
    c.ball(x, foot - size, size * 0.18, c.rng.choice((SCARF, GOLD, colour("#ee6c8a"))), ink=4)


def mountain(c: Canvas, x: float, foot: float, width: float, height: float, base: Colour) -> None:
    peak = (x + c.rng.uniform(-0.1, 0.1) * width, foot - height)
    c.fill(
        [
            (x - width / 2, foot),
            (x - width * 0.22, foot - height * 0.5),
            peak,
            (x + width * 0.26, foot - height * 0.46),
            (x + width / 2, foot),
        ],
        base,
        shade="side",
    )
    cap = [(-0.13, 0.3), (-0.07, 0.24), (-0.03, 0.36), (0.03, 0.26), (0.08, 0.34), (0.145, 0.28)]
    left = [(peak[0] + dx * width, peak[1] + dy * height) for dx, dy in cap]
    c.fill([peak, *reversed(left)], WHITE, ink=5)


def crater(c: Canvas, x: float, y: float, size: float, ground: Colour) -> None:
    c.fill(c.round(x, y, size, size * 0.3), darker(ground, 0.25), shade="down", ink=5)
    c.fill(c.round(x, y + size * 0.06, size * 0.8, size * 0.19), darker(ground, 0.42), ink=0)


def island(c: Canvas, x: float, y: float, size: float) -> None:
    """Ground that floats: grass above, rock below."""
    rock = [(-1, 0), (-0.75, 0.35), (-0.45, 0.45), (-0.2, 0.95), (0.1, 0.6), (0.35, 0.75), (0.6, 0.3), (1, 0)]
    c.fill(placed(rock, x, y, size), colour("#9a7b62"), shade="down", stroke="crayon")
    c.fill(c.round(x, y, size, size * 0.2), colour("#7cc35a"), shade="down")
