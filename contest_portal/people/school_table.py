"""A table of schools as an office uploads it: columns found by their names, faults named by cell. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contest_portal.core.spreadsheets.sheet import Cell, Row, Sheet, text_of
from contest_portal.core.text import N_, Message
from contest_portal.people.school_kinds import kind_of_word, normal_code

HEADER_WITHIN_ROWS = 15

TITLES: Mapping[str, str] = {
    "name": N_("学校全称"),
    "code": N_("标识码"),
    "kind": N_("学校类型"),
    "is_urban": N_("城乡"),
    "township": N_("乡镇（街道）"),
    "is_feature": N_("特色学校"),
    "address": N_("地址"),
    "contact_name": N_("联系人"),
    "contact_phone": N_("联系电话"),
}
"""Field → title of its column in the template, in the template's order."""

_NAMES = {
    "name": "学校全称 学校名称 校名 学校 单位名称 单位全称 name school",
    "code": "标识码 学校标识码 学校代码 代码 code",
    "kind": "学校类型 类型 学校类别 办学类型 学段 kind type",
    "is_urban": "城乡 城乡类型 城乡类别 城区或乡镇 所在区域",
    "township": "乡镇 乡镇街道 所在乡镇 街道 township",
    "is_feature": "特色学校 是否特色学校 科技特色学校 科技教育特色学校",
    "address": "地址 学校地址 详细地址 通讯地址 address",
    "contact_name": "联系人 联系人姓名 负责人 管理员 学校管理员 contact",
    "contact_phone": "联系电话 电话 手机号 手机 联系方式 phone",
}
_URBAN = {"城区", "城市", "城镇", "县城", "市区", "城"}
_RURAL = {"乡镇", "农村", "乡村", "镇", "乡", "镇区", "村"}
_YES, _NO = {"是", "有", "√", "1", "y", "yes", "true"}, {"否", "无", "不是", "×", "0", "n", "no", "false"}


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, or with a whole row where `column` is empty."""

    row: int
    column: str
    value: str
    message: Message


@dataclass(frozen=True)
class SchoolLine:
    """One school's row: the texts of the fields that are filled in, and `columns`, the letters they stand in."""

    row: int
    name: str
    texts: Mapping[str, str]
    is_urban: bool | None
    is_feature: bool | None


@dataclass(frozen=True)
class SchoolTable:
    """What was read. `columns` gives the letter of each field's column."""

    sheet: str
    columns: Mapping[str, str]
    lines: Sequence[SchoolLine]
    faults: Sequence[Fault]


def read_schools(sheet: Sheet) -> SchoolTable | Message:
    """The table's schools and the faults of its cells; a sentence where no header can be found."""
    found = _header(sheet)
    if found is None:
        return Message.of(
            N_(
                "在「%(sheet)s」表的前 %(rows)s 行中没有找到表头。表头须有「学校全称」和「学校类型」两列，请下载模板对照。"
            ),
            sheet=sheet.name,
            rows=HEADER_WITHIN_ROWS,
        )
    header, places = found
    letters = {field: sheet.cell(header, place).column for field, place in places.items()}
    lines: list[SchoolLine] = []
    faults: list[Fault] = []
    for row in sheet.rows:
        if row.number > header.number and any(text_of(row[place]) for place in places.values()):
            line, wrong = _line({field: sheet.cell(row, place) for field, place in places.items()}, row.number)
            lines.append(line)
            faults += wrong
    return SchoolTable(sheet.name, letters, lines, [*faults, *_repeated(lines, letters)])


def _header(sheet: Sheet) -> tuple[Row, dict[str, int]] | None:
    for row in sheet.rows:
        if row.number > HEADER_WITHIN_ROWS:
            break
        titles = [_plain(text_of(value)) for value in row.values]
        places = {
            field: next(place for place, title in enumerate(titles) if title in names.split())
            for field, names in _NAMES.items()
            if set(names.split()) & set(titles)
        }
        if {"name", "kind"} <= set(places):
            return row, places
    return None


def _line(cells: Mapping[str, Cell], number: int) -> tuple[SchoolLine, list[Fault]]:
    texts = {field: cell.text for field, cell in cells.items() if cell.text}
    faults: list[Fault] = []

    def wrong(field: str, message: Message) -> None:
        cell = cells[field]
        faults.append(Fault(number, cell.column, cell.text, message))

    if "name" not in texts:
        wrong("name", Message(N_("请填写学校全称。")))
    if "code" in texts:
        texts["code"] = normal_code(texts["code"])
        if cells["code"].lossy:
            wrong("code", Message(N_("标识码被表格软件改成了科学计数法，请把该列设为文本格式后重新填写。")))
    if "kind" in texts:
        kind = kind_of_word(texts["kind"])
        if kind is None:
            wrong(
                "kind",
                Message.of(
                    N_(
                        "学校类型「%(value)s」无法识别，应为小学、初中、高中、九年一贯制学校、完全中学、中等职业学校或特殊教育学校。"
                    ),
                    value=texts["kind"],
                ),
            )
        texts["kind"] = kind or ""
    is_urban = _one_of(texts.pop("is_urban", ""), _URBAN, _RURAL)
    if is_urban is None and "is_urban" in cells and cells["is_urban"].text:
        wrong("is_urban", Message.of(N_("「%(value)s」应为「城区」或「乡镇」。"), value=cells["is_urban"].text))
    is_feature = _one_of(texts.pop("is_feature", ""), _YES, _NO)
    if is_feature is None and "is_feature" in cells and cells["is_feature"].text:
        wrong("is_feature", Message.of(N_("「%(value)s」应为「是」或「否」。"), value=cells["is_feature"].text))
    return SchoolLine(number, " ".join(texts.get("name", "").split()), texts, is_urban, is_feature), faults


def _one_of(text: str, yes: set[str], no: set[str]) -> bool | None:
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    return True if plain in yes else False if plain in no else None


def _repeated(lines: Sequence[SchoolLine], letters: Mapping[str, str]) -> list[Fault]:
    """A school that stands in the table twice, by name or by code."""
    faults = []
    for field in ("name", "code"):
        first: dict[str, int] = {}
        for line in lines:
            text = line.name if field == "name" else line.texts.get("code", "")
            if not text:
                continue
            if text in first:
                message = Message.of(
                    N_("「%(value)s」与第 %(row)s 行重复，请删去其中一行。"), value=text, row=first[text]
                )
                faults.append(Fault(line.row, letters[field], text, message))
            first.setdefault(text, line.row)
    return faults


def _plain(title: str) -> str:
    plain = re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", unicodedata.normalize("NFKC", title).lower())
    return re.sub(r"[\s*:_\-/、，,。.#]+", "", plain)
