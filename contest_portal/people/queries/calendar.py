"""The days on which an office works or not, beside the State Council's calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from contest_portal.core.database import db, found
from contest_portal.people.models import CalendarDay


def calendar_days(office_id: int) -> Sequence[CalendarDay]:
    """The days that the office set itself, in order."""
    return db.session.scalars(
        select(CalendarDay).where(CalendarDay.office_id == office_id).order_by(CalendarDay.day)
    ).all()


def calendar_day_by_id(day_id: int) -> CalendarDay:
    """The day. Raises NotFound."""
    return found(CalendarDay, day_id)


def own_days(office_id: int) -> dict[date, bool]:
    """The office's own days as `working_days` asks for them."""
    return {row.day: row.is_working for row in calendar_days(office_id)}
