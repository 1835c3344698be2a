"""Reads of the year's activities."""

from __future__ import annotations

from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.events.records.models import ActivityRecord


def activities(office_id: int, year: int) -> list[ActivityRecord]:
    """The year's activities in the order they were noted."""
    return list(
        db.session.scalars(
            select(ActivityRecord)
            .where(ActivityRecord.office_id == office_id, ActivityRecord.year == year)
            .order_by(ActivityRecord.id)
        )
    )


def activity(activity_id: int) -> ActivityRecord:
    """The record. Raises NotFound."""
    row = db.session.get(ActivityRecord, activity_id)
    if row is None:
        raise NotFound
    return row
