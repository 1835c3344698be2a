"""What the public list of awards says: certificates ask here before they are given, the public lists register the answer.

Certificates and public lists stand side by side, so neither knows the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class PublishedAwards:
    """The version in force: its last day for objections, whether it was confirmed, names as published by work."""

    open_until: date | None
    is_final: bool
    names: Mapping[int, str]


_given: list[Callable[[int], PublishedAwards | None]] = []


def provide_published_awards(
    answer: Callable[[int], PublishedAwards | None],
) -> Callable[[int], PublishedAwards | None]:
    """Register, once at import, who knows a contest's public list of awards."""
    _given[:] = [answer]
    return answer


def published_awards(contest_id: int) -> PublishedAwards | None:
    """The contest's public list of awards; None while there is none."""
    return _given[0](contest_id)
