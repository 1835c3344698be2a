"""The workbook that a school downloads, fills in and uploads."""

from __future__ import annotations

from collections.abc import Callable

from contest_portal.core.spreadsheets.write import Column, Notes, Table, write_workbook
from contest_portal.core.text import N_, Message
from contest_portal.people.ethnic_groups import ETHNIC_GROUPS
from contest_portal.people.grades import grade_name, grades_of
from contest_portal.people.roster.columns import FIELD_TITLES, RosterKind, fields_of

_WIDTHS = {
    "id_number": 22,
    "guardian_phone": 16,
    "phone": 16,
    "birth_on": 14,
    "class_name": 12,
    "name": 14,
    "subject": 14,
}
_SHEET_NAMES = {"students": N_("学生"), "teachers": N_("教师")}
_NOTES = {
    "students": (
        N_("填写说明"),
        N_("1. 请在「学生」表中从第 2 行起填写，一名学生一行。橙色表头的列必填，其余列可以留空；列的先后次序可以改变，列名请勿改动。"),
        N_("2. 身份证号填写 18 位，末位可能是 X。该列已设为文本格式；从别处粘贴时请选择「只粘贴值」，以免后几位丢失。"),
        N_("3. 性别、出生日期留空时按身份证号填入；填写时须与身份证号一致。出生日期写成 2008-05-12 的样子。"),
        N_("4. 年级可写成「七年级」「初一」「7」或「高二」；班级可写成「3」「3班」「（3）班」。"),
        N_("5. 民族填写全称，如「汉族」「裕固族」。监护人电话填写 11 位手机号，或带区号的固定电话。"),
        N_("6. 上传后先显示预览，确认无误才会保存；有一处错误，整个文件都不会保存。"),
        N_("7. 再次上传时按身份证号核对：已有的学生会更新，新的学生会增加；留空的格子不会清除原有内容。"),
        N_("填写示例：张晓明，990000200805120014，男，2008-05-12，汉族，四年级，3班，13800000000"),
    ),
    "teachers": (
        N_("填写说明"),
        N_("1. 请在「教师」表中从第 2 行起填写，一名教师一行。橙色表头的列必填，其余列可以留空；列的先后次序可以改变，列名请勿改动。"),
        N_("2. 身份证号和手机号至少填写一项，用来确认是哪位教师；两列均已设为文本格式，从别处粘贴时请选择「只粘贴值」。"),
        N_("3. 性别、出生日期留空时按身份证号填入；填写时须与身份证号一致。出生日期写成 1985-05-12 的样子。"),
        N_("4. 民族填写全称，如「汉族」「裕固族」。职务、职称、任教学科按实际填写，如「教研组长」「一级教师」「物理」。"),
        N_("5. 上传后先显示预览，确认无误才会保存；有一处错误，整个文件都不会保存。"),
        N_("填写示例：王晓红，（身份证号留空），13900000000，女，1985-05-12，汉族，教研组长，一级教师，物理"),
    ),
}  # fmt: skip


def roster_template(
    kind: RosterKind, *, school_kind: str | None = None, render: Callable[[Message], str] = str
) -> bytes:
    """An XLSX workbook with the roster's header, drop-down lists and a sheet of notes.

    `school_kind` limits the grades in their list; `render` gives a message in the reader's language (the column
    titles stay Chinese: the workbook is the school's own document).
    """
    required = {"name", "id_number", "grade"} if kind == "students" else {"name"}
    columns = [
        Column(
            str(FIELD_TITLES[part]),
            width=_WIDTHS.get(part, 10),
            kind="date" if part == "birth_on" else "text",
            choices=_choices(part, school_kind),
            required=part in required,
        )
        for part in fields_of(kind)
    ]
    return write_workbook(
        [
            Table(_SHEET_NAMES[kind], columns, to_fill_in=True),
            Notes(render(Message(_NOTES[kind][0])), [render(Message(line)) for line in _NOTES[kind]]),
        ]
    )


def _choices(part: str, school_kind: str | None) -> tuple[str, ...]:
    if part == "sex":
        return ("男", "女")
    if part == "ethnic_group":
        return ETHNIC_GROUPS
    if part == "grade":
        return tuple(str(grade_name(grade)) for grade in (grades_of(school_kind) if school_kind else range(1, 13)))
    return ()
