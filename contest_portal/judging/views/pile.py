"""A judge's own pile: sorted by own total, ready drafts submitted together, two works side by side."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.clock import now
from contest_portal.core.forms import row_id
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.sheets import ReadyForm
from contest_portal.judging.models import Assignment, Round
from contest_portal.judging.queries import comparing
from contest_portal.judging.queries.own_pile import condition_of_judge, pile_lines, sorted_pile
from contest_portal.judging.queries.rounds import round_by_id
from contest_portal.judging.queries.task_files import own_task_head
from contest_portal.judging.services import sheets
from contest_portal.judging.states import phase
from contest_portal.judging.views.blueprint import bp
from contest_portal.judging.views.task_files import refuse_before_begin

AnyResponse = Any


@bp.get("/judge/rounds/<int:round_id>/pile")
@permission("judging.own_pile", of=round_by_id)
def pile(row: Round) -> Response:
    """The judge's works of a round by own total, with ties, spread and what is ready to be submitted."""
    actor = current_actor()
    lines = pile_lines(condition_of_judge(row.id, actor.account_id, actor.office_id))
    here = phase(row.state, row.opens_at, row.closes_at, now())
    return render_page(
        "judging/pile.html",
        round=row,
        phase=here,
        groups=[] if here == "coming" else sorted_pile(lines),
        ready=[line for line in lines if line.state == "ready"] if here == "running" else [],
        form=ReadyForm(formdata=None),
    )


@bp.post("/judge/rounds/<int:round_id>/submit-ready")
@permission("judging.own_pile", of=round_by_id)
def submit_ready(row: Round) -> AnyResponse:
    """Submit all complete drafts of the pile as the page showed them."""
    form, round_id = ReadyForm(), row.id
    outcome = sheets.submit_ready(current_actor(), form.seen)
    if outcome.done:
        flash(_("已提交 %(count)s 份评分。", count=outcome.done), "success")
    for message in dict.fromkeys(translate(one) for one in outcome.refused.values()):
        flash(message, "warning")
    if not outcome.done and not outcome.refused:
        flash(_("没有可以提交的草稿。"), "info")
    return redirect(url_for(".pile", round_id=round_id))


@bp.get("/judge/tasks/<int:task_id>/compare")
@permission("judging.read_task", of=own_task_head)
def compare(row: Assignment) -> Response:
    """The work beside another of the judge's own (`?with=` a task of the same round)."""
    refuse_before_begin(row)
    page = comparing.comparison(row, request.args.get("with", type=row_id))
    return render_page("judging/compare.html", page=page, task=row, round=row.round)
