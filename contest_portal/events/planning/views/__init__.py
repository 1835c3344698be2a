"""Pages of planning, a file for each screen area; importing this package registers them."""

from contest_portal.events.planning.views import office, public

__all__ = ["office", "public"]
