"""Statistics of a year by one side at a time, and who has how much to do."""

from __future__ import annotations

from flask import Response, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import list_workbook
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.reports import queries
from contest_portal.reports.statistics import KINDS, Statistic, statistic, statistic_document
from contest_portal.reports.views.blueprint import bp


@bp.get("/office/summary/<int:year>/statistics/<kind>")
@permission("reports.annual")
def statistics(year: int, kind: str) -> Response:
    """One table with its bars; the others are a press away."""
    office_id = current_actor().office_id or 0
    return render_page(
        "reports/statistics.html",
        year=year,
        years=queries.years_of(office_id),
        one=_statistic(kind, office_id, year),
        kinds=[
            (code, translate(word), url_for("reports.statistics", year=year, kind=code)) for code, word in KINDS.items()
        ],
    )


@bp.get("/office/summary/<int:year>/statistics/<kind>/export")
@permission("reports.annual")
def export_statistics(year: int, kind: str) -> Response:
    """The table as a workbook."""
    office = queries.office_by_id(current_actor().office_id or 0)
    document = statistic_document(office, year, _statistic(kind, office.id, year))
    return workbook_response(list_workbook(document), _("%(title)s.xlsx", title=document.title))


def _statistic(kind: str, office_id: int, year: int) -> Statistic:
    if kind not in KINDS:
        raise NotFound
    return statistic(kind, office_id, year)
