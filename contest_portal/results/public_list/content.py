"""The public list: its lines as data, its canonical form and digest, what an amendment changed, what is left of it later. Pure.

A line holds public fields only: name, school, grade, title, tutor, award (domain.md §10 forbids all others).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from contest_portal.results.public_list.columns import DEFAULT_KEYS, PUBLIC_COLUMNS, cells_of, known_keys

FORM = 2
"""The canonical form made now. Lists of form 1 were published before: their digest is over the stored data itself."""

FORMAT_NAME = "contest-portal public list 2"


@dataclass(frozen=True)
class PublicLine:
    """One line: 序号 | 姓名 | 学校 | 作品名称 | 等级, with the tutors in the parenthesis after the title.

    `key` names a line that is more than an entry's place on its list: a special award, a tutor, a school. It is never shown.
    `group`: `names` is the name under which a group entered, no person's.
    """

    number: int
    names: str
    school: str
    title: str
    award: str
    tutors: str = ""
    stage: str = ""
    entry_number: str = ""
    grade: str = ""
    discipline: str = ""
    key: str = ""
    group: bool = False

    @property
    def identity(self) -> str:
        """By what two versions tell their lines apart: `key` where the line is not the entry's main one, else its number."""
        return self.key or self.entry_number


@dataclass(frozen=True)
class Section:
    """The lines of one category. `columns`: keys of the columns where they are others than the list's."""

    category: str
    measure: str
    lines: tuple[PublicLine, ...]
    columns: tuple[str, ...] = ()

    def keys(self, usual: Sequence[str]) -> tuple[str, ...]:
        """The keys of its columns, `usual` being those of the list."""
        return self.columns or tuple(usual)


@dataclass(frozen=True)
class Change:
    """What an amendment did to one line: `removed`, `added` or `changed`; `moved_from` is the category in which it stood.

    `fields`: what else of a changed line is public and differs, beside names, school and title.
    """

    kind: str
    category: str
    before: PublicLine | None
    after: PublicLine | None
    moved_from: str = ""
    fields: tuple[str, ...] = ()


def to_content(sections: Iterable[Section], title: str = "", keys: Sequence[str] = DEFAULT_KEYS) -> dict[str, Any]:
    """The list as JSON-able data, with the title and the columns in which it is public."""
    return {
        "form": FORM,
        "title": title,
        "columns": list(known_keys(keys)),
        "sections": [asdict(section) for section in sections],
    }


def with_stages(sections: Iterable[Section], keys: Sequence[str]) -> list[Section]:
    """The sections, with the column 学段 behind the school where a section has works of several stage groups."""
    usual = list(known_keys(keys))
    if "stage" in usual:
        return list(sections)
    place = usual.index("school") + 1 if "school" in usual else usual.index("title")
    shown = (*usual[:place], "stage", *usual[place:])
    return [
        replace(section, columns=shown)
        if not section.columns and len({line.stage for line in section.lines}) > 1
        else section
        for section in sections
    ]


def from_content(content: Mapping[str, Any]) -> list[Section]:
    """The list that `to_content` gave, after JSON."""
    return [
        Section(
            category=section["category"],
            measure=section["measure"],
            lines=tuple(PublicLine(**line) for line in section["lines"]),
            columns=tuple(key for key in section.get("columns", ()) if key in PUBLIC_COLUMNS),
        )
        for section in content["sections"]
    ]


def columns_of(content: Mapping[str, Any]) -> tuple[str, ...]:
    """The keys of the columns in which the list is public."""
    return known_keys(content.get("columns", DEFAULT_KEYS))


def plain_text(value: object) -> str:
    """A cell as the canonical form has it: text without space at its ends, one space for any run of spaces and breaks."""
    return " ".join(str("" if value is None else value).split())


def canonical_data(
    title: str, sections: Iterable[tuple[str, Sequence[str], Iterable[Sequence[object]]]]
) -> dict[str, Any]:
    """The canonical form as data. `sections`: (name, headings, lines of cells)."""
    return {
        "format": FORMAT_NAME,
        "title": plain_text(title),
        "sections": [
            {
                "name": plain_text(name),
                "columns": [plain_text(one) for one in headings],
                "lines": [[plain_text(cell) for cell in line] for line in lines],
            }
            for name, headings, lines in sections
        ],
    }


def canonical_bytes(content: Mapping[str, Any]) -> bytes:
    """What the digest is computed of: JSON in UTF-8, keys sorted, no spaces, no escapes for Chinese.

    Of form 2 it holds what people read: title, and of each section name, headings and cells; it can be made again from
    the workbook. Of form 1 it is the stored data.
    """
    if content.get("form", 1) < FORM:
        return encoded(content)
    return encoded(canonical_of(content, content.get("title", "")))


def canonical_of(content: Mapping[str, Any], title: str) -> dict[str, Any]:
    """What people read of it, as the canonical form has it; also of a list of form 1, whose digest is over other data."""
    keys = columns_of(content)
    sections = [
        (
            section.category,
            [PUBLIC_COLUMNS[key].label for key in section.keys(keys)],
            [cells_of(line, section.keys(keys)) for line in section.lines],
        )
        for section in from_content(content)
    ]
    return canonical_data(title, sections)


def encoded(data: Mapping[str, Any]) -> bytes:
    """JSON in its one canonical writing."""
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def content_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the list in its canonical form, in hex."""
    return hashlib.sha256(canonical_bytes(content)).hexdigest()


def reduced(content: Mapping[str, Any], names: str) -> dict[str, Any]:
    """The list as the archive shows it: names `masked` (张**), `dropped`, or `kept`; schools, titles and awards stay.

    Tutors are grown up, yet a tutor's name leads to the pupils: where names are reduced, tutors are left out.
    """
    if names == "kept":
        return dict(content)
    sections = [
        replace(section, lines=tuple(_reduced_line(line, names) for line in section.lines))
        for section in from_content(content)
    ]
    return {**to_content(sections, content.get("title", ""), columns_of(content)), "reduced": names}


def _reduced_line(line: PublicLine, names: str) -> PublicLine:
    if is_group_name(line):
        shown = line.names
    else:
        shown = "" if names == "dropped" else "、".join(masked_name(name) for name in line.names.split("、") if name)
    return replace(line, names=shown, tutors="", entry_number="")


# What a group is called ends so; a person's name, typed where the group's belongs, does not.
_GROUP_ENDINGS = ("组", "队", "社", "班", "团", "协会", "学会", "俱乐部", "中心", "工作室", "实验室", "学校")


def is_group_name(line: PublicLine) -> bool:
    """Whether the line names a group and nobody in it: such a name stays where people's are reduced."""
    known = [name for name in line.tutors.split("、") if name]
    return line.group and line.names.endswith(_GROUP_ENDINGS) and not any(name in line.names for name in known)


def masked_name(name: str) -> str:
    """张** for 张晓明 and 张明: how long a name is tells nothing."""
    return f"{name[:1]}**" if name else ""


def changes(before: Sequence[Section], after: Sequence[Section], keys: Collection[str] = DEFAULT_KEYS) -> list[Change]:
    """What differs between two versions, told by the lines' identity; a new running number alone is no change.

    `keys`: the columns that are public in both; grade and discipline are compared where they are among them.
    """
    old, new = _by_identity(before), _by_identity(after)
    found = []
    for key in sorted(old.keys() | new.keys()):
        was, now_is = old.get(key), new.get(key)
        if was is None and now_is is not None:
            found.append(Change("added", now_is[0], None, now_is[1]))
        elif was is not None and now_is is None:
            found.append(Change("removed", was[0], was[1], None))
        elif was is not None and now_is is not None and (change := _changed(was, now_is, keys)) is not None:
            found.append(change)
    return found


def _changed(was: tuple[str, PublicLine], now_is: tuple[str, PublicLine], keys: Collection[str]) -> Change | None:
    compared = (*_ALWAYS_COMPARED, *(key for key in _COMPARED_IF_PUBLIC if key in keys))
    fields = [key for key in compared if getattr(was[1], key) != getattr(now_is[1], key)]
    moved_from = was[0] if was[0] != now_is[0] else ""
    if not fields and not moved_from:
        return None
    told = tuple(key for key in fields if key in {"tutors", *keys} - _TOLD_ANYHOW)
    return Change("changed", now_is[0], was[1], now_is[1], moved_from, told)


_ALWAYS_COMPARED = ("names", "school", "title", "award", "tutors", "stage")
_COMPARED_IF_PUBLIC = ("grade", "discipline")
_TOLD_ANYHOW = {"names", "school", "title"}


def _by_identity(sections: Sequence[Section]) -> dict[str, tuple[str, PublicLine]]:
    return {line.identity: (section.category, line) for section in sections for line in section.lines}
