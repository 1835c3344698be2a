"""The pages of a contest's own parts: the call with its files, the timetable, the settings."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from contest_portal.contests import queries, services
from contest_portal.contests.forms.contest import AttachmentForm, CallForm, SettingsForm, TimetableForm
from contest_portal.contests.forms.rules import lines
from contest_portal.contests.models import Contest, ContestAttachment
from contest_portal.contests.services.attachments import MOST_BYTES
from contest_portal.contests.views.blueprint import bp
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import Form
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission


@bp.get("/office/contests/<int:contest_id>/call")
@permission("contests.edit", of=queries.contest)
def edit_call(contest: Contest) -> Response:
    """The call and its files."""
    return _call_page(contest, CallForm.of(contest))


@bp.post("/office/contests/<int:contest_id>/call")
@permission("contests.edit", of=queries.contest)
def save_call(contest: Contest) -> AnyResponse:
    """Save the call."""
    form = CallForm.of(contest)

    def save() -> Contest:
        return services.change_call(
            current_actor(),
            contest.id,
            form.seen_version,
            title=form.call_title.data or "",
            text=form.call_text.data or "",
            who_may_enter=form.who_may_enter.data or "",
        )

    return _saved(form, contest.id, save, _call_page, "contests.edit_call")


def _call_page(contest: Contest, form: CallForm, upload: AttachmentForm | None = None, status: int = 200) -> Response:
    return render_page(
        "contests/edit_call.html",
        contest=contest,
        form=form,
        upload=upload or AttachmentForm(formdata=None),
        max_bytes=MOST_BYTES,
        status=status,
    )


@bp.post("/office/contests/<int:contest_id>/attachments")
@permission("contests.edit", of=queries.contest)
def add_attachment(contest: Contest) -> AnyResponse:
    """Add a file to the call."""
    contest_id, upload = contest.id, AttachmentForm()
    status = 422
    if upload.validate_on_submit():
        try:
            services.add_attachment(
                current_actor(),
                contest_id,
                kind=upload.kind.data,
                title=upload.title.data or "",
                file_name=upload.file.data.filename,
                stream=upload.file.data.stream,
            )
            flash(_("文件已上传。"), "success")
            return redirect(url_for("contests.edit_call", contest_id=contest_id, _anchor="files"))
        except DomainError as error:
            upload.show(error)
            status = error.status
    contest = queries.contest(contest_id)
    return _call_page(contest, CallForm(formdata=None, data=CallForm.values_of(contest)), upload, status)


@bp.post("/office/contests/<int:contest_id>/attachments/<int:attachment_id>/remove")
@permission("contests.edit_file", of=queries.attachment)
def remove_attachment(file: ContestAttachment) -> AnyResponse:
    """Take a file out of the call."""
    contest_id = file.contest_id
    services.remove_attachment(current_actor(), contest_id, file.id)
    flash(_("文件已移除。"), "success")
    return redirect(url_for("contests.edit_call", contest_id=contest_id, _anchor="files"))


@bp.get("/office/contests/<int:contest_id>/timetable")
@permission("contests.edit", of=queries.contest)
def edit_timetable(contest: Contest) -> Response:
    """The timetable."""
    return _timetable_page(contest, TimetableForm.of(contest))


@bp.post("/office/contests/<int:contest_id>/timetable")
@permission("contests.edit", of=queries.contest)
def save_timetable(contest: Contest) -> AnyResponse:
    """Save the timetable."""
    form = TimetableForm.of(contest)

    def save() -> Contest:
        return services.change_timetable(
            current_actor(), contest.id, form.seen_version, form.dates, grace_seconds=form.grace_seconds.data
        )

    return _saved(form, contest.id, save, _timetable_page, "contests.overview")


def _timetable_page(contest: Contest, form: TimetableForm, status: int = 200) -> Response:
    return render_page("contests/edit_timetable.html", contest=contest, form=form, status=status)


@bp.get("/office/contests/<int:contest_id>/settings")
@permission("contests.edit", of=queries.contest)
def edit_settings(contest: Contest) -> Response:
    """Name, numbers, reasons of a return, where the shortlist goes."""
    return _settings_page(contest, SettingsForm.of(contest))


@bp.post("/office/contests/<int:contest_id>/settings")
@permission("contests.edit", of=queries.contest)
def save_settings(contest: Contest) -> AnyResponse:
    """Save the settings."""
    form = SettingsForm.of(contest)
    _offer_targets(contest, form)

    def save() -> Contest:
        return services.change_settings(
            current_actor(),
            contest.id,
            form.seen_version,
            name=form.name.data,
            number_prefix=form.number_prefix.data,
            number_pattern=form.number_pattern.data,
            return_reasons=lines(form.return_reasons.data),
            feeds_into_id=int(form.feeds_into_id.data) if form.feeds_into_id.data else None,
            feeds_into_name=form.feeds_into_name.data or "",
            feeds_into_title=form.feeds_into_title.data or "",
            is_practice=form.is_practice.data,
            school_total=form.school_total.data,
        )

    return _saved(form, contest.id, save, _settings_page, "contests.overview")


def _offer_targets(contest: Contest, form: SettingsForm) -> None:
    targets = queries.contest_choices(contest.office.parent_id, living=True) if contest.office.parent_id else []
    known = [(str(target_id), name) for target_id, name in targets]
    if contest.feeds_into and str(contest.feeds_into_id) not in dict(known):
        known.append((str(contest.feeds_into_id), contest.feeds_into.name))
    form.feeds_into_id.choices = [("", _("不上报，或上级赛事不在本系统")), *known]


def _settings_page(contest: Contest, form: SettingsForm, status: int = 200) -> Response:
    _offer_targets(contest, form)
    return render_page("contests/edit_settings.html", contest=contest, form=form, status=status)


def _saved(
    form: Form, contest_id: int, save: Callable[[], Contest], page: Callable[..., Response], next_page: str
) -> AnyResponse:
    """Validate and save; on success go on, else show the page again with what was typed."""
    status: int = 422
    if form.validate_on_submit():
        try:
            save()
        except DomainError as error:
            form.show(error)
            status = error.status
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for(next_page, contest_id=contest_id))
    shown: Any = queries.contest(contest_id)
    return page(shown, form, status=status)
