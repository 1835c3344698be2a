"""Erasing takes one person and nobody else, everything of an account, and what was erased is not filled in again."""

# ruff: noqa: F811  the scene of erasing is a fixture of another file

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import Base, db
from contest_portal.core.errors import Conflict
from contest_portal.entries.models import Author, EntryVersion
from contest_portal.people.consent_rules import ConsentInput
from contest_portal.people.models import (
    CodeApp,
    FactorReset,
    Membership,
    Passkey,
    RecoveryCode,
    Student,
    Teacher,
    TrustedDevice,
)
from contest_portal.people.privacy.name_in_texts import name_taken_out
from contest_portal.people.privacy.own_holdings import OF_ACCOUNTS
from contest_portal.people.privacy.persons import person_by
from contest_portal.people.privacy.registry import tables_spoken_for
from contest_portal.people.privacy.services import erasing
from contest_portal.people.services import access, consents, invitations, students, teachers
from contest_portal.people.services.one_person import version_of
from tests.factories import made, make_account, make_student, make_teacher, sign_in
from tests.people.test_erasing import NAME, Place, erased, place, submitted  # noqa: F401  the scene of erasing

WHY = "监护人书面要求删除"
NUMBERS_ONLY = {
    "judge": "a judge is asked for under the own name; an account without a teacher is no person of the roster",
    "objection_conflict": "who keeps out of a case, by number",
    "objection_event": "who did what in a case, by number",
    "upload": "of whom an upload was says a number; its name goes where it holds the person's",
}
"""Tables with an account's number that hold nothing else of who it is."""


def erase(place: Place, kind: str, number: int) -> None:
    erasing.ask_erasure(place.staff, person_by(kind, number), WHY)
    erasing.confirm_erasure(place.leader, person_by(kind, number))


class TestOthersStay:
    def test_a_co_author_of_the_same_name_keeps_it(self, place: Place) -> None:
        twin = make_student(place.school, NAME, born=date(2007, 3, 1))
        made(Author(entry_id=place.entry.id, student_id=twin.id, position=2))
        version = db.session.scalars(select(EntryVersion)).one()
        own = version.snapshot["authors"][0]
        other = {**own, "key": f"student-{twin.id}", "duty": f"与{NAME}一起制作", "class_name": "4班"}
        version.snapshot = {**version.snapshot, "authors": [own, other]}
        db.session.commit()
        erased(place)
        db.session.refresh(version)
        gone, kept = version.snapshot["authors"]
        assert (gone["name"], gone["class_name"]) == (f"已删除的学生 #{place.student.id}", "")
        assert kept == other
        assert db.session.get_one(Student, twin.id).name == NAME
        assert version.snapshot["title"] == f"{NAME}的火星车", (
            "a name that two people of the work have is nobody's alone"
        )

    def test_a_longer_name_with_this_one_in_it_is_left_alone(self, place: Place) -> None:
        short = make_student(place.school, "王小")
        entry = submitted(place.contest, place.school, short)
        longer = make_student(place.school, "王小雨")
        made(Author(entry_id=entry.id, student_id=longer.id, position=2))
        entry.summary = "王小和王小雨一起画的"
        db.session.commit()
        erase(place, "student", short.id)
        db.session.refresh(entry)
        assert entry.summary == f"已删除的学生 #{short.id}和王小雨一起画的"

    @pytest.mark.parametrize(
        ("name", "others", "text", "wanted"),
        [
            ("王小", ["王小雨", "李王小雨"], "王小、王小雨、李王小雨", "#、王小雨、李王小雨"),
            ("张三", ["张三"], "张三的船", "张三的船"),
            ("丁", [], "丁字尺", "丁字尺"),
            ("A.B", [], "A.B AxB", "# AxB"),
        ],
    )
    def test_names_in_texts(self, name: str, others: list[str], text: str, wanted: str) -> None:
        assert name_taken_out(name, "#", others)(text) == wanted


class TestStayingErased:
    def test_a_pupil_is_not_filled_in_again(self, place: Place) -> None:
        erased(place)
        row = db.session.get_one(Student, place.student.id)
        assert row.erased_at == row.updated_at
        typed = {"name": NAME, "sex": "女", "birth_on": "2008-05-12", "grade": "4", "class_name": "3"}
        consent = ConsentInput(row.id, "欧阳建国", "父亲", date(2018, 3, 1))
        for again in (
            lambda: students.restore_student(place.staff, row.id),
            lambda: students.edit_student(place.staff, row.id, typed, version_of(row.updated_at)),
            lambda: consents.record_consents(place.staff, place.school.id, [consent]),
        ):
            with pytest.raises(Conflict, match=r"people\.erased|已按要求删除"):
                again()
            db.session.rollback()
        db.session.refresh(row)
        assert (row.state, row.name) == ("left", f"已删除的学生 #{row.id}")

    def test_a_teacher_does_not_get_in_again(self, place: Place) -> None:
        teacher = make_teacher(place.school, "慕容老师")
        actor = make_account(Role.TEACHER, school=place.school, teacher=teacher, name="慕容老师")
        manager = make_account(Role.SCHOOL_MANAGER, school=place.school)
        erase(place, "teacher", teacher.id)
        membership = db.session.scalars(select(Membership).where(Membership.account_id == actor.account_id)).one()
        for again in (
            lambda: teachers.restore_teacher(manager, teacher.id),
            lambda: access.restore_membership(manager, membership.id),
            lambda: invitations.invite_teachers(manager, place.school.id, teacher_ids=[teacher.id]),
        ):
            with pytest.raises(Conflict, match=r"people\.erased|已按要求删除"):
                again()
            db.session.rollback()
        assert db.session.get_one(Teacher, teacher.id).state == "left"

    def test_the_page_offers_no_way_back(self, place: Place, client: FlaskClient) -> None:
        erased(place)
        page = sign_in(client, place.staff).get(f"/students/{place.student.id}").text
        assert "恢复在册" not in page
        assert client.get(f"/students/{place.student.id}/edit").status_code == 403
        assert client.post(f"/students/{place.student.id}/restore").status_code == 403


@pytest.fixture
def guarded(place: Place) -> tuple[Teacher, Actor]:
    """A teacher whose account has all that a second factor leaves behind."""
    teacher = make_teacher(place.school, "慕容老师")
    actor = make_account(Role.TEACHER, school=place.school, teacher=teacher, name="慕容老师")
    account = {"account_id": actor.account_id}
    db.session.add_all(
        [
            CodeApp(**account, secret="JBSWY3DPEHPK3PXP", last_step=1, added_at=now()),
            Passkey(
                **account,
                name="慕容的手机",
                credential_id=b"c",
                public_key=b"k",
                sign_count=1,
                transports=[],
                added_at=now(),
            ),
            RecoveryCode(**account, code_digest="d" * 64, made_at=now()),
            TrustedDevice(
                **account,
                token_digest="e" * 64,
                browser="火狐",
                address="203.0.113.9",
                made_at=now(),
                seen_at=now(),
                expires_at=now() + timedelta(days=30),
            ),
            FactorReset(**account, reset_at=now(), why="慕容老师换了手机"),
        ]
    )
    db.session.commit()
    return teacher, actor


class TestSecondFactor:
    def test_the_copy_has_it_without_its_secrets(
        self,
        place: Place,
        guarded: tuple[Teacher, Actor],
        client: FlaskClient,
    ) -> None:
        answer = sign_in(client, place.staff).post(
            f"/teachers/{guarded[0].id}/held/copy", data={"why": "本人到场申请复制"}
        )
        with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
            held = json.loads(archive.read("data.json"))["held"]
        assert held["passkey"]["rows"][0]["name"] == "慕容的手机"
        assert held["trusted_device"]["rows"][0]["address"] == "203.0.113.9"
        assert held["factor_resets"]["rows"][0]["why"] == "慕容老师换了手机"
        assert {"code_app", "recovery_code"} <= held.keys()
        assert not [word for word in ("JBSWY3DPEHPK3PXP", "d" * 64, "e" * 64) if word in json.dumps(held)]

    def test_erasing_takes_it(self, place: Place, guarded: tuple[Teacher, Actor]) -> None:
        erase(place, "teacher", guarded[0].id)
        for model in (CodeApp, Passkey, RecoveryCode, TrustedDevice):
            assert db.session.scalar(select(func.count()).select_from(model)) == 0
        assert db.session.scalars(select(FactorReset.why)).all() == [""]

    def test_every_table_of_an_account_is_spoken_for(self, app: Flask) -> None:
        of_accounts = {
            table.name
            for table in Base.metadata.sorted_tables
            if "account_id" in table.columns and table.name not in {"audit_record", *NUMBERS_ONLY}
        }
        missing = sorted(of_accounts - tables_spoken_for())
        assert not missing, f"{', '.join(missing)}: name it in own_holdings.OF_ACCOUNTS or say here why it is none"
        assert OF_ACCOUNTS.keys() <= {table.name for table in Base.metadata.sorted_tables}
