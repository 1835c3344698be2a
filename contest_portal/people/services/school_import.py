"""Schools from a table: what it would do, and doing it, in one transaction or not at all."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import unit_of_work
from contest_portal.core.errors import Invalid, Stale
from contest_portal.core.spreadsheets import CellMark, read_table
from contest_portal.core.spreadsheets.sheet import place_of
from contest_portal.core.text import N_, Message
from contest_portal.people.models import School
from contest_portal.people.queries.schools import codes_of_others, schools_by_key
from contest_portal.people.school_kinds import KINDS
from contest_portal.people.school_table import TITLES, Fault, SchoolLine, SchoolTable, read_schools
from contest_portal.people.services.schools import SchoolData, checked_school, data_of, write_school

MOST_SCHOOLS = 5_000


@dataclass(frozen=True)
class Change:
    """One value that the table would change: the field's word, old and new as shown."""

    label: Message
    old: Message | str
    new: Message | str


@dataclass(frozen=True)
class PreviewLine:
    """What would become of one row. `state`: new, changed, unchanged, error."""

    row: int
    state: str
    name: str
    data: SchoolData | None
    school_id: int | None
    changes: Sequence[Change]
    problems: Sequence[Message]


@dataclass(frozen=True)
class SchoolPreview:
    """What the table would do. Nothing of it may be applied while there are faults."""

    lines: Sequence[PreviewLine]
    faults: Sequence[CellMark]
    fingerprint: str

    def count(self, state: str) -> int:
        return sum(line.state == state for line in self.lines)


def preview_schools(office_id: int, content: bytes, filename: str) -> SchoolPreview:
    """What the uploaded table would do to the office's schools. Raises SpreadsheetError, Invalid."""
    sheet = read_table(content, filename)
    table = read_schools(sheet)
    if isinstance(table, Message):
        raise Invalid("people.school_table", table, field="file")
    if len(table.lines) > MOST_SCHOOLS:
        raise Invalid(
            "people.school_table",
            Message.of(N_("一次最多导入 %(most)s 所学校，请分成几个文件。"), most=MOST_SCHOOLS),
            field="file",
        )
    by_name, by_code = schools_by_key(office_id)
    foreign = codes_of_others(office_id, {line.texts["code"] for line in table.lines if "code" in line.texts})
    faults = list(table.faults)
    lines = []
    for line in table.lines:
        school = by_code.get(line.texts.get("code", "")) or by_name.get(line.name)
        data, wrong = _data_of_line(line, school, table)
        faults += wrong
        if line.texts.get("code") in foreign:
            faults.append(_fault(table, line, "code", Message(N_("这个标识码已被其他主办单位的学校使用，请核对。"))))
        elif school and (other := by_name.get(line.name)) and other.id != school.id:
            faults.append(
                _fault(
                    table,
                    line,
                    "name",
                    Message.of(
                        N_("标识码属于「%(name)s」，学校全称却是另一所学校，请核对其中一项。"), name=school.name
                    ),
                )
            )
        lines.append(_preview_line(line, school, data))
    wrong_rows = {fault.row: [other.message for other in faults if other.row == fault.row] for fault in faults}
    lines = [
        replace(line, state="error", problems=wrong_rows[line.row]) if line.row in wrong_rows else line
        for line in lines
    ]
    marks = [CellMark(table.sheet, fault.row, fault.column, fault.message) for fault in faults]
    return SchoolPreview(lines, sorted(marks, key=lambda mark: (mark.row, mark.column)), _fingerprint(lines))


def apply_schools(actor: Actor, office_id: int, content: bytes, filename: str, fingerprint: str) -> SchoolPreview:
    """Do what the preview showed; new schools are approved at once. Raises Stale when it would do something else now."""
    with unit_of_work(actor, "people.import_schools") as work:
        preview = preview_schools(office_id, content, filename)
        if preview.faults:
            raise Invalid("people.school_table", N_("表格中还有错误，没有导入任何内容。"), field="file")
        if preview.fingerprint != fingerprint:
            raise Stale
        for line in preview.lines:
            if line.data is None or line.state == "unchanged":
                continue
            school = work.session.get(School, line.school_id) if line.school_id else None
            if school is None:
                school = School(office_id=office_id, applied_at=now())
                work.session.add(school)
            else:
                school.version += 1
            write_school(school, line.data)
            if school.state != "approved":
                school.state, school.decided_at, school.decision_note = "approved", now(), ""
        states = ("new", "changed", "unchanged")
        work.record(("office", office_id), after={state: preview.count(state) for state in states})
    return preview


def sentence(mark: CellMark) -> Message:
    """The fault with its place: 「学校」表第 5 行 B 列：…"""
    return Message.of(N_("%(place)s：%(what)s"), place=place_of(mark.sheet, mark.row, mark.column), what=mark.message)


def _data_of_line(line: SchoolLine, school: School | None, table: SchoolTable) -> tuple[SchoolData | None, list[Fault]]:
    """The school's data with what the row fills in; an empty cell keeps what is known."""
    known = data_of(school) if school else SchoolData(name="", kind="")
    data = replace(
        known,
        **{**line.texts, "name": line.name},
        is_urban=known.is_urban if line.is_urban is None else line.is_urban,
        is_feature=known.is_feature if line.is_feature is None else line.is_feature,
    )
    if not data.name or ("kind" in line.texts and not line.texts["kind"]):
        return None, []
    try:
        return checked_school(data), []
    except Invalid as error:
        return None, [_fault(table, line, problem.field, problem.message) for problem in error.problems]


def _fault(table: SchoolTable, line: SchoolLine, field: str, message: Message) -> Fault:
    return Fault(line.row, table.columns.get(field, ""), line.texts.get(field, ""), message)


def _preview_line(line: SchoolLine, school: School | None, data: SchoolData | None) -> PreviewLine:
    changes = _changes(school, data) if school and data else []
    state = "new" if school is None else "changed" if changes else "unchanged"
    return PreviewLine(line.row, state, line.name, data, school.id if school else None, changes, [])


def _changes(school: School, data: SchoolData) -> list[Change]:
    known = data_of(school)
    changes = [
        Change(Message(title), _shown(field, getattr(known, field)), _shown(field, getattr(data, field)))
        for field, title in TITLES.items()
        if getattr(known, field) != getattr(data, field)
    ]
    if school.state != "approved":
        states = {"applied": N_("待审核"), "refused": N_("已退回"), "closed": N_("已停用")}
        changes.append(Change(Message(N_("状态")), Message(states[school.state]), Message(N_("已批准"))))
    return changes


def _shown(field: str, value: str | bool) -> Message | str:
    if field == "is_urban":
        return Message(N_("城区")) if value else Message(N_("乡镇"))
    if isinstance(value, bool):
        return Message(N_("是")) if value else Message(N_("否"))
    return Message(KINDS[value]) if field == "kind" and value in KINDS else value


def _fingerprint(lines: Sequence[PreviewLine]) -> str:
    """The same when the same would be done; it travels from the preview to the applying."""
    plain = [
        [
            line.row,
            line.state,
            line.name,
            line.school_id,
            [[str(c.label), str(c.old), str(c.new)] for c in line.changes],
        ]
        for line in lines
    ]
    return hashlib.sha256(json.dumps(plain, ensure_ascii=False).encode()).hexdigest()
