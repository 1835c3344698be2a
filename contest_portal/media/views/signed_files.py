"""A file at the address of files; see core/own_origin.py."""

from __future__ import annotations

from flask import Response

from contest_portal.core.own_origin import signed
from contest_portal.core.permissions import permission
from contest_portal.core.uploaded import send_uploaded_here
from contest_portal.media.views.blueprint import bp


@bp.get("/signed-files/<token>")
@permission("media.signed_file")
def show_signed(token: str) -> Response:
    """Whoever has the word was allowed to see the file minutes ago."""
    return send_uploaded_here(signed(token))
