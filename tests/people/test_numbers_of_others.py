"""Who gives the number of another school's pupil or teacher under another name learns nothing about that person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.models import AuditRecord, Notice
from contest_portal.core.sealing import person_digest
from contest_portal.people.models import RosterImport, School, Student, Teacher, Transfer
from contest_portal.people.roster_preview import OUTCOME_KINDS
from contest_portal.people.services.number_misses import MOST_A_DAY
from contest_portal.people.services.one_person import version_of
from contest_portal.people.services.rosters import apply_roster, decide_doubtful, preview_of, preview_roster
from contest_portal.people.services.students import add_student, edit_student
from contest_portal.people.services.teachers import add_teacher
from tests.factories import id_number, make_account, make_office, make_school, make_student, make_teacher, sign_in
from tests.people.roster_files import BORN, TEACHER_TITLES, csv_file, pupil

BORN_TEACHER = date(1985, 5, 12)


@dataclass
class Neighbours:
    mine: School
    theirs: School
    manager: Actor
    staff: Actor
    child: Student


@pytest.fixture
def two(app: Flask) -> Neighbours:
    office = make_office()
    mine, theirs = make_school(office, "西关小学"), make_school(office, "东街小学")
    return Neighbours(
        mine, theirs, make_account(Role.SCHOOL_MANAGER, school=mine), make_account(Role.OFFICE, office=office),
        make_student(theirs, "欧阳静", id_number=id_number(BORN, "男", 1)),
    )  # fmt: skip


def preview(two: Neighbours, *rows: list[str], kind: Any = "students", actor: Actor | None = None) -> RosterImport:
    titles = () if kind == "students" else (TEACHER_TITLES,)
    return preview_roster(actor or two.manager, two.mine.id, kind, csv_file(rows, *titles), "名册.csv")


def told(row: RosterImport) -> str:
    shown = preview_of(row)
    return repr([shown.lines(kind, 1) for kind in OUTCOME_KINDS])


def texts(name: str = "某某", serial: int = 1) -> dict[str, str]:
    return {
        "name": name, "sex": "男", "id_number": id_number(BORN, "男", serial), "birth_on": "", "ethnic_group": "汉族",
        "grade": "四年级", "class_name": "1班", "guardian_phone": "",
    }  # fmt: skip


def count(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("state", ["active", "left", "graduated"])
def test_a_roster_does_not_tell_whose_number_it_is_nor_brings_anybody_over(
    two: Neighbours, state: str, client: FlaskClient
) -> None:
    two.child.state = state
    db.session.commit()
    row = preview(two, pupil("某某"), pupil("李小红", 2))
    assert (row.summary["counts"]["moved"], row.summary["counts"]["doubtful"]) == (0, 1)
    assert "号码" in told(row)
    assert not [word for word in ("欧阳静", "东街小学") if word in told(row)]
    sign_in(client, two.manager)
    page = client.get(f"/roster-imports/{row.id}?tab=doubtful").text
    assert "这个身份证号与系统中已有的登记不符" in page
    assert 'name="accepted"' not in page
    decide_doubtful(two.manager, row.id, shown=[0], accepted=[0])
    apply_roster(two.manager, row.id)
    assert [one.name for one in db.session.scalars(select(Student).where(Student.school_id == two.mine.id))] == [
        "李小红"
    ]
    assert count(Transfer) == 0


def test_by_hand_neither(two: Neighbours) -> None:
    with pytest.raises(Conflict) as refused:
        add_student(two.manager, two.mine.id, texts(), doubt_accepted=True)
    assert (refused.value.code, refused.value.field) == ("people.number_of_another", "id_number")
    assert not [word for word in ("欧阳静", "东街小学") if word in str(refused.value.message)]
    assert count(Transfer) == 0


def test_who_knows_the_name_too_asks_for_the_pupil_as_before(two: Neighbours) -> None:
    transfer = add_student(two.manager, two.mine.id, texts("欧阳静"))
    assert isinstance(transfer, Transfer)
    assert transfer.state == "pending"


@pytest.mark.parametrize("by", ["number", "telephone"])
def test_of_a_teacher_neither(two: Neighbours, by: str) -> None:
    number, phone = id_number(BORN_TEACHER, "女", 5), "13900000000"
    make_teacher(
        two.theirs, "欧阳静", id_number=number, id_digest=person_digest(number), phone=phone,
        phone_digest=person_digest(phone),
    )  # fmt: skip
    cells = [number, ""] if by == "number" else ["", phone]
    row = preview(two, ["某某", *cells, "物理", ""], kind="teachers")
    assert not [word for word in ("欧阳静", "东街小学") if word in told(row)]
    assert row.summary["counts"]["doubtful"] == (by == "number")
    if by == "number":
        with pytest.raises(Conflict) as refused:
            add_teacher(two.manager, two.mine.id, {"name": "某某", "id_number": number}, doubt_accepted=True)
        assert refused.value.code == "people.number_of_another"
    apply_roster(two.manager, row.id)
    keys = list(db.session.scalars(select(Teacher.person_key)))
    assert len(keys) == len(set(keys)) == (1 if by == "number" else 2)


def guess(two: Neighbours, way: str) -> None:
    if way == "roster":
        preview(two, pupil("某某"))
    elif way == "add":
        with pytest.raises(Conflict) as refused:
            add_student(two.manager, two.mine.id, texts())
        if refused.value.code == "people.numbers_guessed":
            raise refused.value
    else:
        own = db.session.scalars(select(Student).where(Student.school_id == two.mine.id)).one()
        with pytest.raises(Conflict) as refused:
            edit_student(two.manager, own.id, texts(), version_of(own.updated_at))
        if refused.value.code == "people.numbers_guessed":
            raise refused.value


@pytest.mark.parametrize("way", ["roster", "add", "edit"])
def test_a_school_is_told_of_so_many_a_day_and_the_office_hears_of_more(
    two: Neighbours, way: str, clock: MovingClock
) -> None:
    make_student(two.mine, "王小明", id_number=id_number(BORN, "男", 9))
    for _ in range(MOST_A_DAY):
        guess(two, way)
    with pytest.raises(Conflict) as refused:
        guess(two, way)
    assert refused.value.code == "people.numbers_guessed"
    (record,) = db.session.scalars(select(AuditRecord).where(AuditRecord.action == "people.numbers_guessed"))
    assert (record.account_id, record.object_id) == (two.manager.account_id, two.mine.id)
    (notice,) = db.session.scalars(select(Notice).where(Notice.account_id == two.staff.account_id))
    assert "西关小学" in notice.title % notice.params
    preview(two, pupil("李小红", 2))  # what names nobody else's number goes on
    clock.advance(days=1)
    guess(two, way)


def test_a_workbook_full_of_guesses_tells_not_even_which_of_them_are_right(two: Neighbours) -> None:
    for serial in range(2, MOST_A_DAY + 2):
        make_student(two.theirs, f"欧阳静{serial}", id_number=id_number(BORN, "男", serial))
    rows = [pupil(f"某{chr(0x4E00 + serial)}", serial) for serial in range(1, 400)]
    with pytest.raises(Conflict) as refused:
        preview(two, *rows)
    assert refused.value.code == "people.numbers_guessed"
    assert count(RosterImport) == 0
    row = preview(two, *rows, actor=two.staff)  # the office knows them all
    assert row.summary["counts"]["doubtful"] == MOST_A_DAY + 1


def test_many_numbers_under_one_name_and_birth_date_are_no_roster(two: Neighbours) -> None:
    row = preview(two, *(pupil("欧阳静", serial) for serial in range(1, 40)))
    assert row.summary["errors"] == 39
    assert row.summary["counts"]["moved"] == 0
    assert "东街小学" not in told(row)
