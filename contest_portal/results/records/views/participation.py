"""Head-counts: a school reports its own, the office reads all."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Role
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.records.forms import ParticipationForm
from contest_portal.results.records.queries import participation as queries
from contest_portal.results.records.services.participation import report_participation
from contest_portal.results.records.workbooks import participation_workbook

add_item(
    _l("参赛"), _l("参与人数上报"), "results.own_participation", icon="people", roles=[Role.SCHOOL_MANAGER], order=340
)


@bp.get("/school/participation")
@permission("results.own_participation")
def own_participation() -> Response:
    """The school's reports, one a contest."""
    return _own_page(None, None)


@bp.post("/contests/<int:contest_id>/participation")
@permission("results.report_participation", of=queries.contest_by_id)
def report(contest: Contest) -> Response:
    """Take the school's head-counts."""
    form, actor = ParticipationForm(), current_actor()
    if form.validate_on_submit():
        try:
            report_participation(
                actor, contest.id, actor.school_id or 0, form.students.data or 0, form.teachers.data or 0
            )
        except DomainError as error:
            form.show(error)
        else:
            flash(_("人数已上报。如有变化，可以再次填写，以最后一次为准。"), "success")
            return redirect(url_for("results.own_participation"))  # type: ignore[return-value]
    return _own_page(form, contest.id)


def _own_page(failed: ParticipationForm | None, failed_contest_id: int | None) -> Response:
    actor = current_actor()
    lines = queries.reports_of_school(actor.school_id or 0, actor.office_id or 0)
    rows = [
        (
            line,
            failed
            if failed is not None and line.contest_id == failed_contest_id
            else ParticipationForm(formdata=None, students=line.students, teachers=line.teachers),
        )
        for line in lines
    ]
    for line, form in rows:  # the page holds a form for each contest: their fields and labels keep apart
        for field in (form.students, form.teachers):
            field.id = f"{field.name}-{line.contest_id}"
    return render_page("results/records/own_participation.html", rows=rows, status=422 if failed else 200)


@bp.get("/office/contests/<int:contest_id>/participation")
@permission("results.see_participation", of=queries.contest_by_id)
def all_participation(contest: Contest) -> Response:
    """Every school's report on one contest."""
    return render_page(
        "results/records/participation.html",
        contest=contest,
        page=queries.participation_page(contest, _listing()),
        sums=queries.participation_sums(contest.id),
    )


@bp.get("/office/contests/<int:contest_id>/participation/export")
@permission("results.see_participation", of=queries.contest_by_id)
def export_participation(contest: Contest) -> Response:
    """The same list as a workbook."""
    page = queries.participation_page(contest, _listing().whole())
    name = _("%(contest)s参与人数.xlsx", contest=contest.name)
    return workbook_response(participation_workbook(contest.name, page.rows), name)


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=["reported"], sort="school")
