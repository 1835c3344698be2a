"""Pages of hand-offs."""

from contest_portal.results.handoff.views import corrections, keys, of_contest, single

__all__ = ["corrections", "keys", "of_contest", "single"]
