"""The lists that go up: as a page to read and print, as PDF, as workbook; full telephone numbers only on record."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Response, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Category, Contest
from contest_portal.core.clock import today
from contest_portal.core.downloads import pdf_response, workbook_response
from contest_portal.core.list_documents import ListDocument, list_pdf, list_workbook
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.lists.documents import quantity_document, recommendation_document
from contest_portal.results.lists.queries import chosen
from contest_portal.results.lists.services.exports import record_recommendation_export
from contest_portal.results.loading import category_by_id, contest_by_id


@bp.get("/office/contests/<int:contest_id>/lists/recommended")
@permission("results.see_lists", of=contest_by_id)
def recommended(contest: Contest) -> Response:
    """The recommendation lists as they go up, telephone numbers masked."""
    return render_page(
        "results/lists/recommended.html",
        contest=contest,
        document=_recommended(contest, contest.categories),
        pdf_url=url_for("results.recommended_pdf", contest_id=contest.id),
        workbook_url=url_for("results.recommended_workbook", contest_id=contest.id),
        full_pdf_url=url_for("results.recommended_pdf_in_full", contest_id=contest.id),
        full_workbook_url=url_for("results.recommended_workbook_in_full", contest_id=contest.id),
    )


@bp.get("/office/contests/<int:contest_id>/lists/recommended.xlsx")
@permission("results.see_lists", of=contest_by_id)
def recommended_workbook(contest: Contest) -> Response:
    """The recommendation lists that go up, a sheet a category, telephone numbers masked."""
    document = _recommended(contest, contest.categories)
    return workbook_response(list_workbook(document), _("%(contest)s推荐名单.xlsx", contest=contest.name))


@bp.get("/office/contests/<int:contest_id>/lists/recommended.pdf")
@permission("results.see_lists", of=contest_by_id)
def recommended_pdf(contest: Contest) -> Response:
    """The recommendation lists to be printed and stamped, telephone numbers masked."""
    document = _recommended(contest, contest.categories)
    return pdf_response(list_pdf(document), _("%(contest)s推荐名单.pdf", contest=contest.name))


@bp.post("/office/contests/<int:contest_id>/lists/recommended.xlsx")
@permission("results.export_recommendation", of=contest_by_id)
def recommended_workbook_in_full(contest: Contest) -> Response:
    """The recommendation lists with the telephone numbers; that they were taken is recorded."""
    content = list_workbook(_recommended(contest, contest.categories, recorded_for=(contest.id, None)))
    return workbook_response(content, _("%(contest)s推荐名单（含完整电话）.xlsx", contest=contest.name))


@bp.post("/office/contests/<int:contest_id>/lists/recommended.pdf")
@permission("results.export_recommendation", of=contest_by_id)
def recommended_pdf_in_full(contest: Contest) -> Response:
    """The recommendation lists with the telephone numbers on paper; that they were taken is recorded."""
    content = list_pdf(_recommended(contest, contest.categories, recorded_for=(contest.id, None)))
    return pdf_response(content, _("%(contest)s推荐名单（含完整电话）.pdf", contest=contest.name))


@bp.get("/office/categories/<int:category_id>/list/recommended.xlsx")
@permission("results.see_category_list", of=category_by_id)
def category_workbook(category: Category) -> Response:
    """The recommendation list of one category, telephone numbers masked."""
    content = list_workbook(_recommended(category.contest, [category]))
    return workbook_response(content, _("%(category)s推荐名单.xlsx", category=category.name))


@bp.get("/office/categories/<int:category_id>/list/recommended.pdf")
@permission("results.see_category_list", of=category_by_id)
def category_pdf(category: Category) -> Response:
    """The recommendation list of one category to be printed and stamped, telephone numbers masked."""
    content = list_pdf(_recommended(category.contest, [category]))
    return pdf_response(content, _("%(category)s推荐名单.pdf", category=category.name))


@bp.post("/office/categories/<int:category_id>/list/recommended.xlsx")
@permission("results.export_category_recommendation", of=category_by_id)
def category_workbook_in_full(category: Category) -> Response:
    """The recommendation list of one category with the telephone numbers; that they were taken is recorded."""
    document = _recommended(category.contest, [category], recorded_for=(category.contest_id, category.id))
    content = list_workbook(document)
    return workbook_response(content, _("%(category)s推荐名单（含完整电话）.xlsx", category=category.name))


@bp.get("/office/contests/<int:contest_id>/lists/quantities")
@permission("results.see_lists", of=contest_by_id)
def quantities(contest: Contest) -> Response:
    """The quantity summary sheet."""
    return render_page(
        "results/lists/recommended.html",
        contest=contest,
        document=_quantities(contest),
        pdf_url=url_for("results.quantities_pdf", contest_id=contest.id),
        workbook_url=url_for("results.quantities_workbook", contest_id=contest.id),
        full_pdf_url="",
        full_workbook_url="",
    )


@bp.get("/office/contests/<int:contest_id>/lists/quantities.xlsx")
@permission("results.see_lists", of=contest_by_id)
def quantities_workbook(contest: Contest) -> Response:
    """The quantity summary sheet as a workbook."""
    content = list_workbook(_quantities(contest))
    return workbook_response(content, _("%(contest)s推荐数量汇总表.xlsx", contest=contest.name))


@bp.get("/office/contests/<int:contest_id>/lists/quantities.pdf")
@permission("results.see_lists", of=contest_by_id)
def quantities_pdf(contest: Contest) -> Response:
    """The quantity summary sheet to be printed and stamped."""
    return pdf_response(list_pdf(_quantities(contest)), _("%(contest)s推荐数量汇总表.pdf", contest=contest.name))


def _recommended(
    contest: Contest, categories: Sequence[Category], *, recorded_for: tuple[int, int | None] | None = None
) -> ListDocument:
    """The list of these categories; with full telephone numbers when that is recorded for (contest, category or None)."""
    only = categories[0].id if len(categories) == 1 else None
    lines = chosen.chosen_lines(contest.id, only)
    if recorded_for:
        record_recommendation_export(current_actor(), *recorded_for, len(lines))
    return recommendation_document(contest, categories, lines, full=recorded_for is not None)


def _quantities(contest: Contest) -> ListDocument:
    return quantity_document(contest, contest.categories, chosen.chosen_lines(contest.id), today())
