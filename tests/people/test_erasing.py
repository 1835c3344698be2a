"""Erasing one person: asked for by one, confirmed by another; the name goes, the numbers of the year stay."""

from __future__ import annotations

import io
import json
import tracemalloc
import zipfile
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.contests.models import Category, Contest
from contest_portal.core import audit
from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed
from contest_portal.core.models import AuditRecord
from contest_portal.core.staging import staging
from contest_portal.core.storage import storage
from contest_portal.core.text import Message
from contest_portal.entries.models import Author, Entry, EntryVersion, Tutor
from contest_portal.entries.snapshots import digest_of
from contest_portal.media.models import Upload
from contest_portal.people.consent_rules import ConsentInput
from contest_portal.people.models import Account, Consent, LoginSession, Office, School, Student, Teacher
from contest_portal.people.privacy.copying import copy_of
from contest_portal.people.privacy.models import Erasure
from contest_portal.people.privacy.persons import find_persons, person_by
from contest_portal.people.privacy.registry import Fate, Held, HeldFile, Person, held_about
from contest_portal.people.privacy.services import erasing
from contest_portal.people.services.consents import record_consents
from contest_portal.reports.queries import annual_numbers
from contest_portal.results.certificates.models import Certificate
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

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
NAME, NUMBER, PHONE = "欧阳星河", "990000200805120013", "13900000071"


@dataclass
class Place:
    office: Office
    school: School
    contest: Contest
    staff: Actor
    leader: Actor
    student: Student
    entry: Entry

    @property
    def person(self) -> Person:
        return person_by("student", self.student.id)


@pytest.fixture
def place(app: Flask) -> Place:
    office = make_office()
    school = make_school(office)
    student = make_student(school, NAME, born=date(2008, 5, 12), id_number=NUMBER, guardian_phone=PHONE)
    contest = make_contest(office)
    manager = make_account(Role.SCHOOL_MANAGER, school=school)
    consent = ConsentInput(
        student.id,
        "欧阳建国",
        "父亲",
        date(2018, 2, 20),
        scan=PDF,
        scan_name="欧阳星河同意书.pdf",
        covers_showing=True,
    )
    record_consents(manager, school.id, [consent])
    return Place(
        office,
        school,
        contest,
        staff=make_account(Role.OFFICE, office=office),
        leader=make_account(Role.LEADER, office=office),
        student=student,
        entry=submitted(contest, school, student),
    )


def submitted(contest: Contest, school: School, student: Student) -> Entry:
    """An accepted work of the pupil, whose name stands in its title, file names and submitted document."""
    category = contest_category(contest)
    entry = made(
        Entry(
            contest_id=contest.id,
            category_id=category,
            school_id=school.id,
            state="accepted",
            number=f"GZ{student.id:04d}",
            title=f"{student.name}的火星车",
            answers={"story": f"我是{student.name}"},
            created_at=now(),
            updated_at=now(),
            submitted_at=now(),
            submission_count=1,
        )
    )
    made(Author(entry_id=entry.id, student_id=student.id, position=1, is_first=True, duty="全部"))
    document = {
        "title": entry.title,
        "authors": [
            {
                "key": f"student-{student.id}",
                "name": student.name,
                "class_name": "3班",
                "ethnic_group": "汉族",
                "birth_month": "2008-05",
            }
        ],
        "tutors": [],
    }
    made(EntryVersion(entry_id=entry.id, number=1, snapshot=document, digest=digest_of(document), submitted_at=now()))
    made(
        Upload(
            token=f"t{student.id}",
            account_id=made(Account(name="李老师", created_at=now())).id,
            target="entry-file",
            subject=str(entry.id),
            place={},
            file_name=f"{student.name}-绘画.jpg",
            size_bytes=3,
            state="done",
            begun_at=now(),
            last_progress_at=now(),
            finished_at=now(),
        )
    )
    return entry


def contest_category(contest: Contest) -> int:
    found = db.session.scalar(
        select(Category.id).where(Category.contest_id == contest.id).order_by(Category.id).limit(1)
    )
    assert found is not None
    return found


def erased(place: Place) -> Erasure:
    erasing.ask_erasure(place.staff, place.person, "监护人书面要求删除")
    return erasing.confirm_erasure(place.leader, place.person)


def all_text() -> str:
    """Every row of every table, as it is read by the program."""
    return "\n".join(
        str(tuple(row)) for table in db.metadata.sorted_tables for row in db.session.execute(select(table)).all()
    )


class TestErasing:
    def test_name_numbers_and_scan_go_from_every_table(self, place: Place) -> None:
        before = all_text()
        assert all(word in before for word in (NAME, NUMBER, PHONE, "欧阳建国"))
        erased(place)
        after = all_text()
        assert [word for word in (NAME, NUMBER, PHONE, "欧阳建国", "2008-05") if word in after] == []
        assert f"已删除的学生 #{place.student.id}" in after

    def test_the_numbers_of_the_year_stay(self, place: Place) -> None:
        before = annual_numbers(place.office, place.contest.year)
        erased(place)
        assert annual_numbers(place.office, place.contest.year) == before
        assert db.session.scalar(select(func.count(Author.id))) == 1

    def test_the_digest_on_receipts_stays_and_a_second_one_fits_what_is_left(self, place: Place) -> None:
        version = db.session.scalars(select(EntryVersion)).one()
        submitted = digest_of(version.snapshot)
        erased(place)
        db.session.refresh(version)
        assert version.digest == submitted
        assert version.erased_digest == digest_of(version.snapshot) != submitted
        assert version.snapshot["authors"][0]["key"] == f"student-{place.student.id}"

    def test_the_trail_stays_whole_and_names_nobody(self, place: Place) -> None:
        erased(place)
        assert audit.verify(db.session)[1] is None
        acts = db.session.scalars(select(AuditRecord.action).order_by(AuditRecord.id)).all()
        assert acts[-2:] == ["people.erase_person", "people.erase_person"]
        assert "people.ask_erasure" in acts

    def test_the_consent_is_withdrawn_with_it(self, place: Place) -> None:
        erased(place)
        consent = db.session.scalars(select(Consent)).one()
        assert consent.withdrawn_at is not None
        assert consent.file_sha256 is None

    def test_nobody_erases_alone(self, place: Place) -> None:
        erasing.ask_erasure(place.staff, place.person, "监护人书面要求删除")
        with pytest.raises(NotAllowed):
            erasing.confirm_erasure(place.staff, place.person)
        assert db.session.get_one(Student, place.student.id).name == NAME

    def test_it_is_asked_once_and_done_once(self, place: Place) -> None:
        erasing.ask_erasure(place.staff, place.person, "监护人书面要求删除")
        with pytest.raises(Conflict):
            erasing.ask_erasure(place.leader, place.person, "监护人又来电话")
        erasing.confirm_erasure(place.leader, place.person)
        with pytest.raises(Conflict):
            erasing.confirm_erasure(place.leader, place.person)
        with pytest.raises(Conflict):
            erasing.ask_erasure(place.staff, place.person, "监护人又来电话")

    def test_a_request_is_withdrawn(self, place: Place) -> None:
        erasing.ask_erasure(place.staff, place.person, "监护人书面要求删除")
        erasing.withdraw_erasure(place.leader, place.person)
        with pytest.raises(Conflict):
            erasing.confirm_erasure(place.leader, place.person)

    def test_it_needs_a_reason(self, place: Place) -> None:
        with pytest.raises(Invalid):
            erasing.ask_erasure(place.staff, place.person, "删")

    def test_what_is_kept_for_now_is_not_erased(self, place: Place) -> None:
        erasing.ask_erasure(place.staff, place.person, "监护人书面要求删除")
        erasing.keep_data(place.staff, place.person, "家长投诉，正在调查")
        with pytest.raises(Conflict):
            erasing.confirm_erasure(place.leader, place.person)
        erasing.release_data(place.staff, place.person)
        assert erasing.confirm_erasure(place.leader, place.person).state == "done"

    def test_an_own_draft_goes_whole(self, place: Place) -> None:
        draft = submitted(place.contest, make_school(place.office, "东街小学"), make_student(place.school, "王小雨"))
        draft.state, draft.submission_count, draft.number = "draft", 0, None
        for version in db.session.scalars(select(EntryVersion).where(EntryVersion.entry_id == draft.id)):
            db.session.delete(version)
        db.session.commit()
        child = db.session.scalars(select(Author.student_id).where(Author.entry_id == draft.id)).one()
        erasing.ask_erasure(place.staff, person_by("student", child or 0), "监护人书面要求删除")
        erasing.confirm_erasure(place.leader, person_by("student", child or 0))
        assert db.session.scalar(select(func.count(Entry.id))) == 1

    def test_a_teacher_loses_the_account_and_keeps_the_works(self, place: Place) -> None:
        teacher = make_teacher(place.school, "慕容老师", phone=PHONE, birth_on=date(1980, 4, 5), position="教导主任")
        actor = make_account(Role.TEACHER, school=place.school, teacher=teacher, name="慕容老师")
        made(Tutor(entry_id=place.entry.id, teacher_id=teacher.id, position=1))
        client = sign_in(place_client(), actor)
        assert client.get("/work").status_code == 200
        erasing.ask_erasure(place.staff, person_by("teacher", teacher.id), "本人离职后要求删除")
        erasing.confirm_erasure(place.leader, person_by("teacher", teacher.id))
        account = db.session.get_one(Account, actor.account_id)
        assert (account.login_name, account.is_active) == (None, False)
        assert "慕容老师" not in all_text()
        assert db.session.scalar(select(func.count(LoginSession.id))) == 0
        assert client.get("/work").status_code == 302
        assert db.session.scalar(select(func.count(Tutor.id))) == 1
        assert db.session.get_one(Teacher, teacher.id).state == "left"

    def test_a_certificate_stays(self, place: Place) -> None:
        give_certificate(place)
        held = {one.code: one for one in held_about(place.person)}
        assert held["certificates"].fate == Fate.KEPT
        erased(place)
        assert db.session.scalars(select(Certificate.recipient)).one() == NAME


def place_client() -> FlaskClient:
    return current_app.test_client()


def give_certificate(place: Place) -> None:
    made(
        Certificate(
            contest_id=place.contest.id,
            serial=1,
            number="GZ-1",
            number_key="GZ-1",
            code="ABCD",
            kind="author",
            award="一等奖",
            entry_id=place.entry.id,
            school_id=place.school.id,
            subject_key="one",
            live_key="one",
            recipient=NAME,
            fields={},
            issued_at=now(),
        )
    )


class TestCopying:
    def test_a_person_is_found_by_name_or_whole_number_in_the_own_office_only(self, place: Place) -> None:
        other = make_office("肃州区科学技术协会")
        for typed in ("欧阳", NUMBER, f" {NUMBER} "):
            assert [one.id for one in find_persons(place.office.id, typed)] == [place.student.id]
            assert find_persons(other.id, typed) == []

    def test_the_copy_holds_everything_with_the_scan(self, place: Place, client: FlaskClient) -> None:
        answer = sign_in(client, place.staff).post(
            f"/students/{place.student.id}/held/copy", data={"why": "监护人到场申请复制"}
        )
        assert answer.status_code == 200
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            document = json.loads(archive.read("data.json"))
            scans = [name for name in archive.namelist() if name.startswith("files/consents/")]
            assert [archive.read(name) for name in scans] == [PDF]
            assert any(name.endswith(".xlsx") for name in archive.namelist())
        assert document["held"]["roster"]["rows"][0]["id_number"] == NUMBER
        assert document["held"]["works"]["rows"][0]["title"] == f"{NAME}的火星车"
        trail = document["held"]["trail"]["rows"]
        assert {"people.copy_person"} <= {line["action"] for line in trail}

    def test_a_film_goes_into_the_copy_without_lying_in_memory(self, place: Place) -> None:
        film = bytes(range(256)) * (64 << 12)  # 64 MiB
        stored = storage().put_bytes(film)
        held = Held("works", Message("作品"), Fate.KEPT, Message("留存"), [], [HeldFile("film.mp4", stored.sha256)])
        tracemalloc.start()
        try:
            with copy_of(Person("student", 1, place.office.id, 1, NAME), [held]) as content:
                peak = tracemalloc.get_traced_memory()[1]
                size = content.seek(0, io.SEEK_END)
        finally:
            tracemalloc.stop()
        assert peak < len(film) // 4
        assert size > len(film)
        assert not list(staging().temporary.iterdir())

    def test_a_copy_without_a_reason_is_not_given(self, place: Place, client: FlaskClient) -> None:
        answer = sign_in(client, place.staff).post(f"/students/{place.student.id}/held/copy", data={"why": ""})
        assert answer.status_code == 422
        assert "请写明原因" in answer.text

    def test_a_file_that_is_gone_is_named(self, place: Place, client: FlaskClient) -> None:
        scan = db.session.scalars(select(Consent.file_sha256)).one()
        assert storage().delete_if_older(scan or "", now() + timedelta(days=36_500))
        answer = sign_in(client, place.staff).post(
            f"/students/{place.student.id}/held/copy", data={"why": "监护人到场申请复制"}
        )
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            assert [name.split("/")[1] for name in json.loads(archive.read("data.json"))["missing_files"]] == [
                "consents"
            ]


class TestPages:
    def test_two_people_erase_by_the_page(self, place: Place, app: Flask) -> None:
        staff, leader = sign_in(app.test_client(), place.staff), sign_in(app.test_client(), place.leader)
        address = f"/students/{place.student.id}/held"
        assert "提出删除" in staff.get(address).text
        staff.post(f"{address}/erase", data={"why": "监护人书面要求删除"})
        assert "您是提出人" in staff.get(address).text
        assert staff.post(f"{address}/erase/confirm").status_code == 403
        assert NAME in leader.get("/privacy/persons").text
        told = leader.get("/notices").text
        assert "有一项删除个人信息的申请等待第二人确认" in told
        assert NAME not in told
        assert "等待第二人确认" not in staff.get("/notices").text
        asked = select(AuditRecord.why).where(AuditRecord.action == "people.ask_erasure")
        assert db.session.scalar(asked) == "监护人书面要求删除"
        assert leader.post(f"{address}/erase/confirm").status_code == 302
        page = leader.get(address).text
        assert "此人的信息已经删除" in page
        assert NAME not in page

    def test_names_are_looked_for_by_post(self, place: Place, client: FlaskClient) -> None:
        answer = sign_in(client, place.staff).post("/privacy/persons", data={"who": NUMBER})
        assert NAME in answer.text
        assert NUMBER not in answer.headers.get("Location", "")
        assert NAME not in sign_in(client, place.staff).get(f"/privacy/persons?who={NUMBER}").text
