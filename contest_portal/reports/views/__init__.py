"""Pages of reports: the annual summary, statistics, a school's years, open data."""

from contest_portal.reports.views import annual, open_data, school, statistics
from contest_portal.reports.views.blueprint import bp

__all__ = ["annual", "blueprints", "open_data", "school", "statistics"]

blueprints = [bp]
