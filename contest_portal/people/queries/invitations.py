"""Reads of one-time links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.core.sealing import digest
from contest_portal.core.text import N_
from contest_portal.people.invitation_codes import normal_code
from contest_portal.people.models import Account, Invitation, Office, School


@dataclass(frozen=True)
class InvitationView:
    """What the page behind a link shows: the link, who asks, where to. `account` is whose password is chosen anew."""

    invitation: Invitation
    office: Office
    school: School | None
    account: Account | None


def invitation(invitation_id: int) -> Invitation:
    """The link's record. Raises NotFound."""
    row = db.session.get(Invitation, invitation_id)
    if row is None:
        raise NotFound
    return row


def invitation_of_code(code: str) -> Invitation:
    """The link of that code, whether it may still be used or not. Raises NotFound, saying how to read the code."""
    row = db.session.scalar(select(Invitation).where(Invitation.token_digest == digest(normal_code(code))))
    if row is None:
        raise NotFound(
            "people.invitation_unknown",
            N_(
                "没有找到这个邀请码，请核对邀请单上的 16 位字符。不区分大小写；数字 0 与字母 O、数字 1 与字母 I 可以混用。"
            ),
        )
    return row


def invitation_view(code: str) -> InvitationView:
    """What the page behind a code shows. Raises NotFound."""
    return invitation_views([invitation_of_code(code).id])[0]


def invitation_views(invitation_ids: Sequence[int]) -> list[InvitationView]:
    """The links with their places, in the order of their ids."""
    rows = db.session.execute(
        select(Invitation, Office, School, Account)
        .join(Office, Office.id == Invitation.office_id)
        .outerjoin(School, School.id == Invitation.school_id)
        .outerjoin(Account, Account.id == Invitation.account_id)
        .where(Invitation.id.in_(list(invitation_ids)))
        .order_by(Invitation.id)
    )
    return [InvitationView(*row) for row in rows]


def pending_at_school(school_id: int, role: Role | None = None) -> list[Invitation]:
    """The school's invitations that nobody has accepted, newest first, also those past their time."""
    conditions = [Invitation.school_id == school_id]
    if role is not None:
        conditions.append(Invitation.role == str(role))
    return _pending(*conditions)


def pending_at_office(office_id: int) -> list[Invitation]:
    """The invitations of office staff that nobody has accepted, newest first."""
    return _pending(Invitation.office_id == office_id, Invitation.role.in_([str(role) for role in OFFICE_ROLES]))


def _pending(*conditions: object) -> list[Invitation]:
    return list(
        db.session.scalars(
            select(Invitation)
            .where(
                Invitation.purpose == "join",
                Invitation.used_at.is_(None),
                Invitation.revoked_at.is_(None),
                *conditions,  # type: ignore[arg-type]
            )
            .order_by(Invitation.id.desc())
        )
    )
