"""The files of an event: added and removed by the office, fetched by everybody."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.errors import DomainError
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.uploaded import UploadedFile, send_uploaded
from contest_portal.events.planning import presenting, queries
from contest_portal.events.planning.event_links import add_event_link
from contest_portal.events.planning.forms import FilesForm
from contest_portal.events.planning.models import Event, EventFile
from contest_portal.events.planning.services.files import (
    ACCEPT,
    MOST_BYTES,
    GivenFile,
    add_files,
    remove_file,
    require_few,
)
from contest_portal.events.planning.states import is_editable
from contest_portal.events.views.blueprint import bp

FILE_SECONDS = 300

add_event_link(_l("文件"), "events.event_files", order=900, also_active_in=["events.add_event_files"])


@bp.get("/office/events/<int:event_id>/files")
@permission("events.see", of=queries.event)
def event_files(event: Event) -> Response:
    """The event's files."""
    return _page(event, FilesForm(formdata=None))


@bp.post("/office/events/<int:event_id>/files")
@permission("events.change", of=queries.event)
def add_event_files(event: Event) -> Response:
    """Add some."""
    form = FilesForm()
    if form.validate_on_submit():
        chosen = [one for one in form.files.data or () if one.filename]
        try:
            require_few(event.id, len(chosen))  # before anything is read into memory
            given = [GivenFile(one.filename, one.read(MOST_BYTES + 1)) for one in chosen]
            add_files(current_actor(), event.id, given)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已上传 %(count)s 个文件。", count=len(given)), "success")
            return redirect(url_for("events.event_files", event_id=event.id))  # type: ignore[return-value]
    return _page(event, form)


@bp.post("/office/event-files/<int:file_id>/remove")
@permission("events.change_file", of=queries.event_file)
def remove_event_file(file: EventFile) -> Response:
    """Take one away."""
    event_id, name = file.event_id, file.file_name
    remove_file(current_actor(), file.id)
    flash(_("已删除「%(name)s」。", name=name), "success")
    return redirect(url_for("events.event_files", event_id=event_id))  # type: ignore[return-value]


@bp.get("/events/<int:event_id>/files/<int:file_id>")
@permission("events.read_file", of=queries.event_file)
def event_file(file: EventFile) -> Response:
    """The file, to be saved."""
    return send_uploaded(
        UploadedFile(file.file_sha256, file.file_name, "application/octet-stream", is_saved=True, seconds=FILE_SECONDS)
    )


def _page(event: Event, form: FilesForm) -> Response:
    return render_page(
        "events/planning/files.html",
        status=422 if form.errors or form.form_errors else 200,
        event=queries.event(event.id),  # a refused verb has let go of what was read before
        form=form,
        files=[(one, presenting.file_link(one)) for one in queries.files_of(event.id)],
        accept=ACCEPT,
        most_bytes=MOST_BYTES,
        is_editable=is_editable(event.state),
    )
