"""Reads of public lists."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from contest_portal.contests.models import Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.results.models import Publication

PUBLIC_STATES = ("public", "amended")


def publication_by_id(publication_id: int) -> Publication:
    """The publication with its contest and office. Raises NotFound."""
    row = db.session.scalar(
        select(Publication)
        .where(Publication.id == publication_id)
        .options(joinedload(Publication.contest).joinedload(Contest.office))
    )
    if row is None:
        raise NotFound
    return row


def public_versions(contest_id: int) -> list[Publication]:
    """All versions that are or were public, newest first."""
    return list(
        db.session.scalars(
            select(Publication)
            .where(Publication.contest_id == contest_id, Publication.state.in_(PUBLIC_STATES))
            .order_by(Publication.version.desc())
        )
    )


def draft_of(contest_id: int) -> Publication | None:
    """The draft of the contest's next version."""
    return db.session.scalar(
        select(Publication).where(Publication.contest_id == contest_id, Publication.state == "draft")
    )


def public_lists(office_id: int | None = None) -> Sequence[Publication]:
    """Every list that is public now, newest first; of one office, or of all."""
    statement = (
        select(Publication)
        .join(Contest, Contest.id == Publication.contest_id)
        .where(Publication.state == "public")
        .options(joinedload(Publication.contest).joinedload(Contest.office))
        .order_by(Publication.published_at.desc())
    )
    if office_id is not None:
        statement = statement.where(Contest.office_id == office_id)
    return db.session.scalars(statement).all()
