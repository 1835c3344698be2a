"""Retention: the preview says what goes when; what is erased leaves the counts; who is held or contested is spared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.contests.models import Category, Contest
from contest_portal.core import audit
from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Invalid, Stale
from contest_portal.core.models import Notice
from contest_portal.entries.models import Author, Entry
from contest_portal.people.models import Consent, LoginSession, Office, RosterImport, School, Student, Teacher
from contest_portal.people.privacy.models import RetentionRun
from contest_portal.people.privacy.persons import person_by
from contest_portal.people.privacy.rules import rules_of
from contest_portal.people.privacy.services import erasing, retaining
from contest_portal.people.roster_preview import OUTCOME_KINDS
from contest_portal.reports.queries import annual_numbers
from contest_portal.results.objections.models import Objection
from contest_portal.results.publishing.models import Publication
from tests.factories import (
    made,
    make_account,
    make_contest,
    make_office,
    make_school,
    make_student,
    make_teacher,
    sign_in,
)

YEAR = timedelta(days=365)
COUNTS: dict[str, Any] = {
    "rows": 2,
    "counts": dict.fromkeys((*OUTCOME_KINDS, "error"), 0),
    "errors": 0,
    "warnings": 0,
    "listed": {},
    "unlisted_people": 0,
    "accepted": [],
}


@dataclass
class Place:
    office: Office
    school: School
    leader: Actor
    gone: Student
    here: Student


@pytest.fixture
def place(app: Flask) -> Place:
    office = make_office()
    school = make_school(office)
    return Place(
        office,
        school,
        make_account(Role.LEADER, office=office),
        gone=make_student(school, "李已走", state="graduated", guardian_phone="13900000071"),
        here=make_student(school, "张还在", guardian_phone="13900000072"),
    )


def later(clock: MovingClock, time: timedelta) -> None:
    clock.move_to(now() + time)


def due(office_id: int | None) -> dict[str, int]:
    return {one.rule.code: one.count for one in retaining.preview(office_id) if one.count}


def lines(run: RetentionRun) -> dict[str, int]:
    return {line["code"]: line["count"] for line in run.lines}


def test_numbers_of_who_left_go_after_the_period_and_not_a_day_before(place: Place, clock: MovingClock) -> None:
    later(clock, 3 * YEAR - timedelta(minutes=1))
    assert "student_numbers" not in due(place.office.id)
    later(clock, timedelta(minutes=2))
    assert due(place.office.id)["student_numbers"] == 1
    assert lines(retaining.erase_due(place.leader, place.office.id))["student_numbers"] == 1
    gone, here = db.session.get_one(Student, place.gone.id), db.session.get_one(Student, place.here.id)
    assert (gone.name, gone.id_number, gone.id_digest, gone.guardian_phone) == ("李已走", None, None, None)
    assert here.id_number is not None
    assert due(place.office.id) == {}
    assert audit.verify(db.session)[1] is None


def test_another_office_is_not_touched(place: Place, clock: MovingClock) -> None:
    other = make_student(make_school(make_office("肃州区科学技术协会"), "肃州小学"), "王别处", state="left")
    later(clock, 4 * YEAR)
    retaining.erase_due(place.leader, place.office.id)
    assert db.session.get_one(Student, other.id).id_number is not None


def test_who_is_kept_for_now_is_spared(place: Place, clock: MovingClock) -> None:
    erasing.keep_data(place.leader, person_by("student", place.gone.id), "家长投诉，正在调查")
    later(clock, 4 * YEAR)
    assert "student_numbers" not in due(place.office.id)
    erasing.release_data(place.leader, person_by("student", place.gone.id))
    assert due(place.office.id)["student_numbers"] == 1


def test_whom_an_open_objection_is_about_is_spared(place: Place, clock: MovingClock) -> None:
    case = objection(place, "inquiry")
    later(clock, 4 * YEAR)
    assert {"student_numbers", "objectors"}.isdisjoint(due(place.office.id))
    case.state, case.closed_at = "answered", now()
    db.session.commit()
    assert due(place.office.id)["student_numbers"] == 1
    later(clock, 4 * YEAR)
    assert lines(retaining.erase_due(place.leader, place.office.id))["objectors"] == 1
    row = db.session.scalars(select(Objection)).one()
    assert (row.objector_id_number, "马先生" in row.objector_name, row.grounds) == (None, False, "作品雷同")


def objection(place: Place, state: str) -> Objection:
    contest = make_contest(place.office)
    entry = work(place, contest, place.gone, "accepted")
    publication = made(
        Publication(
            contest_id=contest.id,
            version=1,
            title="公示",
            content={"sections": []},
            content_sha256="0" * 64,
            shortlist_ids=[],
            made_at=now(),
            open_days=5,
            pending=[],
        )
    )
    row: Objection = made(
        Objection(
            contest_id=contest.id,
            publication_id=publication.id,
            entry_id=entry.id,
            number="YY-1",
            secret_digest="f" * 64,
            state=state,
            objector_name="马先生",
            objector_id_number="990000198001010010",
            objector_unit="某单位",
            objector_phone="13900000073",
            grounds="作品雷同",
            received_at=now(),
        )
    )
    return row


def work(place: Place, contest: Contest, student: Student, state: str) -> Entry:
    category = db.session.scalars(select(Category.id).where(Category.contest_id == contest.id).limit(1)).one()
    entry = made(
        Entry(
            contest_id=contest.id,
            category_id=category,
            school_id=place.school.id,
            state=state,
            title="作品",
            answers={},
            created_at=now(),
            updated_at=now(),
            submission_count=0 if state == "draft" else 1,
        )
    )
    made(Author(entry_id=entry.id, student_id=student.id, position=1, is_first=True))
    return entry


def test_drafts_go_and_the_numbers_of_the_year_stay(place: Place, clock: MovingClock) -> None:
    contest = make_contest(place.office)
    draft, sent = work(place, contest, place.here, "draft"), work(place, contest, place.gone, "accepted")
    before = annual_numbers(place.office, contest.year)
    later(clock, 4 * YEAR)
    found = lines(retaining.erase_due(place.leader, place.office.id))
    assert (found["drafts"], found["student_numbers"]) == (1, 1)
    assert db.session.scalars(select(Entry.id)).all() == [sent.id] != [draft.id]
    assert annual_numbers(place.office, contest.year) == before


def test_scans_rosters_and_teachers_numbers_go(place: Place, clock: MovingClock, client: FlaskClient) -> None:
    manager = make_account(Role.SCHOOL_MANAGER, school=place.school)
    teacher = make_teacher(place.school, state="left", id_number="990000198004050026", phone="13900000074")
    made(consent(place.gone))
    made(consent(place.here))
    made(
        RosterImport(
            school_id=place.school.id,
            kind="students",
            file_sha256="a" * 64,
            file_name="名册.xlsx",
            state="previewed",
            summary={**COUNTS, "preview_sha256": "b" * 64},
            created_at=now(),
        )
    )
    later(clock, 3 * YEAR + timedelta(days=1))
    found = lines(retaining.erase_due(place.leader, place.office.id))
    assert found == {"student_numbers": 1, "teacher_numbers": 1, "consent_scans": 1, "roster_files": 1}
    row = db.session.scalars(select(RosterImport)).one()
    assert (row.file_sha256, row.state, row.summary) == ("", "discarded", COUNTS)
    assert db.session.get_one(Teacher, teacher.id).phone is None
    for address in (f"/roster-imports/{row.id}", f"/roster-imports/{row.id}/marked"):
        answer = sign_in(client, manager).get(address)
        assert (answer.status_code, "已经清除" in answer.text) == (409, True)
    page = sign_in(client, manager).get(f"/students/{place.gone.id}").text
    assert "扫描件，已清除" in page
    kept = select(Consent.student_id).where(Consent.file_sha256.is_not(None))
    assert db.session.scalars(kept).all() == [place.here.id]


def consent(student: Student) -> Consent:
    return Consent(
        student_id=student.id,
        guardian_name="李某",
        relation="父亲",
        signed_on=date(2018, 2, 1),
        form="scan",
        file_sha256="c" * 64,
        file_name="同意书.pdf",
        recorded_at=now(),
    )


def test_more_than_one_transaction_of_rows_goes(
    place: Place, clock: MovingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retaining, "ROWS_AT_ONCE", 3)
    for number in range(7):
        make_student(place.school, f"学生{number}", state="left")
    later(clock, 4 * YEAR)
    assert lines(retaining.erase_due(place.leader, place.office.id)) == {"student_numbers": 8}


def test_sessions_and_notices_of_the_site_go_by_its_own_plan(
    place: Place, clock: MovingClock, client: FlaskClient
) -> None:
    sign_in(client, place.leader)
    made(Notice(account_id=place.leader.account_id or 0, title="已提交", params={}, created_at=now()))
    later(clock, 2 * YEAR + timedelta(days=1))
    assert due(place.office.id) == {}
    assert lines(retaining.erase_due(console_actor(), None)) == {"sessions": 1, "notices": 1}
    assert db.session.scalar(select(func.count(LoginSession.id))) == 0


class TestPlan:
    def test_a_period_is_set_and_never_is_possible(self, place: Place, clock: MovingClock) -> None:
        retaining.set_plan(place.leader, place.office.id, {"student_numbers": None}, 0, is_daily=False)
        later(clock, 20 * YEAR)
        assert "student_numbers" not in due(place.office.id)
        retaining.set_plan(place.leader, place.office.id, {"student_numbers": 30}, 1, is_daily=False)
        assert due(place.office.id)["student_numbers"] == 1

    @pytest.mark.parametrize("days", [0, 29, 36_501])
    def test_a_period_has_its_limits(self, place: Place, days: int) -> None:
        with pytest.raises(Invalid, match=str(days)):
            retaining.set_plan(place.leader, place.office.id, {"student_numbers": days}, 0, is_daily=False)

    def test_a_stale_form_is_told(self, place: Place) -> None:
        retaining.set_plan(place.leader, place.office.id, {}, 0, is_daily=False)
        with pytest.raises(Stale):
            retaining.set_plan(place.leader, place.office.id, {}, 0, is_daily=True)

    def test_the_night_erases_only_where_it_is_switched_on(self, place: Place, clock: MovingClock) -> None:
        later(clock, 4 * YEAR)
        retaining.retention_job({})
        assert db.session.scalar(select(func.count(RetentionRun.id))) == 0
        retaining.set_plan(place.leader, place.office.id, {}, 0, is_daily=True)
        retaining.retention_job({})
        run = db.session.scalars(select(RetentionRun)).one()
        assert (run.is_daily, run.run_by, lines(run)) == (True, None, {"student_numbers": 1})


class TestPages:
    def test_the_leader_sees_sets_and_erases(self, place: Place, client: FlaskClient, clock: MovingClock) -> None:
        later(clock, 3 * YEAR + timedelta(days=1))
        sign_in(client, place.leader)
        assert "毕业或离校学生的身份证号" in client.get("/privacy").text
        fields: dict[str, Any] = {f"days_{rule.code}": rule.days for rule in rules_of(place.office.id)}
        wrong = client.post("/privacy/periods", data={**fields, "version": 0, "days_drafts": "半年"})
        assert wrong.status_code == 422
        assert "填写的是「半年」" in wrong.text
        assert client.post("/privacy/periods", data={**fields, "version": 0, "days_drafts": ""}).status_code == 302
        assert client.post("/privacy/erase-due").status_code == 302
        page = client.get("/privacy").text
        assert "已清除 1 项" in page
        assert "现在没有到期的内容" in page

    def test_the_command_shows_and_erases_only_when_told(self, place: Place, app: Flask, clock: MovingClock) -> None:
        later(clock, 4 * YEAR)
        from contest_portal.people.privacy.commands import privacy_group

        runner = app.test_cli_runner()
        context = type("Lazy", (), {"app": app})()
        shown = runner.invoke(privacy_group, ["retention"], obj=context)
        assert "共 1 项" in shown.output, shown.output
        assert db.session.get_one(Student, place.gone.id).id_number is not None
        runner.invoke(privacy_group, ["retention", "--apply"], obj=context)
        db.session.expire_all()
        assert db.session.get_one(Student, place.gone.id).id_number is None
