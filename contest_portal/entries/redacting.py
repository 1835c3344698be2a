"""Words of what was typed that judges of blind rounds must not read: black squares in their place. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

SQUARES = "■■■"
"""In the place of any words, whatever their length: nothing tells how long the name is."""


@dataclass(frozen=True)
class Redaction:
    """`words` as they stand (blanks and line breaks as one blank), from letter `begin`, `length` letters long."""

    begin: int
    length: int
    words: str


def redacted(text: str, redactions: Iterable[Redaction]) -> str:
    """The text with squares for these words. Where a text was changed meanwhile and something else stands at the place,
    the words go wherever they stand now."""
    spans: list[tuple[int, int]] = []
    for one in redactions:
        if stands_at(text, one):
            spans.append((one.begin, one.begin + one.length))
        elif one.words:
            spans += _places_of(text, one.words)
    for begin, end in reversed(_joined(spans)):
        text = text[:begin] + SQUARES + text[end:]
    return text


def stands_at(text: str, one: Redaction) -> bool:
    """Whether the text still has the words at their place."""
    return bool(one.words) and in_one_line(text[one.begin : one.begin + one.length]).startswith(one.words)


def in_one_line(text: str) -> str:
    """Blanks, line breaks and what cannot be printed as one blank."""
    return " ".join("".join(ch if ch.isprintable() else " " for ch in text).split())


def _places_of(text: str, words: str) -> list[tuple[int, int]]:
    places, begin = [], text.find(words)
    while begin >= 0:
        places.append((begin, begin + len(words)))
        begin = text.find(words, begin + len(words))
    return places


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((begin, end))
    return joined
