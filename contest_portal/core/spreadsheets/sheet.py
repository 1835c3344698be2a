"""A table as it was read: rows that know their number, cells that know their address. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from contest_portal.core.text import N_, Message

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that begins so may be taken for a formula when a table is opened or edited; Chinese and Japanese systems read
the wide signs as the narrow ones."""

Value = str | int | float | bool | date | datetime | time | timedelta | None
"""What a cell holds. Whole numbers are int, empty cells are None, text stays text (leading zeros and all)."""

EXACT_NUMBERS_BELOW = 1e15  # a workbook keeps 15 digits of a number
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+?\d{2,}")


def column_letter(index: int) -> str:
    """The column's letters as spreadsheets show them: 0 is A, 25 is Z, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def text_of(value: Value) -> str:
    """The value as a person would type it: 3.0 is 3, a day is 2008-05-12, nothing is an empty text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT_NUMBERS_BELOW else f"{value:.15g}"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (date, time)):
        return value.isoformat()
    return str(value)


def is_lossy(value: Value) -> bool:
    """Whether digits were lost: a number of more than 15 digits, or the text 6.20702E+17 that such a number leaves."""
    if isinstance(value, (int, float)):
        return abs(value) >= EXACT_NUMBERS_BELOW
    return isinstance(value, str) and _SCIENTIFIC.fullmatch(value.strip()) is not None


def place_of(sheet: str, row: int, column: str = "") -> Message:
    """Where something stands, in words: 「学生」表第 5 行 D 列; without a column, the whole row."""
    if column:
        return Message.of(N_("「%(sheet)s」表第 %(row)s 行 %(column)s 列"), sheet=sheet, row=row, column=column)
    return Message.of(N_("「%(sheet)s」表第 %(row)s 行"), sheet=sheet, row=row)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: the sheet's name, the row's number from 1, the column's letters, the value."""

    sheet: str
    row: int
    column: str
    value: Value

    @property
    def address(self) -> str:
        """As spreadsheets name it: D5."""
        return f"{self.column}{self.row}"

    @property
    def text(self) -> str:
        return text_of(self.value)

    @property
    def lossy(self) -> bool:
        return is_lossy(self.value)

    @property
    def place(self) -> Message:
        return place_of(self.sheet, self.row, self.column)


@dataclass(frozen=True, slots=True)
class Row:
    """One row that is not blank: its number from 1 and its values from column A on."""

    number: int
    values: tuple[Value, ...]

    def __getitem__(self, index: int) -> Value:
        """The value in a column (A is 0); columns beyond the row's end are empty."""
        return self.values[index] if index < len(self.values) else None

    def __iter__(self) -> Iterator[Value]:
        """The row's own values: without it, Python would ask for columns for ever."""
        return iter(self.values)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its rows without the blank ones."""

    name: str
    rows: tuple[Row, ...]

    def cell(self, row: Row, index: int) -> Cell:
        """The cell of a row in a column, A being 0."""
        return Cell(self.name, row.number, column_letter(index), row[index])

    def cells(self) -> Iterator[Cell]:
        """Every cell that is not empty, row by row."""
        for row in self.rows:
            for index, value in enumerate(row.values):
                if value is not None:
                    yield self.cell(row, index)
