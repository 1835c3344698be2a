"""Pages of media: uploads, previews, jobs of files."""

from contest_portal.media import figures  # noqa: F401 - what it counts is known wherever pages are served
from contest_portal.media.views import signed_files, uploads
from contest_portal.media.views.blueprint import bp

__all__ = ["signed_files", "uploads"]
blueprints = [bp]
