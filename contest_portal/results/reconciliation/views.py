"""The office's account: from what came in to what was awarded, each number a list of works that one can open."""

from __future__ import annotations

import io

from flask import Response, request, send_file
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.downloads import workbook_response
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import list_pdf, list_workbook
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.results.blueprint import bp
from contest_portal.results.loading import contest_by_id
from contest_portal.results.reconciliation import queries
from contest_portal.results.reconciliation.documents import SIGNS, account_document, lines_of, state_of, works_document


def _place(contest_id: int, category_id: int, code: str) -> tuple[Contest, int, str]:
    return contest_by_id(contest_id), category_id, code


@bp.get("/office/contests/<int:contest_id>/reconciliation")
@permission("results.reconcile", of=contest_by_id)
def reconciliation(contest: Contest) -> Response:
    """The whole account; what does not agree first, in red."""
    accounts = queries.accounts_of(contest.id)
    return render_page(
        "results/reconciliation/accounts.html",
        contest=contest,
        categories=[category for category, _account in accounts],
        lines=lines_of(accounts),
        mismatches=[(category, one) for category, account in accounts for one in account.mismatches],
        signs=SIGNS,
    )


@bp.get("/office/contests/<int:contest_id>/reconciliation.xlsx")
@permission("results.reconcile", of=contest_by_id)
def export_reconciliation(contest: Contest) -> Response:
    """The account as a workbook."""
    content = list_workbook(account_document(contest, queries.accounts_of(contest.id)))
    return workbook_response(content, _("%(contest)s核对表.xlsx", contest=contest.name))


@bp.get("/office/contests/<int:contest_id>/reconciliation.pdf")
@permission("results.reconcile", of=contest_by_id)
def print_reconciliation(contest: Contest) -> Response:
    """The account on paper, with a place for the seal."""
    content = list_pdf(account_document(contest, queries.accounts_of(contest.id)))
    name = _("%(contest)s核对表.pdf", contest=contest.name)
    return send_file(io.BytesIO(content), "application/pdf", download_name=name, max_age=0)


@bp.get("/office/contests/<int:contest_id>/reconciliation/<int:category_id>/<code>")
@permission("results.reconcile_works", of=_place)
def reconciled_works(place: tuple[Contest, int, str]) -> Response:
    """The works behind one number."""
    contest, category_id, code = place
    category, label, page = queries.works_behind(contest.id, category_id, code, Listing.from_url(request.args))
    return render_page(
        "results/reconciliation/works.html",
        contest=contest,
        category=category,
        label=translate(label),
        code=code,
        page=page,
        states={one.id: state_of(one) for one in page.rows},
    )


@bp.get("/office/contests/<int:contest_id>/reconciliation/<int:category_id>/<code>/export")
@permission("results.reconcile_works", of=_place)
def export_reconciled_works(place: tuple[Contest, int, str]) -> Response:
    """The same list as a workbook."""
    contest, category_id, code = place
    listing = Listing.from_url(request.args).whole()
    category, label, page = queries.works_behind(contest.id, category_id, code, listing, with_authors=True)
    document = works_document(contest, category, translate(label), page.rows)
    return workbook_response(list_workbook(document), f"{document.title}.xlsx")
