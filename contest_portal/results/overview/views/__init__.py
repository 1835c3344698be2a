"""The contest's pages of lists and of awards, each with what to do next."""

from contest_portal.results.overview.views import awards, lists, under_way

__all__ = ["awards", "lists", "under_way"]
