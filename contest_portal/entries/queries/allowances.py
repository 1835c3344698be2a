"""What single schools may submit of their own, in place of what their class is given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from contest_portal.contests.models import Category
from contest_portal.core.database import db
from contest_portal.entries.allowance_models import SchoolAllowance
from contest_portal.entries.models import Entry
from contest_portal.entries.states import STANDING
from contest_portal.people.models import School


@dataclass(frozen=True)
class Allowance:
    """A school's own number with the reason, and how many entries it has submitted."""

    school_id: int
    school: str
    count: int
    why: str
    used: int


def allowances_of_school(school_id: int, category_ids: Sequence[int]) -> dict[int, SchoolAllowance]:
    """Category → the school's own number there. One statement."""
    rows = db.session.scalars(
        select(SchoolAllowance).where(
            SchoolAllowance.school_id == school_id, SchoolAllowance.category_id.in_(category_ids)
        )
    )
    return {row.category_id: row for row in rows}


def allowances_in(category_id: int) -> list[Allowance]:
    """The category's schools with a number of their own, by name. One statement."""
    used = (
        select(func.count(Entry.id))
        .where(
            Entry.category_id == category_id,
            Entry.school_id == SchoolAllowance.school_id,
            Entry.state.in_(STANDING),
        )
        .correlate(SchoolAllowance)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(SchoolAllowance, School.name, used)
        .join(School, School.id == SchoolAllowance.school_id)
        .where(SchoolAllowance.category_id == category_id)
        .order_by(School.name)
    )
    return [Allowance(row.school_id, name, row.count, row.why, count) for row, name, count in rows]


def schools_of(category: Category) -> list[tuple[int, str]]:
    """(id, name) of the schools that may be given a number. One statement."""
    rows = db.session.execute(
        select(School.id, School.name)
        .where(School.office_id == category.contest.office_id, School.state == "approved")
        .order_by(School.name)
    )
    return [(school_id, name) for school_id, name in rows]
