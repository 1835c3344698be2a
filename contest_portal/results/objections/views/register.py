"""A contest's objections in the office: the list, its export, the terms."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.clock import today
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.list_documents import list_workbook
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.loading import contest_by_id
from contest_portal.results.objections import forms, presentation
from contest_portal.results.objections.documents import register_of
from contest_portal.results.objections.queries import cases as queries
from contest_portal.results.objections.services import cases
from contest_portal.results.objections.states import OBJECTION_STATES


@bp.get("/office/contests/<int:contest_id>/objections")
@permission("results.see_objections", of=contest_by_id)
def objections(contest: Contest) -> Response:
    """The contest's cases, late ones first; those that the reader is kept away from are only counted."""
    page, hidden = queries.cases_page(contest, _listing(), current_actor(), today())
    return render_page(
        "results/objections/cases.html",
        contest=contest,
        page=page,
        hidden=hidden,
        today=today(),
        state_choices=[("open", _("未办结")), *((code, presentation.state_word(code)) for code in OBJECTION_STATES)],
        states=OBJECTION_STATES,
    )


@bp.get("/office/contests/<int:contest_id>/objections/export")
@permission("results.see_objections", of=contest_by_id)
def export_objections(contest: Contest) -> Response:
    """The same list as a workbook, without who objects."""
    page, _hidden = queries.cases_page(contest, _listing().whole(), current_actor(), today())
    name = _("%(contest)s异议登记表.xlsx", contest=contest.name)
    return workbook_response(list_workbook(register_of(contest, page.rows)), name)


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS)


@bp.route("/office/contests/<int:contest_id>/objections/terms", methods=["GET", "POST"])
@permission("results.set_objection_terms", of=contest_by_id)
def objection_terms(contest: Contest) -> Response:
    """The terms of each step, in working days."""
    contest_id = contest.id
    form = forms.TermsForm(obj=queries.setting_of(contest_id))
    if form.validate_on_submit():
        days = {name: form[name].data or 0 for name in cases.TERM_FIELDS}
        try:
            cases.set_terms(
                current_actor(), contest_id, form.seen_version, days, asks_id_number=form.asks_id_number.data
            )
        except DomainError as error:
            form.show(error)
            contest = contest_by_id(contest_id)
            form.version.data = queries.setting_of(contest_id).version  # what was typed stays and can be sent again
        else:
            flash(_("期限已保存，对以后的步骤有效。"), "success")
            return redirect(url_for("results.objections", contest_id=contest_id))  # type: ignore[return-value]
    status = 422 if form.errors or form.form_errors else 200
    return render_page(
        "results/objections/terms.html", contest=contest, form=form, status=status, names=cases.TERM_FIELDS
    )
