"""What a judge asks or reports beside the sheet, and what the office answers."""

from __future__ import annotations

import math
import os
from typing import Any

from flask import Response, current_app, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from contest_portal.core.errors import DomainError, Invalid, NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.text import N_, Message
from contest_portal.entries.checks.measures import size_text
from contest_portal.judging.forms.reasons import ReasonForm, SetAsideForm
from contest_portal.judging.forms.sheets import DecisionForm, ReportForm
from contest_portal.judging.models import Assignment
from contest_portal.judging.queries import requests as queries
from contest_portal.judging.queries.rounds import task_for_office
from contest_portal.judging.queries.setting_aside import conflict_of_task, settings_aside_of
from contest_portal.judging.queries.task_files import own_task_head
from contest_portal.judging.queries.tasks import rubric_of_task
from contest_portal.judging.services import fraud_reports, reopening, setting_aside
from contest_portal.judging.sheet_models import FraudReport
from contest_portal.judging.views.blueprint import bp
from contest_portal.judging.views.tasks import refused_beside
from contest_portal.media.facts import Kind, extension_of, problem_message
from contest_portal.media.services.beginning_uploads import require_room
from contest_portal.media.services.receiving import Received, receive_file
from contest_portal.media.services.sweeping import remove_refused
from contest_portal.media.serving import send_blob

AnyResponse = Any
EVIDENCE_KINDS = (
    Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.HEIC, Kind.PDF, Kind.MP4, Kind.MOV, Kind.DOCX, Kind.DOC, Kind.XLSX, Kind.PPTX,
)  # fmt: skip


@bp.post("/judge/tasks/<int:task_id>/ask-to-reopen")
@permission("judging.read_task", of=own_task_head)
def ask_to_reopen(row: Assignment) -> AnyResponse:
    """Ask the office for leave to change a submitted sheet."""
    form, task_id = ReasonForm(), row.id
    try:
        reopening.ask_to_reopen(current_actor(), task_id, form.why.data or "")
    except Invalid as error:
        return refused_beside(task_id, ask_error=translate(error.message))
    flash(_("申请已交给主办单位，获准后会通知您。在此之前，已提交的评分仍然有效。"), "success")
    return redirect(url_for(".task", task_id=task_id))


@bp.post("/judge/tasks/<int:task_id>/report")
@permission("judging.read_task", of=own_task_head)
def report_fraud(row: Assignment) -> AnyResponse:
    """Report fraud or a breach of blindness, with a file where there is one."""
    form, task_id = ReportForm(), row.id
    received: Received | None = None
    try:
        received = _evidence(form.file.data)
        fraud_reports.report_fraud(current_actor(), task_id, form.kind.data or "", form.evidence.data or "", received)
    except Invalid as error:
        if received is not None:
            remove_refused(received.sha256, received.put_at)
        form.show(error)
        return refused_beside(task_id, report_form=form)
    flash(_("已举报，由主办单位核实处理，结果会通知您。"), "success")
    return redirect(url_for(".task", task_id=task_id))


def _evidence(upload: FileStorage | None) -> Received | None:
    """The file that was chosen, stored. Raises Invalid for one that is too large or nothing can be made of."""
    if upload is None or not upload.filename:
        return None
    size_bytes = upload.stream.seek(0, os.SEEK_END)
    upload.stream.seek(0)
    most = int(current_app.config["SETTINGS"].plain_file_mb) << 20
    if size_bytes > most:
        message = Message.of(
            N_("「%(name)s」有 %(measured)s，超过上限 %(limit)s。请压缩，或只截取有关的部分。"),
            name=upload.filename, measured=size_text(size_bytes), limit=size_text(most, math.floor),
        )  # fmt: skip
        raise Invalid("judging.evidence_too_large", message, field="file")
    require_room(size_bytes)
    received = receive_file(upload.stream, upload.filename, [str(kind) for kind in EVIDENCE_KINDS])
    problem = problem_message(received.facts)
    if problem is None and received.facts.kind not in EVIDENCE_KINDS:
        problem = Message.of(N_("「%(name)s」不是图片、影片、PDF 或 Office 文件，请换一种格式。"), name=upload.filename)
    if problem is not None:
        remove_refused(received.sha256, received.put_at)
        raise Invalid("judging.evidence", problem, field="file")
    return received


@bp.get("/office/tasks/<int:task_id>/sheets")
@permission("judging.see_task", of=task_for_office)
def sheet_versions(task: Assignment) -> Response:
    """Every version of a task's sheet, and the form to give it back."""
    return _versions_page(task)


@bp.post("/office/tasks/<int:task_id>/reopen")
@permission("judging.reassign", of=task_for_office)
def reopen_sheet(task: Assignment) -> AnyResponse:
    """Give a submitted sheet back to its judge."""
    form, task_id, round_id = ReasonForm(), task.id, task.round_id
    try:
        reopening.reopen_sheet(current_actor(), task_id, form.why.data or "")
    except Invalid as error:
        return _versions_page(task_for_office(task_id), why_error=translate(error.message))
    flash(_("已退回修改并通知评委。评委重新提交之前，原来的评分仍然有效。"), "success")
    return redirect(url_for(".show_round", round_id=round_id, _anchor="requests"))


@bp.post("/office/tasks/<int:task_id>/decline-reopening")
@permission("judging.reassign", of=task_for_office)
def decline_reopening(task: Assignment) -> AnyResponse:
    """Leave a sheet as it is although its judge asks."""
    form, task_id, round_id = ReasonForm(), task.id, task.round_id
    try:
        reopening.decline_reopening(current_actor(), task_id, form.why.data or "")
    except Invalid as error:
        return _versions_page(task_for_office(task_id), why_error=translate(error.message))
    flash(_("未准修改，已通知评委。"), "success")
    return redirect(url_for(".show_round", round_id=round_id, _anchor="requests"))


@bp.post("/office/tasks/<int:task_id>/set-aside")
@permission("judging.reassign", of=task_for_office)
def set_sheet_aside(task: Assignment) -> AnyResponse:
    """A sheet of a judge who must keep away counts no longer."""
    form, task_id, round_id = SetAsideForm(), task.id, task.round_id
    try:
        done = setting_aside.set_sheet_aside(
            current_actor(), task_id, form.why.data or "", give_on=bool(form.give_on.data)
        )
    except Invalid as error:
        return _versions_page(task_for_office(task_id), why_error=translate(error.message))
    flash(_("这份评分不再计入，已通知评委。"), "success")
    if form.give_on.data and done.given_to is None:
        flash(_("没有评委可以接替。请增加评委，再在「调整任务」中补上。"), "warning")
    return redirect(url_for(".show_round", round_id=round_id, _anchor="requests"))


@bp.post("/office/tasks/<int:task_id>/count-again")
@permission("judging.reassign", of=task_for_office)
def count_again(task: Assignment) -> AnyResponse:
    """A sheet that was set aside counts again."""
    form, task_id = ReasonForm(), task.id
    try:
        other_stays = setting_aside.count_again(current_actor(), task_id, form.why.data or "")
    except Invalid as error:
        return _versions_page(task_for_office(task_id), why_error=translate(error.message))
    flash(_("这份评分重新计入，已通知评委。"), "success")
    if other_stays:
        flash(_("接替的评委已经动笔，其任务保留，两份评分都计入。"), "info")
    return redirect(url_for(".sheet_versions", task_id=task_id))


def _versions_page(task: Assignment, *, why_error: str = "") -> Response:
    reason = conflict_of_task(task) if task.state == "submitted" else None
    return render_page(
        "judging/sheet_versions.html",
        task=task,
        round=task.round,
        rubric=rubric_of_task(task),
        versions=queries.versions_of(task.id),
        conflict=translate(reason) if reason else "",
        aside=settings_aside_of(task.id),
        why_error=why_error,
        status=422 if why_error else 200,
    )


@bp.get("/office/reports/<int:report_id>")
@permission("judging.see_report", of=queries.report_by_id)
def report(row: FraudReport) -> Response:
    """One report with its evidence, and the form to decide it."""
    return _report_page(row, DecisionForm(formdata=None))


@bp.get("/office/reports/<int:report_id>/file")
@permission("judging.see_report", of=queries.report_by_id)
def report_file(row: FraudReport) -> Response:
    """The evidence's file, to be downloaded."""
    if row.blob is None:
        raise NotFound
    ending = extension_of(Kind(row.blob.kind))
    return send_blob(row.blob, f"{row.entry.number}-{row.id}.{ending}", download=True)


@bp.post("/office/reports/<int:report_id>/decide")
@permission("judging.decide_report", of=queries.report_by_id)
def decide_report(row: FraudReport) -> AnyResponse:
    """Uphold the report, so that the work is out of the round, or dismiss it."""
    form, report_id = DecisionForm(), row.id
    try:
        if form.outcome.data not in {"upheld", "dismissed"}:
            raise Invalid("judging.outcome", N_("请选择处理结果。"), field="outcome")
        done = fraud_reports.decide_report(
            current_actor(), report_id, is_upheld=form.outcome.data == "upheld", decision=form.decision.data or ""
        )
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        return _report_page(queries.report_by_id(report_id), form, status=error.status)
    flash(_("已取消这件作品在本轮的评审资格。") if done.state == "upheld" else _("已驳回举报，评审继续。"), "success")
    return redirect(url_for(".report", report_id=report_id))


def _report_page(row: FraudReport, form: DecisionForm, *, status: int = 200) -> Response:
    who = queries.decider_of(row) if row.decided_by else ""
    return render_page("judging/report.html", report=row, round=row.round, form=form, who=who, status=status)
