"""One check-in: what was counted, corrections with their reasons, the group's photo, undo."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, current_app, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.forms import Form
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.uploaded import UploadedFile, send_uploaded
from contest_portal.events.attendance import wording
from contest_portal.events.attendance.counting import is_late
from contest_portal.events.attendance.forms import CorrectionForm, PhotoForm
from contest_portal.events.attendance.models import CheckIn
from contest_portal.events.attendance.queries import sessions as queries
from contest_portal.events.attendance.services import check_ins, corrections, photos
from contest_portal.events.views.blueprint import bp


@bp.get("/office/check-ins/<int:check_in_id>")
@permission("events.see_check_in", of=queries.check_in)
def show_check_in(row: CheckIn) -> Response:
    """One check-in with its history."""
    return _page(row)


@bp.post("/office/check-ins/<int:check_in_id>/correct")
@permission("events.correct_check_in", of=queries.check_in)
def correct_check_in(row: CheckIn) -> Response:
    """Set the counts right, with a reason."""
    form = CorrectionForm()

    def correct() -> None:
        pupils, adults = form.pupils.count, form.adults.count
        corrections.correct_counts(current_actor(), row.id, pupils, adults, str(form.why.data or ""), form.seen_version)

    return _act(row, form, correct, _("人数已更正。"))


@bp.post("/office/check-ins/<int:check_in_id>/photo")
@permission("events.correct_check_in", of=queries.check_in)
def keep_photo(row: CheckIn) -> Response:
    """Keep the group's photo."""
    form = PhotoForm()

    def keep() -> None:
        given = form.photo.data
        name = given.filename or "" if given else ""
        content = photos.read_photo(name, given.stream) if given else b""
        photos.keep_photo(current_actor(), row.id, name, content)

    return _act(row, form, keep, _("合影已保存。"))


@bp.post("/office/check-ins/<int:check_in_id>/photo/remove")
@permission("events.correct_check_in", of=queries.check_in)
def remove_photo(row: CheckIn) -> Response:
    """Take the photo away."""
    photos.remove_photo(current_actor(), row.id)
    flash(_("合影已删除。"), "success")
    return _to(row)


@bp.get("/office/check-ins/<int:check_in_id>/photo")
@permission("events.see_photo", of=queries.check_in)
def photo(row: CheckIn) -> Response:
    """The group's photo, for the office alone; no browser keeps it."""
    if row.photo_file_sha256 is None:
        raise NotFound
    return send_uploaded(UploadedFile(row.photo_file_sha256, "photo.jpg", "image/jpeg", is_sealed=True))


@bp.post("/office/check-ins/<int:check_in_id>/leave")
@permission("events.correct_check_in", of=queries.check_in)
def leave_hall(row: CheckIn) -> Response:
    """The party has left."""
    check_ins.leave_hall(current_actor(), row.id)
    flash(_("已记为离场。"), "success")
    return redirect(url_for("events.session_door", session_id=row.session_id))  # type: ignore[return-value]


@bp.post("/office/check-ins/<int:check_in_id>/undo")
@permission("events.correct_check_in", of=queries.check_in)
def undo_check_in(row: CheckIn) -> Response:
    """It was noted by mistake."""
    check_ins.undo_check_in(current_actor(), row.id)
    flash(_("已撤销签到，这支队伍可以重新登记。"), "success")
    return redirect(url_for("events.session_door", session_id=row.session_id))  # type: ignore[return-value]


def _act(row: CheckIn, form: Form, do: Callable[[], None], done: str) -> Response:
    if form.validate_on_submit():
        try:
            do()
        except DomainError as error:
            form.show(error)
            return _page(queries.check_in(row.id), form, status=error.status)
        flash(done, "success")
        return _to(row)
    return _page(row, form, status=422)


def _page(row: CheckIn, wrong: Form | None = None, *, status: int = 200) -> Response:
    history = queries.history_of(row)
    correction = wrong if isinstance(wrong, CorrectionForm) else _filled(row)
    if correction is wrong:
        correction.version.data = str(row.version)
    return render_page(
        "events/attendance/check_in.html",
        status=status,
        event=row.session.event,
        row=row,
        history=history,
        form=correction,
        photo_form=wrong if isinstance(wrong, PhotoForm) else PhotoForm(formdata=None),
        photo_days=current_app.config["SETTINGS"].group_photo_days,
        photo_limits={"accept": photos.ACCEPT, "max_bytes": photos.MOST_BYTES},
        is_wrong=wrong is not None,
        is_late=is_late(row.arrived_at, row.session.starts_at),
        wording=wording,
        clock=lambda moment: f"{local(moment):%H:%M}",
    )


def _filled(row: CheckIn) -> CorrectionForm:
    return CorrectionForm(formdata=None, version=str(row.version), pupils=str(row.pupils), adults=str(row.adults))


def _to(row: CheckIn) -> Response:
    return redirect(url_for("events.show_check_in", check_in_id=row.id))  # type: ignore[return-value]
