"""One task: the work as its judge may see it, the score sheet, the way to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from wtforms import Field

from contest_portal.contests.rules import Criterion
from contest_portal.core.clock import now
from contest_portal.core.errors import Conflict, DomainError, Invalid, NotFound, Stale
from contest_portal.core.i18n import minute, translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_, Message
from contest_portal.judging.forms.reasons import ReasonForm
from contest_portal.judging.forms.sheets import SheetForm
from contest_portal.judging.marks import draft_problems
from contest_portal.judging.models import Assignment
from contest_portal.judging.queries import tasks as queries
from contest_portal.judging.queries.tasks import TaskPage
from contest_portal.judging.services import sheets
from contest_portal.judging.services.sheets import mark_field
from contest_portal.judging.views.blueprint import bp
from contest_portal.media.models import Blob
from contest_portal.media.serving import send_blind_copy, send_blob, send_derivative, send_page, send_tile

AnyResponse = Any
PREVIEWS = {"screen": "picture", "thumb": "picture", "poster": "film", "film720": "film"}
"""Which look belongs to which kind of file."""


@bp.get("/judge/tasks/<int:task_id>")
@permission("judging.read_task", of=queries.task)
def task(row: Assignment) -> Response:
    """The work and its score sheet."""
    _refuse_before_begin(row)
    page = queries.task_page(row)
    kept = row.draft_marks or (page.sheet.marks if page.sheet else {})
    form = SheetForm.for_rubric(
        page.rubric,
        formdata=None,
        data={
            **{mark_field(code): str(value) for code, value in kept.items()},
            "comment": row.draft_comment or (page.sheet.comment if page.sheet else ""),
            "version": str(row.version),
        },
    )
    return _task_page(page, form)


@bp.post("/judge/tasks/<int:task_id>/draft")
@permission("judging.read_task", of=queries.task)
def save_draft(row: Assignment) -> AnyResponse:
    """Keep what has been typed so far; asked by the page itself."""
    rubric = queries.rubric_of_task(row)
    form = SheetForm.for_rubric(rubric)
    version = sheets.save_draft(current_actor(), row.id, form.seen_version, form.marks(rubric), form.comment.data or "")
    problems = draft_problems(form.marks(rubric), rubric)
    return {
        "version": str(version),
        "problems": {mark_field(code): translate(message) for code, message in problems.items()},
    }


@bp.post("/judge/tasks/<int:task_id>/submit")
@permission("judging.read_task", of=queries.task)
def submit(row: Assignment) -> AnyResponse:
    """Submit the sheet and go on to the next task, or correct it and stay."""
    task_id, was_submitted = row.id, row.state == "submitted"
    rubric = queries.rubric_of_task(row)
    form = SheetForm.for_rubric(rubric)
    try:
        if not form.validate():
            raise Invalid("judging.form", N_("页面已过期，请重新提交。"))
        sheet = sheets.submit_sheet(
            current_actor(), task_id, form.seen_version, form.marks(rubric), form.comment.data or ""
        )
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        page = queries.task_page(queries.task(task_id))
        form.version.data = str(page.task.version)
        return _task_page(page, form, stale=isinstance(error, Stale), status=error.status)
    done = queries.task(task_id)
    following = None if was_submitted else queries.next_todo(done)
    number = done.entry.number
    if was_submitted:
        flash(_("%(number)s 已更正为 %(total)s 分。", number=number, total=_points(sheet.total)), "success")
        return redirect(url_for(".task", task_id=task_id))
    flash(_("%(number)s 已提交，%(total)s 分。", number=number, total=_points(sheet.total)), "success")
    if following is None:
        flash(_("本轮任务已全部完成，感谢您的评审。截止前仍可更正。"), "info")
        return redirect(url_for(".own_tasks"))
    return redirect(url_for(".task", task_id=following))


@bp.post("/judge/tasks/<int:task_id>/conflict")
@permission("judging.read_task", of=queries.task)
def declare_conflict(row: Assignment) -> AnyResponse:
    """Keep away from this work; it goes to another judge."""
    form, task_id, number = ReasonForm(), row.id, row.entry.number
    following = queries.next_todo(row)
    try:
        sheets.declare_conflict(current_actor(), task_id, form.why.data or "")
    except Invalid as error:
        page = queries.task_page(queries.task(task_id))
        kept = {mark_field(code): str(value) for code, value in page.task.draft_marks.items()}
        sheet_form = SheetForm.for_rubric(
            page.rubric,
            formdata=None,
            data={**kept, "comment": page.task.draft_comment, "version": str(page.task.version)},
        )
        return _task_page(page, sheet_form, conflict_error=translate(error.message), status=422)
    flash(_("已回避 %(number)s，该作品将由其他评委评阅。", number=number), "success")
    return redirect(url_for(".task", task_id=following) if following else url_for(".own_tasks"))


@bp.get("/judge/tasks/<int:task_id>/files/<int:file_id>/<look>")
@permission("judging.read_task_file", of=queries.wanted_file)
def task_file(wanted: queries.WantedFile) -> Response:
    """A file of the work under the entry's number: the original, or a preview of it."""
    _refuse_before_begin(wanted.task)
    blob, shown = queries.file_of_task(wanted.task, wanted.file_id)
    if wanted.look == "original":
        send = send_blind_copy if wanted.task.round.is_blind else send_blob
        return send(blob, shown.name)
    if PREVIEWS.get(wanted.look) != shown.look:
        raise NotFound
    return _asked_for_each_time(send_derivative(blob, wanted.look))


@bp.get("/judge/tasks/<int:task_id>/files/<int:file_id>/tiles/<int:level>/<int:column>_<int:row>.jpg")
@permission(
    "judging.read_task_file",
    of=lambda task_id, file_id, level, column, row: queries.wanted_file(task_id, file_id, "tiles", level, column, row),
)
def task_tile(wanted: queries.WantedFile) -> Response:
    """A tile of a large picture of the work."""
    level, column, row = wanted.place
    return _asked_for_each_time(send_tile(_blob_for(wanted), level, column, row))


@bp.get("/judge/tasks/<int:task_id>/files/<int:file_id>/pages/<int:page>")
@permission(
    "judging.read_task_file",
    of=lambda task_id, file_id, page: queries.wanted_file(task_id, file_id, "pages", page),
)
def task_page_picture(wanted: queries.WantedFile) -> Response:
    """A page of a PDF of the work as a picture."""
    return _asked_for_each_time(send_page(_blob_for(wanted), wanted.place[0]))


def _blob_for(wanted: queries.WantedFile) -> Blob:
    """The content of a file that the task's judge may see in that look. Raises NotFound, Conflict before the round."""
    _refuse_before_begin(wanted.task)
    blob, shown = queries.file_of_task(wanted.task, wanted.file_id)
    if shown.look == "hidden":
        raise NotFound
    return blob


def _asked_for_each_time(response: Response) -> Response:
    """A browser shows no picture that it kept from before a part of it was masked."""
    if response.headers.get("Cache-Control") != "no-store":
        response.headers["Cache-Control"] = "private, no-cache"
    return response


def _refuse_before_begin(row: Assignment) -> None:
    if row.round.opens_at > now():
        message = Message.of(N_("评审将于 %(at)s 开始。"), at=minute(row.round.opens_at))
        raise Conflict("judging.not_begun", message)


def _task_page(
    page: TaskPage, form: SheetForm, *, stale: bool = False, conflict_error: str = "", status: int = 200
) -> Response:
    kept = page.task.draft_marks or (page.sheet.marks if page.sheet else {})
    wrong = {} if form.errors else draft_problems(form.marks(page.rubric), page.rubric)
    return render_page(
        "judging/task.html",
        page=page,
        task=page.task,
        entry=page.task.entry,
        form=form,
        marks=[_shown_mark(one, form, kept.get(one.code, "") if stale else "", wrong) for one in page.rubric],
        leading=next((file for file in page.files if file.look in {"picture", "film"}), None),
        watched=[f"file-{file.id}" for file in page.files if file.is_under_way],
        has_changes=page.sheet is not None and page.task.draft_marks != _texts(page),
        conflict_error=conflict_error,
        stale=stale,
        status=status,
    )


def _shown_mark(
    criterion: Criterion, form: SheetForm, elsewhere: object, wrong: Mapping[str, Message]
) -> tuple[Criterion, Field, object, str]:
    """A criterion's line: its input, what another window keeps, and what is wrong with the mark."""
    field, message = form[mark_field(criterion.code)], wrong.get(criterion.code)
    return criterion, field, elsewhere, " ".join(field.errors) or (translate(message) if message else "")


def _texts(page: TaskPage) -> dict[str, str]:
    return {code: str(value) for code, value in (page.sheet.marks if page.sheet else {}).items()}


def _points(total: float) -> str:
    return f"{total:g}"
