"""An entry's files: the original, a preview; and the printed application form."""

from __future__ import annotations

import io

from flask import Response, send_file, url_for
from flask_babel import gettext as _

from contest_portal.core.permissions import current_actor, permission
from contest_portal.entries.application import application_pdf
from contest_portal.entries.models import Entry
from contest_portal.entries.policy import is_of_the_school
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.queries.files import FileOf, file_of
from contest_portal.entries.queries.submitted import snapshot_of, submitted_snapshot
from contest_portal.entries.views.blueprint import bp
from contest_portal.media.serving import send_blob, send_derivative


@bp.get("/entries/<int:entry_id>/files/<int:blob_id>")
@permission("entries.see_file", of=file_of)
def original(found: FileOf) -> Response:
    """The file as it was uploaded."""
    return send_blob(found.blob, found.name)


@bp.get("/entries/<int:entry_id>/files/<int:blob_id>/<any(thumb, screen, poster):derivative>")
@permission("entries.see_file", of=file_of)
def preview(found: FileOf) -> Response:
    """A small picture of it."""
    return send_derivative(found.blob, found.derivative)


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
