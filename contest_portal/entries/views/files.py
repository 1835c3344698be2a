"""An entry's files: the original, a preview; and the printed application form."""

from __future__ import annotations

import io
from typing import Any

from flask import Response, flash, redirect, request, send_file, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import Invalid
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_
from contest_portal.entries.application import application_pdf
from contest_portal.entries.models import Entry
from contest_portal.entries.policy import is_of_the_school
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.files import FileOf, file_of
from contest_portal.entries.queries.submitted import snapshot_of, submitted_snapshot
from contest_portal.entries.views.blueprint import bp
from contest_portal.media.services.derivatives import make_again
from contest_portal.media.serving import send_blob, send_derivative, send_page, send_tile

AnyResponse = Any
PAGES = {
    "show": ("entries.show", "files"),
    "edit": ("entries.edit", "files"),
    "office": ("entries.office_entry", None),
}
"""Where one comes back to, by the page that the button stands on."""


@bp.get("/entries/<int:entry_id>/files/<int:blob_id>")
@permission("entries.see_file", of=file_of)
def original(found: FileOf) -> Response:
    """The file as it was uploaded."""
    return send_blob(found.blob, found.name)


@bp.get("/entries/<int:entry_id>/files/<int:blob_id>/<any(thumb, screen, poster, film720):derivative>")
@permission("entries.see_file", of=file_of)
def preview(found: FileOf) -> Response:
    """A small picture of it, or a film as browsers play it."""
    return send_derivative(found.blob, found.derivative)


@bp.get("/entries/<int:entry_id>/files/<int:blob_id>/tiles/<int:level>/<int:column>_<int:row>.jpg")
@permission("entries.see_part", of=lambda level, column, row, **address: (file_of(**address), (level, column, row)))
def tile(asked: tuple[FileOf, tuple[int, int, int]]) -> Response:
    """A tile of a large picture."""
    found, place = asked
    return send_tile(found.blob, *place)


@bp.get("/entries/<int:entry_id>/files/<int:blob_id>/pages/<int:page>")
@permission("entries.see_part", of=lambda page, **address: (file_of(**address), page))
def page_picture(asked: tuple[FileOf, int]) -> Response:
    """A page of a PDF as a picture."""
    found, page = asked
    return send_page(found.blob, page)


@bp.post("/entries/<int:entry_id>/previews/again")
@permission("entries.make_preview", of=entry_by_id)
def preview_again(entry: Entry) -> AnyResponse:
    """Have a preview made that failed."""
    blob_id, _colon, kind = request.form.get("wanted", "").partition(":")
    if not blob_id.isdecimal():
        raise Invalid("entries.which_preview", N_("页面已过期，请重新提交。"))
    make_again(current_actor(), file_of(entry.id, int(blob_id)).blob.id, kind)
    flash(_("已重新排队生成，好了会显示在页面上。"), "info")
    endpoint, anchor = PAGES.get(request.form.get("page", ""), PAGES["show"])
    return redirect(url_for(endpoint, entry_id=entry.id, _anchor=anchor))


@bp.get("/entries/<int:entry_id>/application.pdf")
@permission("entries.see", of=entry_by_id)
def application(entry: Entry) -> Response:
    """The application form to print, sign and seal: as it stands for the school, as submitted for the office."""
    rules = entry.category.rules
    is_school = is_of_the_school(current_actor(), entry)
    submitted = None if is_school else submitted_snapshot(entry)
    is_draft = entry.state == "draft" or (is_school and entry.has_unsubmitted_changes)
    address = url_for("entries.by_number", number=entry.number, _external=True) if entry.number else ""
    content = application_pdf(
        submitted or snapshot_of(entry, rules),
        rules,
        is_draft=is_draft,
        submitted_at=entry.submitted_at,
        address=address,
    )
    name = _("申报书-%(number)s.pdf", number=entry.number or entry.id)
    return send_file(io.BytesIO(content), mimetype="application/pdf", download_name=name, max_age=0)
