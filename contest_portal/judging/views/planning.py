"""A round on its way to being opened: its judges, the trial assignment, the opening."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.clock import local
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.entries.queries.blind import UnsettledNames
from contest_portal.judging.availability import time_within
from contest_portal.judging.availability_words import span_words
from contest_portal.judging.forms.rounds import OpenForm
from contest_portal.judging.forms.seats import SeatsForm
from contest_portal.judging.models import Judge, Round
from contest_portal.judging.queries import rounds as queries
from contest_portal.judging.queries.plan_preview import preview_plan
from contest_portal.judging.queries.round_works import round_to_plan
from contest_portal.judging.services import opening
from contest_portal.judging.services import rounds as services
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.route("/office/rounds/<int:round_id>/judges", methods=["GET", "POST"])
@permission("judging.run_round", of=queries.round_by_id)
def seats(row: Round) -> AnyResponse:
    """Choose the judges of a round."""
    form, round_id = SeatsForm(), row.id
    if form.validate_on_submit():
        try:
            services.choose_judges(current_actor(), round_id, form.seats(len(row.categories), len(row.panels)))
        except DomainError as error:
            form.show(error)
        else:
            flash(_("评委名单已保存。"), "success")
            return redirect(url_for(".plan" if row.state == "planned" else ".show_round", round_id=round_id))
    if form.is_submitted():
        row = queries.round_by_id(round_id)
    rows = queries.seatable_judges(row)
    return render_page(
        "judging/seats.html",
        round=row,
        rows=rows,
        times={one.judge.id: _time_in(row, one.judge) for one in rows},
        form=form,
        typed=form.is_submitted(),
        chosen=set(form.judge.data or ()),
        places=set(form.place.data or ()),
        in_panels=set(form.panel.data or ()),
        status=422 if form.is_submitted() else 200,
    )


def _time_in(row: Round, judge: Judge) -> str:
    """What is to be known of a judge's time within the round's window; nothing where there is time all along."""
    first, last = local(row.opens_at).date(), local(row.closes_at).date()
    part = time_within(judge.available_from, judge.available_until, first, last)
    words = span_words(judge.available_from, judge.available_until)
    if part == "all" or words is None:
        return ""
    if part == "none":
        return _("本轮期间没有时间（%(when)s），不会分到任务", when=translate(words))
    return _("本轮期间只有一部分时间（%(when)s）", when=translate(words))


@bp.get("/office/rounds/<int:round_id>/plan")
@permission("judging.see_round", of=round_to_plan)
def plan(row: Round) -> AnyResponse:
    """What opening would do, by a seed: loads, conflicts, what is short."""
    if row.state != "planned":
        return redirect(url_for(".show_round", round_id=row.id))
    return _plan_page(row, _seed(row, request.args.get("seed", "")), [])


@bp.post("/office/rounds/<int:round_id>/open")
@permission("judging.run_round", of=round_to_plan)
def open_round(row: Round) -> AnyResponse:
    """Open the round by the plan that was shown."""
    form, round_id = OpenForm(), row.id
    seed = _seed(row, form.seed.data or "")
    try:
        opening.open_round(
            current_actor(),
            round_id,
            form.seen_version,
            seed=seed,
            names_known=form.names_known,
            unranked_known=form.unranked_known,
        )
    except DomainError as error:
        row = round_to_plan(round_id)
        if row.state != "planned":
            raise
        return _plan_page(row, seed, [translate(error.message)])
    flash(_("评审已开始，任务已分给各位评委。"), "success")
    return redirect(url_for(".show_round", round_id=round_id))


def _seed(row: Round, text: str) -> int:
    seed = typed_number(text)
    return row.seed or 0 if seed is None else seed


def _plan_page(row: Round, seed: int, errors: list[str]) -> Response:
    preview = preview_plan(row, seed)
    names = opening.names_before_judges(row, preview) if preview.plan else UnsettledNames()
    return render_page(
        "judging/plan.html",
        round=row,
        preview=preview,
        shortages=[translate(message) for message in preview.shortages],
        warnings=[translate(message) for message in preview.warnings],
        next_seed=(seed * 48271 + 11) % services.MOST_SEED,
        names=names,
        unranked=len(preview.inputs.unranked),
        form=OpenForm(
            formdata=None,
            seed=seed,
            version=row.version,
            names=names.names,
            unsearched=names.unsearched,
            unranked=len(preview.inputs.unranked),
        ),
        errors=[] if preview.shortages else errors,
        status=422 if errors else 200,
    )
