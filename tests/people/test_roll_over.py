"""The step into a new school year: previewed, done once, undone within a week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, TooLate
from contest_portal.people.id_number import age_on
from contest_portal.people.models import Enrolment, RollOver, School, Student
from contest_portal.people.queries.rosters import roll_over_preview
from contest_portal.people.school_year import Step, birthday_bound, school_year_name, school_year_of, step_into
from contest_portal.people.services.enrolments import sync_enrolments
from contest_portal.people.services.roll_over import roll_over, undo_roll_over
from tests.factories import make_account, make_office, make_school, make_student, sign_in

SEPTEMBER = datetime(2018, 9, 3, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class TestSchoolYears:
    @pytest.mark.parametrize(
        ("day", "year"),
        [(date(2018, 3, 1), 2017), (date(2018, 8, 31), 2017), (date(2018, 9, 1), 2018), (date(2019, 1, 1), 2018)],
    )
    def test_a_school_year_begins_in_september(self, day: date, year: int) -> None:
        assert school_year_of(day) == year

    def test_a_school_year_is_named_by_both_years(self) -> None:
        assert str(school_year_name(2017)) == "2017—2018 学年"

    @pytest.mark.parametrize(
        ("grade", "from_year", "to_year", "kind", "step"),
        [
            (4, 2017, 2018, "primary", Step(5, 2018, "active")),
            (6, 2017, 2018, "primary", Step(6, 2017, "graduated")),
            (6, 2017, 2018, "nine_year", Step(7, 2018, "active")),
            (9, 2017, 2018, "complete", Step(10, 2018, "active")),
            (12, 2017, 2018, "complete", Step(12, 2017, "graduated")),
            (4, 2016, 2018, "primary", Step(6, 2018, "active")),
            (5, 2016, 2018, "primary", Step(6, 2017, "graduated")),
            (4, 2018, 2018, "primary", Step(4, 2018, "active")),
        ],
    )
    def test_a_pupil_goes_a_grade_up_for_each_year_or_graduates(
        self, grade: int, from_year: int, to_year: int, kind: str, step: Step
    ) -> None:
        assert step_into(grade, from_year, to_year, kind) == step

    @given(
        st.dates(date(1990, 1, 1), date(2040, 12, 31)),
        st.dates(date(1960, 1, 1), date(2040, 12, 31)),
        st.integers(5, 20),
    )
    def test_the_bound_of_birthdays_agrees_with_counting_years(self, day: date, born: date, age: int) -> None:
        assert (born > birthday_bound(day, age)) == (age_on(born, day) < age)


@dataclass
class Place:
    school: School
    manager: Actor
    pupils: dict[str, Student]


@pytest.fixture
def place(app: Flask, clock: MovingClock) -> Place:
    """A primary school in the school year 2017; the clock then stands in September 2018."""
    school = make_school(make_office(), "西关小学")
    pupils = {
        "four": make_student(school, "张四", grade=4, class_name="2班"),
        "six": make_student(school, "李六", grade=6, class_name="1班"),
        "left": make_student(school, "王离", grade=3, state="left"),
    }
    sync_enrolments(school.id, 2017)
    db.session.commit()
    clock.move_to(SEPTEMBER)
    return Place(school, make_account(Role.SCHOOL_MANAGER, school=school), pupils)


def seen(student: Student) -> tuple[int, int, str]:
    db.session.refresh(student)
    return student.grade, student.school_year, student.state


def enrolments() -> set[tuple[int, int]]:
    rows = db.session.execute(select(Enrolment.school_year, Enrolment.grade))
    return {(row.school_year, row.grade) for row in rows}


def test_the_preview_counts_who_moves_and_who_graduates(place: Place) -> None:
    preview = roll_over_preview(place.school)
    assert (preview.to_year, preview.moving, preview.graduating, preview.settled) == (2018, 1, 1, 0)
    assert [(line.grade, line.count, line.step.state) for line in preview.lines] == [
        (4, 1, "active"),
        (6, 1, "graduated"),
    ]


def test_grades_go_up_the_last_one_graduates_and_the_year_is_enrolled(place: Place) -> None:
    roll_over(place.manager, place.school.id)
    assert seen(place.pupils["four"]) == (5, 2018, "active")
    assert seen(place.pupils["six"]) == (6, 2017, "graduated")
    assert seen(place.pupils["left"]) == (3, 2017, "left")
    assert enrolments() == {(2017, 4), (2017, 6), (2018, 5)}


def test_it_is_done_once_a_school_year(place: Place) -> None:
    roll_over(place.manager, place.school.id)
    with pytest.raises(Conflict, match="不能重复办理"):
        roll_over(place.manager, place.school.id)
    assert seen(place.pupils["four"]) == (5, 2018, "active")


def test_who_is_in_the_new_year_already_stays(place: Place) -> None:
    place.pupils["four"].school_year = 2018
    db.session.commit()
    roll_over(place.manager, place.school.id)
    assert seen(place.pupils["four"]) == (4, 2018, "active")


def test_there_is_nothing_to_do_within_a_school_year(place: Place, clock: MovingClock) -> None:
    roll_over(place.manager, place.school.id)
    row = db.session.scalars(select(RollOver)).one()
    undo_roll_over(place.manager, row.id)
    for pupil in place.pupils.values():
        pupil.school_year = 2018
    db.session.commit()
    with pytest.raises(Conflict, match="没有需要升级"):
        roll_over(place.manager, place.school.id)


def test_undoing_puts_everybody_back(place: Place, clock: MovingClock) -> None:
    row = roll_over(place.manager, place.school.id)
    clock.advance(days=6)
    assert undo_roll_over(place.manager, row.id) == 0
    assert seen(place.pupils["four"]) == (4, 2017, "active")
    assert seen(place.pupils["six"]) == (6, 2017, "active")
    assert enrolments() == {(2017, 4), (2017, 6)}
    with pytest.raises(Conflict):
        undo_roll_over(place.manager, row.id)


def test_after_an_undo_it_can_be_done_again(place: Place) -> None:
    undo_roll_over(place.manager, roll_over(place.manager, place.school.id).id)
    roll_over(place.manager, place.school.id)
    assert seen(place.pupils["four"]) == (5, 2018, "active")


def test_who_was_changed_since_is_left_as_is_and_counted(place: Place) -> None:
    row = roll_over(place.manager, place.school.id)
    place.pupils["four"].grade = 6
    db.session.commit()
    assert undo_roll_over(place.manager, row.id) == 1
    assert seen(place.pupils["four"]) == (6, 2018, "active")
    assert seen(place.pupils["six"]) == (6, 2017, "active")


def test_after_a_week_it_stays(place: Place, clock: MovingClock) -> None:
    row = roll_over(place.manager, place.school.id)
    clock.advance(days=7, seconds=1)
    with pytest.raises(TooLate):
        undo_roll_over(place.manager, row.id)
    assert seen(place.pupils["four"]) == (5, 2018, "active")


def test_the_page_previews_does_and_undoes(place: Place, client: FlaskClient) -> None:
    sign_in(client, place.manager)
    page = client.get("/roll-over", follow_redirects=True).get_data(as_text=True)
    assert "2018—2019 学年" in page
    assert "五年级" in page
    assert "毕业" in page
    address = f"/schools/{place.school.id}/roll-over"
    assert "升级完成" in client.post(address, follow_redirects=True).get_data(as_text=True)
    assert client.post(address).status_code == 409
    row = db.session.scalars(select(RollOver)).one()
    assert "已撤销" in client.post(f"/roll-overs/{row.id}/undo", follow_redirects=True).get_data(as_text=True)


def test_only_the_schools_manager_and_the_office_may(place: Place, client: FlaskClient, app: Flask) -> None:
    address = f"/schools/{place.school.id}/roll-over"
    sign_in(client, make_account(Role.TEACHER, school=place.school))
    assert client.post(address).status_code == 403
    other = sign_in(app.test_client(), make_account(Role.SCHOOL_MANAGER, school=make_school(make_office("乙县科协"))))
    assert other.post(address).status_code == 404
    assert db.session.scalar(select(func.count()).select_from(RollOver)) == 0
