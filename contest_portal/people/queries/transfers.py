"""Reads of transfers: a school sees those in and out, an office those of all its schools."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload

from contest_portal.core.database import found
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.people.models import School, Student, Transfer

FILTERS = ("q", "direction", "state")


def transfer(transfer_id: int) -> Transfer:
    """The transfer. Raises NotFound."""
    return found(Transfer, transfer_id)


def transfers_page(listing: Listing, *, office_id: int, school_id: int | None) -> Page[Transfer]:
    """One page of transfers, the open ones first: of one school, or of all schools of the office."""
    origin = aliased(School)
    statement: Any = (
        select(Transfer)
        .join(Student, Student.id == Transfer.student_id)
        .join(origin, origin.id == Transfer.from_school_id)
        .where(origin.office_id == office_id)
        .options(joinedload(Transfer.student), joinedload(Transfer.from_school), joinedload(Transfer.to_school))
    )
    if school_id is not None:
        sides = {"in": Transfer.to_school_id == school_id, "out": Transfer.from_school_id == school_id}
        statement = statement.where(sides.get(listing.get("direction"), or_(*sides.values())))
    if state := listing.get("state"):
        statement = statement.where(Transfer.state == state)
    if text := listing.get("q"):
        statement = statement.where(Student.name.contains(text, autoescape=True))
    open_first = case((Transfer.state == "pending", 0), else_=1)
    columns = {"": (open_first, -Transfer.id), "asked": Transfer.asked_at, "name": (Student.initials, Student.name)}
    return paginate(sorted_by(statement, listing, columns, tie=Transfer.id), listing)


def waiting_transfers(*, office_id: int, school_id: int | None) -> Select[int]:
    """Counts the transfers that wait for the school as the old one, or for the office; for the navigation."""
    statement = select(func.count()).select_from(Transfer).where(Transfer.state == "pending")
    if school_id is not None:
        statement = statement.where(Transfer.from_school_id == school_id)
    else:
        statement = statement.join(School, School.id == Transfer.from_school_id).where(School.office_id == office_id)
    return statement
