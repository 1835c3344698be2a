"""What the checks are told about an entry: plain values, gathered by the room's queries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contest_portal.contests.rules import CategoryRules, PersonKind
from contest_portal.core.text import Message


@dataclass(frozen=True)
class AuthorFacts:
    """One author, in the order in which the entry names them.

    `person_key` tells people apart within an entry. `county_key` is the office that the author's school belongs to.
    `share_percent` is the stated share of the work. `other_claims` counts, by the key of a limit, the author's other
    submitted entries of the edition under that limit, in whatever school or category.
    """

    person_key: str
    kind: PersonKind
    name: str
    birth_on: date | None = None
    stage: str | None = None
    grade: str | None = None
    school_key: str | None = None
    county_key: str | None = None
    is_first: bool = False
    share_percent: float | None = None
    consent_recorded: bool = False
    other_claims: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class TutorFacts:
    """One tutor; the key is that of `AuthorFacts`, so that an author who tutors the own entry is seen."""

    person_key: str
    name: str


@dataclass(frozen=True)
class FileFacts:
    """One file in a slot: its name as uploaded, and what its content says.

    `kind` is a code of `contests.file_kinds`, "unknown" for anything else. Sides in pixels (of a picture or a film).
    `sharpness` is 0 to 100, None where there is nothing to tell it by. `video_codec` None means no picture track;
    `audio_codec` None means no sound, `silent` that nothing is heard: both are allowed.
    `problem` says in words why a file could not be read, where probing knows more than `damaged` and `encrypted` tell.
    """

    slot: str
    name: str
    size_bytes: int
    kind: str
    width: int | None = None
    height: int | None = None
    sharpness: int | None = None
    pages: int | None = None
    duration_seconds: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    silent: bool = False
    damaged: bool = False
    encrypted: bool = False
    problem: Message | None = None


@dataclass(frozen=True)
class EntryFacts:
    """One entry with everything its category's rules ask about.

    `stage_group` is the chosen group's code, None when it follows from the authors. `fields` holds the answers by
    field code, as JSON gives them (dates as ISO text or dates). `school_quota_used` counts the school's other submitted
    entries of the category; `school_allowance` is the number of its own in place of what its class is given. `school_total`
    is how many it may submit in all categories of the contest (None: no such limit), `school_total_used` how many others it has.
    `authors_at_deadline` holds the person keys named at the deadline once it has passed, in any order; None before.
    `known_names` are names of people of the school that a group must not be called by.
    """

    rules: CategoryRules
    today_on: date
    submission_deadline_on: date
    title: str = ""
    summary: str = ""
    group_name: str = ""
    discipline: str | None = None
    stage_group: str | None = None
    completed_on: date | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    authors: tuple[AuthorFacts, ...] = ()
    tutors: tuple[TutorFacts, ...] = ()
    files: tuple[FileFacts, ...] = ()
    school_class: str | None = None
    school_quota_used: int = 0
    school_allowance: int | None = None
    school_total: int | None = None
    school_total_used: int = 0
    authors_at_deadline: tuple[str, ...] | None = None
    known_names: frozenset[str] = frozenset()

    @property
    def is_team(self) -> bool:
        """Whether the entry is a 集体项目: more than one author."""
        return len(self.authors) > 1
