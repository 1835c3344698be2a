"""The workbook beside the pictures: which pupil, title and tutor belong to which file. It decides over the names. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contest_portal.core.spreadsheets.sheet import Row, Sheet, column_letter, place_of, text_of
from contest_portal.core.text import N_, Message
from contest_portal.entries.batch.name_parts import without_ending
from contest_portal.people.grades import normalise_class_name, parse_grade

HEADER_WITHIN_ROWS = 15
MOST_LINES = 2_000
LONGEST_TEXT = 200

_TITLES = {
    "file": "文件名 文件 图片 图片名 图片文件 文件名称 原文件名 filename file",
    "name": "姓名 学生姓名 作者 作者姓名 学生 名字 name",
    "grade": "年级 所在年级 grade",
    "class_name": "班级 班 所在班级 年级班级 class",
    "title": "题目 作品题目 作品名称 作品名 名称 标题 画名 作品 title",
    "tutor": "辅导教师 辅导老师 指导教师 指导老师 教师 辅导员 tutor",
}
_FIELDS = {title: field for field, titles in _TITLES.items() for title in titles.split()}


@dataclass(frozen=True)
class Line:
    """One row: what stands in its columns, empty where there is none, and where it stands."""

    sheet: str
    row: int
    columns: Mapping[str, str]
    file: str = ""
    name: str = ""
    grade: int | None = None
    class_name: str = ""
    title: str = ""
    tutor: str = ""

    def place(self, field: str) -> Message:
        """The cell of a field in words: 「Sheet1」表第 5 行 B 列."""
        return place_of(self.sheet, self.row, self.columns.get(field, ""))


@dataclass(frozen=True)
class Reading:
    """The rows of every sheet that has a header, and what is wrong, each with its place."""

    lines: tuple[Line, ...] = ()
    problems: tuple[Message, ...] = ()


def read_lines(sheets: Sequence[Sheet], *, school_kind: str | None = None) -> Reading:
    """The rows below the header of each sheet. A header has 文件名 or 姓名 and at least one column more."""
    lines: list[Line] = []
    problems: list[Message] = []
    for sheet in sheets:
        found = _header(sheet)
        if found is None:
            continue
        number, columns = found
        for row in sheet.rows:
            if row.number > number:
                _read_row(sheet, row, columns, school_kind, lines, problems)
    if not lines and not problems:
        message = N_(
            "没有找到表头。表头应在同一行写明「文件名」「姓名」「班级」「题目」「辅导教师」中的几列，其中要有「文件名」或「姓名」。"
        )
        problems.append(_at(place_of(sheets[0].name, 1), Message(message)))
    if len(lines) > MOST_LINES:
        problems.append(
            _at(
                place_of(lines[MOST_LINES].sheet, lines[MOST_LINES].row),
                Message.of(N_("行数太多，只读了前 %(limit)s 行"), limit=MOST_LINES),
            )
        )
    return Reading(tuple(lines[:MOST_LINES]), tuple(_with_repeats(lines[:MOST_LINES], problems)))


def file_keys(path: str) -> tuple[str, ...]:
    """How a file may be called in the workbook, the exactest first: with its folders, by its name, without the ending."""
    plain = unicodedata.normalize("NFKC", path).replace("\\", "/").strip("/ ").casefold()
    last = plain.rsplit("/", 1)[-1]
    return tuple(dict.fromkeys((plain, without_ending(plain), last, without_ending(last))))


def _header(sheet: Sheet) -> tuple[int, dict[str, int]] | None:
    """The header's row and the column (A is 0) of each field in it."""
    for row in sheet.rows:
        if row.number > HEADER_WITHIN_ROWS:
            break
        columns: dict[str, int] = {}
        for place, value in enumerate(row.values):
            field = _FIELDS.get(_plain_title(text_of(value)))
            if field is not None:
                columns.setdefault(field, place)
        if len(columns) > 1 and columns.keys() & {"file", "name"}:
            return row.number, columns
    return None


def _plain_title(title: str) -> str:
    plain = unicodedata.normalize("NFKC", title).lower()
    return re.sub(r"\(.*?\)|[\s*:_\-/、。.#]+", "", plain)


def _read_row(
    sheet: Sheet,
    row: Row,
    columns: Mapping[str, int],
    school_kind: str | None,
    lines: list[Line],
    problems: list[Message],
) -> None:
    texts = {field: " ".join(text_of(row[place]).split()) for field, place in columns.items()}
    letters = {field: column_letter(place) for field, place in columns.items()}
    if not any(texts.values()):
        return
    for field, text in texts.items():
        if len(text) > LONGEST_TEXT:
            what = Message.of(N_("内容有 %(measured)s 字，最多 %(limit)s 字"), measured=len(text), limit=LONGEST_TEXT)
            problems.append(_at(place_of(sheet.name, row.number, letters[field]), what))
            return
    if not texts.get("file") and not texts.get("name"):
        field = "file" if "file" in letters else "name"
        what = Message(N_("这一行没有写文件名，也没有写姓名，没有用上"))
        problems.append(_at(place_of(sheet.name, row.number, letters[field]), what))
        return
    grade, class_name = _class_of(texts, school_kind)
    if texts.get("grade") and grade is None:
        what = Message.of(N_("看不懂年级「%(written)s」，请写成「三年级」"), written=texts["grade"])
        problems.append(_at(place_of(sheet.name, row.number, letters["grade"]), what))
    lines.append(
        Line(
            sheet.name,
            row.number,
            letters,
            texts.get("file", ""),
            texts.get("name", ""),
            grade,
            class_name,
            texts.get("title", "").strip("《》"),
            texts.get("tutor", ""),
        )
    )


def _class_of(texts: Mapping[str, str], school_kind: str | None) -> tuple[int | None, str]:
    """Grade and class, also where the column of classes says both: 三年级2班, 三(2)班."""
    grade = parse_grade(texts.get("grade", ""), kind=school_kind)
    written = texts.get("class_name", "")
    both = parse_grade(written, kind=school_kind)
    if both is not None and (both.class_name or re.search("年级|[初高]", written)):
        return both.grade, both.class_name
    class_name = normalise_class_name(written) if written else ""
    return (grade.grade, class_name or grade.class_name) if grade else (None, class_name)


def _with_repeats(lines: Sequence[Line], problems: list[Message]) -> list[Message]:
    """The problems, and each file that two rows name: the first of them counts."""
    seen: dict[str, Line] = {}
    for line in lines:
        key = file_keys(line.file)[0] if line.file else ""
        if not key:
            continue
        first = seen.setdefault(key, line)
        if first is not line:
            what = Message.of(
                N_("文件「%(file)s」在第 %(row)s 行已经写过，以那一行为准"), file=line.file, row=first.row
            )
            problems.append(_at(line.place("file"), what))
    return problems


def _at(place: Message, what: Message) -> Message:
    return Message.of(N_("%(place)s：%(what)s"), place=place, what=what)
