"""Pages of objections."""

from contest_portal.results.objections.services import reminders as _reminders  # noqa: F401  they register themselves
from contest_portal.results.objections.views import cases, public, register, remedies, statements

__all__ = ["cases", "public", "register", "remedies", "statements"]
