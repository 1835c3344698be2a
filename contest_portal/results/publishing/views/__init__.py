"""Pages of public lists and of the gallery."""

from contest_portal.results.publishing.views import gallery, public, publications, terms

__all__ = ["gallery", "public", "publications", "terms"]
