"""The gallery of awarded works, for everybody."""

from __future__ import annotations

from itertools import groupby

from flask import Response

from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.media.serving import send_derivative
from contest_portal.results.blueprint import bp
from contest_portal.results.publishing.queries import gallery as queries
from contest_portal.results.publishing.queries.gallery import Gallery, GalleryLook


@bp.get("/contests/<int:contest_id>/gallery")
@permission("results.see_gallery", of=queries.gallery_of)
def gallery(shown: Gallery) -> Response:
    """The awarded paintings and films whose authors' guardians agreed."""
    sections = [(category, list(own)) for category, own in groupby(shown.works, key=lambda one: one.category)]
    return render_page(
        "results/publishing/gallery.html", contest=shown.contest, sections=sections, count=len(shown.works)
    )


@bp.get("/contests/<int:contest_id>/gallery/<int:entry_id>/<any(thumb, large):look>")
@permission("results.see_gallery_work", of=queries.gallery_look)
def gallery_work(look: GalleryLook) -> Response:
    """A shown work's picture or film; no browser keeps it, for it may be taken down at any time."""
    response = send_derivative(look.blob, look.kind)
    response.headers["Cache-Control"] = "no-store"
    return response
