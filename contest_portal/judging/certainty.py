"""How sure a frozen ranking is of who gets in: the places, who changes with the method, the open ones. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contest_portal.core.text import N_, Message
from contest_portal.judging.ranking import Method
from contest_portal.judging.standings import Line, ranks_of

BAND = (0.1, 0.9)
"""Chances between which a work's place is open (DEFAULT)."""

_WORDS = (
    (0.9, N_("很有把握")),
    (0.7, N_("较有把握")),
    (0.3, N_("说不准")),
    (0.1, N_("把握较小")),
    (0.0, N_("把握很小")),
)
"""From which chance on, what it is called."""


@dataclass(frozen=True)
class Certainty:
    """For `places` in this ranking: ids of the works `inside`, those who would be inside by the raw mean only
    (`by_raw_only`) or by the round's method only (`by_method_only`), and those whose chance lies within `BAND`."""

    places: int
    inside: frozenset[int]
    by_raw_only: Sequence[Line]
    by_method_only: Sequence[Line]
    near: Sequence[Line]


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
        [line for line in lines if is_open(line.p_in_quota)],
    )


def judges_look_alike(facts: Mapping[str, Any]) -> bool:
    """Whether the mixed model saw no difference between judges, so that it took nothing out."""
    return bool((facts.get("variance") or {}).get("judge") == 0)


def moved_by_reads_alone(facts: Mapping[str, Any], lines: Sequence[Line]) -> int:
    """How many works stand elsewhere than by the raw mean only because works of fewer reads are drawn closer to the mean
    of all; 0 where anything else could have moved them as well."""
    else_moved = facts["scaled"] or facts.get("carry_weight") or facts["entries_fixed"] or len(facts["parts"]) > 1
    if facts["used"] != Method.MIXED or not judges_look_alike(facts) or else_moved:
        return 0
    ranks = ranks_of({line.entry_id: line.score for line in lines if line.score is not None})
    return sum(ranks[line.entry_id] != line.raw_rank for line in lines if line.entry_id in ranks)


def is_open(chance: float | None) -> bool:
    """Whether the place is open: the scores cannot tell whether the work is inside."""
    return chance is not None and BAND[0] <= chance <= BAND[1]


def chance_words(chance: float) -> Message:
    """The chance (0–1) in words: 很有把握."""
    return Message(next(words for least, words in _WORDS if chance >= least))


def chance_percent(chance: float) -> Message:
    """The chance (0–1) in percent; never 0 or 100, since draws cannot be that sure."""
    if chance < 0.005:
        return Message(N_("不到 1%"))
    if chance >= 0.995:
        return Message(N_("99% 以上"))
    return Message.of("%(percent)s%%", percent=f"{chance * 100:.0f}")
