"""The rules of one category as plain data: what the office edits, what models store, what checks read.

Every number here belongs to one contest; nothing in the program repeats it. All classes are frozen, compare by
value and turn into JSON-able plain data and back (`CategoryRules.to_dict`, `CategoryRules.from_dict`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from contest_portal.contests.rules_codec import decode, encode

ApplicantKind = Literal["pupil", "team_or_pupil", "group", "teacher"]
PersonKind = Literal["student", "teacher"]
FieldKind = Literal["text", "longtext", "choice", "date", "number", "bool"]
Stage = Literal["小学", "初中", "高中"]


@dataclass(frozen=True)
class StageGroup:
    """A group in which entries are numbered and compared: its number `code` (X, C, G, Z, T), the name people read,
    and the stages of pupils that belong to it (none for the teachers' group)."""

    code: str
    name: str
    stages: tuple[Stage, ...] = ()


@dataclass(frozen=True)
class DisciplineList:
    """A versioned list of disciplines and the stage groups it is for; no stage group named means every one."""

    code: str
    name: str
    version: str
    items: tuple[str, ...]
    stage_groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class AuthorRules:
    """How many authors an entry has and how they belong together.

    `minimum`, `maximum`: number of authors (0 and 0 for a group, which is named instead of its people).
    `first_required`: exactly one author is marked 第一作者.
    `same_stage`, `same_county`: all authors of a team share the stage group, and the office their school belongs to.
    `shares_required`: in a team each author states a share of the work in percent; the shares sum to 100.
    `fixed_after_deadline`: the list of authors may no longer change after the deadline, even when returned.
    """

    minimum: int = 1
    maximum: int = 1
    first_required: bool = False
    same_stage: bool = False
    same_county: bool = False
    shares_required: bool = False
    fixed_after_deadline: bool = False


@dataclass(frozen=True)
class TutorRules:
    """How many tutors an entry may name and what they are called on screen."""

    minimum: int = 0
    maximum: int = 0
    label: str = "辅导教师"


@dataclass(frozen=True)
class AgeRule:
    """Full years an author must have on a day: `on`, or the submission deadline's day when that is None."""

    min_years: int | None = None
    max_years: int | None = None
    on: date | None = None


@dataclass(frozen=True)
class CompletionWindow:
    """The days between which the work must have been finished, both included."""

    from_on: date
    to_on: date


@dataclass(frozen=True)
class SummaryRules:
    """The entry's short description: what it is called, its longest length in characters, whether it must be there."""

    label: str = "内容简介"
    max_length: int = 500
    required: bool = True
    judges_see: bool = True


@dataclass(frozen=True)
class PersonLimit:
    """At most `count` entries in which one person is an author, over all entries of the edition's categories that name
    the same `key`. `label` names what is counted, as a reader knows it."""

    key: str
    count: int
    whom: PersonKind
    label: str


@dataclass(frozen=True)
class ClassQuota:
    """The quota of the schools of one class, in place of the general one (for instance `feature`: 特色学校)."""

    school_class: str
    name: str
    count: int


@dataclass(frozen=True)
class SchoolQuota:
    """At most `count` submitted entries of one school in the category, or what its class is given."""

    count: int
    classes: tuple[ClassQuota, ...] = ()

    def count_for(self, school_class: str | None) -> int:
        """The number of entries a school of this class may submit."""
        return next((quota.count for quota in self.classes if quota.school_class == school_class), self.count)


@dataclass(frozen=True)
class Aspect:
    """A picture's proportion `width`:`height`, kept within `tolerance` (0.05 is five percent of the ratio);
    with `either_way` the upright picture is right as well."""

    width: float
    height: float
    tolerance: float = 0.05
    either_way: bool = True


@dataclass(frozen=True)
class SlotRules:
    """A named place for files and what they must be. A limit that is None is not checked.

    `kinds`: codes of `file_kinds.FILE_KINDS`, decided by content. `required_when`: the code of a yes/no field; answered
    yes, the slot is required. Sizes in bytes, lengths in seconds, pictures' and films' sides in pixels. `min_sharpness`,
    in points up to 100, is what a picture in focus has: one below it is warned of, and taken. `judges_see` is False for
    whatever names people (the signed application form, certificates).
    """

    code: str
    label: str
    kinds: tuple[str, ...]
    max_bytes: int
    required: bool = False
    required_when: str | None = None
    max_files: int = 1
    min_long_side_px: int | None = None
    min_sharpness: int | None = None
    max_pixels: int | None = None
    aspect: Aspect | None = None
    min_seconds: int | None = None
    max_seconds: int | None = None
    min_width_px: int | None = None
    min_height_px: int | None = None
    video_codecs: tuple[str, ...] = ()
    audio_codecs: tuple[str, ...] = ()
    max_pages: int | None = None
    judges_see: bool = True
    hint: str = ""


@dataclass(frozen=True)
class ExtraField:
    """A question of the category's form beyond those every entry answers.

    `max_length` in characters for text and longtext; `minimum` and `maximum` for a number, both allowed; `choices` for
    a choice; `not_before` names another date field that this date may not precede.
    """

    code: str
    label: str
    kind: FieldKind
    required: bool = False
    choices: tuple[str, ...] = ()
    max_length: int | None = None
    minimum: float | None = None
    maximum: float | None = None
    not_before: str | None = None
    judges_see: bool = True
    hint: str = ""


@dataclass(frozen=True)
class Criterion:
    """One line of the rubric: how many points of the 100 it gives and what a judge looks at."""

    code: str
    name: str
    max_points: int
    description: str = ""


@dataclass(frozen=True)
class ListColumn:
    """A column of the recommendation list that goes up: what stands in it (a key of `list_columns.COLUMN_KEYS`, or
    `field:CODE` for an extra field's answer) and its heading."""

    key: str
    label: str


@dataclass(frozen=True)
class CategoryRules:
    """All rules of one category of one contest.

    `code` names the category inside the contest, `number_code` is what stands in an entry's number. `applicant_kind`:
    one pupil, a pupil or a team, a named group, or one teacher. `title_max_length` and `group_name_max_length` in
    characters. A pupil under `consent_under_age` full years needs a recorded guardian's consent (None: never asked).
    `summarised_by_stage`: the annual summary states the category's numbers for 小学 and 中学 too.
    `school_space_mb`: the files of one school's entries in the category together (None: only the school's own limit).
    `list_columns`: the columns of the list that goes up; none named means number, title, authors, school and tutors.
    """

    code: str
    name: str
    measure: str
    number_code: str
    applicant_kind: ApplicantKind
    stage_groups: tuple[StageGroup, ...]
    authors: AuthorRules
    slots: tuple[SlotRules, ...]
    criteria: tuple[Criterion, ...]
    tutors: TutorRules = TutorRules()
    fields: tuple[ExtraField, ...] = ()
    disciplines: tuple[DisciplineList, ...] = ()
    discipline_label: str = "学科"
    title_max_length: int = 50
    group_name_max_length: int = 50
    summary: SummaryRules | None = None
    age: AgeRule | None = None
    completion: CompletionWindow | None = None
    limits: tuple[PersonLimit, ...] = ()
    school_quota: SchoolQuota | None = None
    school_space_mb: int | None = None
    consent_under_age: int | None = 14
    summarised_by_stage: bool = False
    list_columns: tuple[ListColumn, ...] = ()
    hint: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The rules as JSON-able plain data with every key, in the order of the fields; dates as ISO text."""
        plain: dict[str, Any] = encode(self)
        return plain

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CategoryRules:
        """The rules that `to_dict` gave. A missing optional key takes its default.

        Raises `RulesError` naming the path of each unknown key, missing key and wrong value. Whether the rules make
        sense together is asked of `rules_validity.category_problems`.
        """
        return decode(cls, data)

    def slot(self, code: str) -> SlotRules | None:
        """The slot of this code."""
        return next((slot for slot in self.slots if slot.code == code), None)

    def stage_group(self, code: str | None) -> StageGroup | None:
        """The stage group of this code."""
        return next((group for group in self.stage_groups if group.code == code), None)

    def disciplines_for(self, stage_group: str | None) -> tuple[str, ...]:
        """The disciplines an entry of the stage group chooses from, in the lists' order, each once."""
        items = [
            item
            for listed in self.disciplines
            if not listed.stage_groups or stage_group in listed.stage_groups
            for item in listed.items
        ]
        return tuple(dict.fromkeys(items))


def shift_years(rules: CategoryRules, years: int) -> CategoryRules:
    """The same rules for an edition `years` later (or earlier): every date they name moves with it."""
    return replace(
        rules,
        age=rules.age and replace(rules.age, on=rules.age.on and _shifted(rules.age.on, years)),
        completion=rules.completion
        and CompletionWindow(_shifted(rules.completion.from_on, years), _shifted(rules.completion.to_on, years)),
    )


def _shifted(day: date, years: int) -> date:
    # 29 February becomes the last day of February where the other year has none.
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def format_number(pattern: str, *, prefix: str, year: int, category: str, stage: str, seq: int) -> str:
    """An entry's number by the contest's pattern, e.g. `{prefix}{year}-{category}-{stage}-{seq:04d}`.

    Raises `KeyError`, `IndexError` or `ValueError` for a pattern with other places than these.
    """
    return pattern.format(prefix=prefix, year=year, category=category, stage=stage, seq=seq)
