"""Stars, planets, clouds, light."""

from __future__ import annotations

import math

from contest_portal.demo.canvas import INK, WIDTH, Canvas, Colour, colour, darker, lighter, mixed
from contest_portal.demo.motifs.palette import GOLD, LEAF, WHITE
from contest_portal.demo.motifs.signs import face, star


def stars(c: Canvas, count: int, lowest: float) -> None:
    for _ in range(count):
        x, y = c.rng.uniform(0, WIDTH), c.rng.uniform(0, lowest)
        if c.rng.random() < 0.16:
            star(c, x, y, c.rng.uniform(16, 42), c.rng.choice((GOLD, WHITE, colour("#ffd9a0"))))
        else:
            c.dot(x, y, c.rng.uniform(3, 9), WHITE, c.rng.randint(130, 255))


def galaxy(c: Canvas, x: float, y: float, size: float, base: Colour) -> None:
    """A spiral of light dots."""
    turn = c.rng.uniform(0, math.tau)
    for k in range(150):
        angle, far = turn + k * 0.075, size * (0.08 + k / 150)
        for arm in (0, math.pi):
            px, py = x + far * math.cos(angle + arm), y + 0.5 * far * math.sin(angle + arm)
            c.dot(px + c.rng.gauss(0, size * 0.03), py + c.rng.gauss(0, size * 0.03), 5 + 16 * (1 - k / 150), base, 70)
    c.halo(x, y, size * 0.1, lighter(base, 0.8))


def comet(c: Canvas, x: float, y: float, size: float) -> None:
    for k in range(5):
        end = (x + size * (2.2 + 0.3 * k), y - size * (0.5 + 0.28 * k))
        c.line([(x, y), end], mixed(GOLD, WHITE, k / 5), round(size * 0.12))
    star(c, x, y, size * 0.5, GOLD)


def sun(c: Canvas, x: float, y: float, radius: float) -> None:
    c.halo(x, y, radius, colour("#ffe9a8"))
    for k in range(14):
        angle = k * math.tau / 14 + c.rng.uniform(-0.06, 0.06)
        near, far = radius * 1.16, radius * c.rng.uniform(1.4, 1.62)
        c.line(
            [
                (x + near * math.cos(angle), y + near * math.sin(angle)),
                (x + far * math.cos(angle), y + far * math.sin(angle)),
            ],
            colour("#f6a821"),
            round(radius * 0.09),
        )
    c.ball(x, y, radius, colour("#f9c22e"))
    face(c, x, y, radius * 0.5)


def cloud(c: Canvas, x: float, y: float, size: float, base: Colour = WHITE) -> None:
    puffs = [(-0.9, 0.12, 0.42), (-0.35, -0.12, 0.58), (0.3, -0.2, 0.66), (0.95, 0.08, 0.46), (0, 0.2, 0.6)]
    for dx, dy, radius in puffs:
        c.fill(c.round(x + dx * size, y + dy * size, radius * size, radius * size * 0.8), base, shade="ball", ink=5)
    for dx, dy, radius in puffs:
        c.fill(c.round(x + dx * size, y + dy * size, radius * size * 0.92, radius * size * 0.72), base, ink=0)


def rainbow(c: Canvas, x: float, foot: float, radius: float) -> None:
    for k, name in enumerate(("#e4473c", "#f59f3a", "#f7d84a", "#62b857", "#3f8fd6", "#7a5cc0")):
        outer = c.round(x, foot, radius - k * radius * 0.055, radius - k * radius * 0.055, part=0.5)
        c.line(outer, colour(name), round(radius * 0.056))


def aurora(c: Canvas, level: float) -> None:
    for name in ("#5ef2b0", "#7ad7ff", "#c08bff"):
        phase, height = c.rng.uniform(0, 6), c.rng.uniform(420, 760)
        base = colour(name)
        for x in range(0, WIDTH, 24):
            y = level + 150 * math.sin(x / 420 + phase) + 60 * math.sin(x / 130 + phase)
            c.draw.line(
                (x, y, x + 30, y - height * (0.6 + 0.4 * math.sin(x / 200 + phase))), fill=(*base, 62), width=26
            )


def planet(c: Canvas, x: float, y: float, radius: float, base: Colour, *, ring: bool = False) -> None:
    if ring:
        _ring(c, x, y, radius, lighter(base, 0.4), back=True)
    c.ball(x, y, radius, base)
    for _ in range(c.rng.randint(2, 4)):
        middle = c.rng.uniform(-0.65, 0.65)
        thick = c.rng.uniform(0.05, 0.12)
        edge = [
            (x + side * radius * 0.97 * math.sqrt(1 - at * at), y + radius * at)
            for side, ats in ((-1, (middle - thick, middle + thick)), (1, (middle + thick, middle - thick)))
            for at in ats
        ]
        c.glow(edge, darker(base, 0.45), 80)
    for _ in range(c.rng.randint(2, 5)):
        angle, far = c.rng.uniform(0, math.tau), radius * c.rng.uniform(0.1, 0.65)
        spot = radius * c.rng.uniform(0.06, 0.15)
        c.fill(
            c.round(x + far * math.cos(angle), y + far * math.sin(angle), spot, spot * 0.8), darker(base, 0.15), ink=3
        )
    if ring:
        _ring(c, x, y, radius, lighter(base, 0.4), back=False)


def _ring(c: Canvas, x: float, y: float, radius: float, base: Colour, *, back: bool) -> None:
    for k, (far, width) in enumerate(((1.75, 0.12), (1.5, 0.09))):
        whole = [
            (x + far * radius * math.cos(a), y + 0.34 * far * radius * math.sin(a) - 0.25 * far * radius * math.cos(a))
            for a in (math.pi + math.tau * step / 80 for step in range(81))
        ]
        half = whole[:41] if back else whole[40:]
        c.line(half, INK, round(radius * width) + 10)
        c.line(half, lighter(base, 0.2 * k), round(radius * width))


def earth(c: Canvas, x: float, y: float, radius: float) -> None:
    c.halo(x, y, radius, colour("#9fd8ff"), 4)
    c.ball(x, y, radius, colour("#2f7fd0"))
    for dx, dy, across, down in (
        (-0.35, -0.3, 0.36, 0.27),
        (0.35, 0.15, 0.3, 0.38),
        (-0.2, 0.5, 0.26, 0.16),
        (0.25, -0.55, 0.2, 0.12),
    ):
        c.fill(
            c.round(x + dx * radius, y + dy * radius, across * radius, down * radius, c.rng.uniform(0, 1)), LEAF, ink=4
        )
    for dx, dy in ((-0.45, 0.12), (-0.2, 0.06), (0.3, -0.28)):
        c.glow(c.round(x + dx * radius, y + dy * radius, 0.24 * radius, 0.07 * radius), WHITE, 190)
