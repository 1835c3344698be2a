"""The office's way from the ranking to the approved list: quotas, lines with reasons, decisions, approval."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.contests.models import Category, Contest
from contest_portal.core.actor import OFFICE_ROLES, Role
from contest_portal.core.clock import today
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.forms import ApproveForm
from contest_portal.results.models import Shortlist
from contest_portal.results.queries import school_caps  # noqa: F401 - tells schools of their caps
from contest_portal.results.queries import shortlists as queries
from contest_portal.results.queries.certainty import ListCertainty, certainty_of_list
from contest_portal.results.queries.objections import counts_of as objection_counts
from contest_portal.results.queries.publications import awards_moved_on, drafts_and_versions
from contest_portal.results.queries.quotas import options_of, stored_table
from contest_portal.results.quotas import contradiction_of, table_words
from contest_portal.results.services import shortlists as services
from contest_portal.results.services.shortlists import is_behind
from contest_portal.results.states import PUBLICATION_KINDS
from contest_portal.results.views.blueprint import bp
from contest_portal.results.views.decision_forms import DecisionForms
from contest_portal.results.views.next_steps import can_be_made, steps_of
from contest_portal.results.workbooks import committee_workbook

add_item(
    _l("竞赛"),
    _l("推荐名单与公示"),
    "results.lists",
    icon="list-ol",
    roles=sorted(OFFICE_ROLES),
    order=500,
    badge=lambda actor: queries.lists_to_approve(actor.office_id),
    badge_for=[Role.LEADER],
    also_active_in=["results.contest_lists", "results.category_list", "results.publication", "results.shortlist"],
)


@bp.get("/office/lists")
@permission("results.lists")
def lists() -> Response:
    """The contests whose lists can be made, newest first; straight to the only one."""
    contests = queries.contests_of(current_actor().office_id or 0)
    if len(contests) == 1:
        return redirect(url_for("results.contest_lists", contest_id=contests[0].id))  # type: ignore[return-value]
    return render_page("results/lists.html", contests=contests)


@bp.get("/office/contests/<int:contest_id>/lists")
@permission("results.see_lists", of=queries.contest_by_id)
def contest_lists(contest: Contest) -> Response:
    """Every category's way to the approved list, and the publications."""
    states, (drafts, publications) = queries.category_states(contest), drafts_and_versions(contest.id)
    newest = {row.kind: row for row in reversed(publications)}
    approved = sorted(state.approved.id for state in states if state.approved)
    has_awards, awards_moved = awards_moved_on(contest.id, newest.get("award"))
    return render_page(
        "results/contest_lists.html",
        contest=contest,
        next_steps=steps_of(contest, states, drafts, newest, today()),
        can_make=any(can_be_made(state) or state.draft for state in states),
        states=states,
        publications=publications,
        drafts=drafts,
        has_awards=has_awards or "award" in newest,
        kinds=PUBLICATION_KINDS,
        fallen=sum(state.fallen for state in states),
        needs_amendment="shortlist" in newest and sorted(newest["shortlist"].shortlist_ids) != approved,
        awards_need_amendment=awards_moved,
        today=today(),
        objection_counts=objection_counts(contest.id, today()),
    )


@bp.get("/office/categories/<int:category_id>/list")
@permission("results.see_category_list", of=queries.category_by_id)
def category_list(category: Category) -> Response:
    """The category's quotas and its newest list."""
    return category_page(category)


@bp.post("/office/categories/<int:category_id>/list")
@permission("results.make_list", of=queries.category_by_id)
def make(category: Category) -> Response:
    """Fill the category's list by rank within its quotas."""
    try:
        services.make_shortlist(current_actor(), category.id)
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("名单已按名次和名额生成，请核对每一行的理由。"), "success")
    return _back(category)


@bp.post("/office/contests/<int:contest_id>/lists")
@permission("results.draft_publication", of=queries.contest_by_id)
def make_all(contest: Contest) -> Response:
    """Fill the lists of all categories that are ranked and have quotas."""
    made = 0
    for state in queries.category_states(contest):
        if state.is_ranked and state.has_quota and not state.approved:
            try:
                services.make_shortlist(current_actor(), state.category.id)
            except DomainError as error:
                flash(f"{state.category.name}：{translate(error.message)}", "danger")
            else:
                made += 1
    flash(_("已生成 %(count)s 个类别的名单。", count=made), "success")
    return redirect(url_for("results.contest_lists", contest_id=contest.id))  # type: ignore[return-value]


@bp.get("/office/shortlists/<int:shortlist_id>")
@permission("results.see_shortlist", of=queries.shortlist_by_id)
def shortlist(row: Shortlist) -> Response:
    """One version of a list, as it was."""
    category, certainty = queries.category_by_id(row.category_id), certainty_of_list(row)
    return render_page(
        "results/shortlist.html",
        shortlist=row,
        category=category,
        lines=queries.lines_of(row, _stage_names(category), certainty),
        certainty=certainty,
        chance_places=_places_words(category, certainty),
        approver=queries.account_name(row.approved_by),
    )


@bp.get("/office/shortlists/<int:shortlist_id>/export")
@permission("results.see_shortlist", of=queries.shortlist_by_id)
def export_shortlist(row: Shortlist) -> Response:
    """The version's lines with points, chances and reasons as a workbook: for the committee, not what goes up."""
    category, certainty = queries.category_by_id(row.category_id), certainty_of_list(row)
    lines = queries.lines_of(row, _stage_names(category), certainty)
    title = _("%(category)s推荐名单第 %(version)s 版（评委会用）", category=category.name, version=row.version)
    note = _chance_note(category, certainty) if certainty.chances else ""
    return workbook_response(committee_workbook(title, lines, note), f"{title}.xlsx")


@bp.post("/office/shortlists/<int:shortlist_id>/approve")
@permission("results.approve", of=queries.shortlist_by_id)
def approve(row: Shortlist) -> Response:
    """Approve a draft as it was seen."""
    category = queries.category_by_id(row.category_id)
    try:
        services.approve_shortlist(current_actor(), row.id, ApproveForm().seen_version)
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("名单已审定。"), "success")
    return _back(category)


def _stage_names(category: Category) -> dict[str, str]:
    return {group.code: group.name for group in category.rules.stage_groups}


def _places_words(category: Category, certainty: ListCertainty) -> str:
    """小学组 18、初中组 8: the places that the chances were computed for."""
    names = _stage_names(category)
    groups = {code: _("%(stage)s组", stage=names.get(code, code)) for code in certainty.places if code}
    return "、".join(f"{groups[code]} {count}" if code else str(count) for code, count in certainty.places.items())


def _chance_note(category: Category, certainty: ListCertainty) -> str:
    words = _places_words(category, certainty)
    if certainty.is_for_these:
        return _("入选把握按排名时填写的名额（%(places)s）计算。", places=words)
    return _("入选把握按排名时填写的名额（%(places)s）计算，与名单的名额不同，只供参考。", places=words)


def _back(category: Category) -> Response:
    return redirect(url_for("results.category_list", category_id=category.id))  # type: ignore[return-value]


def category_page(category: Category, forms: DecisionForms | None = None) -> Response:
    """The category's list; with `forms`, those that were sent and refused among them."""
    versions = queries.versions_of(category.id)
    newest = versions[0] if versions else None
    stages = _stage_names(category)
    stored, options = stored_table(category.id), options_of(category)
    approve_form = ApproveForm(formdata=None)
    approve_form.version.data = str(newest.row_version) if newest else ""
    decisions = queries.decisions_of(category.id)
    certainty = certainty_of_list(newest) if newest else ListCertainty()
    lines = queries.lines_of(newest, stages, certainty) if newest else []
    forms = forms or DecisionForms()
    forms.offer(queries.entry_choices(category.id), lines, newest)
    return render_page(
        "results/category_list.html",
        status=422 if forms.refused else 200,
        category=category,
        contest=category.contest,
        newest=newest,
        versions=versions,
        lines=lines,
        certainty=certainty,
        chance_places=_places_words(category, certainty),
        has_quota=stored.is_there,
        quotas=table_words(stored.table, options) if stored.is_there else [],
        contradiction=contradiction_of(stored.table, options),
        is_behind=newest is not None and newest.state != "superseded" and is_behind(newest, stored.table),
        may_stay_empty=stored.table.may_stay_empty,
        made_by_self=newest is not None and newest.made_by == current_actor().account_id,
        decisions=decisions,
        in_force=queries.decisions_in_force([row for row, *_named in decisions]),
        forms=forms,
        approve_form=approve_form,
        approver=queries.account_name(newest.approved_by) if newest else "",
    )
