"""What entries use of a category's rules, as a plain summary, and how a limit stands to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class SlotUsage:
    """What entries have in one slot.

    `entries`: how many have a file there. `submitted_without`: submitted entries that have none. `kinds`: kind of file →
    entries. `largest` and `smallest`: the extreme of each measured limit over submitted entries, by the limit's name
    (`max_bytes`, `max_files`, `min_long_side_px` …); a limit whose extreme is not given counts as unknown.
    """

    entries: int = 0
    submitted_without: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict)
    largest: Mapping[str, float] = field(default_factory=dict)
    smallest: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class CategoryUsage:
    """What the entries of one category use of its rules. The empty usage is a category without entries.

    Over all entries that are not withdrawn or rejected, drafts included:
    `entries` (their number), `slots` by code, `answers` (field code → entries that answered), `choices`
    (field code → choice → entries), `stages` (stage group's code → entries), `disciplines` (name → entries).

    Over those that were submitted: `submitted` (their number), `numbered` (numbers ever given, withdrawn ones too),
    `unanswered` (field code → entries without an answer), `completed` (first and last day of completion), and `largest`
    and `smallest` of: `title_length`, `summary_length`, `group_name_length`, `authors`, `tutors`, `age_years`,
    `entries_of_school`, `limit:KEY` (entries of one person under a person limit), `answer_length:CODE`, `answer:CODE`
    (numbers). What is not given counts as unknown, and a tightening against it is refused.

    `opened_criteria`: criteria of rounds that were opened, by code.
    """

    entries: int = 0
    submitted: int = 0
    numbered: int = 0
    slots: Mapping[str, SlotUsage] = field(default_factory=dict)
    answers: Mapping[str, int] = field(default_factory=dict)
    unanswered: Mapping[str, int] = field(default_factory=dict)
    choices: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    stages: Mapping[str, int] = field(default_factory=dict)
    disciplines: Mapping[str, int] = field(default_factory=dict)
    completed: tuple[date, date] | None = None
    largest: Mapping[str, float] = field(default_factory=dict)
    smallest: Mapping[str, float] = field(default_factory=dict)
    opened_criteria: frozenset[str] = frozenset()


def is_lowered(before: float | None, after: float | None) -> bool:
    """An upper limit that is new or smaller."""
    return after is not None and (before is None or after < before)


def is_raised(before: float | None, after: float | None) -> bool:
    """A lower limit that is new or larger."""
    return after is not None and (before is None or after > before)


def fits_below(extremes: Mapping[str, float], key: str, limit: float | None) -> bool:
    """Whether the largest known value stays within an upper limit; an unknown one does not."""
    return limit is not None and key in extremes and extremes[key] <= limit


def fits_above(extremes: Mapping[str, float], key: str, limit: float | None) -> bool:
    """Whether the smallest known value reaches a lower limit; an unknown one does not."""
    return limit is not None and key in extremes and extremes[key] >= limit
