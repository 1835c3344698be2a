"""Workbooks in and out: read what people upload, write what they download, mark what is wrong in what they sent."""

from contest_portal.core.spreadsheets.errors import SpreadsheetError
from contest_portal.core.spreadsheets.mark import CellMark, mark_cells
from contest_portal.core.spreadsheets.read import DEFAULT_LIMITS, Limits, read_table, read_tables
from contest_portal.core.spreadsheets.sheet import Cell, Row, Sheet, Value, column_letter, is_lossy, text_of
from contest_portal.core.spreadsheets.write import Column, Notes, Table, write_csv, write_table, write_workbook

__all__ = [
    "DEFAULT_LIMITS",
    "Cell",
    "CellMark",
    "Column",
    "Limits",
    "Notes",
    "Row",
    "Sheet",
    "SpreadsheetError",
    "Table",
    "Value",
    "column_letter",
    "is_lossy",
    "mark_cells",
    "read_table",
    "read_tables",
    "text_of",
    "write_csv",
    "write_table",
    "write_workbook",
]
