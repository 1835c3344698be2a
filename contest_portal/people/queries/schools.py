"""Reads of schools: always within one office."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import joinedload

from contest_portal.core.actor import Role
from contest_portal.core.clock import now
from contest_portal.core.database import db, found
from contest_portal.core.listing import Listing, Page, paginate, sorted_by
from contest_portal.people.models import Invitation, Membership, School
from contest_portal.people.school_kinds import FEATURE_CLASS

FILTERS = ("q", "state", "kind", "area", "access")

_managers = (
    select(func.count())
    .where(Membership.school_id == School.id, Membership.role == str(Role.SCHOOL_MANAGER), Membership.is_active)
    .correlate(School)
    .scalar_subquery()
)
_teachers = (
    select(func.count())
    .where(Membership.school_id == School.id, Membership.role == str(Role.TEACHER), Membership.is_active)
    .correlate(School)
    .scalar_subquery()
)


def _pending() -> Any:
    """Whether a manager's invitation of the school waits, as SQL."""
    return (
        select(func.count())
        .where(
            Invitation.school_id == School.id,
            Invitation.role == str(Role.SCHOOL_MANAGER),
            Invitation.used_at.is_(None),
            Invitation.revoked_at.is_(None),
            Invitation.expires_at > now(),
        )
        .correlate(School)
        .scalar_subquery()
    )


@dataclass(frozen=True)
class SchoolRow:
    """A school in a list. `access`: joined (its manager has an account), invited, none."""

    school: School
    access: str
    teacher_count: int


def school(school_id: int) -> School:
    """The school. Raises NotFound."""
    return found(School, school_id)


def schools_page(office_id: int, listing: Listing) -> Page[SchoolRow]:
    """One page of the office's schools."""
    page = paginate(_listed(office_id, listing), listing, scalars=False)
    return Page([_row(*row) for row in page.rows], page.total, listing)


def schools_to_export(office_id: int, listing: Listing) -> list[SchoolRow]:
    """All the schools that the list with these filters shows."""
    return [_row(*row) for row in db.session.execute(_listed(office_id, listing))]


def _listed(office_id: int, listing: Listing) -> Select[Any]:
    access = case((_managers > 0, "joined"), (_pending() > 0, "invited"), else_="none")
    statement = select(School, access, _teachers).where(School.office_id == office_id)
    if text := listing.get("q"):
        statement = statement.where(
            School.name.contains(text, autoescape=True) | School.code.contains(text, autoescape=True)
        )
    for name in ("state", "kind"):
        if value := listing.get(name):
            statement = statement.where(getattr(School, name) == value)
    if area := listing.get("area"):
        if area == FEATURE_CLASS:
            statement = statement.where(School.school_class == FEATURE_CLASS)
        else:
            statement = statement.where(School.is_urban.is_(area == "urban"))
    if wanted := listing.get("access"):
        statement = statement.where(access == wanted)
    waiting_first = case((School.state == "applied", 0), else_=1)
    columns = {
        "": (waiting_first, School.name),
        "name": School.name,
        "code": School.code,
        "kind": School.kind,
        "township": (School.is_urban, School.township),
        "state": School.state,
        "applied": School.applied_at,
        "teachers": _teachers,
    }
    return sorted_by(statement, listing, columns, tie=School.id)


def _row(row: School, access: str, teacher_count: int) -> SchoolRow:
    return SchoolRow(row, access if row.state == "approved" else "none", teacher_count)


def waiting_count(office_id: int) -> Select[int]:
    """Counts the applications that wait for the office, for the navigation."""
    return select(func.count()).select_from(School).where(School.office_id == office_id, School.state == "applied")


def schools_without_manager(office_id: int, among: Iterable[int] | None = None) -> list[School]:
    """The office's approved schools whose manager has no account; `among` narrows them to these ids."""
    statement = select(School).where(School.office_id == office_id, School.state == "approved", _managers == 0)
    if among is not None:
        statement = statement.where(School.id.in_(list(among)))
    return list(db.session.scalars(statement.order_by(School.name, School.id)))


def schools_by_key(office_id: int) -> tuple[dict[str, School], dict[str, School]]:
    """(by name, by code) of all schools of the office."""
    rows = list(db.session.scalars(select(School).where(School.office_id == office_id)))
    return {row.name: row for row in rows}, {row.code: row for row in rows if row.code}


def codes_of_others(office_id: int, codes: Iterable[str]) -> set[str]:
    """Those of `codes` that schools of other offices carry."""
    statement = select(School.code).where(School.office_id != office_id, School.code.in_(list(codes)))
    return {code for code in db.session.scalars(statement) if code}


def school_named(name: str) -> School | None:
    """The school of that full name, of any office; for the command line."""
    return db.session.scalar(select(School).where(School.name == name).options(joinedload(School.office)))
