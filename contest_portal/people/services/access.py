"""Verbs of the level above: reset a password, take a role away, give it back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import Work, db, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, NotAllowed
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.models import Account, FactorReset, Membership, Teacher
from contest_portal.people.queries.recipients import overseers_of
from contest_portal.people.services.erased import refuse_erased
from contest_portal.people.services.factors import ALARM
from contest_portal.people.services.invitations import Issued, invite_to_reset
from contest_portal.people.services.signing_in import forget_failures
from contest_portal.people.sessions import end_sessions_of

BOTH_WITHIN = timedelta(days=7)
"""Within so long nobody takes both the password and the second factor off the same account."""


def stands_above(actor: Actor, membership: Membership) -> bool:
    """Whether the actor's role has charge of that membership: the office of all its own, the manager of teachers."""
    if actor.is_in(Role.OFFICE):
        return membership.office_id == actor.office_id
    if actor.is_in(Role.SCHOOL_MANAGER):
        return membership.school_id == actor.school_id and membership.role == Role.TEACHER
    return False


def has_charge(actor: Actor, living: Sequence[Membership]) -> bool:
    """Whether every living role of an account is in the actor's charge."""
    return bool(living) and all(stands_above(actor, row) for row in living)


def reset_password(actor: Actor, account_id: int) -> Issued:
    """Take an account's password away and give a one-time link to choose a new one; all its sessions end.

    Every living role of the account must be in the actor's charge, lest a manager gets at a teacher's other roles.
    The console may reset anybody. Raises NotAllowed.
    """
    with unit_of_work(actor, "people.reset_password") as work:
        account = locked(Account, account_id)
        roles = _roles(account_id)
        living = [row for row in roles if row.is_active]
        if not actor.is_console and not has_charge(actor, living):
            raise NotAllowed(
                "people.reset_beyond", N_("该账号还有您管理范围以外的身份，不能由您重置密码，请联系科协办理。")
            )
        if account_id == actor.account_id:
            raise Conflict("people.reset_own", N_("不能重置自己的密码。请在「我的账号」中修改密码。"))
        if actor.account_id is not None and _has_reset_factor(actor.account_id, account_id):
            raise Conflict(
                "people.reset_both",
                N_("该账号的二次验证刚由您重置。为防止一个人就能进入他人账号，密码须由另一位工作人员重置。"),
            )
        account.password_hash = None
        end_sessions_of(account.id)
        forget_failures(account.id)
        work.record(account)
        _tell_of_reset(work, account, living)
        places = {row.school_id for row in living or roles}
        return invite_to_reset(
            work, account, (living or roles)[0].office_id, places.pop() if len(places) == 1 else None
        )


def _tell_of_reset(work: Work, account: Account, living: Sequence[Membership]) -> None:
    """Its owner; and for one who decides or judges, all who oversee the office: the link could be opened by who asked for it."""
    by = work.actor.name or ""
    title = Message.of(N_("%(by)s重置了您的登录密码"), by=by) if by else Message(N_("您的登录密码已从控制台重置"))
    notify(work, [account.id], title, ALARM, url="/account", kind="security")
    offices = {row.office_id for row in living if row.role in OFFICE_ROLES | {Role.JUDGE}}
    others = {one for office_id in offices for one in overseers_of(office_id)} - {account.id, work.actor.account_id}
    words = N_("%(by)s重置了%(name)s的登录密码")
    notify(work, others, Message.of(words, by=by or "—", name=account.name), url="/office", kind="security")


def end_membership(actor: Actor, membership_id: int) -> Membership:
    """Take a role away; the account keeps its others. Raises Conflict for one's own, or when it is over already."""
    with unit_of_work(actor, "people.end_membership") as work:
        membership = locked(Membership, membership_id)
        if membership.account_id == actor.account_id:
            raise Conflict("people.own_membership", N_("不能停用自己的身份，请由同事办理。"))
        _switch(membership, to=False)
        work.record(membership, before={"is_active": True}, after={"is_active": False})
        if not any(row.is_active for row in _roles(membership.account_id)):
            end_sessions_of(membership.account_id)
    return membership


def restore_membership(actor: Actor, membership_id: int) -> Membership:
    """Give a role back that was taken away. Raises Conflict when it is there already."""
    with unit_of_work(actor, "people.restore_membership") as work:
        membership = locked(Membership, membership_id)
        if membership.teacher_id is not None:
            refuse_erased(found(Teacher, membership.teacher_id))
        _switch(membership, to=True)
        work.record(membership, before={"is_active": False}, after={"is_active": True})
    return membership


def _switch(membership: Membership, *, to: bool) -> None:
    if membership.is_active is to:
        raise Conflict("people.membership_state", N_("这个身份的状态已被他人更改。请刷新页面查看。"))
    membership.is_active = to


def _has_reset_factor(by: int, account_id: int) -> bool:
    """Whether that person has taken the account's second factor off lately; see factor_reset.py."""
    recent = select(FactorReset.id).where(
        FactorReset.account_id == account_id,
        FactorReset.reset_by == by,
        FactorReset.reset_at > now() - BOTH_WITHIN,
    )
    return db.session.scalar(recent.limit(1)) is not None


def _roles(account_id: int) -> list[Membership]:
    db.session.flush()
    return list(
        db.session.scalars(select(Membership).where(Membership.account_id == account_id).order_by(Membership.id))
    )
