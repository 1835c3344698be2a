"""Pages of objections."""

from contest_portal.results.objections.views import cases, public, register, remedies, statements

__all__ = ["cases", "public", "register", "remedies", "statements"]
