"""What cases mean for works: packages below the objections ask here, the objections answer.

A case is about a public list, so the objections stand above the lists, awards and certificates that it holds up.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True)
class Answers:
    """One answer for each question below, of the same arguments."""

    open_entry_ids: Callable[[int, str | None], set[int]]
    upheld_numbers: Callable[[int], Sequence[tuple[int, str]]]
    upheld_entry_ids: Callable[[int], set[int]]
    has_open_case: Callable[[InstrumentedAttribute[int]], ColumnElement[Any]]


_given: list[Answers] = []


def provide_answers(answers: Answers) -> None:
    """Register, once at import, who knows the cases."""
    _given[:] = [answers]


def open_entry_ids(contest_id: int, kind: str | None = None) -> set[int]:
    """The works whose lines cannot be final yet: a case is open, or was upheld and the work still stands on a public list.

    `kind`: open cases about lists of this kind only, for a case holds the line that it is about; None: about any.
    """
    return _given[0].open_entry_ids(contest_id, kind)


def upheld_numbers(category_id: int) -> Sequence[tuple[int, str]]:
    """(work, number of the case) of the category's upheld objections, oldest first, in one statement."""
    return _given[0].upheld_numbers(category_id)


def upheld_entry_ids(contest_id: int) -> set[int]:
    """The works of the contest of whose cases one was upheld and none is open any more."""
    return _given[0].upheld_entry_ids(contest_id)


def has_open_case(entry_id: InstrumentedAttribute[int]) -> ColumnElement[Any]:
    """A condition for statements about entries: a case about the work in this column is open."""
    return _given[0].has_open_case(entry_id)
