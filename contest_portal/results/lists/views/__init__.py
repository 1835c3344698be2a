"""Pages of recommendation lists."""

from contest_portal.results.lists.views import decisions, recommendation, shortlists

__all__ = ["decisions", "recommendation", "shortlists"]
