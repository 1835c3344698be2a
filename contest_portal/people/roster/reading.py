"""Read a roster: every row checked, every fault named with its sheet, row and column. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from contest_portal.core.spreadsheets.sheet import Sheet
from contest_portal.core.text import N_, Message
from contest_portal.people.roster.columns import FIELD_TITLES, Header, RosterKind, find_header
from contest_portal.people.roster.problems import CellProblem, Problems, problem_in
from contest_portal.people.roster.repeats import Repeats
from contest_portal.people.roster.rows import SheetReader
from contest_portal.people.roster.values import RosterRow


@dataclass(frozen=True)
class RosterReading:
    """What a workbook says. Nothing of it may be imported while `has_errors`."""

    kind: RosterKind
    rows: tuple[RosterRow, ...]
    problems: tuple[CellProblem, ...]
    ignored_columns: tuple[str, ...] = ()
    ignored_sheets: tuple[str, ...] = ()
    error_count: int = 0
    warning_count: int = 0

    @property
    def has_errors(self) -> bool:
        return self.error_count > 0


def read_roster(
    sheets: Sheet | Sequence[Sheet],
    kind: RosterKind,
    *,
    today: date,
    school_kind: str | None = None,
    id_required: bool | None = None,
) -> RosterReading:
    """Read every sheet that has a roster's header among its first 15 rows; the others are named as ignored.

    `school_kind` (primary, junior, …) limits the grades; `id_required` asks every row for an ID number (DEFAULT: yes
    for pupils, no for teachers). Sex and birth date must agree with the ID number; the same ID number or telephone
    number twice is an error in both rows.
    """
    id_required = kind == "students" if id_required is None else id_required
    problems, repeats, rows = Problems(), Repeats(), list[RosterRow]()
    ignored_columns: dict[str, None] = {}
    ignored_sheets: list[str] = []
    sheets = [sheets] if isinstance(sheets, Sheet) else sheets
    found_header = False
    for sheet in sheets:
        header = find_header(sheet, kind)
        if header is None:
            ignored_sheets.append(sheet.name)
            continue
        found_header = True
        ignored_columns |= dict.fromkeys(header.ignored)
        if _header_is_complete(sheet, header, kind, problems, id_required=id_required):
            reader = SheetReader(sheet, header, kind, problems, repeats, today, school_kind, id_required)
            reader.read_into(rows)
    if not found_header:
        _report_no_header(sheets, kind, problems)
    elif not rows and not problems.errors:
        first = next(sheet for sheet in sheets if sheet.name not in ignored_sheets)
        problems.add(problem_in(first, None, "no_rows", Message.of(N_("表头之下没有任何人员，请填写后重新上传。"))))
    repeats.report(rows, problems)
    order = {sheet.name: number for number, sheet in enumerate(sheets)}
    listed = sorted(problems.listed, key=lambda found: (order[found.sheet], found.row, len(found.column), found.column))
    return RosterReading(
        kind,
        tuple(rows),
        tuple(listed),
        tuple(ignored_columns),
        tuple(ignored_sheets),
        problems.errors,
        problems.warnings,
    )


def _header_is_complete(
    sheet: Sheet, header: Header, kind: RosterKind, problems: Problems, *, id_required: bool
) -> bool:
    row = next(row for row in sheet.rows if row.number == header.row_number)
    for place, title in header.repeated:
        message = Message.of(N_("「%(title)s」列出现了两次，请只保留一列。"), title=title)
        problems.add(problem_in(sheet, row, "repeated_column", message, place))
    missing = header.misses(kind, id_required=id_required)
    for fields in missing:
        if len(fields) == 1:
            message = Message.of(N_("缺少「%(title)s」列，请补上后重新上传。"), title=FIELD_TITLES[fields[0]])
        else:
            message = Message.of(
                N_("缺少「%(title)s」列或「%(other)s」列，请至少补上一列后重新上传。"),
                title=FIELD_TITLES[fields[0]],
                other=FIELD_TITLES[fields[1]],
            )
        problems.add(problem_in(sheet, row, "missing_column", message))
    return not missing and not header.repeated


def _report_no_header(sheets: Sequence[Sheet], kind: RosterKind, problems: Problems) -> None:
    other = Message(N_("身份证号")) if kind == "students" else Message(N_("手机号"))
    message = Message.of(
        N_("前 15 行中没有找到表头。表头应在同一行写明「姓名」「%(other)s」等列名，建议使用下载的模板填写。"),
        other=other,
    )
    problems.add(CellProblem(sheets[0].name, 1, "", "", "no_header", message))
