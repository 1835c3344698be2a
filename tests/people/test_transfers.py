"""A pupil named by another school: both sides see it, the old one or the office decides, entries stay."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core.actor import Actor, Role
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict
from contest_portal.core.models import Notice
from contest_portal.people.models import Enrolment, Office, School, Student, Transfer
from contest_portal.people.services.rosters import apply_roster, preview_of, preview_roster
from contest_portal.people.services.transfers import confirm_transfer, refuse_transfer
from tests.factories import id_number, make_account, make_office, make_school, make_student, sign_in
from tests.people.roster_files import BORN, csv_file, pupil


@dataclass
class Move:
    office: Office
    old: School
    new: School
    staff: Actor
    old_manager: Actor
    new_manager: Actor
    student: Student


@pytest.fixture
def move(app: Flask) -> Move:
    office = make_office()
    old, new = make_school(office, "东街小学"), make_school(office, "西关小学")
    return Move(
        office,
        old,
        new,
        staff=make_account(Role.OFFICE, office=office),
        old_manager=make_account(Role.SCHOOL_MANAGER, school=old),
        new_manager=make_account(Role.SCHOOL_MANAGER, school=new),
        student=make_student(old, id_number=id_number(BORN, "男", 1), class_name="1班"),
    )


def ask(move: Move, school: School | None = None, **cells: str) -> Transfer:
    to = school or move.new
    row = preview_roster(move.new_manager, to.id, "students", csv_file([pupil(**cells)]), "名册.csv")
    assert row.summary["counts"]["moved"] == 1
    apply_roster(move.new_manager, row.id)
    return db.session.scalars(select(Transfer).where(Transfer.to_school_id == to.id)).one()


def notices_of(actor: Actor) -> list[str]:
    rows = db.session.scalars(select(Notice).where(Notice.account_id == actor.account_id).order_by(Notice.id))
    return [row.title % row.params for row in rows]


def test_the_preview_names_the_other_school_and_none_of_its_data(move: Move) -> None:
    row = preview_roster(move.new_manager, move.new.id, "students", csv_file([pupil()]), "名册.csv")
    (line,) = preview_of(row).lines("moved", 1)
    assert (line.name, line.other_school, line.changes) == ("张晓明", "东街小学", ())


def test_applying_asks_and_moves_nobody(move: Move) -> None:
    transfer = ask(move)
    assert (transfer.state, transfer.grade, transfer.class_name) == ("pending", 4, "3班")
    assert move.student.school_id == move.old.id
    assert notices_of(move.old_manager) == ["西关小学的名册中有 1 名本校学生，请确认是否转学"]


def test_asking_again_keeps_one_question_with_the_newest_class(move: Move) -> None:
    ask(move)
    transfer = ask(move, 班级="7班")
    assert transfer.class_name == "7班"
    assert len(notices_of(move.old_manager)) == 1


@pytest.mark.parametrize("who", ["old_manager", "staff"])
def test_on_confirmation_the_pupil_changes_school_grade_and_class(move: Move, who: str) -> None:
    transfer = ask(move)
    confirm_transfer(getattr(move, who), transfer.id)
    db.session.expire_all()
    student = move.student
    assert (student.school_id, student.grade, student.class_name) == (move.new.id, 4, "3班")
    assert transfer.state == "confirmed"
    enrolment = db.session.scalars(select(Enrolment).where(Enrolment.school_id == move.new.id)).one()
    assert (enrolment.student_id, enrolment.class_name) == (student.id, "3班")
    assert notices_of(move.new_manager) == ["一名学生转入本校的申请已确认"], "no name: a notice outlives an erasure"


def test_a_refusal_leaves_everything_as_it_was(move: Move) -> None:
    transfer = ask(move)
    refuse_transfer(move.old_manager, transfer.id)
    db.session.expire_all()
    assert (transfer.state, move.student.school_id) == ("refused", move.old.id)
    assert notices_of(move.new_manager) == ["一名学生转入本校的申请未被同意"]


def test_a_transfer_is_decided_once(move: Move) -> None:
    transfer = ask(move)
    refuse_transfer(move.old_manager, transfer.id)
    for decide in (confirm_transfer, refuse_transfer):
        with pytest.raises(Conflict):
            decide(move.staff, transfer.id)
    assert move.student.school_id == move.old.id


def test_of_two_schools_that_ask_only_one_gets_the_pupil(move: Move) -> None:
    third = make_school(move.office, "南环路小学")
    first, second = ask(move), ask(move, third)
    confirm_transfer(move.old_manager, second.id)
    db.session.expire_all()
    assert (first.state, second.state) == ("refused", "confirmed")
    assert move.student.school_id == third.id


@pytest.mark.parametrize("state", ["graduated", "left"])
def test_whom_the_old_school_has_let_go_moves_at_once(move: Move, state: str, clock: MovingClock) -> None:
    move.student.state = state
    db.session.commit()
    transfer = ask(move)
    db.session.expire_all()
    assert transfer.state == "confirmed"
    assert (move.student.school_id, move.student.state, move.student.class_name) == (move.new.id, "active", "3班")
    assert notices_of(move.old_manager) == ["本校 1 名已毕业或已离校的学生转入西关小学"]
    assert db.session.scalars(select(Enrolment.school_id)).all() == [move.new.id]


def test_both_schools_see_it_and_only_the_old_one_may_decide(move: Move, app: Flask) -> None:
    transfer = ask(move)
    old = sign_in(app.test_client(), move.old_manager)
    new = sign_in(app.test_client(), move.new_manager)
    for client in (old, new):
        text = client.get("/transfers").get_data(as_text=True)
        assert "张晓明" in text
        assert "东街小学" in text
        assert "西关小学" in text
    assert f"/transfers/{transfer.id}/confirm" in old.get("/transfers").get_data(as_text=True)
    assert f"/transfers/{transfer.id}/confirm" not in new.get("/transfers").get_data(as_text=True)
    assert new.post(f"/transfers/{transfer.id}/confirm").status_code == 403
    assert old.post(f"/transfers/{transfer.id}/confirm").status_code == 302
    db.session.expire_all()
    assert transfer.state == "confirmed"


def test_the_office_sees_all_and_a_third_school_nothing(move: Move, app: Flask, client: FlaskClient) -> None:
    transfer = ask(move)
    third = make_account(Role.SCHOOL_MANAGER, school=make_school(move.office, "南环路小学"))
    sign_in(client, third)
    assert "张晓明" not in client.get("/transfers").get_data(as_text=True)
    assert client.post(f"/transfers/{transfer.id}/confirm").status_code == 404
    office = sign_in(app.test_client(), move.staff)
    assert "张晓明" in office.get("/transfers").get_data(as_text=True)
    assert "张晓明" not in office.get("/transfers?state=refused").get_data(as_text=True)
    foreign = sign_in(app.test_client(), make_account(Role.OFFICE, office=make_office("临泽县科学技术协会")))
    assert "张晓明" not in foreign.get("/transfers").get_data(as_text=True)
    assert foreign.post(f"/transfers/{transfer.id}/refuse").status_code == 404


def test_a_pupil_of_another_office_is_not_moved_but_new(move: Move) -> None:
    """Each office keeps its own people; what the other one has is unknown here."""
    far = make_school(make_office("临泽县科学技术协会"), "沙河小学")
    manager = make_account(Role.SCHOOL_MANAGER, school=far)
    row = preview_roster(manager, far.id, "students", csv_file([pupil()]), "名册.csv")
    assert (row.summary["counts"]["moved"], row.summary["counts"]["new"]) == (0, 1)
    apply_roster(manager, row.id)
    assert move.student.school_id == move.old.id
