"""Pages of plans: the office's, and what a school's party got."""

from contest_portal.events.allocating.views import adjusting, outcomes, plans

__all__ = ["adjusting", "outcomes", "plans"]
