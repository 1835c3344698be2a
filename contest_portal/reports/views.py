"""The page 年度总结."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import OFFICE_ROLES
from contest_portal.core.clock import today
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.reports import queries, services
from contest_portal.reports.annual import inconsistencies
from contest_portal.results.queries.year_records import school_choices

bp = Blueprint("reports", __name__, template_folder="templates")
blueprints = [bp]

SCHOOLS_DRAWN = 30

add_item(
    _l("统计"),
    _l("年度总结"),
    "reports.newest",
    icon="bar-chart",
    roles=sorted(OFFICE_ROLES),
    order=900,
    also_active_in=["reports."],
)


@bp.get("/office/summary")
@permission("reports.annual")
def newest() -> Response:
    """The newest year that has a contest."""
    years = queries.years_of(current_actor().office_id or 0)
    return redirect(url_for("reports.annual", year=years[0] if years else today().year))  # type: ignore[return-value]


@bp.get("/office/summary/<int:year>")
@permission("reports.annual")
def annual(year: int) -> Response:
    """The year's numbers, its sentence, its pictures."""
    office_id = current_actor().office_id or 0
    numbers = queries.annual_numbers(queries.office_by_id(office_id), year)
    return render_page(
        "reports/annual.html",
        numbers=numbers,
        year=year,
        years=queries.years_of(office_id),
        warnings=[translate(problem) for problem in inconsistencies(numbers.main.categories)] if numbers.main else [],
        by_school=queries.entries_by_school(numbers.main.contest.id)[:SCHOOLS_DRAWN] if numbers.main else [],
        schools=school_choices(office_id),
        named_ids=numbers.named_ids,
    )


@bp.post("/office/summary/<int:year>/schools")
@permission("reports.name_schools")
def name_schools(year: int) -> Response:
    """Choose the schools that the summary names."""
    typed = (typed_number(value) for value in request.form.getlist("schools"))
    chosen = [one for one in typed if one is not None]
    actor = current_actor()
    try:
        services.name_schools(actor, actor.office_id or 0, year, chosen)
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("已保存。"), "success")
    return redirect(url_for("reports.annual", year=year))  # type: ignore[return-value]
