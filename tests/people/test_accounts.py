"""Accounts: signing in, delays, passwords, sessions, resets by the level above."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import event, select, update

from contest_portal.core import audit
from contest_portal.core.actor import Actor, Role, console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db
from contest_portal.core.errors import Conflict, Invalid, NotAllowed
from contest_portal.core.models import AuditRecord
from contest_portal.people.models import Account, LoginFailure, LoginSession
from contest_portal.people.services import access, accounts, joining
from contest_portal.people.services.signing_in import SignInRefused, sign_in
from contest_portal.people.sessions import actor_of, actor_of_token, visitor
from tests.factories import add_membership, make_account, make_office, make_school

PASSWORD = "heihe-2018"


@pytest.fixture
def manager(app: Flask) -> Account:
    school = make_school(make_office())
    return accounts.create_account(
        console_actor(),
        name="王芳",
        role=Role.SCHOOL_MANAGER,
        office_id=school.office_id,
        school_id=school.id,
        login_name="WangFang",
        phone="138 1234 5678",
        password=PASSWORD,
    )


def fail(name: str, times: int = 1) -> list[str]:
    """The messages of so many failed tries."""
    messages = []
    for _ in range(times):
        with pytest.raises(SignInRefused) as refused:
            sign_in(visitor(), name, "falsch-falsch")
        messages.append(str(refused.value.message))
    return messages


@pytest.mark.parametrize("name", ["13812345678", "+86 138-1234-5678", "wangfang", " WANGFANG ", "ｗａｎｇｆａｎｇ"])
def test_one_signs_in_by_phone_or_user_name(manager: Account, name: str) -> None:
    account, token = sign_in(visitor(), name, PASSWORD)
    actor = actor_of_token(token)
    assert actor is not None
    assert (account.id, actor.role) == (manager.id, Role.SCHOOL_MANAGER)


def test_a_wrong_password_and_an_unknown_name_are_answered_alike(manager: Account) -> None:
    assert fail("wangfang", 7) == fail("nobody", 7)


def test_the_fifth_failure_makes_wait_and_says_until_when(manager: Account, clock: MovingClock) -> None:
    messages = fail("wangfang", 5)
    assert "之后再试" not in messages[3]
    assert "09:00:30" in messages[4]  # the tests' clock stands at 9:00
    with pytest.raises(SignInRefused) as refused:
        sign_in(visitor(), "WangFang", PASSWORD)
    assert refused.value.code == "people.sign_in_waits"
    clock.advance(seconds=31)
    sign_in(visitor(), "wangfang", PASSWORD)
    assert db.session.scalars(select(LoginFailure)).all() == []


def test_the_wait_grows_and_is_forgotten_after_a_day(manager: Account, clock: MovingClock) -> None:
    fail("wangfang", 5)
    clock.advance(seconds=31)
    assert "09:01:31" in fail("wangfang")[0]
    clock.advance(days=1, minutes=2)
    assert "之后再试" not in fail("wangfang")[0]


def test_nobody_waits_an_hour_because_the_clock_stepped_back(manager: Account, clock: MovingClock) -> None:
    fail("wangfang", 5)
    clock.advance(hours=-1)
    sign_in(visitor(), "wangfang", PASSWORD)


def test_an_account_without_password_or_switched_off_cannot_sign_in(manager: Account) -> None:
    manager.is_active = False
    db.session.commit()
    assert fail("wangfang")[0] == fail("nobody")[0]
    with pytest.raises(SignInRefused):
        sign_in(visitor(), "wangfang", PASSWORD)


def test_a_session_ends_when_idle_and_at_last_for_good(manager: Account, clock: MovingClock) -> None:
    _, token = sign_in(visitor(), "wangfang", PASSWORD)
    for _ in range(4):
        clock.advance(minutes=100)
        assert actor_of_token(token)
    clock.advance(minutes=121)
    assert actor_of_token(token) is None

    _, token = sign_in(visitor(), "wangfang", PASSWORD)
    for _ in range(7 * 24 - 1):
        clock.advance(hours=1)
        assert actor_of_token(token)
    clock.advance(hours=1, seconds=1)
    assert actor_of_token(token) is None


def test_a_session_is_noted_as_seen_also_when_somebody_writes_at_that_moment(
    manager: Account, clock: MovingClock
) -> None:
    _, token = sign_in(visitor(), "wangfang", PASSWORD)
    clock.advance(minutes=6)
    others = db.engine.connect()

    def write_meanwhile(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM login_session" in statement and not others.closed:
            with others, others.begin():
                others.execute(update(Account).where(Account.id == manager.id).values(name="王芳芳"))

    event.listen(db.engine, "after_cursor_execute", write_meanwhile)
    try:
        assert actor_of_token(token) is not None
    finally:
        event.remove(db.engine, "after_cursor_execute", write_meanwhile)
    assert others.closed
    assert db.session.scalars(select(LoginSession.seen_at)).one() == clock.now()


def test_changing_the_password_signs_the_other_browsers_out(manager: Account) -> None:
    _, here = sign_in(visitor(), "wangfang", PASSWORD)
    _, elsewhere = sign_in(visitor(), "wangfang", PASSWORD)
    accounts.change_password(actor_of_token(here) or visitor(), PASSWORD, "neu-neu-2018")
    assert actor_of_token(here)
    assert actor_of_token(elsewhere) is None
    sign_in(visitor(), "wangfang", "neu-neu-2018")


@pytest.mark.parametrize("new", ["short", "12345678", "王芳", "13812345678", PASSWORD])
def test_a_bad_new_password_is_refused_beside_its_field(manager: Account, new: str) -> None:
    with pytest.raises(Invalid) as refused:
        accounts.change_password(actor_of(manager), PASSWORD, new)
    assert {problem.field for problem in refused.value.problems} == {"new_password"}


def test_a_wrong_old_password_counts_as_a_failure(manager: Account) -> None:
    for _ in range(5):
        with pytest.raises(Invalid) as refused:
            accounts.change_password(actor_of(manager), "wrong-wrong", "neu-neu-2018")
    assert refused.value.problems[0].field == "old_password"
    with pytest.raises(SignInRefused):
        accounts.change_password(actor_of(manager), PASSWORD, "neu-neu-2018")


def test_a_phone_belongs_to_one_account_only(manager: Account) -> None:
    other = make_account(Role.OFFICE, office=make_office("另一科学技术协会"))
    accounts.set_password(console_actor(), other.account_id or 0, PASSWORD)
    with pytest.raises(Conflict) as refused:
        accounts.change_login(other, login_name="", phone="13812345678", password=PASSWORD)
    assert refused.value.field == "phone"


def test_phones_are_sealed_in_the_database(manager: Account) -> None:
    stored = db.session.connection().exec_driver_sql("select phone from account").scalar()
    assert stored is not None
    assert b"13812345678" not in bytes(stored)


def reset_link(actor: Actor, account_id: int) -> str:
    return access.reset_password(actor, account_id).code


def test_a_manager_resets_a_teacher_whose_sessions_all_end(app: Flask) -> None:
    school = make_school(make_office())
    boss = make_account(Role.SCHOOL_MANAGER, school=school)
    teacher = accounts.create_account(
        console_actor(), name="李明", role=Role.TEACHER, office_id=school.office_id, school_id=school.id,
        login_name="liming", password=PASSWORD,
    )  # fmt: skip
    _, token = sign_in(visitor(), "liming", PASSWORD)
    code = reset_link(boss, teacher.id)
    assert actor_of_token(token) is None
    with pytest.raises(SignInRefused):
        sign_in(visitor(), "liming", PASSWORD)
    joining.choose_new_password(visitor(), code, "neu-neu-2018")
    sign_in(visitor(), "liming", "neu-neu-2018")


def test_a_manager_cannot_get_at_a_teachers_other_roles(app: Flask) -> None:
    school = make_school(make_office())
    boss = make_account(Role.SCHOOL_MANAGER, school=school)
    teacher = make_account(Role.TEACHER, school=school)
    add_membership(
        db.session.get_one(Account, teacher.account_id), Role.JUDGE, office=make_office("张掖市科学技术协会")
    )
    with pytest.raises(NotAllowed) as refused:
        access.reset_password(boss, teacher.account_id or 0)
    assert "科协" in str(refused.value.message)


def test_an_office_resets_managers_judges_and_staff_of_its_own_only(app: Flask) -> None:
    office, other = make_office(), make_office("山丹县科学技术协会")
    school = make_school(office)
    staff = make_account(Role.OFFICE, office=office)
    for actor in (
        make_account(Role.SCHOOL_MANAGER, school=school),
        make_account(Role.TEACHER, school=school),
        make_account(Role.JUDGE, office=office),
        make_account(Role.OFFICE, office=office),
    ):
        assert reset_link(staff, actor.account_id or 0)
    stranger = make_account(Role.OFFICE, office=other)
    with pytest.raises(NotAllowed):
        access.reset_password(staff, stranger.account_id or 0)
    with pytest.raises(NotAllowed):
        access.reset_password(make_account(Role.SUPERVISOR, office=office), staff.account_id or 0)
    with pytest.raises(Conflict):
        access.reset_password(staff, staff.account_id or 0)
    assert reset_link(console_actor(), stranger.account_id or 0)


def test_an_ended_role_is_gone_at_once_and_can_be_given_back(app: Flask) -> None:
    school = make_school(make_office())
    boss, teacher = make_account(Role.SCHOOL_MANAGER, school=school), make_account(Role.TEACHER, school=school)
    membership_id = teacher.memberships[0].id
    access.end_membership(boss, membership_id)
    account = db.session.get_one(Account, teacher.account_id)
    assert actor_of(account).membership is None
    with pytest.raises(Conflict):
        access.end_membership(boss, membership_id)
    access.restore_membership(boss, membership_id)
    assert actor_of(account).role == Role.TEACHER
    with pytest.raises(Conflict):
        access.end_membership(boss, boss.memberships[0].id)


def test_the_trail_knows_the_acts_and_no_persons(manager: Account) -> None:
    sign_in(visitor(), "wangfang", PASSWORD)
    accounts.change_login(actor_of(manager), login_name="wf2018", phone="13900000001", password=PASSWORD)
    records = db.session.scalars(select(AuditRecord)).all()
    assert {"people.create_account", "people.sign_in", "people.change_login"} <= {record.action for record in records}
    text = " ".join(f"{record.before}{record.after}{record.why}" for record in records)
    assert not re.search(r"王芳|wangfang|wf2018|1381234|1390000|argon2", text)
    assert audit.verify(db.session)[1] is None


def test_no_password_or_token_stands_readable_in_the_database(manager: Account) -> None:
    _, token = sign_in(visitor(), "wangfang", PASSWORD)
    session = db.session.scalars(select(LoginSession)).one()
    assert token not in session.token_digest
    assert (manager.password_hash or "").startswith("$argon2id$v=19$m=19456,t=2,p=1$")
