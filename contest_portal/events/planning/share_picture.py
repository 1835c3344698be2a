"""The picture that is passed on in chat groups: title, days, venue, and a QR code of the event's page."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import lru_cache

import segno
from PIL import Image, ImageDraw, ImageFont

from contest_portal.core.pdf import chinese_font_file

WIDTH, HEIGHT = 1080, 1440
_MARGIN = 90
_QR = 300
_PAPER, _INK, _SOFT, _BLUE, _SEAL = "#f7f5f0", "#1d2a35", "#4d5a66", "#1b5a83", "#b23a2e"
_MOST_TITLE_LINES = 4


@dataclass(frozen=True)
class Poster:
    """What stands on the picture, in the reader's language. `facts`: pairs of a word and a line; `stamp`: 已取消, or nothing."""

    office: str
    kind: str
    title: str
    theme: str
    facts: tuple[tuple[str, str], ...]
    address: str
    hint: str
    stamp: str = ""


@lru_cache(maxsize=64)
def share_picture(poster: Poster) -> bytes:
    """A PNG, 1080 × 1440. Equal posters give equal bytes. Raises FontMissingError."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, WIDTH, 150), fill=_BLUE)
    _line(draw, 50, poster.office, 40, "#ffffff")
    y = 210
    draw.text((_MARGIN, y), poster.kind, font=_font(40), fill=_SEAL)
    y += 80
    size = 76 if len(poster.title) <= 24 else 60
    for text in _wrapped(poster.title, _font(size, bold=True), _MOST_TITLE_LINES):
        draw.text((_MARGIN, y), text, font=_font(size, bold=True), fill=_INK)
        y += round(size * 1.35)
    for text in _wrapped(poster.theme, _font(40), 2) if poster.theme else ():
        draw.text((_MARGIN, y + 10), text, font=_font(40), fill=_SOFT)
        y += 58
    _facts(draw, y + 40, poster)
    _qr(picture, draw, poster)
    if poster.stamp:
        _stamp(draw, poster.stamp)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _facts(draw: ImageDraw.ImageDraw, y: int, poster: Poster) -> None:
    end = HEIGHT - _MARGIN - _QR - 40
    draw.line((_MARGIN, y, WIDTH - _MARGIN, y), fill="#dfd9cc", width=3)
    y += 36
    for word, line in poster.facts:
        label = round(_font(40).getlength(word)) + 32
        for number, text in enumerate(_wrapped(line, _font(40), 2, WIDTH - 2 * _MARGIN - label)):
            if y + 56 > end:
                return
            if number == 0:
                draw.text((_MARGIN, y), word, font=_font(40), fill=_SOFT)
            draw.text((_MARGIN + label, y), text, font=_font(40), fill=_INK)
            y += 62


def _qr(picture: Image.Image, draw: ImageDraw.ImageDraw, poster: Poster) -> None:
    raw = io.BytesIO()
    segno.make(poster.address, error="m", micro=False).save(raw, kind="png", border=2, scale=8)
    code = Image.open(raw).convert("RGB")
    # Whole pixels a module, or a telephone reads a grey edge.
    times = max(1, _QR // (code.width // 8))
    code = code.resize((code.width // 8 * times, code.width // 8 * times), Image.Resampling.NEAREST)
    at = HEIGHT - _MARGIN - code.height
    picture.paste(code, (_MARGIN, at))
    left = _MARGIN + code.width + 50
    for number, text in enumerate(_wrapped(poster.hint, _font(36), 4, WIDTH - _MARGIN - left)):
        draw.text((left, at + 20 + number * 56), text, font=_font(36), fill=_SOFT)


def _stamp(draw: ImageDraw.ImageDraw, word: str) -> None:
    font = _font(72, bold=True)
    width = round(font.getlength(word))
    right, top = WIDTH - _MARGIN, 200
    draw.rounded_rectangle((right - width - 60, top, right, top + 120), radius=16, outline=_SEAL, width=8)
    draw.text((right - width - 30, top + 8), word, font=font, fill=_SEAL)


def _line(draw: ImageDraw.ImageDraw, y: int, text: str, size: int, fill: str) -> None:
    for first in _wrapped(text, _font(size), 1):
        draw.text((_MARGIN, y), first, font=_font(size), fill=fill)


def _wrapped(text: str, font: ImageFont.FreeTypeFont, most: int, width: int = WIDTH - 2 * _MARGIN) -> list[str]:
    """Lines that fit into `width` pixels; what does not fit into `most` lines ends with a dot leader."""
    lines = [""]
    for letter in " ".join(text.split()):
        if font.getlength(lines[-1] + letter) > width:
            lines.append("")
        lines[-1] += letter
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and font.getlength(last + "…") > width:
        last = last[:-1]
    return [*lines[: most - 1], last + "…"]


@lru_cache(maxsize=16)
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    path, index = chinese_font_file(bold=bold)
    return ImageFont.truetype(str(path), size, index=index)
