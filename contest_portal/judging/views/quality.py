"""How a round is judged: each judge's severity, spread, agreement, speed; works to look at again; progress in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Response, request
from flask_babel import gettext as _

from contest_portal.contests.models import Category
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import NotFound
from contest_portal.core.forms import row_id
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import permission
from contest_portal.judging.diagnostics import Diagnosis, diagnose
from contest_portal.judging.models import Round
from contest_portal.judging.quality_pictures import progress_picture, reads_picture, severity_picture
from contest_portal.judging.quality_workbooks import quality_workbook
from contest_portal.judging.queries import quality as queries
from contest_portal.judging.queries.quality import CategorySheets
from contest_portal.judging.queries.rounds import round_by_id
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@dataclass(frozen=True)
class _Chosen:
    categories: list[tuple[Category, int]]
    found: CategorySheets
    diagnosis: Diagnosis


def _chosen(row: Round) -> _Chosen:
    """The asked category (`?category=`), else the one with the most sheets. Raises NotFound."""
    categories = queries.categories_with_sheets(row.id)
    wanted = request.args.get("category", type=row_id)
    category = next((one for one, _count in categories if one.id == wanted), None)
    if category is None:
        if wanted is not None or not categories:
            raise NotFound
        category = max(categories, key=lambda pair: pair[1])[0]
    found = queries.sheets_of_category(row, category)
    return _Chosen(categories, found, diagnose(found.sheets, row.wide_spread))


@bp.get("/office/rounds/<int:round_id>/quality")
@permission("judging.see_round", of=round_by_id)
def quality(row: Round) -> Response:
    """What the sheets say so far, of one category at a time."""
    chosen = _chosen(row)
    by_day = queries.sheets_by_day(row.id)
    pictures = [
        severity_picture(chosen.diagnosis.judges, chosen.found.judges, chosen.diagnosis.judges_alike),
        progress_picture(row, by_day, queries.living_tasks(row.id)),
        reads_picture(chosen.found, chosen.diagnosis),
    ]
    return render_page(
        "judging/quality.html",
        round=row,
        categories=chosen.categories,
        found=chosen.found,
        diagnosis=chosen.diagnosis,
        reason=translate(chosen.diagnosis.ranking.reason),
        pictures=[one for one in pictures if one is not None],
    )


@bp.get("/office/rounds/<int:round_id>/quality/export")
@permission("judging.see_round", of=round_by_id)
def export_quality(row: Round) -> Response:
    """The same as a workbook."""
    chosen = _chosen(row)
    name = _("%(title)s评分质量.xlsx", title=f"{row.contest.name} {row.name} {chosen.found.category.name}")
    return workbook_response(quality_workbook(chosen.found, chosen.diagnosis), name)
