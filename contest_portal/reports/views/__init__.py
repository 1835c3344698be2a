"""Pages of reports: the annual summary, statistics."""

from contest_portal.reports.views import annual, statistics
from contest_portal.reports.views.blueprint import bp

__all__ = ["annual", "blueprints", "statistics"]

blueprints = [bp]
