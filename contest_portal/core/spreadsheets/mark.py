"""Give an uploaded table back with what is wrong in it: the cells coloured, each with a comment that says what to do."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from zipfile import BadZipFile

from contest_portal.core.spreadsheets.archive import check_archive
from contest_portal.core.spreadsheets.kinds import kind_of
from contest_portal.core.spreadsheets.read import DEFAULT_LIMITS, Limits, read_tables
from contest_portal.core.spreadsheets.sheet import Sheet
from contest_portal.core.spreadsheets.write import sheet_name
from contest_portal.core.text import N_, Message

if TYPE_CHECKING:  # openpyxl brings numpy along: it is loaded when it is needed
    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

MARKED_IN_PLACE_BELOW = 24 * 2**20
"""Bytes of unpacked workbook up to which the original is kept as it is; a larger one is written anew with its values."""

_AUTHOR = "contest-portal"
_COLOURS = {"error": "FFF4B6B6", "warning": "FFFFEFB0"}
_MAX_COMMENTS = 5_000


@dataclass(frozen=True)
class CellMark:
    """What is wrong with one cell: sheet, row from 1, the column's letters (none for a whole row), the sentence."""

    sheet: str
    row: int
    column: str
    message: Message | str
    severity: Literal["error", "warning"] = "error"


def mark_cells(
    original: bytes,
    filename: str,
    marks: Sequence[CellMark],
    *,
    render: Callable[[Message], str] = str,
    limits: Limits = DEFAULT_LIMITS,
) -> bytes:
    """An XLSX workbook: the uploaded one with the marked cells coloured and commented, and a sheet that lists them all.

    XLS, CSV and very large workbooks are written anew with their values. Marks of an earlier time are taken away.
    `render` gives a message in the reader's language. Raises `SpreadsheetError` when the original cannot be read.
    """
    book, pages = _opened(original, filename, limits)
    texts: dict[tuple[str, int, str], list[str]] = {}
    severities: dict[tuple[str, int, str], str] = {}
    for mark in marks:
        place = (mark.sheet, mark.row, mark.column or "A")
        texts.setdefault(place, []).append(mark.message if isinstance(mark.message, str) else render(mark.message))
        if severities.get(place) != "error":
            severities[place] = mark.severity
    for place, said in list(texts.items())[:_MAX_COMMENTS]:
        if place[0] in pages:
            _mark(pages[place[0]], place, "\n".join(said), severities[place])
    _add_list(book, texts, render)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def _opened(original: bytes, filename: str, limits: Limits) -> tuple[Workbook, dict[str, Worksheet]]:
    """The workbook to mark, and its sheets by the names under which they were read."""
    from openpyxl import load_workbook

    if kind_of(original, filename) == "xlsx":
        unpacked = check_archive(original, filename, max_unpacked=limits.unpacked_bytes)
        if unpacked <= MARKED_IN_PLACE_BELOW:
            try:
                book = load_workbook(io.BytesIO(original))
            except (BadZipFile, ValueError, KeyError, TypeError, AttributeError, IndexError):
                pass  # a workbook that other programs wrote in their own way
            else:
                for sheet in book.worksheets:
                    _clear(sheet)
                return book, {sheet.title: sheet for sheet in book.worksheets}
    return _written_anew(read_tables(original, filename, limits=limits))


def _clear(sheet: Worksheet) -> None:
    """Take away the marks of an earlier time, so that a mended cell looks mended."""
    from openpyxl.styles import PatternFill

    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == _AUTHOR:
                cell.comment = None
                cell.fill = PatternFill()


def _written_anew(sheets: Sequence[Sheet]) -> tuple[Workbook, dict[str, Worksheet]]:
    from openpyxl import Workbook

    book = Workbook()
    pages: dict[str, Worksheet] = {}
    for number, sheet in enumerate(sheets):
        page: Any = book.active if number == 0 else book.create_sheet()
        page.title = sheet_name(sheet.name, pages)
        pages[sheet.name] = page
        for cell in sheet.cells():
            target = page[cell.address]
            target.value = cell.value
            if isinstance(cell.value, str):
                target.data_type = "s"  # never a formula
                target.number_format = "@"
    return book, pages


def _mark(sheet: Worksheet, place: tuple[str, int, str], text: str, severity: str) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import PatternFill

    cell = sheet[f"{place[2]}{place[1]}"]
    if type(cell).__name__ == "MergedCell":
        cell = next(
            sheet.cell(area.min_row, area.min_col) for area in sheet.merged_cells.ranges if cell.coordinate in area
        )
    cell.fill = PatternFill("solid", fgColor=_COLOURS[severity])
    lines = sum(len(line) // 18 + 1 for line in text.split("\n"))
    cell.comment = Comment(text, _AUTHOR, height=24 + 18 * lines, width=260)


def _add_list(book: Workbook, texts: dict[tuple[str, int, str], list[str]], render: Callable[[Message], str]) -> None:
    title = render(Message.of(N_("问题清单")))
    if title in book.sheetnames:
        del book[title]
    page = book.create_sheet(sheet_name(title, book.sheetnames))
    page.append(
        [render(Message.of(N_("工作表"))), render(Message.of(N_("单元格"))), render(Message.of(N_("问题与改法")))]
    )
    for (sheet, row, column), said in texts.items():
        page.append([sheet, f"{column}{row}", "\n".join(said)])
        for cell in page[page.max_row]:
            cell.data_type = "s"
    for letter, width in (("A", 16), ("B", 10), ("C", 90)):
        page.column_dimensions[letter].width = width
    page.freeze_panes = "A2"
