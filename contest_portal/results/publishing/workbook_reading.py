"""A public list read back out of its workbook, as the canonical form has it."""

from __future__ import annotations

from typing import Any

from contest_portal.core.spreadsheets import Sheet, read_tables, text_of
from contest_portal.results.public_list.content import canonical_data, plain_text


def read_workbook_list(data: bytes, filename: str) -> tuple[dict[str, Any], list[str]]:
    """The canonical form of what its sheets say, and all texts that stand alone in a row: title, notes, digest.

    Above the headings stand lines of one cell: title, office and term, category with its count. The first row of several
    cells has the headings; every later row of several cells is a line, wherever it stands. Raises SpreadsheetError.
    """
    sections, alone, title = [], [], ""
    for sheet in read_tables(data, filename):
        heading, headings, lines, below = _parts(sheet)
        title = title or (heading[0] if heading else "")
        name = heading[-1].rpartition("　")[0] or heading[-1] if heading else sheet.name
        sections.append((name, headings, lines))
        alone += [*heading, *below]
    return canonical_data(title, sections), alone


def _parts(sheet: Sheet) -> tuple[list[str], list[str], list[list[str]], list[str]]:
    """(lines above, headings, lines, lines below) of a sheet."""
    above: list[str] = []
    headings: list[str] = []
    lines: list[list[str]] = []
    below: list[str] = []
    for row in sheet.rows:
        cells = [text_of(value) for value in row.values]
        filled = [cell for cell in cells if plain_text(cell)]
        if not headings and len(filled) > 1:
            headings = cells
        elif not headings:
            above += filled
        elif len(filled) == 1 and plain_text(cells[0]):
            below += filled
        elif filled:
            lines.append([*cells, *[""] * (len(headings) - len(cells))])
    return above, headings, lines, below
