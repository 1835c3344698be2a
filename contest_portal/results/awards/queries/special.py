"""Reads of special awards."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, subqueryload

from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.entries.models import Author, Entry
from contest_portal.results.awards.models import SpecialAward


def special_awards(contest_id: int) -> Sequence[SpecialAward]:
    """The contest's special awards that stand, with their works."""
    return db.session.scalars(
        select(SpecialAward)
        .join(Entry, Entry.id == SpecialAward.entry_id)
        .where(SpecialAward.contest_id == contest_id, SpecialAward.cancelled_at.is_(None), Entry.state == "accepted")
        .options(
            joinedload(SpecialAward.entry).options(
                joinedload(Entry.school),
                subqueryload(Entry.authors).options(joinedload(Author.student), joinedload(Author.teacher)),
            )
        )
        .order_by(SpecialAward.name, SpecialAward.id)
    ).all()


def special_award_by_id(special_award_id: int) -> SpecialAward:
    """The special award with its contest. Raises NotFound."""
    row = db.session.scalar(
        select(SpecialAward).where(SpecialAward.id == special_award_id).options(joinedload(SpecialAward.contest))
    )
    if row is None:
        raise NotFound
    return row


def special_count(contest_id: int) -> int:
    """How many special awards stand."""
    return (
        db.session.scalar(
            select(func.count(SpecialAward.id))
            .join(Entry, Entry.id == SpecialAward.entry_id)
            .where(
                SpecialAward.contest_id == contest_id, SpecialAward.cancelled_at.is_(None), Entry.state == "accepted"
            )
        )
        or 0
    )
