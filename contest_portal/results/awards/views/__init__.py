"""Pages of awards."""

from contest_portal.results.awards.views import extras, prizes

__all__ = ["extras", "prizes"]
