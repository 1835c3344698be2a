"""Pages of certificates."""

from contest_portal.results.certificates.views import issuing, own, templates, verification

__all__ = ["issuing", "own", "templates", "verification"]
