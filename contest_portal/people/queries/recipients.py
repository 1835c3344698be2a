"""Whom a notice goes to: the managers of schools; of an office its staff, who decides, who oversees."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.database import db
from contest_portal.people.models import Account, Membership


def managers_of(school_id: int) -> list[int]:
    """The accounts that manage the school."""
    return _accounts(Membership.school_id == school_id, Membership.role == str(Role.SCHOOL_MANAGER))


def staff_of(office_id: int) -> list[int]:
    """The accounts of the office's staff."""
    return _accounts(Membership.office_id == office_id, Membership.role == str(Role.OFFICE))


def deciders_of(office_id: int, but: int | None = None) -> list[int]:
    """The accounts of the office's staff and leaders, without the account `but`."""
    roles = [str(Role.OFFICE), str(Role.LEADER)]
    return [one for one in _accounts(Membership.office_id == office_id, Membership.role.in_(roles)) if one != but]


def overseers_of(office_id: int, but: int | None = None) -> list[int]:
    """The accounts of the office's staff, leaders and supervisors, without the account `but`."""
    roles = sorted(map(str, OFFICE_ROLES))
    return [one for one in _accounts(Membership.office_id == office_id, Membership.role.in_(roles)) if one != but]


def _accounts(*conditions: object) -> list[int]:
    statement = (
        select(Membership.account_id)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.is_active, Account.is_active, *conditions)  # type: ignore[arg-type]
    )
    return list(db.session.scalars(statement.distinct().order_by(Membership.account_id)))
