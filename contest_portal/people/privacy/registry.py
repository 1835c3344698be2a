"""What the rooms hold about one person: each room says what it has, what erasing does to it, and what must stay for now.

    @holder("author", "tutor")                  # the tables it speaks for
    def works(person: Person) -> Iterable[Held]: ...

    @eraser
    def erase_from_works(work: Work, person: Person) -> Mapping[str, int]: ...

A new column that points to a pupil or teacher needs a holder: tests/people/test_personal_columns.py says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Select

from contest_portal.core.database import Work
from contest_portal.core.text import N_, Message


class Fate(StrEnum):
    """What erasing does to what is held."""

    ERASED = "erased"
    NAMELESS = "nameless"
    KEPT = "kept"


FATES: dict[str, str] = {
    Fate.ERASED: N_("删除"),
    Fate.NAMELESS: N_("保留，去掉姓名等个人信息"),
    Fate.KEPT: N_("保留"),
}


@dataclass(frozen=True)
class Person:
    """A pupil or teacher of the roster. `name` is the one that stands there now; `account_ids`: a teacher's accounts."""

    kind: str
    id: int
    office_id: int
    school_id: int
    name: str
    account_ids: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.id}"

    @property
    def pseudonym(self) -> str:
        """What stands in the name's place afterwards. It is data, not a text of the page: Chinese in every language."""
        return f"已删除的{'学生' if self.kind == 'student' else '教师'} #{self.id}"


@dataclass(frozen=True)
class HeldFile:
    """A file about the person. `name` is its name in the copy that is handed out; `is_sealed`: opened before."""

    name: str
    sha256: str
    is_sealed: bool = False


@dataclass(frozen=True)
class Held:
    """One kind of what is held: its rows (plain values by their names), what erasing does to them and why."""

    code: str
    title: Message
    fate: Fate
    why: Message
    rows: Sequence[Mapping[str, Any]]
    files: Sequence[HeldFile] = ()


Holder = Callable[[Person], Iterable[Held]]
Eraser = Callable[[Work, Person], Mapping[str, int]]
Reason = Callable[[Person], Iterable[Message]]
KeptIds = Callable[[str], "Select[Any] | None"]

_holders: list[Holder] = []
_erasers: list[Eraser] = []
_reasons: list[Reason] = []
_kept_ids: list[KeptIds] = []
_tables: set[str] = set()


def holder(*tables: str) -> Callable[[Holder], Holder]:
    """Register who says what these tables hold about a person."""

    def register(function: Holder) -> Holder:
        _holders.append(function)
        _tables.update(tables)
        return function

    return register


def eraser(function: Eraser) -> Eraser:
    """Register what erases a person from a room's tables; it gives how many rows of which table it changed."""
    _erasers.append(function)
    return function


def reason_to_keep(function: Reason) -> Reason:
    """Register who knows of a case about the person that is still open: nothing is erased meanwhile."""
    _reasons.append(function)
    return function


def keeps(function: KeptIds) -> KeptIds:
    """Register who gives, for a kind, a statement of the ids of persons of whom nothing may be erased now."""
    _kept_ids.append(function)
    return function


def kept_ids(kind: str) -> list[Select[Any]]:
    """Statements of the ids of persons of this kind whom an open case is about."""
    return [statement for function in _kept_ids if (statement := function(kind)) is not None]


def held_about(person: Person) -> list[Held]:
    """All that is held about the person; kinds of which there is nothing are left out."""
    return [one for function in _holders for one in function(person) if one.rows or one.files]


def erase_everywhere(work: Work, person: Person) -> dict[str, int]:
    """Erase the person from every room. Gives how many rows of which table were changed."""
    counts: dict[str, int] = {}
    for function in _erasers:
        for table, count in function(work, person).items():
            if count:
                counts[table] = counts.get(table, 0) + count
    return counts


def reasons_to_keep(person: Person) -> list[Message]:
    """Why nothing of the person may be erased now."""
    return [message for function in _reasons for message in function(person)]


def tables_spoken_for() -> frozenset[str]:
    """The tables of which some room says what they hold about a person."""
    return frozenset(_tables)
