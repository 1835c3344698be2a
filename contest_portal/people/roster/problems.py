"""What is wrong in a roster, cell by cell. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from contest_portal.core.spreadsheets.sheet import Row, Sheet, column_letter, place_of, text_of
from contest_portal.core.text import N_, Message

Severity = Literal["error", "warning"]

MAX_PROBLEMS_LISTED = 5_000


@dataclass(frozen=True, slots=True)
class CellProblem:
    """One fault: where it is (a whole row has no column), what stands there, what is wrong and what to do."""

    sheet: str
    row: int
    column: str
    value: str
    code: str
    message: Message
    severity: Severity = "error"

    @property
    def sentence(self) -> Message:
        """The fault with its place: 「学生」表第 5 行 D 列：…"""
        return Message.of(
            N_("%(place)s：%(what)s"), place=place_of(self.sheet, self.row, self.column), what=self.message
        )


@dataclass
class Problems:
    """The faults found so far, of which only so many are kept."""

    listed: list[CellProblem] = field(default_factory=list)
    errors: int = 0
    warnings: int = 0

    def add(self, problem: CellProblem) -> None:
        if problem.severity == "error":
            self.errors += 1
        else:
            self.warnings += 1
        if len(self.listed) < MAX_PROBLEMS_LISTED:
            self.listed.append(problem)


def problem_in(
    sheet: Sheet, row: Row | None, code: str, message: Message, place: int | None = None, severity: Severity = "error"
) -> CellProblem:
    """The fault in a row's column (A is 0), in the whole row, or in the sheet as a whole."""
    column = "" if place is None else column_letter(place)
    value = "" if place is None or row is None else text_of(row[place])
    return CellProblem(sheet.name, row.number if row else 1, column, value, code, message, severity)
