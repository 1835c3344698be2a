"""Paper, brush and colour for the demo's paintings: shapes with an unsteady hand and fills with visible strokes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import cache
from random import Random

import numpy as np
from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageOps

WIDTH, HEIGHT = 3240, 2280  # 54 : 38, a sheet of 4开
INK = (46, 40, 58)

Point = tuple[float, float]
Colour = tuple[int, int, int]


def colour(name: str) -> Colour:
    """The colour of a hexadecimal or named notation."""
    red, green, blue = ImageColor.getrgb(name)[:3]
    return red, green, blue


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """`one` with a share (0–1) of `other`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def lighter(base: Colour, share: float = 0.35) -> Colour:
    return mixed(base, (255, 252, 240), share)


def darker(base: Colour, share: float = 0.3) -> Colour:
    return mixed(base, (30, 20, 60), share)


@cache
def _strokes(kind: str) -> Image.Image:
    """A sheet of grey strokes, larger than any shape: `gouache` broad and soft, `crayon` fine and slanting."""
    rng = np.random.default_rng({"gouache": 11, "crayon": 12}[kind])
    width, height = WIDTH // 2, HEIGHT // 2
    sheet = Image.new("L", (width, height), 128)
    draw = ImageDraw.Draw(sheet)
    count, length, broad, slant = (9000, 90, 9, 0.12) if kind == "gouache" else (26000, 46, 2, -0.9)
    xs, ys = rng.uniform(-60, width, count), rng.uniform(-20, height, count)
    tones = np.clip(rng.normal(128, 34 if kind == "gouache" else 46, count), 20, 240).astype(int)
    angles, spans = rng.normal(slant, 0.16, count), rng.uniform(0.4, 1.2, count) * length
    for x, y, tone, angle, span in zip(xs, ys, tones.tolist(), angles, spans, strict=True):
        draw.line((x, y, x + span * math.cos(angle), y + span * math.sin(angle)), fill=tone, width=broad)
    return sheet.filter(ImageFilter.GaussianBlur(1.2)).resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)


@cache
def _ramp(kind: str) -> Image.Image:
    """A grey ramp of 256 × 256: dark at the foot (`down`), at the right (`side`), or away from the light (`ball`)."""
    along = np.linspace(255, 0, 256)
    if kind == "down":
        values = np.repeat(along[:, None], 256, 1)
    elif kind == "side":
        values = np.repeat(along[None, :], 256, 0)
    else:
        y, x = np.mgrid[0:256, 0:256] / 255
        values = 255 * np.clip(1.15 - 1.25 * np.hypot(x - 0.34, y - 0.3), 0, 1)
    return Image.fromarray(values.astype(np.uint8))


class Canvas:
    """A sheet being painted. Coordinates are pixels of the finished sheet; everything random comes from `rng`."""

    def __init__(self, rng: Random, sky: Sequence[Colour]) -> None:
        """Paint the ground in a run of colours from top to foot."""
        self.rng = rng
        tone = Image.blend(_ramp("down").resize((WIDTH, HEIGHT)), self._stroke_piece("gouache", WIDTH, HEIGHT), 0.28)
        top, middle, foot = sky[0], sky[len(sky) // 2], sky[-1]
        self.image = ImageOps.colorize(tone, foot, top, middle)
        self.draw = ImageDraw.Draw(self.image, "RGBA")

    def fill(
        self, points: Sequence[Point], base: Colour, *, shade: str | None = None, stroke: str = "gouache", ink: int = 7
    ) -> None:
        """Fill a polygon with strokes of a colour, darker where `shade` says; then draw its outline by hand."""
        xs, ys = [x for x, _ in points], [y for _, y in points]
        left, top = max(0, math.floor(min(xs))), max(0, math.floor(min(ys)))
        right, foot = min(WIDTH, math.ceil(max(xs))), min(HEIGHT, math.ceil(max(ys)))
        if right - left < 2 or foot - top < 2:
            return
        size = (right - left, foot - top)
        tone = self._stroke_piece(stroke, *size)
        if shade:
            box = (round(max(xs) - min(xs)), round(max(ys) - min(ys)))
            ramp = _ramp(shade).resize(box, Image.Resampling.BILINEAR)
            shift = (round(left - min(xs)), round(top - min(ys)))
            tone = Image.blend(tone, ramp.crop((*shift, shift[0] + size[0], shift[1] + size[1])), 0.55)
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in points], fill=255)
        self.image.paste(ImageOps.colorize(tone, darker(base, 0.5), lighter(base, 0.55), base), (left, top), mask)
        if ink:
            self.line([*points, points[0]], INK, ink)

    def glow(self, points: Sequence[Point], base: Colour, alpha: int) -> None:
        """Lay a transparent colour over the polygon."""
        self.draw.polygon(list(points), fill=(*base, alpha))

    def line(self, points: Sequence[Point], base: Colour, width: int) -> None:
        """A line with round ends, a little thicker here and thinner there."""
        self.draw.line(list(points), fill=base, width=max(1, width), joint="curve")

    def dot(self, x: float, y: float, radius: float, base: Colour, alpha: int = 255) -> None:
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(*base, alpha))

    def halo(self, x: float, y: float, radius: float, base: Colour, rings: int = 7) -> None:
        """Light around a point, fading outwards."""
        for ring in range(rings, 0, -1):
            self.dot(x, y, radius * (1 + ring * 0.22), base, 20)

    def ball(self, x: float, y: float, radius: float, base: Colour, *, ink: int = 7, stroke: str = "crayon") -> None:
        self.fill(self.round(x, y, radius, radius), base, shade="ball", ink=ink, stroke=stroke)

    def round(self, x: float, y: float, across: float, down: float, turn: float = 0, part: float = 1) -> list[Point]:
        """An ellipse drawn by hand; `part` of it from the left over the top (0.5: a dome)."""
        count = max(24, int(part * min(120, 16 + across / 6)))
        phases = [self.rng.uniform(0, math.tau) for _ in range(2)]
        points = []
        for step in range(count + 1 if part < 1 else count):
            angle = math.pi + math.tau * part * step / count
            wobble = 1 + 0.012 * math.sin(2 * angle + phases[0]) + 0.008 * math.sin(5 * angle + phases[1])
            dx, dy = across * wobble * math.cos(angle), down * wobble * math.sin(angle)
            points.append(
                (x + dx * math.cos(turn) - dy * math.sin(turn), y + dx * math.sin(turn) + dy * math.cos(turn))
            )
        return points

    def box(self, left: float, top: float, right: float, foot: float, corner: float = 0) -> list[Point]:
        """A rectangle drawn by hand, its corners rounded by `corner`."""
        if corner:
            corner = min(corner, (right - left) / 2, (foot - top) / 2)
            centres = (
                (left + corner, top + corner, 180),
                (right - corner, top + corner, 270),
                (right - corner, foot - corner, 0),
                (left + corner, foot - corner, 90),
            )
            return [
                (x + corner * math.cos(math.radians(start + step)), y + corner * math.sin(math.radians(start + step)))
                for x, y, start in centres
                for step in range(0, 91, 18)
            ]
        return self.shaky([(left, top), (right, top), (right, foot), (left, foot)])

    def shaky(self, corners: Iterable[Point], amount: float = 7) -> list[Point]:
        """The same corners, missed by a little."""
        return [(x + self.rng.uniform(-amount, amount), y + self.rng.uniform(-amount, amount)) for x, y in corners]

    def hills(self, level: float, height: float, waves: float) -> list[Point]:
        """Rolling ground from edge to edge, down to the foot of the sheet."""
        phases = [self.rng.uniform(0, math.tau) for _ in range(3)]
        top = []
        for x in range(-20, WIDTH + 60, 40):
            at = x / WIDTH * waves * math.tau
            swing = (
                math.sin(at + phases[0]) + 0.45 * math.sin(2.3 * at + phases[1]) + 0.2 * math.sin(5.1 * at + phases[2])
            )
            top.append((float(x), level + height * swing))
        return [*top, (WIDTH + 60, HEIGHT + 20), (-20, HEIGHT + 20)]

    def finished(self) -> Image.Image:
        """The sheet with the grain of its paper."""
        grain = _grain()
        return Image.composite(self.image, ImageOps.colorize(grain, (225, 218, 205), (255, 255, 255)), _grain_mask())

    def _stroke_piece(self, kind: str, width: int, height: int) -> Image.Image:
        sheet = _strokes(kind)
        left, top = self.rng.randint(0, WIDTH - width), self.rng.randint(0, HEIGHT - height)
        return sheet.crop((left, top, left + width, top + height))


@cache
def _grain() -> Image.Image:
    rng = np.random.default_rng(13)
    small = Image.fromarray(rng.integers(90, 255, (HEIGHT // 4, WIDTH // 4), dtype=np.uint8))
    return small.resize((WIDTH, HEIGHT), Image.Resampling.BILINEAR)


@cache
def _grain_mask() -> Image.Image:
    """Where the paint did not reach the hollows of the paper: mostly opaque."""
    return _grain().point(lambda tone: 255 if tone > 128 else 255 - (128 - tone))
