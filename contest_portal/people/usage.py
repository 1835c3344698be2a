"""What the people's room tells lower ones: whose acts a text means in the trail of acts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, or_, select

from contest_portal.core.audit_search import people_are
from contest_portal.core.database import db
from contest_portal.people.models import Account, School


def _accounts_meant(text: str) -> Select[Any]:
    return select(Account.id).where(or_(Account.login_name == text, Account.name.contains(text, autoescape=True)))


def _schools_meant(text: str) -> Select[Any]:
    return select(School.id).where(School.name.contains(text, autoescape=True))


def _names(ids: Collection[int]) -> Mapping[int, str]:
    rows = db.session.execute(select(Account.id, Account.name).where(Account.id.in_(list(ids))))
    return {row.id: row.name for row in rows}


people_are(_accounts_meant, _schools_meant, _names)
