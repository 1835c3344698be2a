"""The data in a package: entries, the people and schools behind them, the approved lists. Pure.

Written and read through the same frozen classes, so that what one side writes the other understands, and a slip is named
by its place. People are named by keys that mean something to their sender alone.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any, Literal

from contest_portal.contests.rules_codec import RulesError, decode, encode
from contest_portal.core.text import N_
from contest_portal.results.handoff.package.problems import PackageProblem

ENTRIES, PEOPLE, LISTS = "data/entries.json", "data/people.json", "data/list.json"
RESULTS = "data/results.json"

Level = Literal["district", "city", "province"]
SchoolKind = Literal["primary", "junior", "senior", "nine_year", "complete", "vocational", "special"]

_FIELDS = {
    4: "stage",
    6: "region_code",
    10: "number_prefix",
    18: "id_number",
    20: "category ethnic_group class_name relation school_class",
    60: "award",
    40: "code number slot phone guardian_phone contact_phone",
    50: "discipline guardian_name position job_title subject short_name region_name township",
    64: "sha256 person",
    200: "title duty",
    500: "path",
    4000: "words why",
    20_000: "summary text",
}
_LONGEST = {name: length for length, names in _FIELDS.items() for name in names.split()}
_USUAL = 100
_NAME_LENGTH = {"StudentPart": 50, "TeacherPart": 50, "FilePart": 200}


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
    """What became of one entry above: its state there, the words of a return or refusal, its awards."""

    number: str
    state: str
    words: str = ""
    awards: tuple[AwardPart, ...] = ()


@dataclass(frozen=True)
class Results:
    """All data of a package of results. `state` and `why` are those of the hand-off as a whole; `receipt` the number of
    the receiver's receipt."""

    state: str
    why: str
    receipt: str
    receipt_at: str
    results: tuple[ResultPart, ...]


def read_content(documents: Mapping[str, Any]) -> Content:
    """The content of the three documents. Raises PackageProblem naming the place of a slip, or a key that leads nowhere."""
    plain: dict[str, Any] = {}
    for path in (ENTRIES, PEOPLE, LISTS):
        document = documents[path]
        if not isinstance(document, dict):
            raise _unreadable(path, path)
        plain |= document
    content = _decoded(Content, plain, ENTRIES)
    _check_keys(content)
    return content


def read_results(document: Any) -> Results:
    """The content of results.json. Raises PackageProblem."""
    return _decoded(Results, document, RESULTS)


def _decoded(kind: type[Any], document: Any, path: str) -> Any:
    try:
        found = decode(kind, document)
    except RulesError as error:
        raise _unreadable(path, str(error.problems[0])) from error
    for name, owner, text in _texts(found):
        longest = (_NAME_LENGTH.get(owner) if name == "name" else _LONGEST.get(name)) or _USUAL
        if len(text) > longest:
            raise PackageProblem(
                "not_a_package",
                N_("「%(path)s」中 %(what)s 有 %(measured)s 字，上限 %(limit)s 字：%(text)s…"),
                path=path,
                what=name,
                measured=len(text),
                limit=longest,
                text=text[:20],
            )
    return found


def _texts(value: Any, name: str = "", owner: str = "") -> Iterator[tuple[str, str, str]]:
    """(field, class, text) of every text within."""
    if isinstance(value, str):
        yield name, owner, value
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one, name, owner)
    elif is_dataclass(value):
        for item in fields(value):
            yield from _texts(getattr(value, item.name), item.name, type(value).__name__)


def _check_keys(content: Content) -> None:
    """Every key that is used leads to a record, and no record or number comes twice."""
    for what in ("offices", "schools", "students", "teachers"):
        keys = [one.key for one in getattr(content, what)]
        if len(set(keys)) != len(keys):
            raise _unreadable(PEOPLE, what)
    numbers = [one.number for one in content.entries]
    if len(set(numbers)) != len(numbers) or "" in numbers:
        raise _unreadable(ENTRIES, "number")
    offices, schools = {one.key for one in content.offices}, {one.key for one in content.schools}
    people = {one.key for one in content.people}
    used = [
        *((one.parent, offices | {""}) for one in content.offices),
        *((one.office, offices) for one in content.schools),
        *((one.school, schools) for one in content.people),
        *((one.school, schools) for one in content.entries),
        *((author.person, people) for one in content.entries for author in one.authors),
        *((tutor, {teacher.key for teacher in content.teachers}) for one in content.entries for tutor in one.tutors),
    ]
    for key, known in used:
        if key not in known:
            raise _unreadable(PEOPLE, key)


def _unreadable(path: str, what: str) -> PackageProblem:
    return PackageProblem(
        "not_a_package",
        N_("「%(path)s」中的数据读不懂（%(what)s）。没有收下任何内容，请对方重新生成。"),
        path=path,
        what=what,
    )


def entry_digest(entry: EntryPart, content: Content) -> str:
    """The hash of an entry with the people in it: two of one number with one digest are the same."""
    people = {one.key: one for one in content.people}
    named = [people[key] for key in (*(author.person for author in entry.authors), *entry.tutors)]
    schools = {one.key: one.name for one in content.schools}
    document = {"entry": encode(entry), "people": encode(named), "school": schools[entry.school]}
    # Where in the package a file lies says nothing of the entry.
    document["entry"]["files"] = sorted((one.slot, one.name, one.sha256) for one in entry.files)
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def list_digest(numbers: tuple[str, ...]) -> str:
    """The hash of an approved list: its entries' numbers, a line each, in its order."""
    return hashlib.sha256("".join(f"{number}\n" for number in numbers).encode()).hexdigest()
