"""One task: the work as its judge may see it, the score sheet, the way to the next."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, flash, redirect, url_for
from flask_babel import gettext as _
from wtforms import Field

from contest_portal.core.errors import DomainError, Invalid, NotFound, Stale
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page, wants_json
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_, Message
from contest_portal.judging.forms.reasons import ReasonForm
from contest_portal.judging.forms.sheets import ReportForm, SheetForm
from contest_portal.judging.marks import draft_problems
from contest_portal.judging.models import Assignment, ScoreSheet
from contest_portal.judging.queries import tasks as queries
from contest_portal.judging.queries.task_files import own_task_head
from contest_portal.judging.queries.task_files import task as whole_task
from contest_portal.judging.queries.tasks import TaskPage
from contest_portal.judging.rubrics import RoundCriterion
from contest_portal.judging.services import sheets
from contest_portal.judging.services.sheets import mark_field
from contest_portal.judging.views.blueprint import bp
from contest_portal.judging.views.task_files import refuse_before_begin

AnyResponse = Any


@bp.get("/judge/tasks/<int:task_id>")
@permission("judging.read_task", of=whole_task)
def task(row: Assignment) -> Response:
    """The work and its score sheet."""
    refuse_before_begin(row)
    page = queries.task_page(row)
    return task_response(page, _kept_form(page))


@bp.post("/judge/tasks/<int:task_id>/draft")
@permission("judging.read_task", of=own_task_head)
def save_draft(row: Assignment) -> AnyResponse:
    """Keep what has been typed so far; asked by the page itself. A newer draft of another device is told with all it
    holds."""
    task_id, rubric = row.id, queries.rubric_of_task(row)
    form = SheetForm.for_rubric(rubric)
    typed = form.typed(rubric)
    try:
        version = sheets.save_draft(
            current_actor(), task_id, form.seen_version, typed.marks, typed.comment, typed.panel_comment,
            stamp=form.stamp,
        )  # fmt: skip
    except Stale as error:
        if not wants_json():
            raise
        return _newer_draft(own_task_head(task_id), error), error.status
    problems = draft_problems(typed.marks, rubric)
    return {
        "version": str(version),
        "problems": {mark_field(code): translate(message) for code, message in problems.items()},
    }


def _newer_draft(row: Assignment, error: Stale) -> dict[str, object]:
    return {
        "code": error.code,
        "message": translate(error.message),
        "version": str(row.version),
        "fields": {
            **{mark_field(code): str(text) for code, text in row.draft_marks.items()},
            "comment": row.draft_comment,
            "panel_comment": row.draft_panel_comment,
        },
    }


@bp.post("/judge/tasks/<int:task_id>/submit")
@permission("judging.read_task", of=own_task_head)
def submit(row: Assignment) -> AnyResponse:
    """Submit the sheet and go on to the next task, or replace one that the office has given back and stay."""
    task_id, was_submitted, rubric = row.id, row.state == "submitted", queries.rubric_of_task(row)
    form = SheetForm.for_rubric(rubric)
    typed = form.typed(rubric)
    try:
        if not form.validate():
            raise Invalid("judging.form", N_("页面已过期，请重新提交。"))
        sheet = sheets.submit_sheet(
            current_actor(), task_id, form.seen_version, typed.marks, typed.comment, typed.panel_comment,
            stamp=form.stamp,
        )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        if wants_json():
            if isinstance(error, Stale):
                return _newer_draft(own_task_head(task_id), error), error.status
            raise
        form.show(error)
        page = queries.task_page(whole_task(task_id))
        form.version.data = str(page.task.version)
        return task_response(page, form, stale=isinstance(error, Stale), status=error.status)
    target = _after_submitting(own_task_head(task_id), sheet, was_submitted)
    return {"next": target} if wants_json() else redirect(target)


def _after_submitting(done: Assignment, sheet: ScoreSheet, was_submitted: bool) -> str:
    """Say what was done; gives the address to go on to."""
    number = done.entry.number
    if was_submitted:
        flash(_("%(number)s 已更正为 %(total)s 分。", number=number, total=_points(sheet.total)), "success")
        return url_for(".task", task_id=done.id)
    flash(_("%(number)s 已提交，%(total)s 分。", number=number, total=_points(sheet.total)), "success")
    following = queries.next_todo(done)
    if following is None:
        flash(_("本轮任务已全部完成，感谢您的评审。"), "info")
        return url_for(".own_tasks")
    return url_for(".task", task_id=following)


@bp.post("/judge/tasks/<int:task_id>/conflict")
@permission("judging.read_task", of=own_task_head)
def declare_conflict(row: Assignment) -> AnyResponse:
    """Keep away from this work; it goes to another judge."""
    form, task_id, number = ReasonForm(), row.id, row.entry.number
    following = queries.next_todo(row)
    try:
        sheets.declare_conflict(current_actor(), task_id, form.why.data or "")
    except Invalid as error:
        return refused_beside(task_id, conflict_error=translate(error.message))
    flash(_("已回避 %(number)s，该作品将由其他评委评阅。", number=number), "success")
    return redirect(url_for(".task", task_id=following) if following else url_for(".own_tasks"))


def refused_beside(task_id: int, **shown: Any) -> Response:
    """The task's page as it is kept, with what is wrong in a form beside the sheet."""
    page = queries.task_page(whole_task(task_id))
    return task_response(page, _kept_form(page), status=422, **shown)


def _kept_form(page: TaskPage) -> SheetForm:
    """The form with what is kept: the draft, else the sheet. Each opening of the page has a name of its own."""
    row, sheet = page.task, page.sheet
    marks, comment, panel_comment = row.draft_marks, row.draft_comment, row.draft_panel_comment
    if sheet and not row.draft_marks and row.draft_saved_at is None:
        marks, comment, panel_comment = sheet.marks, sheet.comment, sheet.panel_comment
    data = {
        **{mark_field(code): str(value) for code, value in marks.items()},
        "comment": comment,
        "panel_comment": panel_comment,
        "version": str(row.version),
        "device": secrets.token_urlsafe(16),
        "number": "0",
        "seconds": "0",
    }
    return SheetForm.for_rubric(page.rubric, formdata=None, data=data)


def task_response(
    page: TaskPage,
    form: SheetForm,
    *,
    stale: bool = False,
    conflict_error: str = "",
    ask_error: str = "",
    report_form: ReportForm | None = None,
    status: int = 200,
) -> Response:
    """The task's page. `stale`: another device's marks are shown beside those that were sent."""
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
        ask_error=ask_error,
        report_form=report_form or ReportForm(formdata=None),
        reports_failed=report_form is not None,
        most_evidence_bytes=current_app.config["SETTINGS"].plain_file_mb << 20,
        stale=stale,
        status=status,
    )


def _shown_mark(
    criterion: RoundCriterion, form: SheetForm, elsewhere: object, wrong: Mapping[str, Message]
) -> tuple[RoundCriterion, Field, object, str]:
    """A criterion's line: its input, what another window keeps, and what is wrong with the mark."""
    field, message = form[mark_field(criterion.code)], wrong.get(criterion.code)
    return criterion, field, elsewhere, " ".join(field.errors) or (translate(message) if message else "")


def _texts(page: TaskPage) -> dict[str, str]:
    return {code: str(value) for code, value in (page.sheet.marks if page.sheet else {}).items()}


def _points(total: float) -> str:
    return f"{total:g}"
