"""Paintings and photographs for the demo, made on the spot from a number: the same number gives the same bytes."""

from __future__ import annotations

import io
import math
from functools import cache
from random import Random

import numpy as np
from PIL import Image, ImageChops, ImageFilter

from contest_portal.demo.canvas import HEIGHT, WIDTH
from contest_portal.demo.scenes import THEMES
from contest_portal.demo.table_scenes import table_scene

PHOTO_SIZE = (1600, 1200)


def make_painting(seed: int, theme: str, sign: str = "star") -> bytes:
    """A child's science-fiction painting as a JPEG of 3,240 × 2,280 pixels (4开, 54 : 38), under 3 MB.

    `theme` is a key of THEMES; `sign` what the place is for: health, book, leaf, drop, power, cycle, star.
    """
    canvas = THEMES[theme](Random(f"painting {theme} {seed}"), sign)  # noqa: S311  paint, no secret
    return _jpeg(canvas.finished(), 84)


def make_photo(seed: int) -> bytes:
    """A photograph of models on a table, as pupils take them: a JPEG of 1,600 × 1,200 pixels."""
    rng = Random(f"photo {seed}")  # noqa: S311  paint, no secret
    whole = table_scene(rng).image
    wide = rng.uniform(0.7, 0.92) * WIDTH
    left, top = rng.uniform(40, WIDTH - wide - 40), rng.uniform(0.4, 1) * (HEIGHT - wide * 0.75 - 20)
    top = max(0.0, top)
    image = whole.transform(
        PHOTO_SIZE,
        Image.Transform.EXTENT,
        (left, top, left + wide, min(HEIGHT, top + wide * 0.75)),
        Image.Resampling.BILINEAR,
    )
    return _jpeg(_photographed(_lit(image, rng, 0.16), seed), 82)


def make_painting_again(seed: int, theme: str, sign: str, photographer: int) -> bytes:
    """The painting of that number taken once more by somebody else: nearer, a little askew, in another light."""
    rng = Random(f"again {photographer}")  # noqa: S311  paint, no secret
    sheet = THEMES[theme](Random(f"painting {theme} {seed}"), sign).finished()  # noqa: S311  paint, no secret
    nearer, turn = rng.uniform(0.9, 0.94), math.radians(rng.choice((-1, 1)) * rng.uniform(0.8, 1.6))
    cos, sin = nearer * math.cos(turn), nearer * math.sin(turn)
    x, y = WIDTH / 2 + rng.uniform(-40, 40), HEIGHT / 2 + rng.uniform(-30, 30)
    moved = (cos, -sin, x - cos * WIDTH / 2 + sin * HEIGHT / 2, sin, cos, y - sin * WIDTH / 2 - cos * HEIGHT / 2)
    image = sheet.transform((WIDTH, HEIGHT), Image.Transform.AFFINE, moved, Image.Resampling.BILINEAR)
    return _jpeg(_lit(image, rng, 0.1), 78)


def _lit(image: Image.Image, rng: Random, most: float) -> Image.Image:
    """In the light of some lamp: each colour up to a share of `most` stronger or weaker."""
    red, green, blue = (1 + rng.uniform(-most, most / 2) for _ in range(3))
    table = [min(255, round(tone * gain)) for gain in (red, green, blue) for tone in range(256)]
    return image.point(table)


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
