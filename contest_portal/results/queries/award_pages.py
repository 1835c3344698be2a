"""Reads of the contest's page of awards, beside the lists of its categories."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.entries.models import Entry
from contest_portal.results.award_models import SpecialAward
from contest_portal.results.models import Publication


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


def newest_of_awards(contest_id: int) -> tuple[Publication | None, Publication | None]:
    """(draft, newest version that is or was public) of the contest's list of awards, with what they say. One statement."""
    rows = db.session.scalars(
        select(Publication)
        .where(Publication.contest_id == contest_id, Publication.kind == "award")
        .order_by(Publication.version.desc())
        .limit(2)
    ).all()
    draft = next((row for row in rows if row.state == "draft"), None)
    return draft, next((row for row in rows if row.state != "draft"), None)
