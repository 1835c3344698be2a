"""Rosters as files, for tests: made-up pupils and teachers in CSV and XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date

import openpyxl

from tests.factories import id_number

PUPIL_TITLES = ("姓名", "身份证号", "性别", "出生日期", "民族", "年级", "班级", "监护人电话")
TEACHER_TITLES = ("姓名", "身份证号", "手机号", "任教学科", "职称")
BORN = date(2008, 5, 12)


def pupil(name: str = "张晓明", serial: int = 1, **cells: str) -> list[str]:
    """One row; any cell by its title."""
    values = dict(
        zip(
            PUPIL_TITLES,
            (name, id_number(BORN, "男", serial), "男", "2008-05-12", "汉族", "四年级", "3班", "13800000000"),
            strict=True,
        )
    )
    return list((values | cells).values())


def many_pupils(count: int) -> list[list[str]]:
    """Pupils of grades 1 to 6, all different."""
    given = "明华强伟芳娜静敏丽军洋勇艳杰涛磊超霞平刚"
    rows = []
    for number in range(count):
        grade = number % 6 + 1
        born = date(2011 - grade, 1 + number // 6 % 12, 1 + number // 72 % 28)
        serial = number // (72 * 28) + 1
        name = "王" + given[number % 20] + given[number // 20 % 20]
        rows.append(
            [name, id_number(born, "女", serial), "女", born.isoformat(), "汉", str(grade), f"{number % 7 + 1}", ""]
        )
    return rows


def csv_file(rows: Iterable[Sequence[str]], titles: Sequence[str] = PUPIL_TITLES, encoding: str = "utf-8") -> bytes:
    target = io.StringIO()
    csv.writer(target).writerows([titles, *rows])
    return target.getvalue().encode(encoding)


def xlsx_file(rows: Iterable[Sequence[object]], titles: Sequence[str] = PUPIL_TITLES, name: str = "学生") -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    page.title = name
    for row in [titles, *rows]:
        page.append(list(row))
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
