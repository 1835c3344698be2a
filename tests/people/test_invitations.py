"""One-time links: issued, printed, used once, withdrawn, too old."""

from __future__ import annotations

import io
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.clock import MovingClock, now
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.judging.models import Judge
from contest_portal.people.models import Account, Invitation, Membership, Office, School, Teacher
from contest_portal.people.services import access, accounts, invitations, joining
from contest_portal.people.services.invitations import LinkOver
from contest_portal.people.sessions import actor_of, visitor
from contest_portal.people.signals import invitation_accepted
from contest_portal.people.slips import slips_pdf
from tests.factories import made, make_account, make_office, make_school, make_teacher

PASSWORD = "heihe-2018"


@pytest.fixture
def office(app: Flask) -> Office:
    return make_office()


@pytest.fixture
def school(office: Office) -> School:
    return make_school(office)


@pytest.fixture
def staff(office: Office) -> Actor:
    return make_account(Role.OFFICE, office=office)


@pytest.fixture
def manager(school: School) -> Actor:
    return make_account(Role.SCHOOL_MANAGER, school=school)


def judge_id(office: Office, name: str) -> int:
    row = Judge(office_id=office.id, name=name, expertise=[], created_at=now())
    return int(made(row).id)


def join(code: str, **values: Any) -> tuple[Account, Membership]:
    given = {"login_name": "wangfang", "password": PASSWORD, **values}
    return joining.join_with_new_account(visitor(), code, **given)


def test_the_code_is_nowhere_in_the_database(staff: Actor, school: School) -> None:
    issued = invitations.invite_manager(staff, school.id, "王芳")
    assert issued.code.replace("-", "") not in issued.invitation.token_digest.upper()
    assert len(issued.invitation.token_digest) == 64


def test_joining_makes_account_and_membership_and_uses_the_link_up(staff: Actor, school: School) -> None:
    issued = invitations.invite_manager(staff, school.id, "王芳")
    account, membership = join(issued.code.lower().replace("-", ""), phone="13812345678")
    assert (account.name, account.login_name, account.phone) == ("王芳", "wangfang", "13812345678")
    assert (membership.role, membership.school_id, membership.office_id) == (
        "school_manager",
        school.id,
        school.office_id,
    )
    with pytest.raises(LinkOver) as second:
        join(issued.code, login_name="other")
    assert (second.value.code, second.value.status) == ("people.link_used", 410)


def test_a_refused_form_does_not_use_the_link_up(staff: Actor, school: School) -> None:
    code = invitations.invite_manager(staff, school.id, "王芳").code
    for values, field in (
        ({"login_name": ""}, "phone"),
        ({"phone": "12"}, "phone"),
        ({"login_name": "a b"}, "login_name"),
        ({"password": "12345678"}, "password"),
        ({"password": "王芳王芳"}, "password"),
    ):
        with pytest.raises(Invalid) as refused:
            join(code, **values)
        assert refused.value.problems[0].field == field
    join(code)


def test_a_taken_user_name_is_told_beside_its_field(staff: Actor, school: School) -> None:
    join(invitations.invite_staff(staff, school.office_id, Role.LEADER, "赵强").code)
    with pytest.raises(Conflict) as refused:
        join(invitations.invite_manager(staff, school.id, "王芳").code)
    assert refused.value.field == "login_name"


def test_a_link_is_too_old_after_its_days(staff: Actor, school: School, clock: MovingClock) -> None:
    code = invitations.invite_manager(staff, school.id, "王芳").code
    clock.advance(days=14, seconds=1)
    with pytest.raises(LinkOver) as refused:
        join(code)
    assert refused.value.code == "people.link_expired"


def test_a_new_link_makes_the_old_one_void(staff: Actor, school: School) -> None:
    first = invitations.invite_manager(staff, school.id, "王芳")
    second = invitations.invite_manager(staff, school.id, "王芳")
    third = invitations.reissue_invitation(staff, second.invitation.id)
    for old in (first, second):
        with pytest.raises(LinkOver) as refused:
            join(old.code)
        assert refused.value.code == "people.link_revoked"
    join(third.code)
    with pytest.raises(Conflict):
        invitations.reissue_invitation(staff, third.invitation.id)
    with pytest.raises(Conflict):
        invitations.revoke_invitation(staff, third.invitation.id)


def test_a_link_for_a_new_password_is_never_issued_anew(manager: Actor, school: School) -> None:
    teacher = make_account(Role.TEACHER, school=school)
    link = access.reset_password(manager, teacher.account_id or 0)
    with pytest.raises(Conflict) as refused:
        invitations.reissue_invitation(manager, link.invitation.id)
    assert refused.value.code == "people.reset_anew"
    assert db.session.scalars(select(Invitation.purpose)).all() == ["reset"]


def test_an_unknown_code_and_one_for_another_purpose_are_not_found(manager: Actor, school: School) -> None:
    teacher = make_account(Role.TEACHER, school=school)
    code = access.reset_password(manager, teacher.account_id or 0).code
    for wrong in ("AAAA-BBBB-CCCC-DDDD", "", "乱写", code):
        with pytest.raises(NotFound):
            join(wrong)


def test_an_account_gets_one_more_role_and_keeps_its_first(staff: Actor, school: School, manager: Actor) -> None:
    office = db.session.get_one(Office, school.office_id)
    code = invitations.invite_judge(staff, office.id, judge_id(office, "王芳"), "王芳").code
    account, _ = joining.join_with_account(manager, code)
    assert [info.role for info in actor_of(account).memberships] == [Role.SCHOOL_MANAGER, Role.JUDGE]


def test_joining_again_where_one_was_gives_the_old_role_back(staff: Actor, manager: Actor, school: School) -> None:
    membership_id = manager.memberships[0].id
    access.end_membership(staff, membership_id)
    code = invitations.invite_manager(staff, school.id, "王芳").code
    _, membership = joining.join_with_account(manager, code)
    assert (membership.id, membership.is_active) == (membership_id, True)


def test_the_rooms_above_are_told_in_the_same_transaction(staff: Actor, office: Office) -> None:
    told: list[tuple[int | None, str]] = []

    def receive(invitation: Invitation, *, account: Account, actor: Actor) -> None:
        told.append((invitation.judge_id, account.name))
        raise Conflict("test", "nein")

    called = judge_id(office, "钱程")
    code = invitations.invite_judge(staff, office.id, called, "钱程").code
    with invitation_accepted.connected_to(receive), pytest.raises(Conflict):
        join(code)
    assert told == [(called, "钱程")]
    assert db.session.scalars(select(Account).where(Account.name == "钱程")).all() == []
    join(code)


def test_many_teachers_are_invited_by_name_and_from_the_roster(manager: Actor, school: School) -> None:
    on_roster = make_teacher(school, "孙丽")
    issued = invitations.invite_teachers(manager, school.id, names=["周 杰", "", "吴敏"], teacher_ids=[on_roster.id])
    assert [one.invitation.name for one in issued] == ["周杰", "吴敏", "孙丽"]
    _, membership = join(issued[2].code)
    assert membership.teacher_id == on_roster.id
    with pytest.raises(Conflict):
        invitations.invite_teachers(manager, school.id, teacher_ids=[on_roster.id])
    with pytest.raises(Invalid):
        invitations.invite_teachers(manager, school.id, names=["  "])
    elsewhere = make_teacher(make_school(db.session.get_one(Office, school.office_id), "东街小学"), "郑楠")
    with pytest.raises(NotFound):
        invitations.invite_teachers(manager, school.id, teacher_ids=[elsewhere.id])


def test_nobody_joins_a_school_that_is_not_open(staff: Actor, office: Office, school: School) -> None:
    with pytest.raises(Conflict):
        invitations.invite_manager(staff, make_school(office, "南关小学", state="applied").id, "王芳")
    code = invitations.invite_manager(staff, school.id, "王芳").code
    school = db.session.get_one(School, school.id)
    school.state = "closed"
    db.session.commit()
    with pytest.raises(Conflict):
        join(code)


def test_slips_show_everything_that_a_person_needs_on_paper(staff: Actor, office: Office) -> None:
    schools = [make_school(office, f"{name}小学", contact_name="王芳") for name in ("东街", "西街", "南街", "北街")]
    issued = invitations.invite_managers(staff, [school.id for school in schools])
    codes = [one.code for one in issued]
    reader = PdfReader(io.BytesIO(slips_pdf(invitations.printable(staff, codes))))
    assert len(reader.pages) == 2
    text = "".join(page.extract_text() for page in reader.pages)
    for school, code in zip(schools, codes, strict=True):
        assert school.name in text
        assert code in text
    for words in ("学校管理员邀请单", "王芳", office.name, "2018-03-15 09:00", "127.0.0.1:8000/i/"):
        assert words in text


def test_only_who_made_a_link_may_print_it(staff: Actor, school: School, office: Office) -> None:
    code = invitations.invite_manager(staff, school.id, "王芳").code
    with pytest.raises(NotFound):
        invitations.printable(make_account(Role.OFFICE, office=office), [code])
    join(code)
    with pytest.raises(LinkOver):
        invitations.printable(staff, [code])


def test_a_reset_link_lives_for_a_day(app: Flask, manager: Actor, clock: MovingClock) -> None:
    code = access.reset_password(console_actor(), manager.account_id or 0).code
    clock.advance(hours=24, seconds=1)
    with pytest.raises(LinkOver):
        joining.choose_new_password(visitor(), code, PASSWORD)


def invited_by_name(manager: Actor, school: School, name: str, login_name: str = "liming") -> Membership:
    (issued,) = invitations.invite_teachers(manager, school.id, names=[name])
    return join(issued.code, login_name=login_name)[1]


def test_a_teacher_invited_by_name_stands_on_the_roster_afterwards(manager: Actor, school: School) -> None:
    membership = invited_by_name(manager, school, "李明")
    row = db.session.get_one(Teacher, membership.teacher_id)
    assert (row.school_id, row.name, row.initials, row.state) == (school.id, "李明", "lm", "active")


def test_a_teacher_invited_by_name_takes_the_row_of_that_name(manager: Actor, school: School) -> None:
    make_teacher(make_school(db.session.get_one(Office, school.office_id), "东街小学"), "李明")
    row = make_teacher(school, "李明")
    assert invited_by_name(manager, school, "李明").teacher_id == row.id
    namesake = invited_by_name(manager, school, "李明", "liming2")
    assert namesake.teacher_id not in {None, row.id}


def test_of_several_rows_of_one_name_none_is_guessed(manager: Actor, school: School) -> None:
    rows = [make_teacher(school, "李明"), make_teacher(school, "李明")]
    assert invited_by_name(manager, school, "李明").teacher_id is None
    assert set(db.session.scalars(select(Teacher.id).where(Teacher.name == "李明"))) == {row.id for row in rows}


def test_a_teacher_made_at_the_console_stands_on_the_roster_too(school: School) -> None:
    account = accounts.create_account(
        console_actor(),
        name="周燕",
        role=Role.TEACHER,
        office_id=school.office_id,
        school_id=school.id,
        login_name="zhouyan",
        password=PASSWORD,
    )
    assert db.session.get_one(Teacher, actor_of(account).teacher_id).name == "周燕"
