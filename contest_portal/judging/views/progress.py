"""A round while it runs: progress, reminders, another end, tasks that change hands, closing."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.clock import local, now
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.kept_messages import kept
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.judges import JudgesForm
from contest_portal.judging.forms.progress import CloseForm, DeadlineForm, ReassignForm
from contest_portal.judging.forms.rankings import RankForm
from contest_portal.judging.models import Assignment, Round
from contest_portal.judging.queries import rounds as queries
from contest_portal.judging.queries.reassigning import candidates_for
from contest_portal.judging.queries.relations import overrules_of_round
from contest_portal.judging.queries.requests import requests_of_round
from contest_portal.judging.queries.setting_aside import touched_of_round
from contest_portal.judging.queries.unfinished import unfinished_of_round
from contest_portal.judging.round_workbooks import progress_workbook, tasks_workbook
from contest_portal.judging.services import progress as services
from contest_portal.judging.services.reassigning import reassign_task
from contest_portal.judging.states import METHODS, TASK_STATES, phase
from contest_portal.judging.views.blueprint import bp
from contest_portal.judging.views.rounds import round_states

AnyResponse = Any


@bp.get("/office/rounds/<int:round_id>")
@permission("judging.see_round", of=queries.round_by_id)
def show_round(row: Round) -> Response:
    """One round: what it is, how far it has come, what to do next."""
    return _round_page(row)


@bp.get("/office/rounds/<int:round_id>/export")
@permission("judging.see_round", of=queries.round_by_id)
def export_progress(row: Round) -> Response:
    """How far judges and categories have come, as a workbook."""
    title = _title(row)
    content = progress_workbook(title, queries.progress_of_round(row))
    return workbook_response(content, _("%(title)s进度.xlsx", title=title))


def _title(row: Round) -> str:
    return f"{row.contest.name} {row.name}"


@bp.post("/office/rounds/<int:round_id>/deadline")
@permission("judging.run_round", of=queries.round_by_id)
def move_deadline(row: Round) -> AnyResponse:
    """Move the end of a running round."""
    form, round_id = DeadlineForm(), row.id
    try:
        services.move_deadline(current_actor(), round_id, form.moment, form.seen_version)
    except DomainError as error:
        form.show(error)
        return _round_page(queries.round_by_id(round_id), deadline_form=form)
    flash(_("截止时间已更改，并已通知未完成的评委。"), "success")
    return redirect(url_for(".show_round", round_id=round_id))


@bp.post("/office/rounds/<int:round_id>/remind")
@permission("judging.run_round", of=queries.round_by_id)
def remind(row: Round) -> AnyResponse:
    """Remind judges with unfinished tasks: the chosen ones, or all."""
    form, round_id = JudgesForm(), row.id
    if form.only_chosen.data and not form.judge.data:
        flash(_("请先勾选要提醒的评委。"), "warning")
        return redirect(url_for(".show_round", round_id=round_id))
    told = services.remind_judges(current_actor(), round_id, form.judge.data or [])
    flash(_("已向 %(count)s 名评委发送站内提醒。", count=told), "success" if told else "info")
    return redirect(url_for(".show_round", round_id=round_id))


@bp.post("/office/rounds/<int:round_id>/close")
@permission("judging.run_round", of=queries.round_by_id)
def close_round(row: Round) -> AnyResponse:
    """End the round."""
    form, round_id = CloseForm(), row.id
    try:
        services.close_round(
            current_actor(), round_id, form.seen_version, void_unfinished=bool(form.void_unfinished.data)
        )
    except DomainError as error:
        form.show(error)
        return _round_page(queries.round_by_id(round_id), close_form=form)
    flash(_("评审已截止，评分不能再更改。现在可以计算排名。"), "success")
    return redirect(url_for(".show_round", round_id=round_id))


def _round_page(row: Round, *, deadline_form: DeadlineForm | None = None, close_form: CloseForm | None = None) -> Response:  # fmt: skip
    failed = deadline_form or close_form
    if failed is not None:
        failed.version.data = str(row.version)
    closes_at = local(row.closes_at)
    return render_page(
        "judging/round.html",
        round=row,
        states=round_states(),
        phase=phase(row.state, row.opens_at, row.closes_at, now()),
        progress=queries.progress_of_round(row),
        panels=queries.progress_of_panels(row) if row.state != "planned" else [],
        overrules=[
            (judge, number, translate(kept(decision.conflict)), decision.why, by, decision.decided_at)
            for decision, judge, number, by in overrules_of_round(row.id)
        ],
        rankings=queries.rankings_of_round(row.id),
        unfinished=unfinished_of_round(row.id) if row.state == "open" else None,
        requests=requests_of_round(row),
        touched=[(one, translate(one.reason)) for one in touched_of_round(row.id)] if row.state == "closed" else [],
        method_name=translate(METHODS[row.method]),
        notes=[translate(kept(note)) for note in row.plan_facts.get("notes", ())],
        deadline_form=deadline_form or DeadlineForm(formdata=None, closes_at=closes_at, version=row.version),
        close_form=close_form or CloseForm(formdata=None, version=row.version),
        rank_form=RankForm(formdata=None, method=row.method),
        closes_at=closes_at,
        status=422 if failed else 200,
    )


@bp.get("/office/rounds/<int:round_id>/tasks")
@permission("judging.see_round", of=queries.round_by_id)
def tasks(row: Round) -> Response:
    """Every task of a round."""
    return render_page(
        "judging/tasks.html",
        round=row,
        page=queries.tasks_page(row.id, _listing()),
        states={code: translate(name) for code, name in TASK_STATES.items()},
        judges=queries.judge_choices(row.id),
    )


@bp.get("/office/rounds/<int:round_id>/tasks/export")
@permission("judging.see_round", of=queries.round_by_id)
def export_tasks(row: Round) -> Response:
    """The same list as a workbook."""
    title, page = _title(row), queries.tasks_page(row.id, _listing().whole())
    return workbook_response(tasks_workbook(title, page.rows), _("%(title)s任务.xlsx", title=title))


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=("q", "judge", "category", "state"), sort="number")


@bp.route("/office/tasks/<int:task_id>/reassign", methods=["GET", "POST"])
@permission("judging.reassign", of=queries.task_for_office)
def reassign(task: Assignment) -> AnyResponse:
    """Give an unfinished task to another judge."""
    form, task_id = ReassignForm(), task.id
    if form.validate_on_submit():
        try:
            new = reassign_task(current_actor(), task_id, form.judge_id.data or 0, form.why.data or "")
        except DomainError as error:
            form.show(error)
        else:
            flash(_("任务已改派。"), "success")
            return redirect(url_for(".tasks", round_id=new.round_id))
    task = queries.task_for_office(task_id)
    return render_page(
        "judging/reassign.html",
        task=task,
        candidates=candidates_for(task),
        form=form,
        status=422 if form.is_submitted() else 200,
    )
