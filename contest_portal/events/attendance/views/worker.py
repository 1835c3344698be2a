"""The script that keeps the check-in page readable without a network; its address decides which pages it may serve."""

from __future__ import annotations

import json
from pathlib import Path

from flask import Response

from contest_portal.core import pages
from contest_portal.core.errors import NotFound
from contest_portal.core.permissions import permission
from contest_portal.events.views.blueprint import bp

DIST = Path(pages.__file__).parent / "static" / "dist"


@bp.get("/check-in-worker.js")
@permission("events.check_in_worker")
def check_in_worker() -> Response:
    """The built service worker. Browsers ask for it again on each visit, so that a new one takes over at once."""
    manifest = DIST / "manifest.json"
    name = json.loads(manifest.read_text("utf-8")).get("check-in-worker.js") if manifest.is_file() else None
    if name is None:
        raise NotFound
    response = Response((DIST / name).read_bytes(), mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response
