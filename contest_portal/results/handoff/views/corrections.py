"""A work that the upper office returned: its school or its office puts another file in its slot for the next version."""

from __future__ import annotations

import os

from flask import Response, current_app, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from contest_portal.contests.rules import SlotRules
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.i18n import size as size_text
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.media.services.beginning_uploads import require_room
from contest_portal.media.services.receiving import receive_file
from contest_portal.media.services.sweeping import remove_refused
from contest_portal.results.blueprint import bp
from contest_portal.results.handoff.forms import CorrectionForm
from contest_portal.results.handoff.queries.corrections import ReturnedWork, names_of, returned_work
from contest_portal.results.handoff.services.corrections import correct_file


@bp.get("/handoff/works/<int:entry_id>", endpoint="returned_work")
@permission("results.see_returned_work", of=entry_by_id)
def returned_work_page(entry: Entry) -> Response:
    """Why it came back, what goes up now, and the form for another file."""
    work = returned_work(entry)
    return _page(work, _form(work, CorrectionForm(formdata=None)))


@bp.post("/handoff/works/<int:entry_id>")
@permission("results.correct_work", of=entry_by_id)
def correct_work(entry: Entry) -> Response:
    """Take the file for the next version."""
    work, entry_id = returned_work(entry), entry.id
    form = _form(work, CorrectionForm())
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        form.file.errors = [_("请选择更正后的文件。")]
    if not form.validate_on_submit() or upload is None or not upload.filename:
        return _page(work, form, 422)
    code, _colon, replaced = form.place.data.partition(":")
    slot = next(slot for slot, _files in work.slots if slot.code == code)
    try:
        _take(entry_id, slot, int(replaced) if replaced else None, upload, form.why.data or "")
    except DomainError as error:
        form.show(error)
        return _page(returned_work(entry_by_id(entry_id)), form, error.status)
    flash(_("更正的文件已收下，下一次上报时使用。评审时用的文件不变。"), "success")
    return redirect(url_for("results.returned_work", entry_id=entry_id))  # type: ignore[return-value]


def _take(entry_id: int, slot: SlotRules, replaced: int | None, upload: FileStorage, why: str) -> None:
    size_bytes, limit = _length(upload), int(current_app.config["SETTINGS"].plain_file_mb) << 20
    if size_bytes > limit:
        message = Message.of(
            N_("「%(name)s」有 %(measured)s，这里每个文件不能超过 %(limit)s。"),
            name=upload.filename or "", measured=size_text(size_bytes), limit=size_text(limit),
        )  # fmt: skip
        raise Invalid("handoff.correction_size", message, field="file")
    require_room(size_bytes)
    received = receive_file(upload.stream, upload.filename or "", slot.kinds)
    try:
        correct_file(current_actor(), entry_id, slot.code, replaced, received, why)
    except DomainError:
        remove_refused(received.sha256, received.put_at)
        raise


def _length(upload: FileStorage) -> int:
    size_bytes = upload.stream.seek(0, os.SEEK_END)
    upload.stream.seek(0)
    return size_bytes


def _form(work: ReturnedWork, form: CorrectionForm) -> CorrectionForm:
    """The form with each file that may be replaced, and each slot that has room for one more."""
    choices = [("", _("请选择"))]
    for slot, files in work.slots:
        label = str(slot.label)
        choices += [(f"{slot.code}:{one.blob_id}", f"{label}：{one.file_name}") for one in files]
        if len(files) < slot.max_files:
            choices.append((f"{slot.code}:", _("%(slot)s：补一个文件", slot=label)))
    form.place.choices = choices
    return form


def _page(work: ReturnedWork, form: CorrectionForm, status: int = 200) -> Response:
    names = {one.blob_id: one.file_name for _slot, files in work.slots for one in files}
    return render_page(
        "results/handoff/returned_work.html",
        status=status,
        work=work,
        form=form,
        names=names,
        who=names_of(work.corrections),
    )
