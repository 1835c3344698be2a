"""A category's recommendation list: lines with reasons, decisions, approval."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Category, Contest
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.lists.forms import ApproveForm
from contest_portal.results.lists.models import Shortlist
from contest_portal.results.lists.queries import shortlists as queries
from contest_portal.results.lists.queries.certainty import ListCertainty, certainty_of_list
from contest_portal.results.lists.services import shortlists as services
from contest_portal.results.lists.services.shortlists import is_behind
from contest_portal.results.lists.views.decision_forms import DecisionForms
from contest_portal.results.lists.workbooks import committee_workbook
from contest_portal.results.loading import account_name, category_by_id, contest_by_id
from contest_portal.results.quotas.allocation import contradiction_of, table_words
from contest_portal.results.quotas.queries.tables import options_of, stored_table


@bp.get("/office/categories/<int:category_id>/list")
@permission("results.see_category_list", of=category_by_id)
def category_list(category: Category) -> Response:
    """The category's quotas and its newest list."""
    return category_page(category)


@bp.post("/office/categories/<int:category_id>/list")
@permission("results.make_list", of=category_by_id)
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
@permission("results.draft_publication", of=contest_by_id)
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
    category, certainty = category_by_id(row.category_id), certainty_of_list(row)
    return render_page(
        "results/lists/shortlist.html",
        shortlist=row,
        category=category,
        lines=queries.lines_of(row, _stage_names(category), certainty),
        certainty=certainty,
        chance_places=_places_words(category, certainty),
        approver=account_name(row.approved_by),
    )


@bp.get("/office/shortlists/<int:shortlist_id>/export")
@permission("results.see_shortlist", of=queries.shortlist_by_id)
def export_shortlist(row: Shortlist) -> Response:
    """The version's lines with points, chances and reasons as a workbook: for the committee, not what goes up."""
    category, certainty = category_by_id(row.category_id), certainty_of_list(row)
    lines = queries.lines_of(row, _stage_names(category), certainty)
    title = _("%(category)s推荐名单第 %(version)s 版（评委会用）", category=category.name, version=row.version)
    note = _chance_note(category, certainty) if certainty.chances else ""
    return workbook_response(committee_workbook(title, lines, note), f"{title}.xlsx")


@bp.post("/office/shortlists/<int:shortlist_id>/approve")
@permission("results.approve", of=queries.shortlist_by_id)
def approve(row: Shortlist) -> Response:
    """Approve a draft as it was seen."""
    category = category_by_id(row.category_id)
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
        "results/lists/category_list.html",
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
        approver=account_name(newest.approved_by) if newest else "",
    )
