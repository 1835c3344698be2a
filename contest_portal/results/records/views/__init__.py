"""Pages of head-counts and of the records of the year."""

from contest_portal.results.records.views import imports, participation, year

__all__ = ["imports", "participation", "year"]
