"""What the demo's photographs show: models on a table before the wall of some classroom, no two rooms alike."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from contest_portal.demo.canvas import HEIGHT, WIDTH, Canvas, Colour, colour, darker, lighter, mixed
from contest_portal.demo.motifs import buildings, craft, figures, signs
from contest_portal.demo.motifs.palette import GAY, GLASS, GOLD, LEAF, NIGHT, SCARF, STEEL, WHITE, WOOD

WALLS = ("#efe9dc", "#dfe8ee", "#e9dfe6", "#dcead9", "#f2e3c6", "#c9d3dd", "#e7d5c4", "#f4f1ea", "#b9c7c0", "#d8cbe0")
TABLES = ("#b98a5a", "#8fa3ad", "#c9b48a", "#6f4e37", "#e6dfd1", "#5d7a68", "#a05a4a", "#3f5468", "#d2a679", "#9a8fb0")


def table_scene(rng: Random) -> Canvas:
    """A wall with something on it, a table, two to four models, what lies about."""
    wall = colour(rng.choice(WALLS))
    c = Canvas(rng, [lighter(wall, rng.uniform(0, 0.4)), wall, darker(wall, rng.uniform(0.1, 0.4))])
    for behind in rng.sample(BEHIND, rng.randint(1, 3)):
        behind(c)
    edge, tilt = rng.uniform(1180, 1620), rng.uniform(-90, 90)
    table = colour(rng.choice(TABLES))
    c.fill(
        [(-20, edge + tilt), (WIDTH + 20, edge - tilt), (WIDTH + 20, HEIGHT + 20), (-20, HEIGHT + 20)],
        table,
        shade=rng.choice(("down", "side")),
        ink=rng.choice((0, 4)),
    )
    places = sorted(rng.uniform(0, 1) for _ in range(rng.randint(2, 4)))
    for place, (model, width) in zip(places, rng.sample(MODELS, len(places)), strict=True):
        model(c, 550 + place * 2150, rng.uniform(edge + 160, min(edge + 560, 2150)), width * rng.uniform(0.7, 1.5))
    for thing in rng.sample(ABOUT, rng.randint(1, 3)):
        thing(c)
    return c


def _gay(rng: Random) -> Colour:
    return rng.choice(GAY)


# --- On the wall ------------------------------------------------------------------------------------------------------


def _window(c: Canvas) -> None:
    x, y, width = c.rng.uniform(200, 2200), c.rng.uniform(150, 450), c.rng.uniform(500, 1000)
    c.fill(c.box(x, y, x + width, y + width * 0.8, 8), WHITE, shade="side")
    for k in range(2):
        left = x + 30 + k * width / 2
        c.fill(
            c.box(left, y + 30, left + width / 2 - 60, y + width * 0.8 - 30),
            mixed(GLASS, _gay(c.rng), 0.2),
            shade="down",
        )


def _posters(c: Canvas) -> None:
    x, y = c.rng.uniform(100, 900), c.rng.uniform(120, 500)
    for k in range(c.rng.randint(2, 5)):
        wide, high = c.rng.uniform(260, 520), c.rng.uniform(300, 620)
        c.fill(c.box(x, y, x + wide, y + high), lighter(_gay(c.rng), 0.5), shade="side", ink=4)
        signs.emblem(c, x + wide / 2, y + high / 2, min(wide, high) * 0.3, ("leaf", "drop", "book", "star", "power")[k])
        x += wide + c.rng.uniform(40, 260)


def _blackboard(c: Canvas) -> None:
    x, y, width = c.rng.uniform(100, 900), c.rng.uniform(150, 420), c.rng.uniform(1300, 2200)
    c.fill(c.box(x, y, x + width, y + 720, 10), darker(colour("#2f5d50"), c.rng.uniform(0, 0.3)), shade="down", ink=14)
    for row in range(c.rng.randint(2, 5)):
        line = [(x + 120 + k * 30, y + 130 + row * 120 + c.rng.uniform(-14, 14)) for k in range(c.rng.randint(12, 32))]
        c.line(line, WHITE, 9)


def _shelf(c: Canvas) -> None:
    y, x = c.rng.uniform(450, 900), c.rng.uniform(-20, 1200)
    right = x + c.rng.uniform(1200, 2400)
    c.fill(c.box(x, y, right, y + 60), WOOD, shade="side")
    while x < right - 160:
        wide = c.rng.uniform(40, 130)
        c.fill(c.box(x, y - c.rng.uniform(180, 380), x + wide, y), _gay(c.rng), shade="side", ink=4)
        x += wide + c.rng.choice((4, 4, 90))


def _curtain(c: Canvas) -> None:
    base, left = _gay(c.rng), c.rng.choice((-40, WIDTH - c.rng.uniform(600, 900)))
    for k in range(7):
        c.fill(
            c.box(left + k * 120, -20, left + k * 120 + 130, 1500), lighter(base, 0.1 * (k % 3)), shade="side", ink=0
        )


def _tiles(c: Canvas) -> None:
    wide, base = c.rng.uniform(220, 420), lighter(_gay(c.rng), c.rng.uniform(0.3, 0.7))
    for row in range(int(1300 / wide)):
        for place in range(int(WIDTH / wide) + 1):
            if (row + place) % 2:
                c.fill(c.box(place * wide, row * wide, (place + 1) * wide, (row + 1) * wide), base, ink=0)


# --- Models -----------------------------------------------------------------------------------------------------------


def _balloon(c: Canvas, x: float, foot: float, size: float) -> None:
    craft.balloon(c, x, foot - size, size * 0.7, _gay(c.rng))


def _rocket(c: Canvas, x: float, foot: float, size: float) -> None:
    craft.rocket(c, x, foot - size * 0.8, size * 0.6, c.rng.uniform(-0.2, 0.2), _gay(c.rng))


def _car(c: Canvas, x: float, foot: float, size: float) -> None:
    craft.flying_car(c, x, foot - size * 0.3, size * 0.6, _gay(c.rng), flip=c.rng.random() < 0.5)


def _dome(c: Canvas, x: float, foot: float, size: float) -> None:
    buildings.dome(c, x, foot, size * 0.6, _gay(c.rng), inside=c.rng.choice(("garden", "town")))


def _tower(c: Canvas, x: float, foot: float, size: float) -> None:
    buildings.tower(c, x, foot, size * 0.5, size * c.rng.uniform(0.8, 1.5), _gay(c.rng))


def _robot(c: Canvas, x: float, foot: float, size: float) -> None:
    figures.robot(c, x, foot, size * 1.4, _gay(c.rng))


def _rover(c: Canvas, x: float, foot: float, size: float) -> None:
    figures.rover(c, x, foot, size * 0.8, _gay(c.rng))


def _on_a_board(c: Canvas, x: float, foot: float, size: float) -> None:
    """A control box with lamps and wires on a base board."""
    c.fill(c.box(x - size, foot - 60, x + size, foot + 40, 20), WOOD, shade="down", stroke="crayon")
    box = x + size * c.rng.uniform(-0.7, 0.2)
    c.fill(c.box(box, foot - 260, box + size * 0.6, foot - 60, 16), mixed(STEEL, _gay(c.rng), 0.3), shade="side")
    for k in range(c.rng.randint(2, 4)):
        c.ball(box + size * 0.12 * (k + 1), foot - 190, size * 0.05, (SCARF, GOLD, LEAF, NIGHT)[k], ink=4)
    for base in (SCARF, GOLD, NIGHT):
        sag = c.rng.uniform(60, 200)
        c.line(
            [
                (x - size * 0.9 + size * 1.5 * k / 20, foot - 100 + sag * math.sin(k / 20 * math.pi) - 40)
                for k in range(21)
            ],
            base,
            11,
        )


MODELS: tuple[tuple[Callable[[Canvas, float, float, float], None], float], ...] = (
    (buildings.greenhouse, 560),
    (buildings.solar_panel, 380),
    (buildings.windmill, 900),
    (_robot, 620),
    (_rover, 560),
    (_tower, 520),
    (_dome, 620),
    (_rocket, 520),
    (_car, 480),
    (_balloon, 420),
    (_on_a_board, 620),
)

# --- What lies about --------------------------------------------------------------------------------------------------


def _books(c: Canvas) -> None:
    x, y = c.rng.uniform(100, 2600), c.rng.uniform(1900, 2200)
    for k in range(c.rng.randint(2, 4)):
        shift = c.rng.uniform(-40, 40)
        c.fill(c.box(x + shift, y - 70 * (k + 1), x + 460 + shift, y - 70 * k, 8), _gay(c.rng), shade="side", ink=5)


def _plants(c: Canvas) -> None:
    for _ in range(c.rng.randint(1, 3)):
        buildings.plant(c, c.rng.uniform(150, WIDTH - 150), c.rng.uniform(1800, 2200), c.rng.uniform(160, 380))


def _cards(c: Canvas) -> None:
    for _ in range(c.rng.randint(2, 5)):
        x, y, wide = c.rng.uniform(100, 2900), c.rng.uniform(1750, 2200), c.rng.uniform(120, 330)
        c.fill(c.shaky(c.box(x, y, x + wide, y + wide * 0.6), 30), lighter(_gay(c.rng), 0.4), ink=4)


def _jars(c: Canvas) -> None:
    x, y = c.rng.uniform(100, 2400), c.rng.uniform(1800, 2150)
    for k in range(c.rng.randint(2, 5)):
        left, high = x + k * 170, c.rng.uniform(160, 330)
        c.fill(c.box(left, y - high, left + 130, y, 30), GLASS, shade="side", ink=5)
        c.fill(c.box(left + 12, y - high * c.rng.uniform(0.2, 0.8), left + 118, y - 10, 20), _gay(c.rng), ink=0)


def _child(c: Canvas) -> None:
    figures.child(c, c.rng.choice((320, WIDTH - 320)) + c.rng.uniform(-150, 150), 2350, c.rng.uniform(900, 1400))


BEHIND: tuple[Callable[[Canvas], None], ...] = (_window, _posters, _blackboard, _shelf, _curtain, _tiles)
ABOUT: tuple[Callable[[Canvas], None], ...] = (_books, _plants, _cards, _jars, _child)
