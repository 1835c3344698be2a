"""Pages of hand-offs."""

from contest_portal.results.handoff.views import corrections, keys, notes, of_contest, single, under_way

__all__ = ["corrections", "keys", "notes", "of_contest", "single", "under_way"]
