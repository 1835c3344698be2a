"""Paintings and photographs for the demo, made on the spot from a number: the same number gives the same bytes."""

from __future__ import annotations

import io
import math
from functools import cache
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from contest_portal.demo.canvas import HEIGHT, WIDTH, Canvas, colour
from contest_portal.demo.motifs import buildings, figures
from contest_portal.demo.motifs.palette import GAY, GOLD, LEAF, NIGHT, SCARF, STEEL, WOOD
from contest_portal.demo.scenes import THEMES

PHOTO_SIZE = (1600, 1200)


def make_painting(seed: int, theme: str, sign: str = "star") -> bytes:
    """A child's science-fiction painting as a JPEG of 3,240 × 2,280 pixels (4开, 54 : 38), under 3 MB.

    `theme` is a key of THEMES; `sign` what the place is for: health, book, leaf, drop, power, cycle, star.
    """
    canvas = THEMES[theme](Random(f"painting {theme} {seed}"), sign)  # noqa: S311  paint, no secret
    return _jpeg(canvas.finished(), 84)


def make_photo(seed: int) -> bytes:
    """A photograph of a model on a table, as pupils take them: a JPEG of 1,600 × 1,200 pixels."""
    rng = Random(f"photo {seed}")  # noqa: S311  paint, no secret
    canvas = Canvas(rng, [colour("#efe9dc"), colour("#d9cfbb"), colour("#a98d6b")])
    canvas.fill(
        [(-20, 1500), (WIDTH + 20, 1430), (WIDTH + 20, HEIGHT + 20), (-20, HEIGHT + 20)],
        rng.choice((colour("#b98a5a"), colour("#8fa3ad"), colour("#c9b48a"))),
        shade="down",
        ink=0,
    )
    _model(canvas, rng.uniform(1300, 1900), 1850)
    image = canvas.image.crop((240, 180, 3000, 2250)).resize(PHOTO_SIZE, Image.Resampling.BILINEAR)
    return _jpeg(_photographed(image, seed), 82)


def _model(c: Canvas, x: float, foot: float) -> None:
    """A model of cardboard on a base board, with some wires and a control box."""
    rng = c.rng
    c.glow(c.round(x + 60, foot + 60, 1150, 130), colour("#000000"), 60)
    c.fill(c.box(x - 1050, foot - 60, x + 1050, foot + 50, 20), WOOD, shade="down", stroke="crayon")
    kind = rng.randrange(4)
    if kind == 0:
        buildings.greenhouse(c, x - 250, foot - 60, 600)
        buildings.solar_panel(c, x + 680, foot - 60, 330)
    elif kind == 1:
        figures.robot(c, x - 200, foot - 60, 1050, rng.choice(GAY))
    elif kind == 2:
        buildings.windmill(c, x - 450, foot - 60, 1000)
        buildings.tower(c, x + 150, foot - 60, 420, 620, rng.choice(GAY))
    else:
        figures.rover(c, x - 250, foot - 60, 620, rng.choice(GAY))
        buildings.solar_panel(c, x + 650, foot - 60, 300)
    box = x + rng.uniform(350, 600)
    c.fill(c.box(box, foot - 260, box + 330, foot - 60, 16), STEEL, shade="side")
    for k in range(3):
        c.ball(box + 70 + 95 * k, foot - 190, 26, (SCARF, GOLD, LEAF)[k], ink=4)
    for base in (SCARF, GOLD, NIGHT):
        sag = rng.uniform(60, 160)
        wire = [
            (x - 300 + (box - x + 320) * k / 20, foot - 120 + sag * math.sin(k / 20 * math.pi) - 40) for k in range(21)
        ]
        c.line(wire, base, 11)


def _photographed(image: Image.Image, seed: int) -> Image.Image:
    """Softer, darker at the corners, with the noise of a small sensor."""
    noise = np.random.default_rng(seed).integers(-5, 6, (300, 400), dtype=np.int16) + 128
    tile = Image.fromarray(np.tile(noise.astype(np.uint8), (4, 4))).convert("RGB")
    shaded = ImageChops.multiply(image.filter(ImageFilter.GaussianBlur(1.1)), _vignette())
    return ImageChops.add(shaded, tile, offset=-128)


@cache
def _vignette() -> Image.Image:
    width, height = PHOTO_SIZE
    y, x = np.ogrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    return Image.fromarray((255 * (1 - 0.14 * (x * x + y * y))).astype(np.uint8)).convert("RGB")


def _jpeg(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, dpi=(150, 150))
    return out.getvalue()
