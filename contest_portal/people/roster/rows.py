"""One row of a roster after the other: its cells read, and checked against each other. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeVar

from contest_portal.core.spreadsheets.sheet import Row, Sheet, Value, text_of
from contest_portal.core.text import N_, Message
from contest_portal.people.grades import GRADES_OF_KIND, grade_name, normalise_class_name, parse_grade, usual_age
from contest_portal.people.id_number import IdNumber, IdNumberProblem, Sex, age_on, check_id_number
from contest_portal.people.roster.columns import Header, RosterKind
from contest_portal.people.roster.normalise import (
    BirthMonth,
    Flaw,
    lossy_digits,
    read_day,
    read_ethnic_group,
    read_name,
    read_phone,
    read_sex,
    read_text,
)
from contest_portal.people.roster.problems import Problems, Severity, problem_in
from contest_portal.people.roster.repeats import Repeats
from contest_portal.people.roster.values import PersonValues, RosterRow, StudentValues, TeacherValues
from contest_portal.people.school_kinds import KINDS

AGES: Mapping[str, tuple[int, int]] = {"students": (3, 30), "teachers": (16, 100)}
"""Full years that a person on a roster may have; outside of them the birth date is taken for a slip."""

_GRADE_AGE_TOLERANCE = 3
_T = TypeVar("_T")


class SheetReader:
    """Reads the rows below one header."""

    def __init__(
        self,
        sheet: Sheet,
        header: Header,
        kind: RosterKind,
        problems: Problems,
        repeats: Repeats,
        today: date,
        school_kind: str | None,
        id_required: bool,
    ) -> None:
        self.sheet, self.header, self.kind, self.problems, self.repeats = sheet, header, kind, problems, repeats
        self.today, self.school_kind, self.id_required = today, school_kind, id_required
        self.min_age, self.max_age = AGES[kind]

    def read_into(self, rows: list[RosterRow]) -> None:
        """Append a `RosterRow` for each row in which any of the roster's columns is filled."""
        places = self.header.columns.values()
        for row in self.sheet.rows:
            if row.number > self.header.row_number and any(row[place] is not None for place in places):
                before = self.problems.errors
                name, values = (
                    self._student(row, len(rows)) if self.kind == "students" else self._teacher(row, len(rows))
                )
                values = values if self.problems.errors == before else None
                rows.append(RosterRow(self.sheet.name, row.number, name, values))

    def _student(self, row: Row, position: int) -> tuple[str, PersonValues | None]:
        name, known = self._name(row), self._id_number(row, required=self.id_required)
        sex = self._agreeing_sex(row, known)
        birth_on = self._agreeing_birth(row, known, required=True)
        ethnic_group = self._or(row, "ethnic_group", read_ethnic_group(self._value(row, "ethnic_group")), "")
        grade, class_name = self._grade_and_class(row, birth_on)
        phone = self._or(row, "guardian_phone", read_phone(self._value(row, "guardian_phone")), "")
        if sex is None:
            if not self.id_required and not self._has_id(row) and self._value(row, "sex") is None:
                self._fault(row, "sex", "missing", Message.of(N_("请填写性别。")))
            return name, None
        if birth_on is None or grade is None:
            return name, None
        number = known.number if known else ""
        self._note(row, position, name, number, birth_on)
        return name, StudentValues(name, number, sex, birth_on, ethnic_group, grade, class_name, phone)

    def _teacher(self, row: Row, position: int) -> tuple[str, PersonValues | None]:
        name, known = self._name(row), self._id_number(row, required=self.id_required)
        phone = self._or(row, "phone", read_phone(self._value(row, "phone")), "")
        if not self._has_id(row) and self._value(row, "phone") is None:
            message = Message.of(N_("身份证号和手机号至少填写一项，否则无法确认是哪位教师。"))
            self._fault(row, "phone" if "phone" in self.header.columns else "id_number", "missing", message)
        sex = self._agreeing_sex(row, known)
        birth_on = self._agreeing_birth(row, known, required=False)
        ethnic_group = self._or(row, "ethnic_group", read_ethnic_group(self._value(row, "ethnic_group")), "")
        texts = [
            self._or(row, part, read_text(self._value(row, part)), "") for part in ("position", "job_title", "subject")
        ]
        number = known.number if known else ""
        self._note(row, position, name, number, birth_on)
        if _is_mobile(phone):
            self.repeats.note("phone", phone, position, self.sheet, row, self.header.columns.get("phone"))
        return name, TeacherValues(name, number, phone, sex, birth_on, ethnic_group, *texts)

    def _note(self, row: Row, position: int, name: str, number: str, birth_on: date | None) -> None:
        columns = self.header.columns
        if number:
            self.repeats.note("id_number", number, position, self.sheet, row, columns.get("id_number"))
        if birth_on:
            self.repeats.note("person", f"{name} {birth_on}", position, self.sheet, row, columns.get("name"))

    def _value(self, row: Row, part: str) -> Value:
        place = self.header.columns.get(part)
        return None if place is None else row[place]

    def _has_id(self, row: Row) -> bool:
        return self._value(row, "id_number") is not None

    def _fault(self, row: Row, part: str, code: str, message: Message, severity: Severity = "error") -> None:
        place = self.header.columns.get(part)
        self.problems.add(problem_in(self.sheet, row, f"{part}.{code}", message, place, severity))

    def _or(self, row: Row, part: str, read: _T | Flaw, instead: _T) -> _T:
        """What was read, or `instead` after its fault has been noted."""
        if isinstance(read, Flaw):
            self._fault(row, part, read.code, read.message)
            return instead
        return read

    def _name(self, row: Row) -> str:
        raw = self._value(row, "name")
        if raw is None:
            self._fault(row, "name", "missing", Message.of(N_("请填写姓名。")))
        return self._or(row, "name", read_name(raw), text_of(raw)[:50])

    def _id_number(self, row: Row, *, required: bool) -> IdNumber | None:
        raw = self._value(row, "id_number")
        if raw is None and not required:
            return None
        if flaw := lossy_digits(raw):
            self._fault(row, "id_number", flaw.code, flaw.message)
            return None
        checked = check_id_number(text_of(raw), today=self.today, min_age=self.min_age, max_age=self.max_age)
        if isinstance(checked, IdNumberProblem):
            self._fault(row, "id_number", checked.code, checked.message)
            return None
        return checked

    def _agreeing_sex(self, row: Row, known: IdNumber | None) -> Sex | None:
        sex = self._or(row, "sex", read_sex(self._value(row, "sex")), None)
        if sex and known and sex != known.sex:
            message = Message.of(
                N_("性别「%(sex)s」与身份证号不符（身份证号表示「%(expected)s」），请核对两处。"),
                sex=sex,
                expected=known.sex,
            )
            self._fault(row, "sex", "disagrees", message)
        return known.sex if known else sex

    def _agreeing_birth(self, row: Row, known: IdNumber | None, *, required: bool) -> date | None:
        read = self._or(row, "birth_on", read_day(self._value(row, "birth_on")), None)
        if known:
            agrees = (
                read.agrees_with(known.birth_on) if isinstance(read, BirthMonth) else read in {None, known.birth_on}
            )
            if not agrees:
                message = Message.of(
                    N_("出生日期「%(day)s」与身份证号不符（身份证号表示 %(expected)s），请核对两处。"),
                    day=text_of(self._value(row, "birth_on")),
                    expected=known.birth_on.isoformat(),
                )
                self._fault(row, "birth_on", "disagrees", message)
            return known.birth_on
        if isinstance(read, BirthMonth):
            message = Message.of(N_("只有年月，请填写完整的出生日期，如 2008-05-12。"))
            self._fault(row, "birth_on", "incomplete", message, "error" if required else "warning")
            return None
        if read is None:
            if required and not self._has_id(row) and self._value(row, "birth_on") is None and not self.id_required:
                self._fault(row, "birth_on", "missing", Message.of(N_("没有身份证号时，请填写出生日期。")))
            return None
        if read > self.today or not self.min_age <= age_on(read, self.today) <= self.max_age:
            message = Message.of(N_("出生日期 %(day)s 不在合理范围内，请核对。"), day=read.isoformat())
            self._fault(row, "birth_on", "years", message)
        return read

    def _grade_and_class(self, row: Row, birth_on: date | None) -> tuple[int | None, str]:
        raw_grade, raw_class = self._value(row, "grade"), self._value(row, "class_name")
        part = "grade" if raw_grade is not None else "class_name"
        text = text_of(raw_grade if raw_grade is not None else raw_class)
        read = parse_grade(text, kind=self.school_kind)
        if read and raw_grade is None and not read.class_name and not _names_a_grade(text):  # a bare 3 is a class here
            read = None
        if read is None:
            where = "grade" if "grade" in self.header.columns else "class_name"
            if raw_grade is None:
                self._fault(row, where, "missing", Message.of(N_("请填写年级，如「七年级」「初一」或「高二」。")))
            else:
                message = Message.of(
                    N_("年级「%(value)s」无法识别，请写成「七年级」「初一」或「高二」的样子。"), value=text[:40]
                )
                self._fault(row, where, "unknown", message)
            return None, ""
        class_name = read.class_name
        if part == "grade" and raw_class is not None:
            class_name = self._class_beside(row, text_of(raw_class), read.grade) or class_name
        self._check_grade(row, part, read.grade, birth_on)
        return read.grade, class_name

    def _class_beside(self, row: Row, text: str, grade: int) -> str:
        """The class in its own column: 3, 3班, or the whole 七年级3班, whose grade must then be the same."""
        whole = parse_grade(text, kind=self.school_kind)
        if whole and whole.class_name:
            if whole.grade != grade:
                self._fault(
                    row,
                    "class_name",
                    "disagrees",
                    Message.of(N_("班级「%(value)s」与年级列不一致，请核对两处。"), value=text),
                )
            return whole.class_name
        if len(text) > 20:
            self._fault(
                row, "class_name", "too_long", Message.of(N_("内容过长，最多 %(limit)s 个字，请缩短。"), limit=20)
            )
        return normalise_class_name(text)

    def _check_grade(self, row: Row, part: str, grade: int, birth_on: date | None) -> None:
        if self.school_kind and grade not in GRADES_OF_KIND[self.school_kind]:
            message = Message.of(
                N_("%(grade)s不在本校（%(kind)s）的年级范围内，请核对。"),
                grade=grade_name(grade),
                kind=Message(KINDS[self.school_kind]),
            )
            self._fault(row, part, "not_permitted", message)
        elif birth_on:
            school_year = self.today.year if self.today.month >= 9 else self.today.year - 1
            age = age_on(birth_on, date(school_year, 9, 1))
            if abs(age - usual_age(grade)) > _GRADE_AGE_TOLERANCE:
                message = Message.of(
                    N_("%(grade)s学生入学时 %(age)s 岁，与一般年龄相差较大，请核对。"), grade=grade_name(grade), age=age
                )
                self._fault(row, part, "age", message, "warning")


def _names_a_grade(text: str) -> bool:
    return any(ch in text for ch in "年级初高小职")


def _is_mobile(phone: str) -> bool:
    return len(phone) == 11 and phone.startswith("1")
