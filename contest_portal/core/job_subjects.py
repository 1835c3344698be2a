"""What a job is about, in a reader's words: higher rooms say it of their kinds of jobs.

@subjects_of("media.derive", "media.render")
def files(office_id: int, payloads: Sequence[Mapping[str, Any]]) -> list[Subject | None]: ...
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.core.models import Job


@dataclass(frozen=True)
class Subject:
    """A work, a file: its words, and the address where it is seen, if any."""

    text: str
    url: str = ""


Describe = Callable[[int, Sequence[Mapping[str, Any]]], "list[Subject | None]"]
MOST_AT_ONCE = 10_000
"""Databases take only so many values in one statement; a page is far below, an export seldom above."""

_describing: dict[str, Describe] = {}


def subjects_of(*kinds: str) -> Callable[[Describe], Describe]:
    """Register who describes jobs of these kinds: in the order of the payloads, in a constant number of statements, and
    only what people of that office may know."""

    def register(function: Describe) -> Describe:
        _describing.update(dict.fromkeys(kinds, function))
        return function

    return register


def describe(office_id: int, jobs: Sequence[Job]) -> dict[int, Subject]:
    """Job id → what it is about, where anybody can say."""
    asked: dict[Describe, list[Job]] = defaultdict(list)
    for one in jobs:
        if one.kind in _describing:
            asked[_describing[one.kind]].append(one)
    found: dict[int, Subject] = {}
    for function, group in asked.items():
        for start in range(0, len(group), MOST_AT_ONCE):
            piece = group[start : start + MOST_AT_ONCE]
            subjects = function(office_id, [one.payload for one in piece])
            found.update((one.id, subject) for one, subject in zip(piece, subjects, strict=True) if subject)
    return found
