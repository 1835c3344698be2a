"""Reads of what is released to schools."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.results.awards.models import ResultRelease


def release_of(contest_id: int) -> ResultRelease | None:
    """When and what the contest's schools see, or None."""
    return db.session.scalar(
        select(ResultRelease).where(ResultRelease.contest_id == contest_id).execution_options(populate_existing=True)
    )
