"""Children, robots, their rover."""

from __future__ import annotations

import math

from contest_portal.demo.canvas import INK, Canvas, Colour, colour, darker, lighter
from contest_portal.demo.motifs.palette import BLACK, GAY, GLASS, GOLD, NIGHT, SCARF, SKIN, STEEL, WHITE
from contest_portal.demo.motifs.signs import emblem, face


def pilot(c: Canvas, x: float, y: float, size: float) -> None:
    c.ball(x, y, size, SKIN, ink=4, stroke="gouache")
    c.fill(c.round(x, y - size * 0.35, size, size * 0.7, part=0.5), BLACK, ink=0)
    face(c, x, y + size * 0.2, size * 0.6)


def child(c: Canvas, x: float, foot: float, size: float, *, suit: bool = False) -> None:
    """A pupil with a red scarf; in a space suit when `suit`. `size` is the height."""
    coat = WHITE if suit else c.rng.choice(GAY)
    girl, arm = c.rng.random() < 0.5, c.rng.choice((-0.9, 0.5))
    for side in (-1, 1):
        c.line(
            [(x + side * size * 0.07, foot - size * 0.32), (x + side * size * 0.1, foot - size * 0.03)],
            NIGHT if not suit else STEEL,
            round(size * 0.1),
        )
        c.fill(c.round(x + side * size * 0.13, foot - size * 0.02, size * 0.08, size * 0.045), BLACK, ink=0)
    for side, lift in ((-1, 0.4), (1, arm)):
        hand = (x + side * size * 0.27, foot - size * (0.48 - 0.2 * lift if lift > 0 else 0.48 + 0.22))
        c.line([(x + side * size * 0.1, foot - size * 0.55), hand], darker(coat, 0.12), round(size * 0.09))
        c.dot(*hand, size * 0.05, SKIN)
    c.fill(
        c.shaky(
            [
                (x - size * 0.12, foot - size * 0.62),
                (x + size * 0.12, foot - size * 0.62),
                (x + size * 0.18, foot - size * 0.28),
                (x - size * 0.18, foot - size * 0.28),
            ],
            3,
        ),
        coat,
        shade="side",
        ink=5,
    )
    c.fill(
        [(x - size * 0.11, foot - size * 0.62), (x + size * 0.11, foot - size * 0.62), (x, foot - size * 0.46)],
        SCARF,
        ink=3,
    )
    head = foot - size * 0.78
    if suit:
        c.fill(c.round(x, head, size * 0.23, size * 0.23), STEEL, shade="ball", ink=5)
    c.fill(c.round(x, head, size * 0.17, size * 0.17), SKIN, ink=4)
    c.fill(c.round(x, head - size * 0.03, size * 0.175, size * 0.15, part=0.5), BLACK, ink=0)
    if girl and not suit:
        for side in (-1, 1):
            c.ball(x + side * size * 0.2, head - size * 0.04, size * 0.065, BLACK, ink=0)
    face(c, x, head + size * 0.04, size * 0.11)
    if suit:
        c.glow(c.round(x, head, size * 0.21, size * 0.21), GLASS, 70)


def robot(c: Canvas, x: float, foot: float, size: float, base: Colour, *, sign: str = "star") -> None:
    """A friendly machine on wheels or legs. `size` is the height."""
    wheels = c.rng.random() < 0.5
    for side in (-1, 1):
        if wheels:
            c.ball(x + side * size * 0.17, foot - size * 0.07, size * 0.09, BLACK)
            c.ball(x + side * size * 0.17, foot - size * 0.07, size * 0.04, STEEL, ink=4)
        else:
            c.fill(
                c.box(
                    x + side * size * 0.13 - size * 0.05,
                    foot - size * 0.26,
                    x + side * size * 0.13 + size * 0.05,
                    foot,
                    8,
                ),
                STEEL,
                shade="side",
            )
            c.fill(c.round(x + side * size * 0.14, foot - size * 0.02, size * 0.1, size * 0.05), darker(base), ink=5)
        lift = c.rng.uniform(-0.16, 0.22)
        elbow, hand = (x + side * size * 0.34, foot - size * 0.46), (x + side * size * 0.42, foot - size * (0.4 + lift))
        c.line([(x + side * size * 0.22, foot - size * 0.54), elbow, hand], INK, round(size * 0.075))
        c.line([(x + side * size * 0.22, foot - size * 0.54), elbow, hand], STEEL, round(size * 0.055))
        c.ball(*hand, size * 0.055, base)
    c.fill(
        c.box(x - size * 0.24, foot - size * 0.62, x + size * 0.24, foot - size * 0.16, size * 0.06),
        base,
        shade="side",
        ink=9,
    )
    emblem(c, x, foot - size * 0.39, size * 0.12, sign)
    for side in (-1, 1):
        c.line([(x + side * size * 0.1, foot - size * 0.9), (x + side * size * 0.15, foot - size * 0.99)], INK, 9)
        c.ball(x + side * size * 0.155, foot - size, size * 0.03, GOLD, ink=4)
    c.fill(
        c.box(x - size * 0.2, foot - size * 0.92, x + size * 0.2, foot - size * 0.65, size * 0.08),
        lighter(base, 0.45),
        shade="side",
        ink=9,
    )
    for side in (-1, 1):
        c.ball(x + side * size * 0.085, foot - size * 0.81, size * 0.055, WHITE, ink=5, stroke="gouache")
        c.dot(x + side * size * 0.08, foot - size * 0.805, size * 0.026, BLACK)
        c.dot(x + side * size * 0.15, foot - size * 0.73, size * 0.03, colour("#f08080"), 130)
    c.line(
        [
            (
                x + size * 0.07 * math.cos(a / 8 * math.pi),
                foot - size * 0.735 + size * 0.045 * math.sin(a / 8 * math.pi),
            )
            for a in range(9)
        ],
        BLACK,
        8,
    )


def rover(c: Canvas, x: float, foot: float, size: float, base: Colour) -> None:
    c.fill(c.round(x + size * 0.1, foot - size * 0.52, size * 0.42, size * 0.4, part=0.5), GLASS, shade="ball")
    pilot(c, x + size * 0.1, foot - size * 0.62, size * 0.14)
    c.fill(
        c.box(x - size * 0.75, foot - size * 0.54, x + size * 0.75, foot - size * 0.22, size * 0.1), base, shade="down"
    )
    c.line([(x - size * 0.55, foot - size * 0.5), (x - size * 0.55, foot - size)], INK, 9)
    c.fill(c.round(x - size * 0.55, foot - size, size * 0.2, size * 0.2, 0.6, 0.5), STEEL, ink=6)
    for k in (-0.5, 0, 0.5):
        c.ball(x + k * size, foot - size * 0.16, size * 0.17, BLACK)
        c.ball(x + k * size, foot - size * 0.16, size * 0.07, STEEL, ink=4)
