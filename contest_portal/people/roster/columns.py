"""The columns of a roster: found by their names, in any order, below whatever titles stand above them. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from contest_portal.core.spreadsheets.sheet import Row, Sheet, text_of
from contest_portal.core.text import N_, Message

RosterKind = Literal["students", "teachers"]

HEADER_WITHIN_ROWS = 15

FIELD_TITLES: Mapping[str, Message] = MappingProxyType(
    {
        "name": Message(N_("姓名")),
        "id_number": Message(N_("身份证号")),
        "sex": Message(N_("性别")),
        "birth_on": Message(N_("出生日期")),
        "ethnic_group": Message(N_("民族")),
        "grade": Message(N_("年级")),
        "class_name": Message(N_("班级")),
        "guardian_phone": Message(N_("监护人电话")),
        "phone": Message(N_("手机号")),
        "position": Message(N_("职务")),
        "job_title": Message(N_("职称")),
        "subject": Message(N_("任教学科")),
        "school_id": Message(N_("学校")),
        "state": Message(N_("状态")),
    }
)
"""How pages call a field of a roster."""

_NAMES = {
    "name": "姓名 名字 学生姓名 学生名字 教师姓名 老师姓名 name",
    "id_number": "身份证号 身份证号码 身份证 身份证件号 身份证件号码 公民身份号码 证件号 证件号码 学生身份证号 学生身份证号码 "
    "学生身份证件号 教师身份证号 教师身份证号码 idnumber",
    "sex": "性别 学生性别 sex gender",
    "birth_on": "出生日期 出生年月日 出生年月 生日 出生时间 dateofbirth birthdate",
    "ethnic_group": "民族 ethnicgroup",
    "grade": "年级 所在年级 就读年级 现年级 现就读年级 年级名称 grade",
    "class_name": "班级 班 所在班级 就读班级 班级名称 班别 class",
    "guardian_phone": "监护人电话 监护人联系电话 监护人手机 监护人手机号 监护人手机号码 监护人联系方式 监护人1联系电话 家长电话 家长联系电话 "
    "家长手机 家长手机号 家长手机号码 家长联系方式 联系电话 联系方式 手机号 手机号码 手机 电话 guardianphone",
    "phone": "手机号 手机号码 手机 移动电话 联系电话 联系方式 电话 电话号码 phone",
    "position": "职务 行政职务 担任职务 position",
    "job_title": "职称 专业技术职务 技术职称 jobtitle",
    "subject": "任教学科 学科 任教科目 所教学科 任课学科 科目 subject",
}
_FIELDS: Mapping[str, tuple[str, ...]] = {
    "students": ("name", "id_number", "sex", "birth_on", "ethnic_group", "grade", "class_name", "guardian_phone"),
    "teachers": ("name", "id_number", "phone", "sex", "birth_on", "ethnic_group", "position", "job_title", "subject"),
}
_WITHOUT_A_WORD = {"序号", "编号", "no", "no."}  # columns that nobody expects to be kept


@dataclass(frozen=True, slots=True)
class Header:
    """Where the columns of one sheet are: the header's row, the column (A is 0) of each field, the titles left unread."""

    row_number: int
    columns: Mapping[str, int]
    ignored: tuple[str, ...]
    repeated: tuple[tuple[int, str], ...]

    def misses(self, kind: RosterKind, *, id_required: bool) -> list[tuple[str, ...]]:
        """The fields that have no column and must; of several in one line any one is enough."""
        wanted: list[tuple[str, ...]] = [("name",)]
        if kind == "students":
            wanted += [("id_number",)] if id_required else []
            wanted += [("grade", "class_name")]
        else:
            wanted += [("id_number",)] if id_required else [("id_number", "phone")]
        return [fields for fields in wanted if not any(field in self.columns for field in fields)]


def fields_of(kind: RosterKind) -> tuple[str, ...]:
    """The fields that a roster of the kind may have, in the template's order."""
    return _FIELDS[kind]


def find_header(sheet: Sheet, kind: RosterKind) -> Header | None:
    """The header among the first 15 rows: the row with the most known titles, 姓名 among them and at least one more."""
    best: Header | None = None
    for row in sheet.rows:
        if row.number > HEADER_WITHIN_ROWS:
            break
        header = _header_of(row, kind)
        if "name" in header.columns and len(header.columns) > max(1, len(best.columns) if best else 0):
            best = header
    return best


def _header_of(row: Row, kind: RosterKind) -> Header:
    titles = [_plain_title(text_of(value)) for value in row.values]
    columns: dict[str, int] = {}
    repeated: list[tuple[int, str]] = []
    for field in _FIELDS[kind]:
        places = _places(titles, _NAMES[field].split())
        if places:
            columns[field] = places[0]
            repeated += [(place, text_of(row[place])) for place in places[1:] if titles[place] == titles[places[0]]]
    used = {*columns.values(), *(place for place, _title in repeated)}
    ignored = tuple(
        text_of(row[place])
        for place, title in enumerate(titles)
        if title and place not in used and title not in _WITHOUT_A_WORD
    )
    return Header(row.number, MappingProxyType(columns), ignored, tuple(repeated))


def _places(titles: Sequence[str], names: Sequence[str]) -> list[int]:
    """The columns whose title is one of the names: the first name's first, then from left to right."""
    return [place for name in names for place, title in enumerate(titles) if title == name]


def _plain_title(title: str) -> str:
    """身份证号码 for 「* 身份证 号码（18 位）：」."""
    plain = unicodedata.normalize("NFKC", title).lower()
    plain = re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", plain)
    return re.sub(r"[\s*:_\-/、，,。.#]+", "", plain)
