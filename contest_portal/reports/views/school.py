"""A school's own years."""

from __future__ import annotations

from flask import Response
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import SCHOOL_ROLES
from contest_portal.core.downloads import workbook_response
from contest_portal.core.i18n import translate
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.spreadsheets import Column, write_table
from contest_portal.people.queries.schools import school as school_by_id
from contest_portal.reports.school_years import WORDS, school_years
from contest_portal.reports.views.blueprint import bp

add_item(
    _l("统计"),
    _l("本校历年"),
    "reports.own_years",
    icon="bar-chart",
    roles=sorted(SCHOOL_ROLES),
    order=910,
    also_active_in=[],
)


@bp.get("/school/years")
@permission("reports.own_years")
def own_years() -> Response:
    """What the school did, year by year."""
    school = school_by_id(current_actor().school_id or 0)
    years = school_years(school)
    return render_page(
        "reports/school_years.html",
        school=school,
        years=years,
        words=[(key, translate(word)) for key, word in WORDS.items()],
    )


@bp.get("/school/years/export")
@permission("reports.own_years")
def export_own_years() -> Response:
    """The same numbers as a workbook."""
    school = school_by_id(current_actor().school_id or 0)
    columns = [Column(_("年份"), 10, "number"), *(Column(translate(word), 18, "number") for word in WORDS.values())]
    rows = [[one.year, *(one.numbers[key] for key in WORDS)] for one in school_years(school)]
    return workbook_response(
        write_table(columns, rows, name=_("历年数字")), _("%(school)s历年数字.xlsx", school=school.name)
    )
