"""Pages of media: uploads, previews, jobs of files."""

from contest_portal.media.views.blueprint import bp

blueprints = [bp]
