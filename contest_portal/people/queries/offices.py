"""Reads of offices."""

from __future__ import annotations

from sqlalchemy import case, select
from sqlalchemy.orm import joinedload

from contest_portal.core.database import db, found
from contest_portal.core.errors import NotFound
from contest_portal.people.models import Office

_LOWEST_FIRST = case({"district": 0, "city": 1, "province": 2}, value=Office.level)


def office(office_id: int) -> Office:
    """The office. Raises NotFound."""
    return found(Office, office_id)


def office_with_parent(office_id: int) -> Office:
    """The office and the one it hands its lists to. Raises NotFound."""
    row = db.session.scalar(select(Office).where(Office.id == office_id).options(joinedload(Office.parent)))
    if row is None:
        raise NotFound
    return row


def offices() -> list[Office]:
    """All offices that work here, with their parents, districts first; not those known from hand-offs alone."""
    statement = select(Office).where(~Office.is_sender_record).options(joinedload(Office.parent))
    return list(db.session.scalars(statement.order_by(_LOWEST_FIRST, Office.id)))


def office_choices() -> list[tuple[int, str]]:
    """(id, name) of the offices that a school may apply to."""
    return [(row.id, row.name) for row in offices()]


def office_named(name: str) -> Office | None:
    """The office of that full or short name."""
    named = (Office.name == name) | (Office.short_name == name)
    return db.session.scalar(select(Office).where(named, ~Office.is_sender_record))
