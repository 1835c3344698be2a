"""Drafts that were never submitted, as the office finds the one that a school telephones about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, or_, select

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.entries.models import Entry, Tutor
from contest_portal.people.models import Account, Teacher

MOST_FOUND = 50


@dataclass(frozen=True)
class FoundDraft:
    """A draft with what tells it from others: its category, its title, who made it, when it was changed last."""

    id: int
    category: str
    title: str
    maker: str
    updated_at: datetime


def drafts_of_school(
    contest: Contest, school_id: int, category_id: int | None = None, teacher: str = ""
) -> list[FoundDraft]:
    """The school's drafts in the contest, the newest first, fifty at most; `teacher` is part of the name of the maker
    or of a tutor."""
    statement = (
        select(Entry.id, Category.name.label("category"), Entry.title, Account.name.label("maker"), Entry.updated_at)
        .join(Category, Category.id == Entry.category_id)
        .outerjoin(Account, Account.id == Entry.created_by)
        .where(Entry.contest_id == contest.id, Entry.school_id == school_id, Entry.state == "draft")
    )
    if category_id is not None:
        statement = statement.where(Entry.category_id == category_id)
    if teacher:
        named = exists().where(
            Tutor.entry_id == Entry.id, Tutor.teacher_id == Teacher.id, Teacher.name.contains(teacher, autoescape=True)
        )
        statement = statement.where(or_(Account.name.contains(teacher, autoescape=True), named))
    rows = db.session.execute(statement.order_by(Entry.updated_at.desc(), Entry.id.desc()).limit(MOST_FOUND))
    return [FoundDraft(row.id, row.category, row.title, row.maker or "", row.updated_at) for row in rows]
