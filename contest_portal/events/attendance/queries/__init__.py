"""Reads of the day itself, by what a page shows; the year's visits for reports."""

from contest_portal.events.attendance.queries.year import EventVisits, visits

__all__ = ["EventVisits", "visits"]
