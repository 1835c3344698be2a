"""Rosters uploaded, previewed and applied: what is written, what is refused, who may do it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import openpyxl
import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, Stale
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.core.spreadsheets import SpreadsheetError
from contest_portal.people.models import Enrolment, Office, RosterImport, School, Student, Teacher, Transfer
from contest_portal.people.queries.people_search import search_students, search_teachers
from contest_portal.people.roster_commands import roster_group
from contest_portal.people.services.one_person import version_of
from contest_portal.people.services.rosters import (
    apply_roster,
    decide_doubtful,
    discard_roster,
    preview_of,
    preview_roster,
)
from contest_portal.people.services.students import add_student, edit_student, mark_student_left
from contest_portal.people.services.teachers import add_teacher
from tests.factories import (
    id_number,
    made,
    make_account,
    make_office,
    make_school,
    make_student,
    make_teacher,
    sign_in,
)
from tests.people.roster_files import BORN, TEACHER_TITLES, csv_file, many_pupils, pupil, xlsx_file


@dataclass
class Town:
    office: Office
    school: School
    other: School
    staff: Actor
    manager: Actor
    other_manager: Actor
    teacher: Actor


@pytest.fixture
def town(app: Flask) -> Town:
    office = make_office()
    school, other = make_school(office, "西关小学"), make_school(office, "东街小学")
    return Town(
        office,
        school,
        other,
        staff=make_account(Role.OFFICE, office=office),
        manager=make_account(Role.SCHOOL_MANAGER, school=school),
        other_manager=make_account(Role.SCHOOL_MANAGER, school=other),
        teacher=make_account(Role.TEACHER, school=school),
    )


def preview(town: Town, *rows: list[str], kind: str = "students", school: School | None = None) -> RosterImport:
    titles = () if kind == "students" else (TEACHER_TITLES,)
    return preview_roster(
        town.manager,
        (school or town.school).id,
        kind,
        csv_file(rows, *titles),
        "名册.csv",  # type: ignore[arg-type]
    )


def bring_in(town: Town, *rows: list[str], **options: Any) -> RosterImport:
    return apply_roster(town.manager, preview(town, *rows, **options).id)


def students_of(school: School) -> list[Student]:
    return list(db.session.scalars(select(Student).where(Student.school_id == school.id).order_by(Student.id)))


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@contextmanager
def statements() -> Iterator[list[str]]:
    """The statements that the database is asked meanwhile."""
    found: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        found.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


class TestApplying:
    def test_new_pupils_are_written_with_sealed_numbers_initials_and_enrolment(self, town: Town) -> None:
        row = bring_in(town, pupil(), pupil("李小红", 2, 年级="五年级", 监护人电话=""))
        assert row.summary["result"] == {
            "created": 2, "updated": 0, "unchanged": 0, "asked": 0, "moved": 0, "skipped": 0,
        }  # fmt: skip
        first, second = students_of(town.school)
        assert (first.name, first.initials, first.sex, first.birth_on) == ("张晓明", "zxm", "男", BORN)
        assert (first.grade, first.class_name, first.school_year, first.state) == (4, "3班", 2017, "active")
        assert (first.id_number, first.guardian_phone) == (id_number(BORN, "男", 1), "13800000000")
        assert second.guardian_phone is None
        stored = db.session.connection().exec_driver_sql("select id_number from student order by id").scalar()
        assert id_number(BORN, "男", 1).encode() not in bytes(stored)
        enrolments = db.session.scalars(select(Enrolment).order_by(Enrolment.student_id)).all()
        assert [(one.student_id, one.school_year, one.grade, one.class_name) for one in enrolments] == [
            (first.id, 2017, 4, "3班"),
            (second.id, 2017, 5, "3班"),
        ]

    @pytest.mark.parametrize(
        "content",
        [
            csv_file([pupil()], encoding="utf-8"),
            csv_file([pupil()], encoding="utf-8-sig"),
            csv_file([pupil()], encoding="gb18030"),
            xlsx_file([pupil()]),
            xlsx_file([[*pupil()[:2], "M", BORN, "汉", "四（3）班", None, 13800000000]]),
        ],
        ids=["UTF-8", "UTF-8 with BOM", "GB18030", "XLSX", "XLSX with a date and a number"],
    )
    def test_the_same_pupil_comes_out_of_every_kind_of_file(self, town: Town, content: bytes) -> None:
        row = preview_roster(town.manager, town.school.id, "students", content, "学生")
        assert row.summary["errors"] == 0
        apply_roster(town.manager, row.id)
        (student,) = students_of(town.school)
        assert (student.name, student.birth_on, student.ethnic_group) == ("张晓明", BORN, "汉族")
        assert (student.grade, student.class_name, student.guardian_phone) == (4, "3班", "13800000000")

    def test_changed_rows_are_updated_and_empty_cells_erase_nothing(self, town: Town) -> None:
        bring_in(town, pupil(), pupil("李小红", 2))
        row = preview(town, pupil(班级="5班", 监护人电话="", 民族=""), pupil("李小红", 2))
        assert (row.summary["counts"]["changed"], row.summary["counts"]["unchanged"]) == (1, 1)
        (line,) = preview_of(row).lines("changed", 1)
        assert [(str(change.title), change.old, change.new) for change in line.changes] == [("班级", "3班", "5班")]
        apply_roster(town.manager, row.id)
        first, _second = students_of(town.school)
        assert (first.class_name, first.guardian_phone, first.ethnic_group) == ("5班", "13800000000", "汉族")
        assert db.session.scalar(select(Enrolment.class_name).where(Enrolment.student_id == first.id)) == "5班"
        assert count(Enrolment) == 2

    def test_numbers_are_masked_in_what_a_preview_shows(self, town: Town) -> None:
        bring_in(town, pupil())
        row = preview(town, pupil(监护人电话="13911112222"))
        (line,) = preview_of(row).lines("changed", 1)
        assert (line.changes[0].old, line.changes[0].new) == ("138****0000", "139****2222")

    def test_applying_twice_changes_nothing_more(self, town: Town) -> None:
        row = bring_in(town, pupil())
        moment = row.applied_at
        assert apply_roster(town.manager, row.id).applied_at == moment
        assert count(Student) == count(Enrolment) == 1
        assert db.session.scalars(select(AuditRecord.action)).all().count("people.apply_roster") == 1

    def test_a_roster_that_changed_since_the_preview_is_refused(self, town: Town) -> None:
        row = preview(town, pupil())
        bring_in(town, pupil(班级="1班"))
        with pytest.raises(Stale):
            apply_roster(town.manager, row.id)
        assert [one.class_name for one in students_of(town.school)] == ["1班"]

    def test_an_older_preview_is_void_once_another_was_applied(self, town: Town) -> None:
        old, teachers = (
            preview(town, pupil("李小红", 2)),
            preview(town, ["李明", "", "13800000001", "", ""], kind="teachers"),
        )
        other_school = preview(town, pupil("王小刚", 3), school=town.other)
        bring_in(town, pupil())
        with pytest.raises(Stale) as refused:
            apply_roster(town.manager, old.id)
        assert "另一份名册" in str(refused.value.message)
        assert [one.name for one in students_of(town.school)] == ["张晓明"]
        assert db.session.get_one(RosterImport, old.id).state == "discarded"
        assert apply_roster(town.manager, teachers.id).state == "applied"
        assert apply_roster(town.manager, other_school.id).state == "applied"

    def test_a_discarded_preview_cannot_be_applied(self, town: Town) -> None:
        row = discard_roster(town.manager, preview(town, pupil()).id)
        with pytest.raises(Conflict):
            apply_roster(town.manager, row.id)
        assert count(Student) == 0

    def test_who_had_left_and_is_listed_again_is_back(self, town: Town) -> None:
        bring_in(town, pupil())
        mark_student_left(town.manager, students_of(town.school)[0].id)
        row = bring_in(town, pupil())
        assert row.summary["result"]["updated"] == 1
        assert students_of(town.school)[0].state == "active"

    def test_a_new_school_year_keeps_the_old_place_in_the_history(self, town: Town, clock: MovingClock) -> None:
        bring_in(town, pupil())
        clock.advance(days=200)  # 2018-09-17
        bring_in(town, pupil(年级="五年级"))
        (student,) = students_of(town.school)
        assert (student.grade, student.school_year) == (5, 2018)
        history = db.session.scalars(select(Enrolment).order_by(Enrolment.school_year)).all()
        assert [(one.school_year, one.grade) for one in history] == [(2017, 4), (2018, 5)]

    def test_people_who_are_not_listed_are_shown_and_left_alone(self, town: Town) -> None:
        bring_in(town, pupil(), pupil("李小红", 2))
        row = bring_in(town, pupil())
        assert [line.name for line in preview_of(row).unlisted(1)] == ["李小红"]
        assert [one.state for one in students_of(town.school)] == ["active", "active"]


class TestDoubt:
    def rows(self) -> list[str]:
        return pupil(serial=2)  # the same name and birth date as the pupil who is known, another ID number

    def test_doubtful_rows_are_left_out_unless_they_are_accepted(self, town: Town) -> None:
        bring_in(town, pupil())
        row = bring_in(town, self.rows())
        assert (row.summary["counts"]["doubtful"], row.summary["result"]["skipped"]) == (1, 1)
        assert count(Student) == 1

    def test_an_accepted_doubtful_row_becomes_a_new_pupil(self, town: Town) -> None:
        bring_in(town, pupil())
        row = preview(town, self.rows())
        (line,) = preview_of(row).lines("doubtful", 1)
        assert "身份证号不同" in str(line.reason)
        decide_doubtful(town.manager, row.id, [line.position], [line.position])
        assert apply_roster(town.manager, row.id).summary["result"]["created"] == 1
        assert count(Student) == 2

    def test_a_choice_can_be_taken_back_before_applying(self, town: Town) -> None:
        bring_in(town, pupil())
        row = preview(town, self.rows())
        decide_doubtful(town.manager, row.id, [0], [0])
        decide_doubtful(town.manager, row.id, [0], [])
        assert apply_roster(town.manager, row.id).summary["result"]["created"] == 0


class TestTeachers:
    def row(self, name: str = "李老师", phone: str = "13900000001", serial: int = 7, **more: str) -> list[str]:
        return [name, id_number(BORN.replace(year=1980), "女", serial), phone, more.get("subject", "科学"), "一级教师"]

    def test_teachers_are_written_and_found_again_by_their_telephone(self, town: Town) -> None:
        bring_in(town, self.row(), kind="teachers")
        row = bring_in(town, ["李老师", "", "13900000001", "美术", ""], kind="teachers")
        assert row.summary["result"]["updated"] == 1
        (teacher,) = db.session.scalars(select(Teacher)).all()
        assert (teacher.subject, teacher.job_title, teacher.initials) == ("美术", "一级教师", "lls")

    def test_a_teacher_of_two_schools_is_one_person(self, town: Town) -> None:
        bring_in(town, self.row(), kind="teachers")
        row = bring_in(town, self.row(), kind="teachers", school=town.other)
        assert row.summary["result"]["created"] == 1
        first, second = db.session.scalars(select(Teacher).order_by(Teacher.id)).all()
        assert first.school_id != second.school_id
        assert first.person_key == second.person_key

    def test_a_teacher_known_elsewhere_by_telephone_alone_is_one_person_once_accepted(self, town: Town) -> None:
        without_id = ["李老师", "", "13900000001", "科学", ""]
        bring_in(town, without_id, kind="teachers")
        row = preview(town, without_id, kind="teachers", school=town.other)
        assert row.summary["counts"]["doubtful"] == 1
        decide_doubtful(town.manager, row.id, [0], [0])
        apply_roster(town.manager, row.id)
        first, second = db.session.scalars(select(Teacher).order_by(Teacher.id)).all()
        assert first.person_key == second.person_key


class TestBadFiles:
    """Each is refused with a sentence at the right place, and nothing is touched."""

    def refusal(self, town: Town, content: bytes, filename: str = "名册.xlsx") -> str:
        with pytest.raises(SpreadsheetError) as refused:
            preview_roster(town.manager, town.school.id, "students", content, filename)
        assert count(RosterImport) == count(Student) == 0
        assert refused.value.problems[0].field == "file"
        return str(refused.value.message)

    def test_one_bad_row_among_twenty_thousand_stops_all_of_them(self, town: Town, client: FlaskClient) -> None:
        rows = many_pupils(20_000)
        rows[12_345][1] = rows[12_345][1][:17] + ("0" if rows[12_345][1][17] != "0" else "1")
        row = preview_roster(town.manager, town.school.id, "students", csv_file(rows), "名册.csv")
        assert (row.summary["errors"], row.summary["counts"]["new"]) == (1, 19_999)
        with pytest.raises(Invalid, match="1 处错误"):
            apply_roster(town.manager, row.id)
        assert count(Student) == 0
        page = sign_in(client, town.manager).get(f"/roster-imports/{row.id}").get_data(as_text=True)
        assert "B12347" in page
        assert "校验码" in page
        marked = openpyxl.load_workbook(io.BytesIO(client.get(f"/roster-imports/{row.id}/marked").data))
        assert "校验码" in marked.worksheets[0]["B12347"].comment.text

    def test_a_renamed_pdf(self, town: Town) -> None:
        assert "PDF" in self.refusal(town, b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n")

    def test_an_encrypted_workbook(self, town: Town) -> None:
        header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504
        assert "密码" in self.refusal(town, header + "EncryptedPackage".encode("utf-16-le"))

    def test_a_million_empty_rows(self, town: Town) -> None:
        book = openpyxl.Workbook()
        page = book.active
        page.append(["姓名", "身份证号", "年级"])
        page.cell(1_048_576, 1).value = None
        page.cell(1_048_576, 1).number_format = "@"
        target = io.BytesIO()
        book.save(target)
        row = preview_roster(town.manager, town.school.id, "students", target.getvalue(), "名册.xlsx")
        assert row.summary["rows"] == 0
        assert "没有任何人员" in str(preview_of(row).problems("error")[0].message)
        with pytest.raises(Invalid):
            apply_roster(town.manager, row.id)

    def test_a_zip_bomb(self, town: Town) -> None:
        target = io.BytesIO(xlsx_file([pupil()]))
        with zipfile.ZipFile(target, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/media/big", "w") as part:
            for _ in range(600):
                part.write(b"\0" * 2**20)
        assert "解压" in self.refusal(town, target.getvalue())

    def test_an_id_number_that_became_a_number_is_named_with_its_cell(self, town: Town) -> None:
        content = xlsx_file([pupil(), ["李小红", 990000200805120000, "女", None, "汉族", "四年级", "3班", ""]])
        row = preview_roster(town.manager, town.school.id, "students", content, "名册.xlsx")
        (problem,) = preview_of(row).problems("error")
        assert (problem.sheet, problem.column, problem.row) == ("学生", "B", 3)
        assert "文本" in str(problem.message)

    def test_the_refusal_stands_beside_the_file_field(self, town: Town, client: FlaskClient) -> None:
        answer = sign_in(client, town.manager).post(
            f"/schools/{town.school.id}/roster", data={"file": (io.BytesIO(b"%PDF-1.4\n"), "名册.xlsx")}
        )
        text = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert text.index('id="file-error"') > 0
        assert "其实是「PDF 文档」" in text


class TestByHand:
    def texts(self, **changed: str) -> dict[str, str]:
        names = ("name", "id_number", "sex", "birth_on", "ethnic_group", "grade", "class_name", "guardian_phone")
        return dict(zip(names, pupil(), strict=True)) | changed

    def test_a_pupil_typed_by_hand_is_checked_as_a_row(self, town: Town) -> None:
        with pytest.raises(Invalid) as refused:
            add_student(town.manager, town.school.id, self.texts(sex="女", grade="七年级"))
        assert {problem.field for problem in refused.value.problems} == {"sex", "grade"}
        student = add_student(town.manager, town.school.id, self.texts())
        assert isinstance(student, Student)
        assert count(Enrolment) == 1

    def test_who_is_known_cannot_be_added_again(self, town: Town) -> None:
        add_student(town.manager, town.school.id, self.texts())
        with pytest.raises(Conflict, match="名册中已有"):
            add_student(town.manager, town.school.id, self.texts())

    def test_who_may_be_known_is_added_after_a_look(self, town: Town) -> None:
        add_student(town.manager, town.school.id, self.texts())
        namesake = self.texts(id_number=id_number(BORN, "男", 2))
        with pytest.raises(Conflict) as refused:
            add_student(town.manager, town.school.id, namesake)
        assert refused.value.problems[0].field == "doubt_accepted"
        add_student(town.manager, town.school.id, namesake, doubt_accepted=True)
        assert count(Student) == 2

    def test_a_pupil_of_another_school_is_asked_for(self, town: Town) -> None:
        make_student(town.other, id_number=id_number(BORN, "男", 1))
        transfer = add_student(town.manager, town.school.id, self.texts())
        assert isinstance(transfer, Transfer)
        assert transfer.state == "pending"
        assert students_of(town.school) == []

    def test_an_edit_keeps_the_numbers_that_were_left_empty(self, town: Town) -> None:
        student = add_student(town.manager, town.school.id, self.texts())
        assert isinstance(student, Student)
        texts = self.texts(id_number="", guardian_phone="", class_name="8班")
        edit_student(town.manager, student.id, texts, version_of(student.updated_at))
        assert (student.class_name, student.guardian_phone) == ("8班", "13800000000")
        assert student.id_number == id_number(BORN, "男", 1)

    def test_an_edit_of_a_page_that_is_out_of_date_is_refused(self, town: Town, clock: MovingClock) -> None:
        student = add_student(town.manager, town.school.id, self.texts())
        assert isinstance(student, Student)
        seen = version_of(student.updated_at)
        clock.advance(minutes=1)
        edit_student(town.manager, student.id, self.texts(), seen)
        with pytest.raises(Stale):
            edit_student(town.manager, student.id, self.texts(class_name="9班"), seen)

    def test_an_id_number_of_another_pupil_is_refused_beside_its_field(self, town: Town) -> None:
        make_student(town.other, "王小刚", id_number=id_number(BORN, "男", 9))
        student = add_student(town.manager, town.school.id, self.texts())
        assert isinstance(student, Student)
        with pytest.raises(Conflict) as refused:
            edit_student(
                town.manager,
                student.id,
                self.texts(id_number=id_number(BORN, "男", 9)),
                version_of(student.updated_at),
            )
        assert refused.value.problems[0].field == "id_number"

    def test_a_teacher_needs_a_number(self, town: Town) -> None:
        with pytest.raises(Invalid, match="至少填写一项"):
            add_teacher(town.manager, town.school.id, {"name": "李老师"})
        assert add_teacher(town.manager, town.school.id, {"name": "李老师", "phone": "139 0000 0001"}).initials == "lls"


class TestSearch:
    def test_pupils_are_found_by_initials_part_of_the_name_and_not_elsewhere(self, town: Town) -> None:
        found = make_student(town.school, "张晓明", class_name="3班")
        make_student(town.school, "李雪梅")
        make_student(town.school, "赵小满", state="left")
        make_student(town.other, "张晓梅")
        for text in ("zxm", "ZX", "晓明", "张 晓明"):
            assert [hit.id for hit in search_students(town.school.id, text)] == [found.id]
        assert [str(part) for part in search_students(town.school.id, "zxm")[0].about] == ["四年级", "3班"]

    def test_teachers_are_found_by_initials(self, town: Town) -> None:
        found = make_teacher(town.school, "欧阳晓红", subject="科学")
        assert [(hit.id, hit.about) for hit in search_teachers(town.school.id, "oyx")] == [(found.id, ("科学",))]

    def test_signs_of_patterns_are_only_letters(self, town: Town) -> None:
        make_student(town.school)
        assert search_students(town.school.id, "%") == []
        assert search_students(town.school.id, "_x_") == []


class TestPages:
    def test_the_whole_way_through_the_browser(self, town: Town, client: FlaskClient) -> None:
        sign_in(client, town.manager)
        make_student(town.other, "王小刚", id_number=id_number(BORN, "男", 5))
        template = client.get(f"/schools/{town.school.id}/roster/template")
        assert openpyxl.load_workbook(io.BytesIO(template.data)).sheetnames[0] == "学生"
        rows = [pupil(), pupil("王小刚", 5)]
        answer = client.post(
            f"/schools/{town.school.id}/roster",
            data={"file": (io.BytesIO(csv_file(rows)), "名册.csv")},
            follow_redirects=True,
        )
        text = answer.get_data(as_text=True)
        assert "导入预览" in text
        assert "东街小学" in text
        assert count(Student) == 1
        import_id = answer.request.path.rsplit("/", 1)[1]
        done = client.post(f"/roster-imports/{import_id}/apply", follow_redirects=True).get_data(as_text=True)
        assert "新增 1 人" in done
        assert "转学申请" in done
        assert "张晓明" in client.get("/students", follow_redirects=True).get_data(as_text=True)

    def test_a_preview_shows_how_a_new_persons_cells_were_read(self, town: Town, client: FlaskClient) -> None:
        row = preview(town, pupil(出生日期="2008.5.12", 民族="藏"))
        teachers = preview(town, ["李明", "", "13811112222", "科学", ""], kind="teachers")
        sign_in(client, town.manager)
        text = client.get(f"/roster-imports/{row.id}").get_data(as_text=True)
        number = pupil()[1]
        assert f"2008-05-12 藏族 990000********{number[-4:]}" in text
        assert number not in text
        text = client.get(f"/roster-imports/{teachers.id}").get_data(as_text=True)
        assert "138****2222" in text
        assert "13811112222" not in text

    def test_a_preview_in_which_nothing_changes_asks_for_no_confirmation(self, town: Town, client: FlaskClient) -> None:
        bring_in(town, pupil())
        same, more = preview(town, pupil()), preview(town, pupil(), pupil("李小红", 2))
        sign_in(client, town.manager)
        assert f"/roster-imports/{same.id}/apply" not in client.get(f"/roster-imports/{same.id}").get_data(as_text=True)
        assert f"/roster-imports/{more.id}/apply" in client.get(f"/roster-imports/{more.id}").get_data(as_text=True)

    def test_doubtful_rows_are_decided_on_the_page(self, town: Town, client: FlaskClient) -> None:
        make_student(town.school, id_number=id_number(BORN, "男", 1))
        row = preview(town, pupil(serial=2))
        sign_in(client, town.manager)
        assert "身份证号不同" in client.get(f"/roster-imports/{row.id}").get_data(as_text=True)
        client.post(f"/roster-imports/{row.id}/doubtful", data={"shown": ["0"], "accepted": ["0"]})
        client.post(f"/roster-imports/{row.id}/apply")
        assert count(Student) == 2

    def test_numbers_are_masked_until_they_are_opened_which_is_recorded(self, town: Town, client: FlaskClient) -> None:
        student = make_student(town.school, guardian_phone="13812345678")
        sign_in(client, town.manager)
        for address in (f"/schools/{town.school.id}/students", f"/students/{student.id}"):
            text = client.get(address).get_data(as_text=True)
            assert student.id_number not in text
            assert "13812345678" not in text
            assert f"990000********{student.id_number[-4:]}" in text
        opened = client.post(f"/students/{student.id}/numbers").get_data(as_text=True)
        assert student.id_number in opened
        assert "13812345678" in opened
        record = db.session.scalars(select(AuditRecord).order_by(AuditRecord.id.desc())).first()
        assert record is not None
        assert (record.action, record.object_id) == ("people.open_student_numbers", student.id)
        assert record.account_id == town.manager.account_id

    def test_an_export_is_masked_and_the_full_one_is_recorded(self, town: Town, client: FlaskClient) -> None:
        student = make_student(town.school)
        make_student(town.school, "李小红", grade=5)
        address = f"/schools/{town.school.id}/students/export"
        sign_in(client, town.manager)

        def column(answer: Any) -> list[str]:
            page = openpyxl.load_workbook(io.BytesIO(answer.data)).active
            return [row[1].value for row in page.iter_rows(min_row=2)]

        assert column(client.get(f"{address}?grade=4")) == [f"990000********{student.id_number[-4:]}"]
        assert count(AuditRecord) == 0
        assert column(client.post(f"{address}?grade=4")) == [student.id_number]
        record = db.session.scalars(select(AuditRecord)).one()
        assert (record.action, record.after) == ("people.export_full_roster", {"kind": "students", "count": 1})

    def test_a_list_is_filtered_by_name_initials_grade_and_state(self, town: Town, client: FlaskClient) -> None:
        make_student(town.school, class_name="3班")
        make_student(town.school, "李小红", grade=5)
        make_student(town.school, "赵已走", state="left")
        sign_in(client, town.manager)

        def names(query: str) -> set[str]:
            text = client.get(f"/schools/{town.school.id}/students?{query}").get_data(as_text=True)
            return {name for name in ("张晓明", "李小红", "赵已走") if f">{name}</a>" in text}

        assert names("") == {"张晓明", "李小红"}
        assert names("q=zxm") == names("q=晓明") == {"张晓明"}
        assert names("grade=5") == {"李小红"}
        assert names("class=3班") == {"张晓明"}
        assert names("state=left") == {"赵已走"}
        assert names("state=all") == {"张晓明", "李小红", "赵已走"}

    def test_whole_numbers_are_looked_for_by_post_alone(self, town: Town, client: FlaskClient) -> None:
        student = make_student(town.school, class_name="3班")
        sign_in(client, town.manager)
        address = f"/schools/{town.school.id}/students"
        assert f'/students/{student.id}"' not in client.get(f"{address}?q={student.id_number}").text
        assert client.post(f"{address}/find", data={"number": student.id_number}).location == f"/students/{student.id}"
        unknown = client.post(f"{address}/find", data={"number": "990000199001011234"})
        assert unknown.location == address
        assert "没有这个身份证号的学生" in client.get(address).text

    @pytest.mark.parametrize("size", [1, 30, 3000])
    def test_lists_ask_the_same_number_of_statements_whatever_their_size(
        self, town: Town, client: FlaskClient, size: int
    ) -> None:
        bring_in(town, *many_pupils(size))
        sign_in(client, town.manager)
        for name in ("students", "teachers", "consents"):
            with statements() as found:
                assert client.get(f"/schools/{town.school.id}/{name}").status_code == 200
            assert len(found) <= 15, found

    def test_previews_ask_the_same_number_of_statements_whatever_their_size(
        self, town: Town, client: FlaskClient
    ) -> None:
        sign_in(client, town.manager)
        counts = set()
        for size in (1, 30, 3000):
            row = preview(town, *many_pupils(size))
            with statements() as found:
                assert client.get(f"/roster-imports/{row.id}").status_code == 200
            counts.add(len(found))
        assert len(counts) == 1
        assert counts.pop() <= 15

    def test_a_form_with_faults_names_its_fields(self, town: Town, client: FlaskClient) -> None:
        sign_in(client, town.manager)
        answer = client.post(f"/schools/{town.school.id}/students/new", data={"name": "张3"})
        assert answer.status_code == 422
        assert 'id="name-error"' in answer.get_data(as_text=True)

    def test_a_teacher_is_added_changed_and_leaves(self, town: Town, client: FlaskClient) -> None:
        sign_in(client, town.manager)
        client.post(f"/schools/{town.school.id}/teachers/new", data={"name": "李老师", "phone": "13900000001"})
        teacher = db.session.scalars(select(Teacher)).one()
        page = client.get(f"/teachers/{teacher.id}/edit").get_data(as_text=True)
        assert "139****0001" in page
        version = version_of(teacher.updated_at)
        client.post(f"/teachers/{teacher.id}/edit", data={"name": "李红", "subject": "科学", "version": version})
        client.post(f"/teachers/{teacher.id}/leave")
        db.session.expire_all()
        assert (teacher.name, teacher.subject, teacher.phone) == ("李红", "科学", "13900000001")
        assert teacher.state == "left"


class TestWhoMay:
    def test_another_schools_people_do_not_exist_for_a_manager(self, town: Town, client: FlaskClient) -> None:
        student, teacher = make_student(town.other), make_teacher(town.other)
        row = preview_roster(town.other_manager, town.other.id, "students", csv_file([pupil("李小红", 3)]), "名册.csv")
        sign_in(client, town.manager)
        other = f"/schools/{town.other.id}"
        reads = [
            f"{other}/students", f"{other}/teachers", f"{other}/consents", f"{other}/roster", f"{other}/roll-over",
            f"{other}/students/export", f"{other}/students/new", f"/students/{student.id}", f"/teachers/{teacher.id}",
            f"/students/{student.id}/edit", f"/students/{student.id}/consent", f"/roster-imports/{row.id}",
        ]  # fmt: skip
        writes = [
            f"{other}/students/export", f"{other}/roll-over", f"/students/{student.id}/numbers",
            f"/students/{student.id}/leave", f"/roster-imports/{row.id}/apply", f"/teachers/{teacher.id}/numbers",
        ]  # fmt: skip
        assert [
            (address, client.get(address).status_code) for address in reads if client.get(address).status_code != 404
        ] == []
        assert [address for address in writes if client.post(address).status_code != 404] == []
        assert count(Student) == 1

    def test_a_teacher_reads_names_and_no_numbers(self, town: Town, client: FlaskClient) -> None:
        student = make_student(town.school, guardian_phone="13812345678")
        sign_in(client, town.teacher)
        for address in (f"/schools/{town.school.id}/students", f"/students/{student.id}"):
            text = client.get(address).get_data(as_text=True)
            assert "张晓明" in text
            assert student.id_number[-4:] not in text
            assert "138****5678" not in text
        assert client.get(f"/schools/{town.school.id}/students/export").status_code == 403
        assert client.post(f"/students/{student.id}/numbers").status_code == 403
        assert client.get(f"/schools/{town.school.id}/roster").status_code == 403

    def test_the_office_has_its_schools_rosters_and_a_supervisor_only_reads(
        self, town: Town, client: FlaskClient, app: Flask
    ) -> None:
        student = make_student(town.school)
        sign_in(client, town.staff)
        assert client.get(f"/schools/{town.school.id}/students").status_code == 200
        assert client.get(f"/schools/{town.school.id}/roster").status_code == 200
        assert client.post(f"/students/{student.id}/numbers").status_code == 200
        supervisor = sign_in(app.test_client(), make_account(Role.SUPERVISOR, office=town.office))
        assert supervisor.get(f"/students/{student.id}").status_code == 200
        assert supervisor.post(f"/students/{student.id}/numbers").status_code == 403
        foreign = sign_in(app.test_client(), make_account(Role.OFFICE, office=make_office("临泽县科学技术协会")))
        assert foreign.get(f"/students/{student.id}").status_code == 404

    def test_a_judge_sees_no_roster(self, town: Town, client: FlaskClient) -> None:
        sign_in(client, make_account(Role.JUDGE, office=town.office))
        assert client.get(f"/schools/{town.school.id}/students").status_code == 404
        assert client.get("/students").status_code == 403


def test_a_notice_tells_the_old_school(town: Town) -> None:
    make_student(town.other, id_number=id_number(BORN, "男", 1))
    bring_in(town, pupil())
    notice = db.session.scalars(select(Notice)).one()
    assert notice.account_id == town.other_manager.account_id
    assert notice.params == {"school": "西关小学", "count": "1"}


def test_a_pupil_without_an_id_number_gets_the_one_of_the_roster(town: Town) -> None:
    made(Student(
        office_id=town.office.id, school_id=town.school.id, name="无证一", sex="男", birth_on=BORN, grade=1,
        school_year=2017, updated_at=town.school.applied_at,
    ))  # fmt: skip
    row = bring_in(town, pupil("无证一", 8))
    assert row.summary["result"]["updated"] == 1
    assert students_of(town.school)[0].id_number == id_number(BORN, "男", 8)


def test_the_command_previews_and_applies(town: Town, app: Flask, tmp_path: Path) -> None:
    good, bad = tmp_path / "名册.csv", tmp_path / "错误.csv"
    good.write_bytes(csv_file([pupil()]))
    bad.write_bytes(csv_file([pupil(性别="女")]))
    run = CliRunner().invoke
    console = SimpleNamespace(app=app)

    seen = run(roster_group, ["import", str(good), "--school", "西关小学"], obj=console)
    assert "新增 1" in seen.output
    assert count(Student) == 0
    db.session.rollback()
    run(roster_group, ["import", str(good), "--school", "西关小学", "--apply"], obj=console)
    db.session.rollback()
    assert count(Student) == 1
    refused = run(roster_group, ["import", str(bad), "--school", "西关小学", "--apply"], obj=console)
    assert isinstance(refused.exception, Invalid)
    assert "第 2 行 C 列" in refused.output
