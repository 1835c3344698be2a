"""Pages of awards."""

from contest_portal.results.awards.views import merits, own_results, prizes, release, special

__all__ = ["merits", "own_results", "prizes", "release", "special"]
