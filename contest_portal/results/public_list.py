"""The public list: its lines as data, their digest, and what an amendment changed. Pure.

A line holds public fields only: name, school, grade, title, tutor, award (domain.md §10 forbids all others).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class PublicLine:
    """One line: 序号 | 姓名 | 学校 | 作品名称 | 等级, with the tutors in the parenthesis after the title."""

    number: int
    names: str
    school: str
    title: str
    award: str
    tutors: str = ""
    stage: str = ""
    entry_number: str = ""


@dataclass(frozen=True)
class Section:
    """The lines of one category."""

    category: str
    measure: str
    lines: tuple[PublicLine, ...]


@dataclass(frozen=True)
class Change:
    """What an amendment did to one entry: `removed`, `added` or `changed`."""

    kind: str
    category: str
    before: PublicLine | None
    after: PublicLine | None


def to_content(sections: Iterable[Section]) -> dict[str, Any]:
    """The list as JSON-able data."""
    return {"sections": [asdict(section) for section in sections]}


def from_content(content: Mapping[str, Any]) -> list[Section]:
    """The list that `to_content` gave, after JSON."""
    return [
        Section(
            category=section["category"],
            measure=section["measure"],
            lines=tuple(PublicLine(**line) for line in section["lines"]),
        )
        for section in content["sections"]
    ]


def content_digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of the list in its canonical form: sorted keys, no spaces, UTF-8."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def changes(before: Sequence[Section], after: Sequence[Section]) -> list[Change]:
    """What differs between two versions, told by entry number; a new running number alone is no change."""
    old, new = _by_entry(before), _by_entry(after)
    found = []
    for key in sorted(old.keys() | new.keys()):
        was, now_is = old.get(key), new.get(key)
        if was is None and now_is is not None:
            found.append(Change("added", now_is[0], None, now_is[1]))
        elif was is not None and now_is is None:
            found.append(Change("removed", was[0], was[1], None))
        elif was is not None and now_is is not None and _words(was[1]) != _words(now_is[1]):
            found.append(Change("changed", now_is[0], was[1], now_is[1]))
    return found


def _by_entry(sections: Sequence[Section]) -> dict[str, tuple[str, PublicLine]]:
    return {line.entry_number: (section.category, line) for section in sections for line in section.lines}


def _words(line: PublicLine) -> dict[str, Any]:
    return {key: value for key, value in asdict(line).items() if key != "number"}
