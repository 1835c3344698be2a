"""Which opened page saved a draft last, its how-manieth save that was, and how long the work had been before the judge.

A page numbers what it sends. So the server knows a save that it has already, sent again because the answer was lost on
the way, from a save of another device that knows nothing of this one. Pure.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_SECONDS = 4 * 3600
"""What one opened page can add to the time spent on a work."""
_KEY = re.compile(r"[0-9A-Za-z_-]{8,32}")


@dataclass(frozen=True)
class Stamp:
    """`device` names one opening of the page ("" where nothing is known), `number` counts its saves from 1, `seconds` is
    the time since it was opened with the work in view."""

    device: str = ""
    number: int = 0
    seconds: int = 0

    def as_text(self) -> str:
        """What is kept with the draft."""
        return f"{self.device}:{self.number}:{self.seconds}" if self.device else ""

    def is_same_page(self, other: Stamp) -> bool:
        """Whether both come from one opened page."""
        return bool(self.device) and self.device == other.device

    def has_come(self, kept: Stamp) -> bool:
        """Whether this save, or a later one of its page, is what is kept already."""
        return self.is_same_page(kept) and 0 < self.number <= kept.number

    def seconds_since(self, kept: Stamp) -> int:
        """The seconds that are not counted yet."""
        before = kept.seconds if self.is_same_page(kept) else 0
        return max(0, min(self.seconds, MOST_SECONDS) - before)


UNKNOWN = Stamp()
"""A save of which nothing is known."""


def stamp_of(device: object, number: object = 0, seconds: object = 0) -> Stamp:
    """What a form carried; what cannot be read counts as not said."""
    key = str(device or "")
    if not _KEY.fullmatch(key):
        return UNKNOWN
    return Stamp(key, _count(number), min(_count(seconds), MOST_SECONDS))


def kept_stamp(text: str) -> Stamp:
    """The stamp that `as_text` gave."""
    device, _, rest = text.partition(":")
    number, _, seconds = rest.partition(":")
    return stamp_of(device, number, seconds)


def _count(value: object) -> int:
    text = str(value or "")
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0
