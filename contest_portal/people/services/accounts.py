"""Verbs on accounts: make one, and what people do with their own."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import SCHOOL_ROLES, Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.sealing import person_digest
from contest_portal.core.text import N_
from contest_portal.people.models import Account, LoginSession, Membership, School
from contest_portal.people.passwords import hash_password
from contest_portal.people.services.checked import checking
from contest_portal.people.services.own_rows import own_row
from contest_portal.people.services.signing_in import forget_failures, prove
from contest_portal.people.sessions import end_sessions_of


def create_account(
    actor: Actor,
    *,
    name: str,
    role: Role | str,
    office_id: int,
    school_id: int | None = None,
    teacher_id: int | None = None,
    login_name: str = "",
    phone: str = "",
    password: str | None = None,
    password_hash: str | None = None,
) -> Account:
    """An account with one membership, made by the console. Without a password nobody can sign in yet.

    `password_hash` is taken as it is, where many accounts are made at once. Raises Invalid, Conflict.
    """
    with checking("people.account") as check:
        name = check.name(name)
        login, mobile = check.login(login_name, phone)
        if password is not None:
            schools = [found(School, school_id).name] if school_id is not None else []
            check.password(password, name, login, mobile, schools=schools)
    if password is not None:
        password_hash = hash_password(password)
    with unit_of_work(actor, "people.create_account") as work:
        account = Account(
            login_name=login,
            phone=mobile,
            phone_digest=person_digest(mobile) if mobile else None,
            name=name,
            password_hash=password_hash,
            created_at=now(),
        )
        work.session.add(account)
        work.session.flush()
        work.record(account)
        add_membership(actor, account.id, role, office_id=office_id, school_id=school_id, teacher_id=teacher_id)
    return account


def add_membership(
    actor: Actor,
    account_id: int,
    role: Role | str,
    *,
    office_id: int,
    school_id: int | None = None,
    teacher_id: int | None = None,
) -> Membership:
    """One more role for an account, made by the console. Raises Invalid, Conflict when it has it already."""
    if (school_id is not None) != (role in SCHOOL_ROLES):
        raise Invalid("people.membership_place", N_("学校管理员和教师须指定学校，其他身份不指定学校。"), field="school")
    if school_id is not None and found(School, school_id).office_id != office_id:
        raise Invalid("people.membership_place", N_("这所学校不属于该主办单位。"), field="school")
    with unit_of_work(actor, "people.add_membership") as work:
        account = locked(Account, account_id)
        if membership_at(account_id, str(role), office_id, school_id) is not None:
            raise Conflict("people.membership_exists", N_("该账号已有这个身份。"))
        if role == Role.TEACHER and school_id is not None and teacher_id is None:
            teacher_id = own_row(work, school_id, account.name)
        membership = Membership(
            account_id=account_id,
            role=str(role),
            office_id=office_id,
            school_id=school_id,
            teacher_id=teacher_id,
            created_at=now(),
        )
        work.session.add(membership)
        work.record(membership, after={"role": str(role), "office_id": office_id, "school_id": school_id})
    return membership


def school_names_of(account_id: int) -> list[str]:
    """The schools that the account has a role at: their names make no password of it."""
    statement = select(School.name).join(Membership, Membership.school_id == School.id)
    return list(db.session.scalars(statement.where(Membership.account_id == account_id)))


def membership_at(account_id: int, role: str, office_id: int, school_id: int | None) -> Membership | None:
    """The account's membership of that role and place, living or ended."""
    at_school = Membership.school_id.is_(None) if school_id is None else Membership.school_id == school_id
    return db.session.scalar(
        select(Membership).where(
            Membership.account_id == account_id,
            Membership.role == role,
            Membership.office_id == office_id,
            at_school,
        )
    )


def change_password(actor: Actor, old: str, new: str) -> Account:
    """Change one's own password; one's other browsers are signed out. Raises Invalid, SignInRefused."""
    account = prove(actor, old, "old_password")
    with checking("people.password") as check:
        schools = school_names_of(account.id)
        check.password(new, account.name, account.login_name, account.phone, schools=schools, field="new_password")
        if new == old:
            check.add("new_password", N_("新密码不能与原密码相同。"))
    password_hash = hash_password(new)
    with unit_of_work(actor, "people.change_password") as work:
        account = locked(Account, account.id)
        account.password_hash, account.must_change_password = password_hash, False
        end_sessions_of(account.id, but=actor.session_token)
        work.record(account)
    return account


def change_login(actor: Actor, *, login_name: str, phone: str, password: str) -> Account:
    """Change the user name and mobile number one signs in with. Raises Invalid, Conflict, SignInRefused."""
    with checking("people.login") as check:
        name, mobile = check.login(login_name, phone)
    account = prove(actor, password, "password")
    with unit_of_work(actor, "people.change_login") as work:
        account = locked(Account, account.id)
        pairs = {"login_name": (account.login_name, name), "phone": (account.phone, mobile)}
        account.login_name, account.phone = name, mobile
        account.phone_digest = person_digest(mobile) if mobile else None
        work.record(account, after={"changed": [field for field, (old, new) in pairs.items() if old != new]})
    return account


def end_session(actor: Actor, session_id: int) -> None:
    """Sign one of one's own browsers out. Raises NotFound for somebody else's."""
    with unit_of_work(actor, "people.end_session") as work:
        session = locked(LoginSession, session_id)
        if session.account_id != actor.account_id:
            raise NotFound
        session.ended_at = session.ended_at or now()
        work.record(session)


def end_other_sessions(actor: Actor) -> None:
    """Sign one's other browsers out; none of them is trusted any longer."""
    with unit_of_work(actor, "people.end_other_sessions") as work:
        end_sessions_of(actor.account_id or 0, but=actor.session_token)
        work.record(("account", actor.account_id))


def set_password(actor: Actor, account_id: int, password: str, *, must_change: bool = False) -> Account:
    """Set a password from the console; all sessions of the account end. Raises Invalid."""
    known = found(Account, account_id)
    with checking("people.password") as check:
        check.password(password, known.name, known.login_name, known.phone, schools=school_names_of(known.id))
    password_hash = hash_password(password)
    with unit_of_work(actor, "people.set_password") as work:
        account = locked(Account, account_id)
        account.password_hash, account.must_change_password = password_hash, must_change
        end_sessions_of(account.id)
        forget_failures(account.id)
        work.record(account)
    return account
