"""Open data: a page with the tables and their columns, the tables as files."""

from __future__ import annotations

from flask import Response, current_app
from flask_babel import lazy_gettext as _l

from contest_portal.core.errors import NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.navigation import add_public_link
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.core.rate_limits import limiter
from contest_portal.reports.open_data import DATASETS, as_csv, dictionary_csv
from contest_portal.reports.views.blueprint import bp

TAKING = "60 per hour"
"""From one place: each file is computed anew, and there are six."""

KEPT_SECONDS = 300

add_public_link(_l("开放数据"), "reports.open_data", order=90)


@bp.get("/open-data")
@permission("reports.open_data")
def open_data() -> Response:
    """What there is to take, and what its columns mean."""
    tables = [
        (one.name, translate(one.title), [(column.name, translate(column.meaning)) for column in one.columns])
        for one in DATASETS
    ]
    return render_page(
        "reports/open_data.html", tables=tables, licence=current_app.config["SETTINGS"].open_data_licence
    )


@bp.get("/open-data/<name>.csv")
@limiter.limit(TAKING)
@permission("reports.open_data")
def open_data_file(name: str) -> Response:
    """One table, or the dictionary of all columns."""
    if name == "dictionary":
        return _csv(dictionary_csv(), name)
    for one in DATASETS:
        if one.name == name:
            return _csv(as_csv(one), name)
    raise NotFound


def _csv(content: bytes, name: str) -> Response:
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    return response
