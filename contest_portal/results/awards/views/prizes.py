"""The office's way to approved awards: rule, list with reasons, decisions, approval; the list as page, PDF and workbook."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Category, Contest
from contest_portal.core.downloads import pdf_response, workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListDocument, list_pdf, list_workbook
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.awards.documents import award_document
from contest_portal.results.awards.forms import AwardDecisionForm, PrizeRuleForm
from contest_portal.results.awards.models import AwardList
from contest_portal.results.awards.prizes.awarding import PrizeRule, awarded_count
from contest_portal.results.awards.queries import given, merits, special
from contest_portal.results.awards.queries import lists as queries
from contest_portal.results.awards.queries.successors import award_successors
from contest_portal.results.awards.services import prizes as services
from contest_portal.results.blueprint import bp
from contest_portal.results.lists.forms import ApproveForm
from contest_portal.results.loading import account_name, category_by_id, contest_by_id


@bp.get("/office/contests/<int:contest_id>/awards/list")
@permission("results.see_lists", of=contest_by_id)
def award_list(contest: Contest) -> Response:
    """All awards that stand."""
    return render_page(
        "results/lists/recommended.html",
        contest=contest,
        document=_document(contest),
        pdf_url=url_for("results.award_list_pdf", contest_id=contest.id),
        workbook_url=url_for("results.award_list_workbook", contest_id=contest.id),
    )


@bp.get("/office/contests/<int:contest_id>/awards/list.pdf")
@permission("results.see_lists", of=contest_by_id)
def award_list_pdf(contest: Contest) -> Response:
    """All awards that stand, to be printed and stamped."""
    return pdf_response(list_pdf(_document(contest)), _("%(contest)s获奖名单.pdf", contest=contest.name))


@bp.get("/office/contests/<int:contest_id>/awards/list.xlsx")
@permission("results.see_lists", of=contest_by_id)
def award_list_workbook(contest: Contest) -> Response:
    """All awards that stand, a sheet a category."""
    return workbook_response(list_workbook(_document(contest)), _("%(contest)s获奖名单.xlsx", contest=contest.name))


@bp.get("/office/categories/<int:category_id>/awards")
@permission("results.see_category_list", of=category_by_id)
def category_awards(category: Category) -> Response:
    """The category's rule and its newest list."""
    return _category_page(category)


@bp.post("/office/categories/<int:category_id>/awards/rule")
@permission("results.make_list", of=category_by_id)
def save_prize_rule(category: Category) -> Response:
    """Save how the category gives awards."""
    form, category_id = PrizeRuleForm(), category.id
    form.offer()
    if form.validate_on_submit():
        try:
            services.save_rule(current_actor(), category_id, form.seen_version, form.rule)
        except DomainError as error:
            form.show(error)
            form.version.data = str(queries.stored_rule(category_id).version)
            return _category_page(category_by_id(category_id), rule_form=form, status=error.status)
        flash(_("奖项设置已保存。"), "success")
        return _back(category_id)
    return _category_page(category, rule_form=form, status=422)


@bp.post("/office/categories/<int:category_id>/awards")
@permission("results.make_list", of=category_by_id)
def make_awards(category: Category) -> Response:
    """Fill the category's awards by rank and rule."""
    category_id = category.id
    try:
        services.make_awards(current_actor(), category_id)
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("获奖名单已按名次和奖项设置生成，请核对每一行的理由。"), "success")
    return _back(category_id)


@bp.post("/office/contests/<int:contest_id>/awards")
@permission("results.draft_publication", of=contest_by_id)
def make_all_awards(contest: Contest) -> Response:
    """Fill the awards of all categories that are ranked and have none approved."""
    contest_id, made = contest.id, 0
    for state in queries.award_states(contest):
        if state.is_ranked and not state.approved:
            try:
                services.make_awards(current_actor(), state.category.id)
            except DomainError as error:
                flash(f"{state.category.name}：{translate(error.message)}", "danger")
            else:
                made += 1
    flash(_("已生成 %(count)s 个类别的获奖名单。", count=made), "success")
    return redirect(url_for("results.awards", contest_id=contest_id))  # type: ignore[return-value]


@bp.post("/office/categories/<int:category_id>/awards/decisions")
@permission("results.make_list", of=category_by_id)
def decide_award(category: Category) -> Response:
    """Record a decision of the committee on one or more works."""
    form, category_id = AwardDecisionForm(), category.id
    newest = queries.newest_list(category_id)
    lines = queries.award_lines(newest, {}) if newest else []
    _offer(form, queries.stored_rule(category_id).rule, lines)
    if form.validate_on_submit():
        try:
            services.decide_award(
                current_actor(),
                category_id,
                form.entry_ids.data or [],
                form.chosen,
                form.verdict,
                seen_version=form.seen_version,
                takes_places=bool(form.takes_places.data),
            )
        except DomainError as error:
            form.show(error)
            return _category_page(category_by_id(category_id), decision_form=form, status=error.status)
        flash(_("已登记决定，名单已重新生成。"), "success")
        return _back(category_id)
    return _category_page(category, decision_form=form, status=422)


@bp.post("/office/award-lists/<int:award_list_id>/approve")
@permission("results.approve_awards", of=queries.award_list_by_id)
def approve_awards(row: AwardList) -> Response:
    """Approve a draft as it was seen."""
    category_id = row.category_id
    try:
        services.approve_awards(current_actor(), row.id, ApproveForm().seen_version)
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("获奖名单已审定。"), "success")
    return _back(category_id)


def _back(category_id: int) -> Response:
    return redirect(url_for("results.category_awards", category_id=category_id))  # type: ignore[return-value]


def _document(contest: Contest) -> ListDocument:
    return award_document(
        contest,
        given.award_sections(contest.id),
        special.special_awards(contest.id),
        merits.merit_awards(contest.id),
    )


def _offer(form: AwardDecisionForm, rule: PrizeRule, lines: list[queries.AwardLineView]) -> None:
    works = [
        (
            one.entry_id,
            _("第 %(rank)s 名　%(number)s %(title)s", rank=one.rank or "—", number=one.number, title=one.title),
        )
        for one in sorted(lines, key=lambda one: one.state != "tied")
    ]
    form.offer(rule, works)


def _category_page(
    category: Category,
    *,
    rule_form: PrizeRuleForm | None = None,
    decision_form: AwardDecisionForm | None = None,
    status: int = 200,
) -> Response:
    stored = queries.stored_rule(category.id)
    newest = queries.newest_list(category.id)
    basis = queries.basis_of(category.id, stored.rule)
    if rule_form is None:
        rule_form = PrizeRuleForm(formdata=None)
        rule_form.offer()
        rule_form.show_rule(stored.rule, stored.version)
    lines = (
        queries.award_lines(newest, {group.code: group.name for group in category.rules.stage_groups}) if newest else []
    )
    if decision_form is None:
        decision_form = AwardDecisionForm(formdata=None)
        _offer(decision_form, stored.rule, lines)
    decision_form.version.data = str(newest.row_version) if newest else ""
    able = [one for one in basis.ranked if one.rank is not None] if basis else []
    return render_page(
        "results/awards/category.html",
        status=status,
        category=category,
        contest=category.contest,
        newest=newest,
        lines=lines,
        tied=[one for one in lines if one.state == "tied"],
        fallen=[one for one in lines if one.state == "given" and not one.stands],
        displaced=[one for one in lines if one.is_displaced],
        successors=award_successors(category.id),
        is_behind=newest is not None and services.is_behind(newest, stored.rule, basis),
        has_basis=basis is not None,
        winners=awarded_count(stored.rule, basis.entry_count, len(able)) if basis else None,
        rule=stored.rule,
        rule_form=rule_form,
        decision_form=decision_form,
        decisions=queries.award_decisions(category.id),
        made_by_self=newest is not None and newest.made_by == current_actor().account_id,
        approver=account_name(newest.approved_by) if newest else "",
    )
