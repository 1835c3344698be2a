"""A year's works by their sides, and who has how much to do; counted by hand."""

from __future__ import annotations

import io

from flask import Flask
from openpyxl import load_workbook

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.entries.models import Author, Tutor
from contest_portal.people.models import Enrolment, Office
from contest_portal.reports.facts import quiet_schools, schools_of, tutor_loads, works_of
from contest_portal.reports.grouping import By, Group, Pupil, SchoolFacts, Work, grouped
from contest_portal.results.records.services.participation import report_participation
from tests.factories import make_account, make_contest, make_office, make_school, make_student, make_teacher, sign_in
from tests.reports.test_annual_numbers import approve, make_entries

SCHOOLS = {
    1: SchoolFacts(1, "西关小学", "城区", True, pupils=2000, participants=500),
    2: SchoolFacts(2, "龙渠小学", "龙渠乡", False, pupils=400, participants=200),
    3: SchoolFacts(3, "沙井小学", "沙井镇", False, pupils=0, participants=0),
}
GIRL, BOY, HUI = Pupil(1, "女", "汉族"), Pupil(2, "男", "汉族"), Pupil(3, "女", "回族")
WORKS = [
    Work(1, "科幻画作品", "小学", True, [GIRL]),
    Work(1, "科幻画作品", "小学", False, [GIRL]),
    Work(1, "成果", "初中", True, [GIRL, BOY, HUI]),
    Work(2, "成果", "小学", False, [HUI]),
    Work(2, "辅导员方案", "教师", True, []),
]


def lines(by: By) -> dict[str, Group]:
    return {group.label: group for group in grouped(by, WORKS, SCHOOLS)}


def test_schools_count_with_their_rosters_also_those_without_a_work() -> None:
    found = lines("school")
    assert list(found) == ["西关小学", "龙渠小学", "沙井小学"]
    assert found["西关小学"] == Group("西关小学", works=3, recommended=2, pupils=3, participants=500, enrolled=2000)
    assert found["西关小学"].per_thousand == 250
    assert found["沙井小学"].share is None
    assert found["沙井小学"].per_thousand is None


def test_areas_add_their_schools_up() -> None:
    found = lines("area")
    assert found["乡村"] == Group("乡村", works=2, recommended=1, pupils=1, participants=200, enrolled=400)
    assert found["乡村"].per_thousand == 500


def test_a_work_of_several_counts_for_each_group_and_a_pupil_once() -> None:
    assert lines("sex") == {
        "女": Group("女", works=4, recommended=2, pupils=2),
        "男": Group("男", works=1, recommended=1, pupils=1),
    }
    assert lines("ethnic") == {
        "汉族": Group("汉族", works=3, recommended=2, pupils=2),
        "回族": Group("回族", works=2, recommended=1, pupils=1),
    }


def test_stages_and_categories() -> None:
    assert {label: group.works for label, group in lines("stage").items()} == {"小学": 3, "初中": 1, "教师": 1}
    assert {label: group.pupils for label, group in lines("category").items()} == {
        "科幻画作品": 1,
        "成果": 3,
        "辅导员方案": 0,
    }


def a_year(office: Office) -> None:
    """西关小学: two paintings by one girl and her teacher, one of them up; 甘州中学 has pupils and nothing else."""
    school, quiet = make_school(office, "西关小学", township="城区"), make_school(office, "甘州中学", township="城区")
    contest = make_contest(office)
    entries = make_entries(contest, school, "KH", "X", "accepted", 2)
    girl, teacher = make_student(school), make_teacher(school, "王老师")
    for entry in entries:
        db.session.add(Author(entry_id=entry.id, student_id=girl.id, position=1))
        db.session.add(Tutor(entry_id=entry.id, teacher_id=teacher.id, position=1))
    for pupil in (girl, make_student(quiet, id_number="990000200801011238")):
        if not db.session.query(Enrolment).filter_by(student_id=pupil.id).count():
            db.session.add(
                Enrolment(student_id=pupil.id, school_id=pupil.school_id, school_year=2017, grade=3, class_name="1班")
            )
    db.session.commit()
    approve(contest, [entries[0]])
    report_participation(make_account(Role.OFFICE, office=office), contest.id, school.id, 30, 2)
    make_entries(make_contest(office, name="练习", is_practice=True), quiet, "KH", "X", "accepted", 1)


def test_the_records_of_a_year_become_works_and_schools(app: Flask) -> None:
    office = make_office()
    a_year(office)
    works = works_of(office.id, 2018)
    assert [(work.category, work.stage, len(work.pupils)) for work in works] == [("科幻画作品", "小学", 1)] * 2
    assert sorted(work.is_recommended for work in works) == [False, True]
    assert {one.name: one.participants for one in schools_of(office.id, 2018).values()} == {
        "西关小学": 30,
        "甘州中学": 0,
    }
    assert [(one.name, one.works, one.recommended) for one in tutor_loads(office.id, 2018)] == [("王老师", 2, 1)]


def test_a_school_is_quiet_from_the_third_year_without_anything(app: Flask) -> None:
    office = make_office()
    a_year(office)
    assert [(one.name, one.last_year) for one in quiet_schools(office.id, 2018)] == [("甘州中学", None)]
    assert [one.name for one in quiet_schools(office.id, 2020)] == ["甘州中学"]
    assert {(one.name, one.last_year) for one in quiet_schools(office.id, 2021)} == {
        ("甘州中学", None),
        ("西关小学", 2018),
    }


def test_every_table_stands_on_its_page_and_in_a_workbook(app: Flask) -> None:
    office = make_office()
    a_year(office)
    client = sign_in(app.test_client(), make_account(Role.SUPERVISOR, office=office))
    for kind in ("school", "township", "area", "stage", "category", "sex", "ethnic", "tutors", "judges", "quiet"):
        page = client.get(f"/office/summary/2018/statistics/{kind}")
        assert page.status_code == 200, kind
        book = load_workbook(io.BytesIO(client.get(f"/office/summary/2018/statistics/{kind}/export").data))
        values = [
            str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row if cell is not None
        ]
        if kind in ("school", "tutors"):
            assert "西关小学" in page.text
            assert "西关小学" in values
    assert client.get("/office/summary/2018/statistics/weather").status_code == 404
