"""What may stand in a column of a public list, and what stands there. Pure.

Public are name, school, grade, title, tutor and award (domain.md §10), and what is no fact about a child: number, group,
discipline. Nothing else can be chosen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class Line(Protocol):
    """What a column reads: the fields of `public_list.PublicLine`."""

    @property
    def number(self) -> int: ...
    @property
    def names(self) -> str: ...
    @property
    def school(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def award(self) -> str: ...
    @property
    def tutors(self) -> str: ...
    @property
    def stage(self) -> str: ...
    @property
    def entry_number(self) -> str: ...
    @property
    def grade(self) -> str: ...
    @property
    def discipline(self) -> str: ...


@dataclass(frozen=True)
class PublicColumn:
    """One column: its key, the heading it has, its width in Chinese characters."""

    key: str
    label: str
    width: float


PUBLIC_COLUMNS: dict[str, PublicColumn] = {
    one.key: one
    for one in (
        PublicColumn("position", "序号", 3),
        PublicColumn("number", "编号", 9),
        PublicColumn("names", "姓名", 8),
        PublicColumn("school", "学校", 12),
        PublicColumn("grade", "年级", 4),
        PublicColumn("stage", "学段", 4),
        PublicColumn("title", "作品名称", 20),
        PublicColumn("discipline", "学科", 6),
        PublicColumn("tutors", "指导老师", 7),
        PublicColumn("award", "等级", 5),
    )
}

DEFAULT_KEYS = ("position", "names", "school", "title", "award")
NEEDED_KEYS = ("names", "title")
"""Without them a list says of nobody what for."""


def known_keys(keys: Sequence[str]) -> tuple[str, ...]:
    """Those of `keys` that may be public, each once, in their order; the usual ones where a needed one is missing."""
    known = tuple(dict.fromkeys(key for key in keys if key in PUBLIC_COLUMNS))
    return known if all(key in known for key in NEEDED_KEYS) else DEFAULT_KEYS


def cells_of(line: Line, keys: Sequence[str]) -> list[str | int]:
    """The cells of one line. Tutors stand behind the title where they have no column of their own."""
    return [_title(line, keys) if key == "title" else _CELLS[key](line) for key in keys]


def titled(title: str, tutors: str) -> str:
    """The title with its tutors as published lists write them: 火星医院(指导老师:李老师)."""
    return f"{title}(指导老师:{tutors})" if tutors else title


def _title(line: Line, keys: Sequence[str]) -> str:
    return line.title if "tutors" in keys else titled(line.title, line.tutors)


_CELLS: dict[str, Callable[[Line], str | int]] = {
    "position": lambda line: line.number,
    "number": lambda line: line.entry_number,
    "names": lambda line: line.names,
    "school": lambda line: line.school,
    "grade": lambda line: line.grade,
    "stage": lambda line: line.stage,
    "discipline": lambda line: line.discipline,
    "tutors": lambda line: line.tutors,
    "award": lambda line: line.award,
}
