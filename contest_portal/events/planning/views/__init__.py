"""Pages of planning, a file for each screen area; importing this package registers them."""

from contest_portal.events.planning.views import feeds, files, making, office, public, sessions

__all__ = ["feeds", "files", "making", "office", "public", "sessions"]
