"""The data in a package: entries, the people and schools behind them, the approved lists. Pure.

Written and read through the same frozen classes, so that what one side writes the other understands, and a slip is named
by its place. People are named by keys that mean something to their sender alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from contest_portal.contests.rules_codec import encode

ENTRIES, PEOPLE, LISTS = "data/entries.json", "data/people.json", "data/list.json"
RESULTS = "data/results.json"

Level = Literal["district", "city", "province"]
SchoolKind = Literal["primary", "junior", "senior", "nine_year", "complete", "vocational", "special"]


@dataclass(frozen=True)
class OfficePart:
    """An office whose schools entered; `parent` is the key of the one that it hands up to, empty for the sender itself."""

    key: str
    name: str
    short_name: str
    level: Level
    region_name: str
    region_code: str = ""
    number_prefix: str = ""
    parent: str = ""


@dataclass(frozen=True)
class SchoolPart:
    key: str
    office: str
    name: str
    kind: SchoolKind
    code: str | None = None
    township: str = ""
    is_urban: bool = True
    school_class: str | None = None
    contact_phone: str | None = None


@dataclass(frozen=True)
class ConsentPart:
    """That a guardian agreed: the scan stays with the school's own office."""

    guardian_name: str
    relation: str
    signed_on: date


@dataclass(frozen=True)
class StudentPart:
    """A pupil. `id_number` and `guardian_phone` only where the office ticked that they go up."""

    key: str
    school: str
    name: str
    sex: Literal["男", "女"]
    birth_on: date
    grade: int
    school_year: int
    ethnic_group: str = ""
    class_name: str = ""
    id_number: str | None = None
    guardian_phone: str | None = None
    consent: ConsentPart | None = None


@dataclass(frozen=True)
class TeacherPart:
    """A teacher. `person` is the same in every school of the sender."""

    key: str
    school: str
    person: str
    name: str
    sex: Literal["", "男", "女"] = ""
    birth_on: date | None = None
    ethnic_group: str = ""
    position: str = ""
    job_title: str = ""
    subject: str = ""
    id_number: str | None = None
    phone: str | None = None


@dataclass(frozen=True)
class AuthorPart:
    person: str
    is_first: bool
    share_percent: int | None = None
    duty: str = ""


@dataclass(frozen=True)
class FilePart:
    """A file of an entry: in which slot, under which name, and where in the package."""

    slot: str
    name: str
    path: str
    sha256: str
    size: int


@dataclass(frozen=True)
class AnswerPart:
    """The answer to one of the category's own questions: a text, a number, or yes or no."""

    code: str
    text: str | None = None
    number: float | None = None
    flag: bool | None = None

    @property
    def value(self) -> str | float | bool | None:
        if self.flag is not None:
            return self.flag
        if self.number is not None:
            return int(self.number) if self.number.is_integer() else self.number
        return self.text


@dataclass(frozen=True)
class EntryPart:
    number: str
    category: str
    title: str
    school: str
    stage: str = ""
    stage_name: str = ""
    discipline: str = ""
    summary: str = ""
    group_name: str = ""
    completed_on: date | None = None
    answers: tuple[AnswerPart, ...] = ()
    authors: tuple[AuthorPart, ...] = ()
    tutors: tuple[str, ...] = ()
    files: tuple[FilePart, ...] = ()


@dataclass(frozen=True)
class ListPart:
    """The approved list of one category: which version, who approved it and when, the hash of its numbers in order."""

    category: str
    name: str
    version: int
    approved_by: str
    approved_at: str
    sha256: str
    numbers: tuple[str, ...]


@dataclass(frozen=True)
class Content:
    """All data of a package of entries."""

    entries: tuple[EntryPart, ...]
    offices: tuple[OfficePart, ...]
    schools: tuple[SchoolPart, ...]
    students: tuple[StudentPart, ...]
    teachers: tuple[TeacherPart, ...]
    lists: tuple[ListPart, ...] = ()

    @property
    def people(self) -> list[StudentPart | TeacherPart]:
        return [*self.students, *self.teachers]

    def documents(self) -> dict[str, Any]:
        """The content of each JSON file by its path."""
        return {
            ENTRIES: {"entries": encode(self.entries)},
            PEOPLE: {name: encode(getattr(self, name)) for name in ("offices", "schools", "students", "teachers")},
            LISTS: {"lists": encode(self.lists)},
        }


@dataclass(frozen=True)
class AwardPart:
    contest: str
    year: int
    award: str
    level: str = ""  # 区, 市, 省 or 国家, as far as known


@dataclass(frozen=True)
class ResultPart:
    """What became of one entry above: its state there, the words of a return or refusal, its awards. `fix_until`: of a
    returned one, until when it is to be mended (ISO 8601)."""

    number: str
    state: str
    words: str = ""
    awards: tuple[AwardPart, ...] = ()
    fix_until: str = ""


@dataclass(frozen=True)
class Results:
    """All data of a package of results. `state` and `why` are those of the hand-off as a whole; `receipt` the number of
    the receiver's receipt."""

    state: str
    why: str
    receipt: str
    receipt_at: str
    results: tuple[ResultPart, ...]
