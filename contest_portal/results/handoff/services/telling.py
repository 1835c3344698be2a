"""Whom hand-offs tell."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.people.models import Membership


def staff_of(office_id: int) -> list[int]:
    """The accounts of the office's staff and leaders."""
    return list(
        db.session.scalars(
            select(Membership.account_id).where(
                Membership.office_id == office_id,
                Membership.role.in_([str(Role.OFFICE), str(Role.LEADER)]),
                Membership.is_active,
            )
        )
    )
