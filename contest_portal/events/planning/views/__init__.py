"""Pages of planning, a file for each screen area; importing this package registers them."""

from contest_portal.events.planning.views import making, office, public, sessions

__all__ = ["making", "office", "public", "sessions"]
