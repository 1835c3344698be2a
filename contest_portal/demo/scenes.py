"""What the demo's paintings show: each scene fills a sheet from a source of chance and the sign of its place."""

from __future__ import annotations

import math
from collections.abc import Callable
from random import Random

from contest_portal.demo.canvas import HEIGHT, INK, WIDTH, Canvas, Colour, colour, darker, lighter, mixed
from contest_portal.demo.motifs import buildings, craft, figures, sea, signs, sky
from contest_portal.demo.motifs.palette import GAY, GLASS, GOLD, LEAF, NIGHT, STEEL, WHITE, WOOD

Scene = Callable[[Random, str], Canvas]


def _space(rng: Random, sign: str) -> Canvas:
    skies = (("#0d0b2e", "#3a2a7a", "#8b4fa8"), ("#04142f", "#14507a", "#3aa6a0"), ("#1a0a2a", "#6b1f5f", "#e0674f"))
    c = Canvas(rng, [colour(name) for name in rng.choice(skies)])
    sky.galaxy(c, rng.uniform(500, 2700), rng.uniform(350, 900), rng.uniform(350, 600), rng.choice(GAY))
    sky.stars(c, 190, HEIGHT)
    corner = rng.choice((-1, 1))
    sky.planet(c, WIDTH / 2 + corner * 1250, 520, rng.uniform(250, 400), rng.choice(GAY), ring=True)
    sky.earth(c, WIDTH / 2 - corner * 1100, rng.uniform(1650, 1850), rng.uniform(430, 600))
    for _ in range(rng.randint(1, 3)):
        sky.planet(c, rng.uniform(500, 2700), rng.uniform(250, 1900), rng.uniform(60, 140), rng.choice(GAY))
    sky.comet(c, rng.uniform(800, 2200), rng.uniform(200, 500), 110)
    craft.station(c, WIDTH / 2 + corner * rng.uniform(150, 500), rng.uniform(1000, 1300), rng.uniform(330, 430))
    signs.emblem(c, WIDTH / 2 + corner * 300, 1720, 120, sign)
    craft.rocket(
        c,
        WIDTH / 2 - corner * 500,
        rng.uniform(700, 900),
        rng.uniform(300, 400),
        corner * rng.uniform(0.3, 0.8),
        _gay(rng),
    )
    for k in range(rng.randint(1, 3)):
        figures.child(
            c, WIDTH / 2 + corner * (700 + 300 * k), rng.uniform(1900, 2150), rng.uniform(380, 480), suit=True
        )
    if rng.random() < 0.6:
        craft.ufo(c, WIDTH / 2 + corner * rng.uniform(-200, 200), 420, 210, _gay(rng))
    return c


def _other_world(rng: Random, sign: str, ground: Colour, light: tuple[str, str, str]) -> Canvas:
    c = Canvas(rng, [colour(name) for name in light])
    sky.stars(c, 120, 1300)
    if ground[0] - ground[2] > 60:
        sky.planet(c, rng.uniform(400, 2800), rng.uniform(300, 500), rng.uniform(120, 200), colour("#d9c7b0"))
        sky.planet(c, rng.uniform(400, 2800), rng.uniform(250, 700), rng.uniform(60, 100), colour("#c9a58a"))
    else:
        sky.earth(c, rng.uniform(500, 2700), rng.uniform(380, 520), rng.uniform(230, 330))
    c.fill(c.hills(1280, 110, 1.6), darker(ground, 0.18), shade="down")
    c.fill(c.hills(1480, 60, 1.1), ground, shade="down", stroke="crayon")
    for _ in range(9):
        y = rng.uniform(1600, 2200)
        buildings.crater(c, rng.uniform(0, WIDTH), y, rng.uniform(50, 150) * y / 1800, ground)
    side, base = rng.choice((-1, 1)), _gay(rng)
    main_at = WIDTH / 2 + side * rng.uniform(0, 250)
    far = main_at - side * rng.uniform(1000, 1150)
    radius = rng.uniform(560, 680)
    near = main_at + side * rng.uniform(930, 1100)
    buildings.dome(c, far, 1560, rng.uniform(330, 420), _gay(rng), inside="garden")
    buildings.dome(c, near, 1590, rng.uniform(300, 400), _gay(rng), inside="garden")
    c.fill(c.box(min(far, near), 1560, max(far, near), 1660, 40), STEEL, shade="down")
    buildings.dome(c, main_at, 1680, radius, base, inside="town")
    signs.emblem(c, main_at, 1680 - radius * 0.98, 135, sign)
    craft.rocket(
        c, main_at - side * rng.uniform(700, 900), rng.uniform(560, 760), rng.uniform(240, 310), side * 0.35, _gay(rng)
    )
    figures.rover(c, main_at + side * rng.uniform(500, 800), 2120, rng.uniform(280, 340), _gay(rng))
    for k in range(rng.randint(2, 4)):
        figures.child(c, main_at - side * (350 + 270 * k), rng.uniform(2080, 2200), rng.uniform(400, 470), suit=True)
    if rng.random() < 0.5:
        figures.robot(c, main_at + side * 120, 2200, 470, _gay(rng), sign=sign)
    return c


def _mars(rng: Random, sign: str) -> Canvas:
    return _other_world(
        rng, sign, colour(rng.choice(("#cf5c36", "#c8663e", "#d9783f"))), ("#3b1230", "#a2453f", "#f3b27a")
    )


def _moon(rng: Random, sign: str) -> Canvas:
    return _other_world(
        rng, sign, colour(rng.choice(("#c9c6d6", "#b9c0cf", "#d6cfbf"))), ("#070a26", "#1f2a63", "#5b5fa8")
    )


def _sea(rng: Random, sign: str) -> Canvas:
    seas = (("#5fd0e6", "#1d78b5", "#0b2f6b"), ("#7be0c8", "#1f8aa0", "#0c3558"), ("#8fd3ff", "#3f6fd0", "#23206b"))
    c = Canvas(rng, [colour(name) for name in rng.choice(seas)])
    sea.light_rays(c)
    c.fill(c.hills(1900, 60, 1.4), colour("#d8c08a"), shade="down", stroke="crayon")
    for _ in range(9):
        sea.weed(
            c,
            rng.uniform(0, WIDTH),
            rng.uniform(1900, 2000),
            rng.uniform(300, 700),
            mixed(LEAF, GAY[7], rng.random()),
        )
    side = rng.choice((-1, 1))
    middle = WIDTH / 2 + side * rng.uniform(150, 400)
    buildings.dome(c, middle - side * 1050, 1880, rng.uniform(380, 460), _gay(rng), inside="town")
    radius = rng.uniform(600, 700)
    buildings.dome(c, middle, 1960, radius, _gay(rng), inside="town")
    signs.emblem(c, middle, 1960 - radius, 140, sign)
    if rng.random() < 0.6:
        sea.whale(c, rng.uniform(900, 2300), rng.uniform(420, 560), rng.uniform(430, 560), colour("#4f6fae"))
    else:
        sea.jellyfish(c, rng.uniform(500, 2700), rng.uniform(400, 600), rng.uniform(180, 260), colour("#e88bc4"))
    sea.submarine(c, middle - side * rng.uniform(900, 1100), rng.uniform(900, 1150), rng.uniform(270, 340), GOLD)
    sea.jellyfish(c, middle + side * rng.uniform(850, 1050), rng.uniform(700, 1000), rng.uniform(120, 180), _gay(rng))
    for _ in range(rng.randint(8, 13)):
        flip = rng.random() < 0.5
        sea.fish(c, rng.uniform(150, WIDTH - 150), rng.uniform(250, 1750), rng.uniform(55, 125), _gay(rng), flip=flip)
    for _ in range(6):
        sea.coral(c, rng.uniform(50, WIDTH - 50), rng.uniform(2080, 2260), rng.uniform(80, 130), rng.choice(GAY[:5]))
    for k in range(rng.randint(1, 3)):
        figures.child(c, middle + side * (250 + 330 * k), 2180, rng.uniform(380, 450), suit=True)
    sea.bubbles(c, 55)
    return c


def _city(rng: Random, sign: str) -> Canvas:
    skies = (("#3f9be0", "#9fd8f5", "#fdeecb"), ("#6a5acd", "#f2a0b8", "#ffe6b0"), ("#1d2b64", "#7a4fa0", "#f8a17a"))
    light = rng.choice(skies)
    c = Canvas(rng, [colour(name) for name in light])
    if light[0] == "#1d2b64":
        sky.stars(c, 90, 900)
        sky.planet(c, rng.uniform(500, 2700), 430, 220, colour("#f3e3b0"))
    else:
        sky.sun(c, rng.choice((480, 2760)), 430, rng.uniform(190, 240))
        for _ in range(3):
            sky.cloud(c, rng.uniform(700, 2600), rng.uniform(220, 650), rng.uniform(150, 230))
    for k in range(11):
        buildings.tower(c, 130 + k * 300, 1780, rng.uniform(170, 260), rng.uniform(420, 1050), lighter(_gay(rng), 0.35))
    for level in (rng.uniform(820, 950), rng.uniform(1180, 1300)):
        road = [(x, level + 90 * math.sin(x / 520 + level)) for x in range(-40, WIDTH + 80, 40)]
        c.line(road, INK, 92)
        c.line(road, mixed(GLASS, STEEL, 0.4), 74)
        c.line(road, WHITE, 8)
    c.fill(c.hills(1760, 28, 0.8), colour("#86c66b"), shade="down", stroke="crayon")
    middle = rng.uniform(1200, 2000)
    buildings.tower(c, middle, 1900, 460, rng.uniform(800, 1000), _gay(rng))
    signs.emblem(c, middle, 1180, 170, sign)
    for _ in range(5):
        flip = rng.random() < 0.5
        craft.flying_car(c, rng.uniform(250, 3000), rng.uniform(500, 1350), rng.uniform(130, 210), _gay(rng), flip=flip)
    craft.ufo(c, rng.uniform(600, 2700), rng.uniform(330, 560), 200, _gay(rng), beam=rng.random() < 0.5)
    for _ in range(8):
        buildings.tree(c, rng.uniform(60, WIDTH - 60), rng.uniform(1880, 2000), rng.uniform(230, 340))
    for k in range(rng.randint(3, 5)):
        figures.child(c, 420 + k * rng.uniform(480, 560), rng.uniform(2110, 2220), rng.uniform(380, 460))
    figures.robot(c, rng.choice((middle - 620, middle + 620)), 2200, 560, _gay(rng), sign=sign)
    return c


def _desert(rng: Random, sign: str) -> Canvas:
    skies = (("#2f9fe0", "#a6dcf0", "#ffe9b8"), ("#e4733f", "#f7b267", "#ffe2a8"), ("#5a8fd6", "#f0b6a0", "#ffdca0"))
    c = Canvas(rng, [colour(name) for name in rng.choice(skies)])
    sky.sun(c, rng.choice((520, 2700)), 470, rng.uniform(200, 260))
    for k in range(4):
        buildings.mountain(
            c, 300 + k * 880 + rng.uniform(-120, 120), 1330, 1150, rng.uniform(430, 640), colour("#8a7fa8")
        )
    c.fill(c.hills(1320, 90, 1.3), colour("#e8b45a"), shade="side")
    for _ in range(5):
        buildings.windmill(c, rng.uniform(150, WIDTH - 150), rng.uniform(1330, 1420), rng.uniform(330, 480))
    c.fill(c.hills(1520, 60, 0.9), colour("#edc373"), shade="down", stroke="crayon")
    side = rng.choice((-1, 1))
    middle = WIDTH / 2 + side * rng.uniform(250, 450)
    for k in range(5):
        buildings.solar_panel(c, middle - side * (760 + 270 * k), 1640 + 12 * k, rng.uniform(190, 220))
    buildings.greenhouse(c, middle + side * 620, 1680, rng.uniform(480, 560))
    c.fill(c.hills(1860, 30, 0.6), colour("#8fc65f"), shade="down", stroke="crayon")
    for _ in range(9):
        buildings.tree(
            c,
            rng.uniform(40, WIDTH - 40),
            rng.uniform(1870, 1960),
            rng.uniform(250, 380),
            mixed(LEAF, GOLD, 0.2 * rng.random()),
        )
    figures.robot(c, middle, 2130, rng.uniform(900, 1020), _gay(rng), sign=sign)
    craft.ufo(c, middle - side * 700, rng.uniform(560, 760), 230, _gay(rng), beam=True)
    for k in range(rng.randint(2, 4)):
        figures.child(c, middle - side * (520 + 340 * k), rng.uniform(2130, 2220), rng.uniform(400, 480))
    for _ in range(10):
        buildings.plant(c, rng.uniform(30, WIDTH - 30), rng.uniform(2140, 2260), rng.uniform(90, 150))
    return c


def _helper(rng: Random, sign: str) -> Canvas:
    """One big robot at work among children."""
    skies = (("#4fb0e8", "#bde6f5", "#fff3cf"), ("#7bd0b5", "#d8f0d0", "#fff5d6"), ("#8f7fe0", "#e5b8e6", "#ffeacb"))
    c = Canvas(rng, [colour(name) for name in rng.choice(skies)])
    if rng.random() < 0.7:
        sky.rainbow(c, rng.uniform(900, 2300), 1500, rng.uniform(1000, 1250))
    for _ in range(4):
        sky.cloud(c, rng.uniform(200, 3000), rng.uniform(200, 620), rng.uniform(150, 240))
    for _ in range(7):
        buildings.tower(
            c,
            rng.uniform(100, WIDTH - 100),
            1500,
            rng.uniform(150, 220),
            rng.uniform(250, 600),
            lighter(_gay(rng), 0.4),
        )
    c.fill(c.hills(1430, 70, 1.1), colour("#9bd27a"), shade="down")
    c.fill(c.hills(1700, 40, 0.8), colour("#79b85c"), shade="down", stroke="crayon")
    for _ in range(6):
        buildings.tree(c, rng.uniform(60, WIDTH - 60), rng.uniform(1560, 1700), rng.uniform(280, 400))
    middle = rng.uniform(1200, 2040)
    figures.robot(c, middle, 2120, rng.uniform(1380, 1560), _gay(rng), sign=sign)
    for side in (-1, 1):
        for k in range(rng.randint(1, 2)):
            figures.child(c, middle + side * (620 + 330 * k), rng.uniform(2080, 2210), rng.uniform(440, 540))
    figures.robot(c, middle + rng.choice((-1, 1)) * rng.uniform(1150, 1300), 2180, 420, _gay(rng))
    craft.flying_car(c, rng.uniform(400, 900), rng.uniform(650, 900), 190, _gay(rng))
    craft.balloon(c, rng.choice((420, 2850)), rng.uniform(520, 700), rng.uniform(160, 210), _gay(rng))
    for _ in range(14):
        buildings.plant(c, rng.uniform(30, WIDTH - 30), rng.uniform(2130, 2260), rng.uniform(80, 150))
    return c


def _islands(rng: Random, sign: str) -> Canvas:
    """Islands that float among clouds."""
    skies = (("#4a7fe0", "#9fd0f8", "#fbe3ee"), ("#f58fa8", "#fcc9a0", "#fff2c9"), ("#5f6fd8", "#b79be8", "#ffd6e0"))
    c = Canvas(rng, [colour(name) for name in rng.choice(skies)])
    sky.sun(c, rng.choice((430, 2820)), 400, 190)
    if rng.random() < 0.6:
        sky.rainbow(c, rng.uniform(1100, 2100), 1750, 1350)
    for _ in range(6):
        sky.cloud(c, rng.uniform(100, 3100), rng.uniform(250, 2100), rng.uniform(170, 280))
    side = rng.choice((-1, 1))
    spots: tuple[tuple[float, float, float], ...] = (
        (WIDTH / 2 + side * 100, 1430, rng.uniform(720, 820)),
        (WIDTH / 2 - side * 1100, rng.uniform(900, 1050), rng.uniform(380, 440)),
        (WIDTH / 2 + side * 1120, rng.uniform(780, 950), rng.uniform(340, 420)),
    )
    bridge = [
        (spots[1][0] + (spots[2][0] - spots[1][0]) * k / 30, 1080 + 330 * math.sin(k / 30 * math.pi)) for k in range(31)
    ]
    c.line(bridge, WOOD, 40)
    for x, y, size in spots:
        buildings.island(c, x, y, size)
        for k in range(3):
            buildings.tower(c, x + size * 0.32 * (k - 1), y, size * 0.24, size * rng.uniform(0.45, 0.8), _gay(rng))
        for share in (-0.75, 0.72):
            buildings.tree(c, x + share * size, y + 15, size * 0.4)
    main_x, main_y, main_size = spots[0]
    signs.emblem(c, main_x, main_y - main_size * 0.3, 130, sign)
    for k in range(rng.randint(2, 4)):
        figures.child(c, main_x - main_size * 0.5 + k * 270, main_y + 110, rng.uniform(300, 350))
    for _ in range(3):
        craft.balloon(c, rng.uniform(300, 2950), rng.uniform(350, 1750), rng.uniform(110, 180), _gay(rng))
    for _ in range(3):
        craft.flying_car(
            c,
            rng.uniform(400, 2850),
            rng.uniform(1650, 2100),
            rng.uniform(150, 200),
            _gay(rng),
            flip=rng.random() < 0.5,
        )
    return c


def _snow(rng: Random, sign: str) -> Canvas:
    c = Canvas(rng, [colour("#0b1a4a"), colour("#27518f"), colour("#a9d6ea")])
    sky.stars(c, 120, 1000)
    sky.aurora(c, rng.uniform(750, 900))
    for k in range(5):
        buildings.mountain(
            c,
            200 + k * 720 + rng.uniform(-80, 80),
            1480,
            rng.uniform(900, 1200),
            rng.uniform(600, 900),
            mixed(NIGHT, STEEL, 0.45),
        )
    c.fill(c.hills(1470, 50, 1.2), colour("#dcecf7"), shade="down")
    c.fill(c.hills(1750, 40, 0.7), colour("#f0f7fc"), shade="down", stroke="crayon")
    side = rng.choice((-1, 1))
    middle = WIDTH / 2 + side * rng.uniform(0, 300)
    buildings.dome(c, middle - side * 1000, 1680, rng.uniform(340, 420), _gay(rng), inside="garden")
    radius = rng.uniform(560, 640)
    buildings.dome(c, middle, 1820, radius, _gay(rng), inside="garden")
    signs.emblem(c, middle, 1820 - radius, 135, sign)
    for k in range(3):
        buildings.windmill(c, middle + side * (750 + 260 * k), 1700, rng.uniform(420, 560))
    figures.rover(c, middle - side * rng.uniform(700, 900), 2130, rng.uniform(280, 330), _gay(rng))
    figures.robot(c, middle + side * 700, 2160, 620, _gay(rng), sign=sign)
    for k in range(rng.randint(2, 3)):
        figures.child(c, middle - side * (-150 + 330 * k), 2190, rng.uniform(400, 460), suit=rng.random() < 0.5)
    for _ in range(170):
        c.dot(rng.uniform(0, WIDTH), rng.uniform(0, HEIGHT), rng.uniform(4, 12), WHITE, 190)
    return c


THEMES: dict[str, Scene] = {
    "space": _space,
    "mars": _mars,
    "moon": _moon,
    "sea": _sea,
    "city": _city,
    "desert": _desert,
    "helper": _helper,
    "islands": _islands,
    "snow": _snow,
}


def _gay(rng: Random) -> Colour:
    return rng.choice(GAY)
