"""Whom a notice goes to: the managers of schools, the staff of an office."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.people.models import Membership


def managers_of(school_id: int) -> list[int]:
    """The accounts that manage the school."""
    return _accounts(Membership.school_id == school_id, Membership.role == str(Role.SCHOOL_MANAGER))


def staff_of(office_id: int) -> list[int]:
    """The accounts of the office's staff."""
    return _accounts(Membership.office_id == office_id, Membership.role == str(Role.OFFICE))


def _accounts(*conditions: object) -> list[int]:
    statement = select(Membership.account_id).where(Membership.is_active, *conditions)  # type: ignore[arg-type]
    return list(db.session.scalars(statement.distinct().order_by(Membership.account_id)))
