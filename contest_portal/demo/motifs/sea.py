"""Fish, corals, ships of the deep."""

from __future__ import annotations

import math

from contest_portal.demo.canvas import HEIGHT, INK, WIDTH, Canvas, Colour, colour, darker, lighter
from contest_portal.demo.motifs.figures import pilot
from contest_portal.demo.motifs.palette import BLACK, GLASS, GOLD, STEEL, WHITE, placed
from contest_portal.demo.motifs.signs import face


def fish(c: Canvas, x: float, y: float, size: float, base: Colour, *, flip: bool = False) -> None:
    c.fill(placed([(-0.8, 0), (-1.4, -0.45), (-1.25, 0), (-1.4, 0.45)], x, y, size, flip=flip), lighter(base))
    c.fill(placed([(-0.2, -0.5), (0.1, -0.85), (0.4, -0.45)], x, y, size, flip=flip), lighter(base))
    c.fill(c.round(x, y, size, size * 0.58), base, shade="ball")
    for k in (-0.35, 0, 0.3):
        c.line(
            placed([(k, -0.45), (k + 0.1, 0), (k, 0.45)], x, y, size, flip=flip), lighter(base, 0.6), round(size * 0.1)
        )
    ((eye_x, eye_y),) = placed([(0.58, -0.12)], x, y, size, flip=flip)
    c.ball(eye_x, eye_y, size * 0.16, WHITE, ink=4, stroke="gouache")
    c.dot(eye_x, eye_y, size * 0.07, BLACK)
    c.line(placed([(0.92, 0.14), (0.78, 0.24), (0.66, 0.2)], x, y, size, flip=flip), INK, 6)


def whale(c: Canvas, x: float, y: float, size: float, base: Colour) -> None:
    """A whale with portholes: a ship of the deep."""
    body = [
        (-1.5, -0.35),
        (-1.75, -0.75),
        (-1.35, -0.6),
        (-1.05, -0.75),
        (-1.15, -0.3),
        (-0.6, -0.45),
        (0, -0.6),
        (0.6, -0.5),
        (1, -0.1),
        (0.95, 0.2),
        (0.5, 0.45),
        (-0.2, 0.45),
        (-0.9, 0.15),
    ]
    c.fill(placed(body, x, y, size), base, shade="down", ink=9)
    c.fill(
        placed([(1, -0.05), (0.95, 0.22), (0.5, 0.45), (-0.2, 0.45), (-0.55, 0.3), (0.2, 0.18)], x, y, size),
        WHITE,
        shade="down",
    )
    for k in range(4):
        c.ball(x + size * (0.1 - 0.3 * k), y - size * 0.16, size * 0.1, GOLD, ink=6)
    c.dot(x + size * 0.68, y - size * 0.1, size * 0.07, WHITE)
    c.dot(x + size * 0.69, y - size * 0.1, size * 0.04, BLACK)
    for k in range(-2, 3):
        c.line(
            [(x + size * 0.2, y - size * 0.6), (x + size * (0.2 + 0.12 * k), y - size * (0.95 - 0.05 * abs(k)))],
            colour("#d9f4ff"),
            14,
        )


def jellyfish(c: Canvas, x: float, y: float, size: float, base: Colour) -> None:
    for k in range(5):
        at = x + size * 0.35 * (k - 2)
        c.line(
            [(at + 22 * math.sin(j * 1.1 + k), y + size * 0.2 * j) for j in range(9)], lighter(base), round(size * 0.07)
        )
    c.fill(c.round(x, y, size, size * 0.9, part=0.5), base, shade="ball")
    face(c, x, y - size * 0.4, size * 0.34)


def submarine(c: Canvas, x: float, y: float, size: float, base: Colour) -> None:
    c.glow([(x + size, y), (x + size * 2.6, y - size * 0.6), (x + size * 2.6, y + size * 0.6)], colour("#fff3b0"), 90)
    c.fill(
        c.box(x - size * 0.3, y - size * 0.85, x + size * 0.25, y - size * 0.35, 20), darker(base, 0.1), shade="side"
    )
    c.line([(x, y - size * 0.85), (x, y - size * 1.15), (x + size * 0.25, y - size * 1.15)], INK, 14)
    c.fill(c.round(x - size * 1.15, y, size * 0.1, size * 0.42), STEEL)
    c.fill(c.round(x, y, size * 1.1, size * 0.52), base, shade="down", ink=9)
    for k in (-0.55, 0, 0.55):
        c.ball(x + k * size, y - size * 0.04, size * 0.2, STEEL, stroke="gouache")
        c.ball(x + k * size, y - size * 0.04, size * 0.15, GLASS, ink=4)
        pilot(c, x + k * size, y, size * 0.085)


def weed(c: Canvas, x: float, foot: float, size: float, base: Colour) -> None:
    phase = c.rng.uniform(0, 6)
    spine = [(x + size * 0.08 * math.sin(k * 0.9 + phase), foot - size * k / 9) for k in range(10)]
    c.line(spine, INK, round(size * 0.09))
    c.line(spine, base, round(size * 0.06))
    for k in range(2, 9, 2):
        px, py = spine[k]
        c.fill(
            c.round(px + size * 0.1 * (-1) ** (k // 2), py, size * 0.11, size * 0.045, 0.5 * (-1) ** (k // 2)),
            lighter(base, 0.2),
            ink=3,
        )


def coral(
    c: Canvas, x: float, foot: float, size: float, base: Colour, angle: float = -math.pi / 2, depth: int = 4
) -> None:
    end = (x + size * math.cos(angle), foot + size * math.sin(angle))
    c.line([(x, foot), end], INK, round(size * 0.34) + 8)
    c.line([(x, foot), end], base, round(size * 0.34))
    c.dot(*end, size * 0.2, lighter(base))
    if depth > 1:
        for turn in (-0.55, 0.5):
            coral(c, *end, size * 0.7, base, angle + turn + c.rng.uniform(-0.15, 0.15), depth - 1)


def bubbles(c: Canvas, count: int) -> None:
    for _ in range(count):
        x, y, radius = c.rng.uniform(0, WIDTH), c.rng.uniform(0, HEIGHT * 0.85), c.rng.uniform(10, 44)
        c.dot(x, y, radius, WHITE, 50)
        c.line(c.round(x, y, radius, radius), lighter(GLASS), 5)
        c.dot(x - radius * 0.35, y - radius * 0.35, radius * 0.2, WHITE, 230)


def light_rays(c: Canvas) -> None:
    for _ in range(7):
        x, lean, width = c.rng.uniform(-200, WIDTH), c.rng.uniform(-500, 700), c.rng.uniform(90, 260)
        c.glow([(x, 0), (x + width, 0), (x + width * 1.8 + lean, HEIGHT), (x + lean, HEIGHT)], colour("#d9fbff"), 26)
