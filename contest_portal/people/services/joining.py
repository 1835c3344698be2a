"""Verbs of those who got a one-time link: join, or choose a new password."""

from __future__ import annotations

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, locked, on_breach, unit_of_work
from contest_portal.core.errors import Conflict, NotFound
from contest_portal.core.notices import notify
from contest_portal.core.sealing import person_digest
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Account, Invitation, Membership, School
from contest_portal.people.passwords import hash_password
from contest_portal.people.queries.invitations import invitation_of_code
from contest_portal.people.queries.recipients import overseers_of
from contest_portal.people.services.accounts import membership_at, school_names_of
from contest_portal.people.services.checked import checking
from contest_portal.people.services.invitations import open_school, refuse_when_over
from contest_portal.people.services.own_rows import own_row
from contest_portal.people.services.signing_in import forget_failures
from contest_portal.people.sessions import actor_of, end_sessions_of
from contest_portal.people.signals import invitation_accepted

on_breach(
    "uq_account_login_name",
    lambda: Conflict("people.login_name_taken", N_("这个用户名已被使用，请换一个。"), field="login_name"),
)
on_breach(
    "uq_account_phone_digest",
    lambda: Conflict(
        "people.phone_taken",
        N_("这个手机号已有账号。如果是您本人的，请点「我已有账号」，登录后再接受邀请。"),
        field="phone",
    ),
)


def invitation_to_accept(code: str, purpose: str) -> Invitation:
    """The living invitation of that code. Raises NotFound, or LinkOver saying why and what to do."""
    invitation = invitation_of_code(code)
    if invitation.purpose != purpose:
        raise NotFound
    refuse_when_over(invitation)
    return invitation


def join_with_new_account(
    actor: Actor, code: str, *, login_name: str = "", phone: str = "", password: str
) -> tuple[Account, Membership]:
    """Accept an invitation with an account of its own. Raises NotFound, LinkOver, Invalid, Conflict."""
    asked = invitation_to_accept(code, "join")
    schools = [found(School, asked.school_id).name] if asked.school_id else []
    with checking("people.join") as check:
        name, mobile = check.login(login_name, phone)
        check.password(password, asked.name, name, mobile, schools=schools)
    password_hash = hash_password(password)
    with unit_of_work(actor, "people.join") as work:
        invitation = _locked_to_accept(code, "join")
        account = Account(
            login_name=name,
            phone=mobile,
            phone_digest=person_digest(mobile) if mobile else None,
            name=invitation.name or name or mobile or "",
            password_hash=password_hash,
            created_at=now(),
        )
        work.session.add(account)
        work.session.flush()
        return account, _join(work, invitation, account)


def join_with_account(actor: Actor, code: str) -> tuple[Account, Membership]:
    """Accept an invitation with the account that is signed in. Raises NotFound, LinkOver, Conflict."""
    with unit_of_work(actor, "people.join") as work:
        invitation = _locked_to_accept(code, "join")
        account = locked(Account, actor.account_id or 0)
        return account, _join(work, invitation, account)


def choose_new_password(actor: Actor, code: str, password: str) -> Account:
    """Use a reset link. All sessions of the account end. Raises NotFound, LinkOver, Invalid."""
    known = found(Account, invitation_to_accept(code, "reset").account_id or 0)
    with checking("people.password") as check:
        check.password(password, known.name, known.login_name, known.phone, schools=school_names_of(known.id))
    password_hash = hash_password(password)
    with unit_of_work(actor, "people.choose_new_password") as work:
        invitation = _locked_to_accept(code, "reset")
        account = locked(Account, known.id)
        account.password_hash, account.must_change_password = password_hash, False
        invitation.used_at = now()
        end_sessions_of(account.id)
        forget_failures(account.id)
        work.record(account, office_id=invitation.office_id)
    return account


def _join(work: Work, invitation: Invitation, account: Account) -> Membership:
    membership = _membership_there(work, invitation, account)
    membership.is_active = True
    membership.teacher_id = invitation.teacher_id or membership.teacher_id
    if membership.role == Role.TEACHER and membership.school_id and membership.teacher_id is None:
        membership.teacher_id = own_row(work, membership.school_id, invitation.name or account.name)
    invitation.used_at, invitation.account_id = now(), account.id
    work.record(
        membership,
        after={"account_id": account.id, "role": membership.role, "school_id": membership.school_id},
    )
    invitation_accepted.send(invitation, account=account, actor=actor_of(account))
    if invitation.created_by and invitation.created_by != account.id:
        title = Message.of(N_("%(name)s已接受邀请，开通了账号"), name=invitation.name or account.name)
        notify(work, [invitation.created_by], title, url=_list_of(invitation))
    if membership.role in OFFICE_ROLES:
        _tell_colleagues(work, membership, account)
    return membership


def _tell_colleagues(work: Work, membership: Membership, account: Account) -> None:
    """Nobody gets into an office unseen: who invites somebody could be that somebody; see two_people.py."""
    title = Message.of(N_("%(name)s加入了本单位，请看一看是否认识"), name=account.name)
    body = Message(N_("如果没有这位同事，请立即告诉负责人，并停用其身份。"))
    notify(work, overseers_of(membership.office_id, but=account.id), title, body, url="/office", kind="security")


def _membership_there(work: Work, invitation: Invitation, account: Account) -> Membership:
    """The account's membership of that role and place: the one it had, or a new one."""
    if invitation.school_id:
        open_school(invitation.school_id)
    row = membership_at(account.id, str(invitation.role), invitation.office_id, invitation.school_id)
    if row is not None:
        return row
    row = Membership(
        account_id=account.id,
        role=str(invitation.role),
        office_id=invitation.office_id,
        school_id=invitation.school_id,
        created_at=now(),
    )
    work.session.add(row)
    return row


def _locked_to_accept(code: str, purpose: str) -> Invitation:
    invitation = locked(Invitation, invitation_to_accept(code, purpose).id)
    refuse_when_over(invitation)
    return invitation


def _list_of(invitation: Invitation) -> str:
    """The page on which its maker sees who has joined."""
    if invitation.role == Role.TEACHER:
        return "/school/accounts"
    if invitation.role == Role.SCHOOL_MANAGER:
        return f"/schools/{invitation.school_id}"
    return "" if invitation.role == Role.JUDGE else "/office"
