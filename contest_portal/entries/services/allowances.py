"""Giving a single school a number of entries of its own in a category."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.contests.models import Category
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.text import N_
from contest_portal.entries.allowance_models import SchoolAllowance
from contest_portal.people.models import School

MOST = 10_000
LONGEST_WHY = 200


def set_allowance(actor: Actor, category_id: int, school_id: int, count: int, why: str) -> None:
    """Give the school this number, or another one than it had. What it has submitted beyond it stays.

    Raises Conflict where the category has no quota for schools, Invalid that names the field of what is wrong.
    """
    if not 0 <= count <= MOST:
        raise Invalid("entries.allowance", N_("名额应是 0 到 10000 之间的整数。"), field="count")
    if not why.strip() or len(why) > LONGEST_WHY:
        raise Invalid("entries.allowance_why", N_("请写明理由，200 字以内。"), field="why")
    with unit_of_work(actor, "entries.set_allowance") as work:
        category = locked(Category, category_id)
        if category.rules.school_quota is None:
            raise Conflict("entries.no_school_quota", N_("这个类别不限每校名额，不必单独规定。"))
        school = work.session.get(School, school_id)
        if school is None or school.office_id != category.contest.office_id:
            raise NotFound
        row = _own(work, category_id, school_id)
        before = row.count if row else None
        if row is None:
            row = SchoolAllowance(category_id=category_id, school_id=school_id)
            work.session.add(row)
        row.count, row.why, row.set_by, row.set_at = count, why.strip(), actor.account_id, now()
        work.record(
            category, before={"allowance": before}, after={"allowance": count, "school_id": school_id}, why=why.strip()
        )


def drop_allowance(actor: Actor, category_id: int, school_id: int) -> None:
    """Take the school's own number back: what its class is given counts again. Without one nothing happens."""
    with unit_of_work(actor, "entries.drop_allowance") as work:
        category = locked(Category, category_id)
        row = _own(work, category_id, school_id)
        if row is not None:
            work.session.delete(row)
            work.record(category, before={"allowance": row.count}, after={"allowance": None, "school_id": school_id})


def _own(work: Work, category_id: int, school_id: int) -> SchoolAllowance | None:
    row: SchoolAllowance | None = work.session.scalar(
        select(SchoolAllowance).where(
            SchoolAllowance.category_id == category_id, SchoolAllowance.school_id == school_id
        )
    )
    return row
