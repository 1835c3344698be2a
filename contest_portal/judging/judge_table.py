"""A table of judges as an office uploads it: columns found by their names, faults named by cell."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from contest_portal.core.spreadsheets.sheet import Cell, Row, Sheet, place_of, text_of
from contest_portal.core.text import N_, Message
from contest_portal.people.phones import mobile_problem, normal_mobile
from contest_portal.people.roster.normalise import Flaw, lossy_digits, read_name

HEADER_WITHIN_ROWS = 15
MOST_JUDGES = 1000

TITLES: Mapping[str, str] = {
    "name": N_("姓名"),
    "phone": N_("手机号"),
    "employer": N_("单位"),
    "job_title": N_("职务/职称"),
    "categories": N_("评审类别"),
    "disciplines": N_("学科"),
    "most_tasks": N_("任务上限"),
    "available_from": N_("可评审起始日期"),
    "available_until": N_("可评审截止日期"),
}
"""Field → title of its column in the template, in the template's order."""

_NAMES = {
    "name": "姓名 评委姓名 专家姓名 评委 name",
    "phone": "手机号 手机号码 手机 移动电话 联系电话 联系方式 电话 phone",
    "employer": "单位 工作单位 所在单位 单位名称 单位全称 学校 employer",
    "job_title": "职务职称 职务或职称 职务 职称 专业技术职务 jobtitle",
    "categories": "评审类别 类别 评审组 评审组别 评审项目 category",
    "disciplines": "学科 学科专业 专业 专业领域 研究方向 任教学科 discipline",
    "most_tasks": "任务上限 最多任务 最多评审件数 最多件数 mosttasks limit",
    "available_from": "可评审起始日期 可评审开始日期 开始日期 起始日期 availablefrom",
    "available_until": "可评审截止日期 可评审结束日期 结束日期 截止日期 availableuntil",
}
_LONGEST = {"employer": 100, "job_title": 50}
_SEPARATORS = re.compile(r"[、，,;；/|\n\r]+")
LONGEST_FIELD = 50
MOST_TASKS = 9999
_DAY = re.compile(r"(20\d\d)[-./年](\d{1,2})[-./月](\d{1,2})日?(?: 00:00(?::00)?)?")


@dataclass(frozen=True)
class JudgeData:
    """What an office knows of a judge. `expertise`: codes of categories, then disciplines as typed. `most_tasks` in one
    round, `available_from` and `available_until` (both days included): None where nothing was said."""

    name: str
    phone: str
    employer: str = ""
    job_title: str = ""
    expertise: tuple[str, ...] = ()
    most_tasks: int | None = None
    available_from: date | None = None
    available_until: date | None = None

    def beside(self, known: JudgeData) -> JudgeData:
        """As a table means it: what it leaves empty of time and most tasks stays as the judge has said."""
        return replace(
            self,
            most_tasks=self.most_tasks if self.most_tasks is not None else known.most_tasks,
            available_from=self.available_from or known.available_from,
            available_until=self.available_until or known.available_until,
        )


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, or with a whole row where `column` is empty."""

    sheet: str
    row: int
    column: str
    value: str
    message: Message

    @property
    def sentence(self) -> Message:
        """The fault with its place: 「评委」表第 5 行 B 列：…"""
        return Message.of(
            N_("%(place)s：%(what)s"), place=place_of(self.sheet, self.row, self.column), what=self.message
        )


@dataclass(frozen=True)
class JudgeLine:
    """One judge's row; `data` is None when something in it is wrong."""

    row: int
    name: str
    data: JudgeData | None


@dataclass(frozen=True)
class JudgeTable:
    """What was read. Nothing of it may be imported while there are faults."""

    lines: Sequence[JudgeLine]
    faults: Sequence[Fault]


def read_judges(sheet: Sheet, categories: Mapping[str, str]) -> JudgeTable | Message:
    """The table's judges; a sentence where no header can be found. `categories`: name on screen → code."""
    found = _header(sheet)
    if found is None:
        return Message.of(
            N_("在「%(sheet)s」表的前 %(rows)s 行中没有找到表头。表头须有「姓名」和「手机号」两列，请下载模板对照。"),
            sheet=sheet.name,
            rows=HEADER_WITHIN_ROWS,
        )
    header, places = found
    lines: list[JudgeLine] = []
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for row in sheet.rows:
        if row.number <= header.number or not any(text_of(row[place]) for place in places.values()):
            continue
        reader = _RowReader(sheet, row, places, categories)
        data = reader.read()
        if data is not None and data.phone in seen:
            reader.wrong("phone", Message.of(N_("手机号与第 %(row)s 行重复，请删去其中一行。"), row=seen[data.phone]))
        elif data is not None:
            seen[data.phone] = row.number
        faults += reader.faults
        lines.append(JudgeLine(row.number, reader.text("name"), None if reader.faults else data))
    if not lines:
        return Message.of(N_("「%(sheet)s」表的表头之下没有任何评委，请填写后重新上传。"), sheet=sheet.name)
    if len(lines) > MOST_JUDGES:
        return Message.of(N_("一次最多导入 %(most)s 名评委，请分成几个文件。"), most=MOST_JUDGES)
    return JudgeTable(lines, faults)


def split_expertise(text: str) -> list[str]:
    """The items of a cell or field that names several: 「物理、化学」."""
    parts = (" ".join(unicodedata.normalize("NFKC", part).split()) for part in _SEPARATORS.split(text))
    return list(dict.fromkeys(part for part in parts if part))


def category_code(text: str, categories: Mapping[str, str]) -> str | None:
    """The code of the category that the text names: whole, by its code, or by a part that only one name has."""
    if text in categories:
        return categories[text]
    if text.upper() in categories.values():
        return text.upper()
    found = {code for name, code in categories.items() if text.lower() in name.lower()}
    return found.pop() if len(found) == 1 else None


class _RowReader:
    """Reads one row and collects what is wrong in it."""

    def __init__(self, sheet: Sheet, row: Row, places: Mapping[str, int], categories: Mapping[str, str]) -> None:
        self.sheet, self.row, self.categories = sheet, row, categories
        self.cells: dict[str, Cell] = {field: sheet.cell(row, place) for field, place in places.items()}
        self.faults: list[Fault] = []

    def text(self, field: str) -> str:
        return " ".join(self.cells[field].text.split()) if field in self.cells else ""

    def wrong(self, field: str, message: Message) -> None:
        cell = self.cells[field]
        self.faults.append(Fault(self.sheet.name, self.row.number, cell.column, cell.text, message))

    def read(self) -> JudgeData | None:
        name, phone = self._name(), self._phone()
        for field, most in _LONGEST.items():
            if len(self.text(field)) > most:
                self.wrong(field, Message.of(N_("最多 %(most)s 个字，请缩短。"), most=most))
        expertise = (*self._categories(), *self._disciplines())
        tasks, start, end = self._most(), self._day("available_from"), self._day("available_until")
        if start and end and end < start:
            self.wrong("available_until", Message(N_("截止日期早于起始日期，请更正。")))
        if self.faults:
            return None
        return JudgeData(name, phone, self.text("employer"), self.text("job_title"), expertise, tasks, start, end)

    def _name(self) -> str:
        name = read_name(self.cells["name"].value)
        if isinstance(name, Flaw):
            self.wrong("name", name.message)
            return ""
        if not name:
            self.wrong("name", Message(N_("请填写姓名。")))
        return name

    def _phone(self) -> str:
        cell = self.cells["phone"]
        if flaw := lossy_digits(cell.value):
            self.wrong("phone", flaw.message)
            return ""
        phone = normal_mobile(cell.text)
        if not phone:
            self.wrong("phone", Message(N_("请填写手机号，评委用它登录。")))
        elif problem := mobile_problem(phone):
            self.wrong("phone", problem)
        return phone

    def _categories(self) -> list[str]:
        codes = []
        for item in split_expertise(self.text("categories")):
            code = category_code(item, self.categories)
            if code is None:
                self.wrong(
                    "categories",
                    Message.of(
                        N_("「%(value)s」不能对应到一个类别。可填：%(known)s。"),
                        value=item,
                        known="、".join(self.categories) or "—",
                    ),
                )
            else:
                codes.append(code)
        return codes

    def _most(self) -> int | None:
        text = self.text("most_tasks")
        if text and not (text.isascii() and text.isdecimal() and 1 <= int(text[:9]) <= MOST_TASKS):
            told = N_("任务上限应为 1–%(most)s 的整数，或留空（不限）。")
            self.wrong("most_tasks", Message.of(told, most=MOST_TASKS))
            return None
        return int(text) if text else None

    def _day(self, field: str) -> date | None:
        text = self.text(field)
        found = _DAY.fullmatch(unicodedata.normalize("NFKC", text))
        try:
            if found:
                return date(*map(int, found.groups()))
        except ValueError:
            found = None
        if text:
            self.wrong(field, Message(N_("日期请写成 2018-05-20 的样子，或留空。")))
        return None

    def _disciplines(self) -> list[str]:
        items = split_expertise(self.text("disciplines"))
        if any(len(item) > LONGEST_FIELD for item in items):
            self.wrong("disciplines", Message.of(N_("最多 %(most)s 个字，请缩短。"), most=LONGEST_FIELD))
        return items


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
        if {"name", "phone"} <= set(places):
            return row, places
    return None


def _plain(title: str) -> str:
    text = re.sub(r"\(.*?\)|\[.*?\]|【.*?】", "", unicodedata.normalize("NFKC", title).lower())
    return re.sub(r"[\s*:_\-/、，,。.#]+", "", text)
