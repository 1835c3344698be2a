"""Receivers of mails and SMS: names, schools, offices; registered with the outbox, which knows accounts by number."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.outbox.recipients import Pair, Recipient, recipients_by
from contest_portal.people.models import Account, Membership, Office, School


@recipients_by
def recipients(pairs: Collection[Pair]) -> Mapping[Pair, Recipient]:
    """Each account that is active, with its school at that office if it has one. Two statements."""
    accounts = sorted({account_id for account_id, _office in pairs})
    rows = db.session.execute(
        select(Account.id, Account.name, Membership.office_id, School.name)
        .outerjoin(Membership, (Membership.account_id == Account.id) & Membership.is_active)
        .outerjoin(School, School.id == Membership.school_id)
        .where(Account.id.in_(accounts), Account.is_active)
        .order_by(Account.id, School.name.is_(None), Membership.id)
    ).all()
    names: dict[int, str] = {}
    schools: dict[Pair, str] = {}
    for account_id, name, office_id, school in rows:
        names[account_id] = name
        schools.setdefault((account_id, office_id), school or "")
    offices = _names_of_offices({office_id for _account, office_id in pairs if office_id is not None})
    return {
        pair: Recipient(names[pair[0]], schools.get(pair, ""), offices.get(pair[1] or 0, ""))
        for pair in pairs
        if pair[0] in names
    }


def _names_of_offices(ids: Collection[int]) -> dict[int, str]:
    rows = db.session.execute(select(Office.id, Office.name).where(Office.id.in_(sorted(ids))))
    return {row[0]: row[1] for row in rows}


def members_for_preview(office_id: int, roles: Sequence[str], most: int) -> list[int]:
    """Accounts of the office's people in these roles, for a letter that nobody has had yet."""
    statement = (
        select(Membership.account_id)
        .join(Account, Account.id == Membership.account_id)
        .where(Membership.office_id == office_id, Membership.role.in_(roles), Membership.is_active, Account.is_active)
        .group_by(Membership.account_id)
        .order_by(Membership.account_id)
        .limit(most)
    )
    return list(db.session.scalars(statement))
