"""Which characters can be printed: the fonts' own tables are asked, so that no name comes out as an empty box."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from contest_portal.core.errors import Invalid
from contest_portal.core.pdf import printing_fonts
from contest_portal.core.text import N_

SERIF, SANS = "Noto Serif CJK SC", "Noto Sans CJK SC"
BLANKS = frozenset("\n\t \u3000\u00a0")


@dataclass(frozen=True)
class OwnFont:
    """An office's own font: its file, and the family by which the printing program knows it."""

    path: Path
    family: str
    sha256: str


def missing_letters(text: str, own_font: OwnFont | None = None) -> str:
    """The characters of `text` that no font here has, each once, in order."""
    wanted = dict.fromkeys(letter for letter in text if letter not in BLANKS)
    for letters in _alphabets(own_font):
        wanted = dict.fromkeys(letter for letter in wanted if ord(letter) not in letters)
        if not wanted:
            break
    return "".join(wanted)


def families(kind: str, own_font: OwnFont | None = None) -> list[str]:
    """The fonts of a text in the order in which they are asked for a character. `kind` is one of layout.FONTS."""
    usual = [SANS, SERIF] if kind == "hei" else [SERIF, SANS]
    if own_font is None:
        return usual
    return [own_font.family, *usual] if kind == "own" else [*usual, own_font.family]


def read_own_font(path: Path) -> str:
    """The family of the font in the file. Raises Invalid for what is no font that can be printed with."""
    from fontTools.ttLib import TTFont, TTLibError

    try:
        with TTFont(path, fontNumber=0, lazy=True) as font:
            letters = font.getBestCmap()
            family = font["name"].getDebugName(16) or font["name"].getDebugName(1)
    except (TTLibError, OSError, KeyError, ValueError, AssertionError) as error:
        raise _no_font() from error
    if not letters or not family:
        raise _no_font()
    return str(family)


def _no_font() -> Invalid:
    message = N_("这不是能用的字体文件。请上传 TTF、OTF 或 TTC 格式的字体。")
    return Invalid("results.no_font", message, field="font")


def _alphabets(own_font: OwnFont | None) -> Iterable[Collection[int]]:
    """What the fonts have, the likeliest first: others are read only for letters that these lack."""
    if own_font is not None:
        yield _own_letters(own_font)
    found = printing_fonts()
    for family in (SERIF, SANS):
        usual = [one for one in found if one.family == family]
        if usual:
            plain = min(usual, key=lambda one: abs(one.weight - 400))
            yield _letters(str(plain.path), plain.index)
    # The Noto collections hold the same characters for all countries.
    others = {one.family: one for one in found if not re.match(r"Noto (Sans|Serif|Sans Mono) CJK", one.family)}
    for family in sorted(others):
        yield _letters(str(others[family].path), others[family].index)


def _own_letters(font: OwnFont) -> frozenset[int]:
    if font.sha256 not in _of_own:
        _of_own[font.sha256] = _letters.__wrapped__(str(font.path), 0)
    return _of_own[font.sha256]


@cache
def _letters(path: str, index: int) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(path, fontNumber=index, lazy=True) as font:
        return frozenset(font.getBestCmap() or {})


_of_own: dict[str, frozenset[int]] = {}
