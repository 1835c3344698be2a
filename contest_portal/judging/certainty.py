"""How sure a frozen ranking is of who gets in: the places, who changes with the method, the open ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.judging.standings import Line

BAND = (0.1, 0.9)
"""Chances between which a work's place is open (DEFAULT)."""


@dataclass(frozen=True)
class Certainty:
    """For `places` in this ranking: ids of the works `inside`, those who would be inside by the raw mean only
    (`by_raw_only`) or by the round's method only (`by_method_only`), and those whose chance lies within `BAND`."""

    places: int
    inside: frozenset[int]
    by_raw_only: Sequence[Line]
    by_method_only: Sequence[Line]
    near: Sequence[Line]

    @property
    def has_chances(self) -> bool:
        return self.places > 0


def places_of(facts: Mapping[str, Any], stage: str) -> int | None:
    """The places of this ranking: of its stage group, or of the whole category; None where none were set."""
    wanted = facts.get("wanted") or {}
    found = wanted.get(stage)
    return int(found) if found else None


def certainty_of(lines: Sequence[Line], places: int) -> Certainty:
    """A rank within the places is inside; a tie at the line takes all of it in, which the committee decides."""
    by_method = {line.entry_id for line in lines if line.rank is not None and line.rank <= places}
    by_raw = {line.entry_id for line in lines if line.raw_rank is not None and line.raw_rank <= places}
    return Certainty(
        places,
        frozenset(by_method),
        [line for line in lines if line.entry_id in by_raw - by_method],
        [line for line in lines if line.entry_id in by_method - by_raw],
        [line for line in lines if line.p_in_quota is not None and BAND[0] <= line.p_in_quota <= BAND[1]],
    )
