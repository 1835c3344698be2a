"""Where two passages that are alike differ, for the page that shows them side by side. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from contest_portal.media.text_likeness import Letters

CUT = "…"
"""How the words of a passage end that was too long to be shown whole."""

Parts = Sequence[tuple[str, bool]]
"""A passage's words in pieces, each with whether it stands in the other one otherwise."""


@dataclass(frozen=True)
class MarkedPassage:
    """`length`: how many letters agree. `is_same`: all do; spaces and punctuation count for nothing, as in comparing."""

    length: int
    is_same: bool
    a: Parts
    b: Parts
    page_a: int
    page_b: int


def marked(passage: Mapping[str, Any]) -> MarkedPassage:
    """A passage as the pair's details keep it (see services.likeness), with its differing letters marked."""
    one, other = Letters(passage["a"]), Letters(passage["b"])
    matcher = SequenceMatcher(None, one.codes.tolist(), other.codes.tolist(), autojunk=False)
    steps = [step for step in matcher.get_opcodes() if step[0] != "equal"]
    if passage["a"].endswith(CUT) or passage["b"].endswith(CUT):
        # Where the words are cut off, one side goes on a little longer: no difference.
        steps = [step for step in steps if step[2] < len(one) and step[4] < len(other)]
    odd_a = {int(place) for step in steps for place in one.places[step[1] : step[2]]}
    odd_b = {int(place) for step in steps for place in other.places[step[3] : step[4]]}
    return MarkedPassage(
        length=passage["length"],
        is_same=not steps,
        a=_parts(passage["a"], odd_a),
        b=_parts(passage["b"], odd_b),
        page_a=passage["page_a"],
        page_b=passage["page_b"],
    )


def _parts(words: str, odd: set[int]) -> Parts:
    pieces = groupby(range(len(words)), key=lambda place: place in odd)
    return [("".join(words[place] for place in places), is_odd) for is_odd, places in pieces]
