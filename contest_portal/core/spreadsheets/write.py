"""Write the workbooks that people download: typed columns, drop-down lists, nothing that can turn into a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from contest_portal.core.spreadsheets.sheet import FORMULA_STARTS, Value, column_letter, text_of

MAX_CELL_CHARACTERS = 32_767
_LAST_ROW = 1_048_575
_LIST_CHARACTERS = 255  # a longer drop-down list has to stand on a sheet
_HEADER_COLOUR = "#DCE6F1"
_REQUIRED_COLOUR = "#FCE4D6"


@dataclass(frozen=True)
class Column:
    """One column: its title, its width in characters, what it holds; `choices` become a drop-down list.

    `text` keeps digits as they are typed (ID numbers, telephones); `required` is shown in the header's colour;
    `note` appears when a cell of the column is chosen.
    """

    title: str
    width: float = 12
    kind: Literal["text", "number", "date", "datetime"] = "text"
    choices: Sequence[str] = ()
    required: bool = False
    note: str = ""


@dataclass(frozen=True)
class Table:
    """A sheet with a header row and rows under it.

    `heading` lines stand above, centred over all columns, the first one large; `footing` lines stand below.
    `to_fill_in` leaves the grid open for typing: formats and drop-down lists reach to the last row.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Value]] = ()
    heading: Sequence[str] = ()
    footing: Sequence[str] = ()
    landscape: bool = False
    to_fill_in: bool = False


@dataclass(frozen=True)
class Notes:
    """A sheet of text: one paragraph a line, the first one large."""

    name: str
    lines: Sequence[str]
    width: float = 90


def write_table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Value]],
    *,
    name: str = "Sheet1",
    heading: Sequence[str] = (),
    footing: Sequence[str] = (),
    landscape: bool = False,
) -> bytes:
    """An XLSX workbook of one sheet."""
    return write_workbook([Table(name, columns, rows, heading, footing, landscape)])


def write_workbook(sheets: Sequence[Table | Notes], *, created_at: datetime | None = None) -> bytes:
    """An XLSX workbook of several sheets. Texts are always texts: `=1+1` stays what it is and is never computed.

    With `created_at`, the same content gives the same bytes.
    """
    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with Workbook(target, options) as book:
        if created_at is not None:
            book.set_properties({"created": created_at})
        writer = _Writer(book)
        for sheet in sheets:
            if isinstance(sheet, Table):
                writer.add_table(sheet)
            else:
                writer.add_notes(sheet)
        writer.add_lists()
    return target.getvalue()


def write_csv(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> bytes:
    """UTF-8 with its mark, so that Excel reads it; texts that look like formulas get an apostrophe in front."""
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow([defused(column.title) for column in columns])
    for row in rows:
        writer.writerow([defused(value) if isinstance(value, str) else text_of(value) for value in row])
    return target.getvalue().encode("utf-8-sig")


def sheet_name(name: str, taken: Iterable[str] = ()) -> str:
    """A name that workbooks allow: no []:*?/\\, at most 31 characters, not used yet in capitals or small letters."""
    plain = "".join("_" if ch in "[]:*?/\\" or ch < " " else ch for ch in name).strip("' ")[:31] or "Sheet"
    used = {other.lower() for other in taken}
    candidate, number = plain, 2
    while candidate.lower() in used:
        candidate = f"{plain[: 31 - len(str(number)) - 1]}_{number}"
        number += 1
    return candidate


def defused(text: str) -> str:
    """The text as a cell of a CSV file: what looks like a formula gets an apostrophe in front."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


class _Writer:
    """One workbook while it is written: its formats, and the drop-down lists too long to stand in a rule."""

    def __init__(self, book: Workbook) -> None:
        self.book = book
        self.lists: list[tuple[str, ...]] = []
        self.names: list[str] = []
        border = {"border": 1, "border_color": "#BFBFBF", "valign": "vcenter"}
        self.formats: dict[str, Format] = {
            "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
            "heading": book.add_format({"align": "center", "valign": "vcenter", "text_wrap": True}),
            "header": book.add_format(
                {**border, "bold": True, "align": "center", "text_wrap": True, "bg_color": _HEADER_COLOUR}
            ),
            "required": book.add_format(
                {**border, "bold": True, "align": "center", "text_wrap": True, "bg_color": _REQUIRED_COLOUR}
            ),
            "text": book.add_format({**border, "num_format": "@", "text_wrap": True}),
            "quoted": book.add_format({**border, "num_format": "@", "text_wrap": True, "quote_prefix": True}),
            "number": book.add_format(border),
            "date": book.add_format({**border, "num_format": "yyyy-mm-dd"}),
            "datetime": book.add_format({**border, "num_format": "yyyy-mm-dd hh:mm"}),
            "open_text": book.add_format({"num_format": "@"}),
            "open_date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "note_title": book.add_format({"bold": True, "font_size": 14}),
            "note": book.add_format({"text_wrap": True, "valign": "top"}),
        }

    def add_table(self, table: Table) -> None:
        sheet = self._add_sheet(table.name)
        top = self._write_heading(sheet, table)
        for index, column in enumerate(table.columns):
            self._set_up_column(sheet, index, column, top, to_fill_in=table.to_fill_in)
        row = top
        for row, values in enumerate(table.rows, start=top + 1):
            for index, value in enumerate(values):
                self._write_value(sheet, row, index, value, table.columns[index].kind)
        for offset, line in enumerate(table.footing, start=2):
            sheet.write_string(row + offset, 0, line[:MAX_CELL_CHARACTERS])
        sheet.freeze_panes(top + 1, 0)
        sheet.repeat_rows(top)
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&C&P / &N")
        if table.landscape:
            sheet.set_landscape()

    def add_notes(self, notes: Notes) -> None:
        sheet = self._add_sheet(notes.name)
        sheet.set_column(0, 0, notes.width)
        for row, line in enumerate(notes.lines):
            sheet.write_string(row, 0, line, self.formats["note" if row else "note_title"])

    def add_lists(self) -> None:
        """The hidden sheet of the long drop-down lists, a column each."""
        if not self.lists:
            return
        sheet = self._add_sheet("_lists")
        for index, choices in enumerate(self.lists):
            sheet.write_column(0, index, choices)
        sheet.hide()

    def _add_sheet(self, name: str) -> Worksheet:
        name = sheet_name(name, self.names)
        self.names.append(name)
        return self.book.add_worksheet(name)

    def _write_heading(self, sheet: Worksheet, table: Table) -> int:
        last = len(table.columns) - 1
        for row, line in enumerate(table.heading):
            style = self.formats["heading" if row else "title"]
            sheet.set_row(row, 18 if row else 28)
            if last:
                sheet.merge_range(row, 0, row, last, line, style)
            else:
                sheet.write_string(row, 0, line, style)
        return len(table.heading)

    def _set_up_column(self, sheet: Worksheet, index: int, column: Column, top: int, *, to_fill_in: bool) -> None:
        open_format = {"text": "open_text", "date": "open_date"}.get(column.kind) if to_fill_in else None
        sheet.set_column(index, index, column.width, self.formats[open_format] if open_format else None)
        sheet.write_string(top, index, column.title, self.formats["required" if column.required else "header"])
        rule: dict[str, Any] = {"validate": "any"}
        if column.choices:
            rule = {"validate": "list", "source": self._list_source(column.choices), "error_type": "warning"}
        if column.note:
            rule |= {"input_title": column.title[:32], "input_message": column.note[:_LIST_CHARACTERS]}
        if len(rule) > 1:
            sheet.data_validation(top + 1, index, _LAST_ROW, index, rule)

    def _list_source(self, choices: Sequence[str]) -> list[str] | str:
        if len(",".join(choices)) <= _LIST_CHARACTERS:
            return list(choices)
        wanted = tuple(choices)
        if wanted not in self.lists:
            self.lists.append(wanted)
        letter = column_letter(self.lists.index(wanted))
        return f"=_lists!${letter}$1:${letter}${len(wanted)}"

    def _write_value(self, sheet: Worksheet, row: int, index: int, value: Value, kind: str) -> None:
        if value is None or value == "":
            sheet.write_blank(row, index, None, self.formats[kind])
        elif isinstance(value, (datetime, date)):
            style = "datetime" if isinstance(value, datetime) else "date"
            plain = value.replace(tzinfo=None) if isinstance(value, datetime) else value
            sheet.write_datetime(row, index, plain, self.formats[style])
        elif isinstance(value, (int, float)) and not isinstance(value, bool) and kind == "number":
            sheet.write_number(row, index, value, self.formats["number"])
        else:
            text = text_of(value) if isinstance(value, (bool, int, float, time, timedelta)) else value
            style = "quoted" if text.startswith(FORMULA_STARTS) else "text"
            sheet.write_string(row, index, text[:MAX_CELL_CHARACTERS], self.formats[style])
