"""Reads of the year's activities."""

from __future__ import annotations

from collections.abc import Collection

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


def activities_by_year(office_id: int, years: Collection[int]) -> dict[int, list[ActivityRecord]]:
    """The activities of each of the years, in the order they were noted; one statement."""
    found: dict[int, list[ActivityRecord]] = {year: [] for year in years}
    for row in db.session.scalars(
        select(ActivityRecord)
        .where(ActivityRecord.office_id == office_id, ActivityRecord.year.in_(years))
        .order_by(ActivityRecord.id)
    ):
        found[row.year].append(row)
    return found


def activity(activity_id: int) -> ActivityRecord:
    """The record. Raises NotFound."""
    row = db.session.get(ActivityRecord, activity_id)
    if row is None:
        raise NotFound
    return row
