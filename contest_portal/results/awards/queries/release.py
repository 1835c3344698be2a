"""Reads of what is released to schools."""

from __future__ import annotations

from sqlalchemy import or_, select

from contest_portal.core.actor import Role
from contest_portal.core.database import db
from contest_portal.entries.models import Author, Entry, Tutor
from contest_portal.people.models import Membership
from contest_portal.results.awards.models import ResultRelease


def release_of(contest_id: int) -> ResultRelease | None:
    """When and what the contest's schools see, or None."""
    return db.session.scalar(
        select(ResultRelease).where(ResultRelease.contest_id == contest_id).execution_options(populate_existing=True)
    )


def readers_of(contest_id: int) -> list[int]:
    """The accounts that may read results of the contest: managers of schools with works in it, teachers of these works. One
    statement."""
    own = select(Entry.id, Entry.school_id, Entry.created_by).where(
        Entry.contest_id == contest_id, Entry.state != "draft"
    )
    works = own.subquery()
    tutors = select(Tutor.teacher_id).join(works, works.c.id == Tutor.entry_id)
    authors = select(Author.teacher_id).join(works, works.c.id == Author.entry_id).where(Author.teacher_id.is_not(None))
    manages = (Membership.role == str(Role.SCHOOL_MANAGER)) & Membership.school_id.in_(select(works.c.school_id))
    teaches = (Membership.role == str(Role.TEACHER)) & or_(
        Membership.teacher_id.in_(tutors),
        Membership.teacher_id.in_(authors),
        Membership.account_id.in_(select(works.c.created_by)),
    )
    rows = select(Membership.account_id).where(Membership.is_active, or_(manages, teaches)).distinct()
    return list(db.session.scalars(rows.order_by(Membership.account_id)))
