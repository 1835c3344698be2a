"""Rosters: real workbooks read, checked row by row, and compared with who is known."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contest_portal.core.spreadsheets import CellMark, Sheet, mark_cells, read_tables
from contest_portal.core.spreadsheets.sheet import Row, Value
from contest_portal.people.ethnic_groups import ETHNIC_GROUPS
from contest_portal.people.id_number import check_character
from contest_portal.people.roster import (
    ExistingPerson,
    RosterReading,
    RowOutcome,
    StudentValues,
    TeacherValues,
    compare_roster,
    id_keys,
    people_not_listed,
    read_roster,
    roster_template,
)
from contest_portal.people.roster.normalise import BirthMonth, Flaw, read_day, read_name, read_phone

TODAY = date(2018, 10, 1)
HEADER: list[Value] = ["姓名", "身份证号", "性别", "出生日期", "民族", "年级", "班级", "监护人电话"]
XIAOMING: list[Value] = ["张晓明", "990000200805120014", "男", "2008-05-12", "汉族", "五年级", "3班", "13800000000"]
HERE, ELSEWHERE = 1, 2


def id_number(birth_on: date, sequence: int) -> str:
    first = f"990000{birth_on:%Y%m%d}{sequence:03d}"
    return first + check_character(first)


def sheet_of(*rows: Sequence[Value], name: str = "学生") -> Sheet:
    return Sheet(name, tuple(Row(number, tuple(row)) for number, row in enumerate(rows, start=1) if any(row)))


def reading_of(*rows: Sequence[Value], **options: object) -> RosterReading:
    return read_roster(sheet_of(HEADER, *rows), "students", today=TODAY, **options)  # type: ignore[arg-type]


def changed(**cells: Value) -> list[Value]:
    """The row of 张晓明 with some cells changed."""
    titles = dict(zip(("name", "id", "sex", "birth", "group", "grade", "class_name", "phone"), XIAOMING, strict=True))
    return list((titles | cells).values())


def codes(reading: RosterReading) -> list[str]:
    return [problem.code for problem in reading.problems]


class TestReadingPupils:
    def test_a_good_row_is_read(self) -> None:
        reading = reading_of(XIAOMING)
        assert not reading.problems
        assert reading.rows[0].row_number == 2
        assert reading.rows[0].values == StudentValues(
            "张晓明", "990000200805120014", "男", date(2008, 5, 12), "汉族", 5, "3班", "13800000000"
        )

    @pytest.mark.parametrize(
        "cells",
        [
            {"name": " 张 晓明 ", "id": "９９００００２００８０５１２００１４", "sex": "M"},
            {"sex": "male", "birth": date(2008, 5, 12), "group": "汉"},
            {"sex": None, "birth": None, "grade": "5", "class_name": "（三）班"},
            {"birth": datetime.fromisoformat("2008-05-12T00:00:01"), "grade": 5, "class_name": 3},
            {"birth": "2008年5月12日", "grade": "五", "class_name": "五年级(3)班"},
            {"birth": 20080512, "grade": "五年级3班", "class_name": None, "phone": 13800000000},
            {"birth": "2008/5/12", "grade": None, "class_name": "五(3)班", "phone": "+86 138-0000-0000"},
            {"birth": 39580, "phone": "１３８ ００００ ００００"},  # the day's bare number, its format lost
            {"birth": "2008.5", "id": "'990000200805120014"},
            {"birth": "2008.05.12", "sex": "男生"},
        ],
    )
    def test_the_same_pupil_is_read_however_the_row_is_written(self, cells: dict[str, Value]) -> None:
        reading = reading_of(changed(**cells))
        assert not reading.problems
        assert reading.rows == reading_of(XIAOMING).rows

    def test_the_header_is_found_below_titles_and_in_any_order(self) -> None:
        order = [6, 1, 4, 0, 5, 2, 7, 3]
        sheet = sheet_of(
            ["张掖市某某小学学生名册", "", ""],
            [],
            ["填表人：", "李老师"],
            ["序号", *[f"* {HEADER[index]}（必填）：" for index in order], "备注"],
            [1, *[XIAOMING[index] for index in order], "转入"],
            [2],
        )
        reading = read_roster(sheet, "students", today=TODAY)
        assert not reading.problems
        assert [row.row_number for row in reading.rows] == [5]
        assert reading.rows[0].values == reading_of(XIAOMING).rows[0].values
        assert reading.ignored_columns == ("备注",)

    def test_the_guardians_own_telephone_comes_before_a_general_one(self) -> None:
        sheet = sheet_of(
            ["姓名", "证件号码", "所在年级", "联系电话", "家长电话"], ["张晓明", XIAOMING[1], "五", "1", "13900000000"]
        )
        reading = read_roster(sheet, "students", today=TODAY)
        assert not reading.problems
        assert reading.rows[0].values.guardian_phone == "13900000000"
        assert reading.ignored_columns == ("联系电话",)

    @pytest.mark.parametrize(
        ("cells", "column", "code"),
        [
            ({"name": None}, "A", "name.missing"),
            ({"name": "张3"}, "A", "name.name"),
            ({"name": "张\x07明"}, "A", "name.name"),
            ({"name": "甲" * 10_000}, "A", "name.too_long"),
            ({"id": None}, "B", "id_number.missing"),
            ({"id": 990000200805120014.0}, "B", "id_number.lossy"),
            ({"id": "9.90000E+17"}, "B", "id_number.lossy"),
            ({"id": "990000200805120015"}, "B", "id_number.checksum"),
            ({"id": id_number(date(1970, 1, 1), 1), "birth": None}, "B", "id_number.years"),
            ({"sex": "女"}, "C", "sex.disagrees"),
            ({"sex": "不详"}, "C", "sex.sex"),
            ({"birth": "2008-05-13"}, "D", "birth_on.disagrees"),
            ({"birth": "2008.6"}, "D", "birth_on.disagrees"),
            ({"birth": "2008-13-01"}, "D", "birth_on.date"),
            ({"group": "汉人"}, "E", "ethnic_group.ethnic_group"),
            ({"grade": None}, "F", "grade.missing"),
            ({"grade": "大班"}, "F", "grade.unknown"),
            ({"class_name": "六年级3班"}, "G", "class_name.disagrees"),
            ({"class_name": "长" * 21}, "G", "class_name.too_long"),
            ({"phone": "12345"}, "H", "guardian_phone.phone"),
        ],
    )
    def test_a_wrong_cell_is_named(self, cells: dict[str, Value], column: str, code: str) -> None:
        reading = reading_of([*id_row(2)], changed(**cells))
        assert [(problem.row, problem.column, problem.code) for problem in reading.problems] == [(3, column, code)]
        assert reading.has_errors
        assert [row.values is None for row in reading.rows] == [False, True]
        assert str(reading.problems[0].sentence).startswith(f"「学生」表第 3 行 {column} 列：")

    def test_an_id_number_turned_into_a_number_says_how_to_mend_it(self) -> None:
        (problem,) = reading_of(changed(id=620702200805120014.0)).problems
        assert str(problem.sentence) == (
            "「学生」表第 2 行 B 列：号码被表格软件变成了数字「6.20702E+17」，后几位已经丢失。"
            "请先把这一列的单元格格式设为「文本」，再重新填写完整的号码。"
        )

    def test_the_same_id_number_twice_names_both_rows(self) -> None:
        reading = reading_of(XIAOMING, [*id_row(2)], changed(name="王小红", id="９９００００200805120014"))
        assert [(problem.row, problem.code) for problem in reading.problems] == [
            (2, "id_number.repeated"),
            (4, "id_number.repeated"),
        ]
        assert [str(problem.message)[:12] for problem in reading.problems] == [
            "与「学生」表第 4 行的",
            "与「学生」表第 2 行的",
        ]
        assert [row.values is None for row in reading.rows] == [True, False, True]

    def test_namesakes_of_one_day_are_a_warning_only(self) -> None:
        reading = reading_of(XIAOMING, changed(id=id_number(date(2008, 5, 12), 3)))
        assert [(problem.row, problem.code, problem.severity) for problem in reading.problems] == [
            (2, "person.repeated", "warning"),
            (3, "person.repeated", "warning"),
        ]
        assert not reading.has_errors

    def test_a_grade_that_the_school_has_not_is_refused(self) -> None:
        assert codes(reading_of(changed(grade="七年级"), school_kind="primary")) == ["grade.not_permitted"]
        assert "小学" in str(reading_of(changed(grade="七年级"), school_kind="primary").problems[0].message)
        assert not reading_of(XIAOMING, school_kind="primary").problems

    def test_an_unusual_age_for_the_grade_is_a_warning(self) -> None:
        reading = reading_of(changed(grade="高二"))
        assert codes(reading) == ["grade.age"]
        assert not reading.has_errors

    def test_missing_columns_are_named(self) -> None:
        reading = read_roster(sheet_of(["姓名", "性别"], ["张晓明", "男"]), "students", today=TODAY)
        assert [str(problem.message) for problem in reading.problems] == [
            "缺少「身份证号」列，请补上后重新上传。",
            "缺少「年级」列或「班级」列，请至少补上一列后重新上传。",
        ]
        assert reading.has_errors

    def test_a_column_named_twice_is_refused(self) -> None:
        reading = read_roster(sheet_of([*HEADER, "姓 名"], [*XIAOMING, "乙"]), "students", today=TODAY)
        assert [(problem.column, problem.code) for problem in reading.problems] == [("I", "repeated_column")]

    def test_no_header_and_no_people_are_said(self) -> None:
        assert codes(read_roster(sheet_of(["a", "b"], ["c", "d"]), "students", today=TODAY)) == ["no_header"]
        late = [["说明"]] * 15
        assert codes(read_roster(sheet_of(*late, HEADER, XIAOMING), "students", today=TODAY)) == ["no_header"]
        assert codes(reading_of()) == ["no_rows"]

    def test_a_workbook_with_a_sheet_a_class_is_read_as_a_whole(self) -> None:
        sheets = [
            sheet_of(HEADER, XIAOMING, name="三班"),
            sheet_of(["填写说明"], ["请填写姓名"], name="填写说明"),
            sheet_of(HEADER, XIAOMING, name="四班"),
        ]
        reading = read_roster(sheets, "students", today=TODAY)
        assert [row.sheet for row in reading.rows] == ["三班", "四班"]
        assert reading.ignored_sheets == ("填写说明",)
        assert "「三班」表第 2 行" in str(reading.problems[1].message)

    def test_without_an_id_number_sex_and_birth_date_are_needed(self) -> None:
        assert not reading_of(changed(id=None), id_required=False).has_errors
        bare = reading_of(changed(id=None, sex=None, birth=None), id_required=False)
        assert codes(bare) == ["sex.missing", "birth_on.missing"]
        assert codes(reading_of(changed(id=None, birth="2008.5"), id_required=False)) == ["birth_on.incomplete"]
        twice = reading_of(changed(id=None), changed(id=None), id_required=False)
        assert [(problem.row, problem.code) for problem in twice.problems] == [
            (2, "person.repeated"),
            (3, "person.repeated"),
        ]
        assert twice.has_errors

    def test_one_bad_row_among_many_is_the_only_one_named(self) -> None:
        rows = [id_row(number) for number in range(1, 600)]
        rows[321][1] = "620702"
        reading = reading_of(*rows)
        assert [(problem.row, problem.code) for problem in reading.problems] == [(323, "id_number.length")]
        assert (len(reading.rows), reading.error_count, reading.has_errors) == (599, 1, True)

    def test_faults_without_end_are_counted_and_not_all_kept(self) -> None:
        reading = reading_of(*[["张3", "1", "x", "x", "x", "x", "1", "x"]] * 900)
        assert (reading.error_count, len(reading.problems)) == (6300, 5000)


def id_row(number: int) -> list[Value]:
    """A good row of a pupil of the fifth grade."""
    born = date(2008, 1, 1) + timedelta(days=number % 300)
    return [
        f"学生{'甲乙丙丁戊己庚辛'[number % 8]}",
        id_number(born, 100 + number // 300),
        None,
        None,
        "裕固族",
        "五年级",
        "1班",
        None,
    ]


class TestReadingTeachers:
    HEADER: tuple[Value, ...] = ("姓名", "身份证号码", "联系电话", "性别", "民族", "职务", "职称", "任教学科")

    def reading(self, *rows: Sequence[Value]) -> RosterReading:
        return read_roster(sheet_of(self.HEADER, *rows, name="教师"), "teachers", today=TODAY)

    def test_a_teacher_is_known_by_telephone_or_id_number(self) -> None:
        number = id_number(date(1985, 5, 12), 22)
        reading = self.reading(
            ["王晓红", None, 13900000000, "女", "汉", "教研组长", "一级教师", "物理"],
            ["李 明", number, None, None, None, None, None, None],
        )
        assert not reading.problems
        assert [row.values for row in reading.rows] == [
            TeacherValues("王晓红", "", "13900000000", "女", None, "汉族", "教研组长", "一级教师", "物理"),
            TeacherValues("李明", number, "", "女", date(1985, 5, 12), "", "", "", ""),
        ]

    def test_neither_is_an_error(self) -> None:
        reading = self.reading(["王晓红", None, None, "女"])
        assert [(problem.column, problem.code) for problem in reading.problems] == [("C", "phone.missing")]

    def test_one_mobile_number_is_no_two_teachers_but_an_offices_telephone_may_be(self) -> None:
        assert (
            codes(self.reading(["王晓红", None, "13900000000"], ["李明", None, "13900000000"]))
            == ["phone.repeated"] * 2
        )
        assert not codes(self.reading(["王晓红", None, "0936-8211234"], ["李明", None, "09368211234"]))


class TestComparing:
    def outcomes(self, reading: RosterReading, *existing: ExistingPerson) -> list[RowOutcome]:
        return compare_roster(reading, existing, school_id=HERE, key_of=lambda number: f"key of {number}")

    XIAOMING = ExistingPerson(
        7, HERE, "张晓明", "key of 990000200805120014", "男", date(2008, 5, 12), "汉族", 5, "3班",
        details={"guardian_phone": "13800000000"},
    )  # fmt: skip

    def test_who_is_not_known_is_new(self) -> None:
        (outcome,) = self.outcomes(reading_of(XIAOMING))
        assert (outcome.kind, outcome.person_id) == ("new", None)

    def test_the_same_again_is_unchanged(self) -> None:
        (outcome,) = self.outcomes(reading_of(XIAOMING), self.XIAOMING)
        assert (outcome.kind, outcome.person_id, outcome.changes) == ("unchanged", 7, {})

    def test_a_change_shows_old_and_new(self) -> None:
        reading = reading_of(changed(name="张小明", grade="六年级", phone="13900000000"))
        (outcome,) = self.outcomes(reading, self.XIAOMING)
        assert outcome.kind == "changed"
        assert outcome.changes == {
            "name": ("张晓明", "张小明"),
            "grade": (5, 6),
            "guardian_phone": ("13800000000", "13900000000"),
        }

    def test_an_empty_cell_takes_nothing_away(self) -> None:
        reading = reading_of(changed(group=None, class_name=None, phone=None))
        assert self.outcomes(reading, self.XIAOMING)[0].kind == "unchanged"

    def test_what_the_caller_does_not_tell_is_not_compared(self) -> None:
        reading = reading_of(changed(phone="13900000000"))
        assert self.outcomes(reading, replace(self.XIAOMING, details={}))[0].kind == "unchanged"

    def test_a_pupil_of_another_school_moves(self) -> None:
        (outcome,) = self.outcomes(reading_of(changed(class_name="1班")), replace(self.XIAOMING, school_id=ELSEWHERE))
        assert (outcome.kind, outcome.person_id, outcome.other_school_id) == ("moved", 7, ELSEWHERE)
        assert outcome.changes == {"class_name": ("3班", "1班")}

    def test_the_same_name_and_birth_date_with_another_id_number_is_doubtful(self) -> None:
        (outcome,) = self.outcomes(reading_of(XIAOMING), replace(self.XIAOMING, id_key="key of another"))
        assert (outcome.kind, outcome.person_id) == ("doubtful", 7)
        assert "身份证号不同" in str(outcome.reason)

    def test_an_id_number_is_filled_in_for_who_had_none(self) -> None:
        (outcome,) = self.outcomes(reading_of(XIAOMING), replace(self.XIAOMING, id_key=None))
        assert (outcome.kind, outcome.changes) == ("changed", {"id_number": ("", "990000200805120014")})

    def test_without_an_id_number_name_and_birth_date_decide_in_the_same_school_only(self) -> None:
        reading = reading_of(changed(id=None), id_required=False)
        assert self.outcomes(reading, self.XIAOMING)[0].kind == "unchanged"
        assert self.outcomes(reading, replace(self.XIAOMING, school_id=ELSEWHERE))[0].kind == "doubtful"
        two = self.outcomes(reading, self.XIAOMING, replace(self.XIAOMING, id=8, id_key="key of another"))
        assert [outcome.kind for outcome in two] == ["doubtful"]

    def test_two_rows_never_change_one_person(self) -> None:
        reading = reading_of(changed(name="张小明"), changed(id=None), id_required=False)
        outcomes = self.outcomes(reading, self.XIAOMING)
        assert [(outcome.kind, outcome.person_id) for outcome in outcomes] == [("changed", 7), ("doubtful", 7)]
        assert "第 2 行" in str(outcomes[1].reason)

    def test_who_had_left_comes_back(self) -> None:
        (outcome,) = self.outcomes(reading_of(XIAOMING), replace(self.XIAOMING, state="left"))
        assert (outcome.kind, outcome.changes) == ("changed", {"state": ("left", "active")})

    def test_a_row_in_error_stays_one(self) -> None:
        assert [outcome.kind for outcome in self.outcomes(reading_of(changed(sex="女")), self.XIAOMING)] == ["error"]

    def test_keys_made_beforehand_serve_as_well(self) -> None:
        reading = reading_of(XIAOMING)
        keys = id_keys(reading, lambda number: f"key of {number}")
        assert keys == {"990000200805120014": "key of 990000200805120014"}
        assert compare_roster(reading, [self.XIAOMING], school_id=HERE, key_of=keys)[0].kind == "unchanged"

    def test_who_is_on_no_row_is_told(self) -> None:
        others = [
            replace(self.XIAOMING, id=9, id_key="a", name="王小红"),
            replace(self.XIAOMING, id=10, id_key="b", state="left", name="李明"),
        ]
        existing = [self.XIAOMING, *others]
        outcomes = self.outcomes(reading_of(XIAOMING), *existing)
        assert [person.id for person in people_not_listed(outcomes, existing, school_id=HERE)] == [9]

    def test_a_teacher_is_found_by_telephone_and_name(self) -> None:
        sheet = sheet_of(["姓名", "手机号", "职称"], ["王晓红", "13900000000", "高级教师"], name="教师")
        reading = read_roster(sheet, "teachers", today=TODAY)
        known = ExistingPerson(3, HERE, "王晓红", phone_key="key of 13900000000", details={"job_title": "一级教师"})
        (outcome,) = self.outcomes(reading, known)
        assert (outcome.kind, outcome.changes) == ("changed", {"job_title": ("一级教师", "高级教师")})

    def test_a_teacher_may_stand_on_two_schools_rosters(self) -> None:
        number = id_number(date(1985, 5, 12), 22)
        reading = read_roster(sheet_of(["姓名", "身份证号"], ["王晓红", number]), "teachers", today=TODAY)
        (outcome,) = self.outcomes(reading, ExistingPerson(3, ELSEWHERE, "王晓红", f"key of {number}"))
        assert (outcome.kind, outcome.person_id, outcome.other_school_id) == ("new", 3, ELSEWHERE)


class TestTemplate:
    @pytest.mark.parametrize(("kind", "name", "row"), [
        ("students", "学生", XIAOMING),
        ("teachers", "教师", ["王晓红", None, "13900000000", "女", None, "汉族", "教研组长", "一级教师", "物理"]),
    ])  # fmt: skip
    def test_a_filled_in_template_is_read_without_a_word(self, kind: str, name: str, row: list[Value]) -> None:
        book = openpyxl.load_workbook(io.BytesIO(roster_template(kind)))  # type: ignore[arg-type]
        assert book.sheetnames == [name, "填写说明"]
        for index, value in enumerate(row, start=1):
            book[name].cell(2, index).value = value
        target = io.BytesIO()
        book.save(target)
        reading = read_roster(read_tables(target.getvalue(), "名单.xlsx"), kind, today=TODAY)  # type: ignore[arg-type]
        assert not reading.problems
        assert reading.ignored_columns == ()
        assert len(reading.rows) == 1

    def test_the_grades_offered_are_the_schools_own(self) -> None:
        book = openpyxl.load_workbook(io.BytesIO(roster_template("students", school_kind="junior")))
        rules = [rule.formula1 for rule in book["学生"].data_validations.dataValidation]
        assert '"七年级,八年级,九年级"' in rules

    def test_a_marked_workbook_is_mended_and_uploaded_again(self) -> None:
        book = openpyxl.load_workbook(io.BytesIO(roster_template("students")))
        for index, value in enumerate(changed(sex="女"), start=1):
            book["学生"].cell(2, index).value = value
        target = io.BytesIO()
        book.save(target)
        reading = read_roster(read_tables(target.getvalue(), "x"), "students", today=TODAY)
        marks = [CellMark(one.sheet, one.row, one.column, one.message, one.severity) for one in reading.problems]
        marked = openpyxl.load_workbook(io.BytesIO(mark_cells(target.getvalue(), "x", marks)))
        assert "与身份证号不符" in marked["学生"]["C2"].comment.text
        marked["学生"]["C2"] = "男"
        marked.save(target := io.BytesIO())
        assert not read_roster(read_tables(target.getvalue(), "x"), "students", today=TODAY).problems


class TestCells:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            ("张 晓 明", "张晓明"),
            ("张\u3000晓明", "张晓明"),
            ("买买提·艾力", "买买提·艾力"),
            ("买买提 • 艾力", "买买提·艾力"),
            ("买买提．艾力", "买买提·艾力"),
            ("阿依古丽・买买提", "阿依古丽·买买提"),
            ("Anna  Maria", "Anna Maria"),
            ("𬱖文", "𬱖文"),
            ("\U000323af文", "\U000323af文"),
            ("", ""),
        ],
    )
    def test_names_have_one_form(self, typed: str, kept: str) -> None:
        assert read_name(typed) == kept

    @pytest.mark.parametrize("typed", ["张", "张晓明1", "张?明", "=1+1", "<b>张三</b>", "张三、李四"])
    def test_what_is_no_name_is_refused(self, typed: str) -> None:
        assert isinstance(read_name(typed), Flaw)

    @given(st.text(max_size=60))
    def test_a_name_once_read_reads_as_itself(self, typed: str) -> None:
        kept = read_name(typed)
        if isinstance(kept, str):
            assert read_name(kept) == kept

    @given(st.dates(date(1930, 1, 1), date(2018, 1, 1)))
    def test_a_day_is_the_same_in_every_form(self, day: date) -> None:
        forms: list[Value] = [
            day,
            day.isoformat(),
            f"{day.year}年{day.month}月{day.day}日",
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day:%Y%m%d}",
            int(f"{day:%Y%m%d}"),
            f"{day.isoformat()} 00:00:00",
            (day - date(1899, 12, 30)).days,
        ]
        assert [read_day(form) for form in forms] == [day] * len(forms)

    def test_a_month_that_lost_its_zero_may_be_either(self) -> None:
        assert read_day(2008.5) == BirthMonth(2008, 5)
        assert read_day(2008.1) == BirthMonth(2008, 1, or_month=10)
        assert read_day("2008.10") == BirthMonth(2008, 10)
        assert read_day("200805") == BirthMonth(2008, 5)
        assert not reading_of(changed(id=id_number(date(2008, 10, 12), 1), birth=2008.1)).problems

    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            (13800000000, "13800000000"),
            ("8613800000000", "13800000000"),
            ("138 0000 0000", "13800000000"),
            ("0936-8211234", "0936-8211234"),
            ("（0936）8211234转801", "0936-8211234-801"),
            (None, ""),
        ],
    )
    def test_telephones_have_one_form(self, typed: Value, kept: str) -> None:
        assert read_phone(typed) == kept

    def test_the_ethnic_groups_are_fifty_six(self) -> None:
        assert len(set(ETHNIC_GROUPS)) == 56
