"""Reads of accounts and memberships."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.sealing import digest
from contest_portal.people.browser_names import browser_name
from contest_portal.people.models import Account, LoginSession, Membership, Teacher
from contest_portal.people.sessions import HAS_FACTOR


@dataclass(frozen=True)
class Member:
    """A membership in a list. `seen_at` is when its account was last signed in, `has_factor` whether it has a second one."""

    membership: Membership
    account: Account
    seen_at: datetime | None
    has_factor: bool = False


@dataclass(frozen=True)
class Browser:
    """One of one's own living sessions."""

    session: LoginSession
    name: str
    is_this: bool


def account(account_id: int) -> Account:
    """The account. Raises NotFound."""
    row = db.session.get(Account, account_id)
    if row is None:
        raise NotFound
    return row


def membership(membership_id: int) -> Membership:
    """The membership with its account and place. Raises NotFound."""
    row = db.session.scalar(
        select(Membership)
        .where(Membership.id == membership_id)
        .options(joinedload(Membership.account), joinedload(Membership.office), joinedload(Membership.school))
    )
    if row is None:
        raise NotFound
    return row


def memberships_of(account_id: int) -> list[Membership]:
    """The account's memberships with their places, also those that were ended."""
    statement = (
        select(Membership)
        .where(Membership.account_id == account_id)
        .options(joinedload(Membership.office), joinedload(Membership.school))
        .order_by(Membership.id)
    )
    return list(db.session.scalars(statement))


def staff_of_office(office_id: int) -> list[Member]:
    """Staff, leaders and supervisors of the office, also those whose access was ended."""
    return _members(Membership.office_id == office_id, Membership.role.in_([str(role) for role in OFFICE_ROLES]))


def members_of_school(school_id: int, role: Role | None = None) -> list[Member]:
    """The school's managers and teachers with accounts, managers first, also those whose access was ended."""
    conditions = [Membership.school_id == school_id]
    if role is not None:
        conditions.append(Membership.role == str(role))
    return _members(*conditions)


def _members(*conditions: object) -> list[Member]:
    seen = (
        select(func.max(LoginSession.seen_at))
        .where(LoginSession.account_id == Membership.account_id, ~LoginSession.awaits_factor)
        .correlate(Membership)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(Membership, Account, seen, HAS_FACTOR)
        .join(Account, Account.id == Membership.account_id)
        .where(*conditions)  # type: ignore[arg-type]
        .order_by(Membership.is_active.desc(), Membership.role, Membership.id)
    )
    return [Member(*row) for row in rows]


def browsers_of(actor: Actor) -> list[Browser]:
    """Where the account is signed in, newest first."""
    rows = db.session.scalars(
        select(LoginSession)
        .where(
            LoginSession.account_id == actor.account_id,
            ~LoginSession.awaits_factor,
            LoginSession.ended_at.is_(None),
            LoginSession.expires_at > now(),
        )
        .order_by(LoginSession.seen_at.desc())
    )
    own = digest(actor.session_token)
    return [Browser(row, browser_name(row.browser), row.token_digest == own) for row in rows]


def teachers_without_account(school_id: int) -> Sequence[Teacher]:
    """The teachers on the school's roster whom nobody has given an account yet."""
    joined = select(Membership.teacher_id).where(Membership.teacher_id.is_not(None), Membership.is_active)
    return db.session.scalars(
        select(Teacher)
        .where(Teacher.school_id == school_id, Teacher.state == "active", Teacher.id.not_in(joined))
        .order_by(Teacher.initials, Teacher.id)
    ).all()
