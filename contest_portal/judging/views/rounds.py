"""Rounds before they run: list, plan, judges, trial assignment, opening."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.contests.models import Contest
from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.clock import end_of_day, local, now, start_of_day, today
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.rounds import OpenForm, RoundForm
from contest_portal.judging.forms.seats import SeatsForm
from contest_portal.judging.models import Round
from contest_portal.judging.queries import rounds as queries
from contest_portal.judging.queries.planning import preview_plan
from contest_portal.judging.round_workbooks import rounds_workbook
from contest_portal.judging.services import opening
from contest_portal.judging.services import rounds as services
from contest_portal.judging.states import ROUND_STATES
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any
DEFAULT_DAYS = 7

add_item(
    _l("竞赛"),
    _l("评审"),
    "judging.rounds",
    icon="clipboard2-check",
    roles=sorted(OFFICE_ROLES),
    order=400,
    also_active_in=[
        "judging.contest", "judging.round", "judging.new_round", "judging.edit_round", "judging.seats", "judging.plan",
        "judging.tasks", "judging.reassign", "judging.ranking", "judging.show_round",
    ],
)  # fmt: skip


def round_states() -> dict[str, str]:
    """State → its word."""
    return {code: translate(name) for code, name in ROUND_STATES.items()}


@bp.get("/office/rounds")
@permission("judging.list")
def rounds() -> Response:
    """The office's rounds."""
    office_id = current_actor().office_id
    return render_page(
        "judging/rounds.html",
        page=queries.rounds_page(office_id, _listing()),
        states=round_states(),
        contests=queries.contest_choices(office_id),
        living=queries.contest_choices(office_id, living=True),
    )


@bp.get("/office/rounds/export")
@permission("judging.list")
def export_rounds() -> Response:
    """The same list as a workbook."""
    page = queries.rounds_page(current_actor().office_id, _listing().whole())
    return workbook_response(rounds_workbook(page.rows), _("评审轮次.xlsx"))


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=("contest", "state"), sort=queries.UNDER_WAY)


@bp.get("/office/contests/<int:contest_id>/rounds")
@permission("judging.see_contest", of=queries.contest)
def contest(contest: Contest) -> AnyResponse:
    """The rounds of one contest."""
    return redirect(url_for(".rounds", contest=contest.id))


@bp.route("/office/contests/<int:contest_id>/rounds/new", methods=["GET", "POST"])
@permission("judging.plan", of=queries.contest)
def new_round(contest: Contest) -> AnyResponse:
    """Plan a round."""
    form, contest_id = _new_form(contest), contest.id
    if form.validate_on_submit():
        try:
            row = services.create_round(current_actor(), contest_id, form.round_data)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已建立评审轮次，接下来请选择评委。"), "success")
            return redirect(url_for(".seats", round_id=row.id))
    return _form_page(form, queries.contest(contest_id), None)


def _new_form(contest: Contest) -> RoundForm:
    """A form with the contest's own days for a start."""
    first = contest.judging_from or today()
    last = contest.judging_until or first + timedelta(days=DEFAULT_DAYS)
    counts = queries.accepted_counts([category.id for category in contest.categories])
    form = RoundForm(
        name=_("初评"),
        reads_per_entry=3,
        opens_at=local(max(start_of_day(first) + timedelta(hours=8), now())),
        closes_at=local(end_of_day(last)),
        is_blind=True,
        method="mixed",
        category_ids=[category.id for category in contest.categories if counts.get(category.id)],
    )
    return form.offer([(category.id, category.name) for category in contest.categories])


@bp.route("/office/rounds/<int:round_id>/edit", methods=["GET", "POST"])
@permission("judging.run_round", of=queries.round_by_id)
def edit_round(row: Round) -> AnyResponse:
    """Change a planned round."""
    round_id = row.id
    form = RoundForm.filled_from(row).offer([(one.id, one.name) for one in row.contest.categories])
    if form.validate_on_submit():
        try:
            services.edit_round(current_actor(), round_id, form.round_data, form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("已保存。"), "success")
            return redirect(url_for(".show_round", round_id=round_id))
    row = queries.round_by_id(round_id)
    return _form_page(form, row.contest, row)


def _form_page(form: RoundForm, contest: Contest, row: Round | None) -> Response:
    return render_page(
        "judging/round_form.html",
        form=form,
        contest=contest,
        round=row,
        counts=queries.accepted_counts([category.id for category in contest.categories]),
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/office/rounds/<int:round_id>/discard")
@permission("judging.run_round", of=queries.round_by_id)
def discard_round(row: Round) -> AnyResponse:
    """Delete a round that never opened."""
    services.discard_round(current_actor(), row.id)
    flash(_("评审轮次已删除。"), "success")
    return redirect(url_for(".rounds"))


@bp.route("/office/rounds/<int:round_id>/judges", methods=["GET", "POST"])
@permission("judging.run_round", of=queries.round_by_id)
def seats(row: Round) -> AnyResponse:
    """Choose the judges of a round."""
    form, round_id = SeatsForm(), row.id
    if form.validate_on_submit():
        try:
            services.choose_judges(current_actor(), round_id, form.seats(len(row.categories)))
        except DomainError as error:
            form.show(error)
        else:
            flash(_("评委名单已保存。"), "success")
            return redirect(url_for(".plan" if row.state == "planned" else ".show_round", round_id=round_id))
    row = queries.round_by_id(round_id)
    return render_page(
        "judging/seats.html",
        round=row,
        rows=queries.seatable_judges(row),
        form=form,
        typed=form.is_submitted(),
        chosen=set(form.judge.data or ()),
        places=set(form.place.data or ()),
        status=422 if form.is_submitted() else 200,
    )


@bp.get("/office/rounds/<int:round_id>/plan")
@permission("judging.see_round", of=queries.round_by_id)
def plan(row: Round) -> AnyResponse:
    """What opening would do, by a seed: loads, conflicts, what is short."""
    if row.state != "planned":
        return redirect(url_for(".show_round", round_id=row.id))
    return _plan_page(row, _seed(row, request.args.get("seed", "")), [])


@bp.post("/office/rounds/<int:round_id>/open")
@permission("judging.run_round", of=queries.round_by_id)
def open_round(row: Round) -> AnyResponse:
    """Open the round by the plan that was shown."""
    form, round_id = OpenForm(), row.id
    seed = _seed(row, form.seed.data or "")
    try:
        opening.open_round(current_actor(), round_id, form.seen_version, seed=seed)
    except DomainError as error:
        row = queries.round_by_id(round_id)
        if row.state != "planned":
            raise
        return _plan_page(row, seed, [translate(error.message)])
    flash(_("评审已开始，任务已分给各位评委。"), "success")
    return redirect(url_for(".show_round", round_id=round_id))


def _seed(row: Round, text: str) -> int:
    return int(text) if text.isdecimal() and int(text) <= services.MOST_SEED else row.seed or 0


def _plan_page(row: Round, seed: int, errors: list[str]) -> Response:
    preview = preview_plan(row, seed)
    return render_page(
        "judging/plan.html",
        round=row,
        preview=preview,
        shortages=[translate(message) for message in preview.shortages],
        warnings=[translate(message) for message in preview.warnings],
        next_seed=(seed * 48271 + 11) % services.MOST_SEED,
        form=OpenForm(formdata=None, seed=seed, version=row.version),
        errors=[] if preview.shortages else errors,
        status=422 if errors else 200,
    )
