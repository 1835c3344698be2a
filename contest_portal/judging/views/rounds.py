"""Rounds before they run: the list, a round's plan."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.contests.models import Contest
from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.clock import end_of_day, now, start_of_day, today
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.rounds import RoundForm, tie_choices
from contest_portal.judging.models import Round
from contest_portal.judging.queries import rounds as queries
from contest_portal.judging.queries.round_works import earlier_rounds
from contest_portal.judging.round_workbooks import rounds_workbook
from contest_portal.judging.services import rounds as services
from contest_portal.judging.services.round_data import RoundData
from contest_portal.judging.states import METHODS, PANEL_WAYS, ROUND_STATES, TAKES
from contest_portal.judging.tie_breaks import customary
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
    contest_id = contest.id
    counts = queries.accepted_counts([category.id for category in contest.categories])
    earlier = earlier_rounds(contest_id)
    form = RoundForm.filled_from(_first_plan(contest, counts, earlier)).offer(contest.categories, earlier)
    if form.validate_on_submit():
        try:
            row = services.create_round(current_actor(), contest_id, form.round_data)
        except DomainError as error:
            form.show(error)
        else:
            _tell_of_struck(form, row)
            flash(_("已建立评审轮次，接下来请选择评委。"), "success")
            return redirect(url_for(".seats", round_id=row.id))
    return _form_page(form, queries.contest(contest_id), None)


def _first_plan(contest: Contest, counts: dict[int, int], earlier: Sequence[Round]) -> RoundData:
    """What a form begins with: the contest's own days, all works, or the best of the round before."""
    first = contest.judging_from or today()
    last = contest.judging_until or first + timedelta(days=DEFAULT_DAYS)
    judged = [category for category in contest.categories if counts.get(category.id)]
    opens_at = max(start_of_day(first) + timedelta(hours=8), now())
    if end_of_day(last) <= opens_at:
        last = today() + timedelta(days=DEFAULT_DAYS)
    before = earlier[-1] if earlier else None
    if before and not {category.id for category in judged} <= {place.category_id for place in before.categories}:
        before = None
    return RoundData(
        name=_("初评") if not earlier else "",
        category_ids=[category.id for category in judged],
        reads_per_entry=3,
        opens_at=opens_at,
        closes_at=end_of_day(last),
        method="mixed",
        source_round_id=before.id if before else None,
        tie_breaks=customary(criterion for category in judged for criterion in category.rules.criteria),
    )


@bp.route("/office/rounds/<int:round_id>/edit", methods=["GET", "POST"])
@permission("judging.run_round", of=queries.round_by_id)
def edit_round(row: Round) -> AnyResponse:
    """Change a planned round."""
    round_id = row.id
    form = RoundForm.filled_from(RoundData.of(row), row.version)
    form.offer(row.contest.categories, earlier_rounds(row.contest_id, round_id), row)
    if form.validate_on_submit():
        try:
            changed = services.edit_round(current_actor(), round_id, form.round_data, form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            _tell_of_struck(form, changed)
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
        tie_choices=tie_choices(contest.categories, row),
        now=_in_short(form),
        status=422 if form.is_submitted() else 200,
    )


def _tell_of_struck(form: RoundForm, row: Round) -> None:
    """Say which tie-breaks were chosen and are not kept, since no chosen category has them."""
    words = dict(tie_choices(row.contest.categories, row))
    struck = [words.get(key, key) for key in form.round_data.tie_breaks if key not in row.tie_breaks]
    if struck:
        told = _("所选类别的评分标准中没有「%(names)s」，并列时不比较这一项，已经去掉。", names="」「".join(struck))
        flash(told, "warning")


def _in_short(form: RoundForm) -> dict[str, str]:
    """What stands beside each folded group: how it is set."""
    data = form.round_data
    return {
        "source": translate(TAKES.get(data.take, TAKES["all"])),
        "panels": translate(PANEL_WAYS.get(data.panels_by, PANEL_WAYS["none"])),
        "ranking": translate(METHODS.get(data.method, METHODS["raw"])),
        "seen": _("提交后可看其他评委的评分") if data.shows_others else _("只看自己的评分"),
    }


@bp.post("/office/rounds/<int:round_id>/discard")
@permission("judging.run_round", of=queries.round_by_id)
def discard_round(row: Round) -> AnyResponse:
    """Delete a round that never opened."""
    services.discard_round(current_actor(), row.id)
    flash(_("评审轮次已删除。"), "success")
    return redirect(url_for(".rounds"))
