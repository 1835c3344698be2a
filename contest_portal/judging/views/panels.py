"""A round's panels and works: how it groups, what takes part and why."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError
from contest_portal.core.listing import Listing
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.panels import PanelsForm, WorksForm
from contest_portal.judging.models import Round
from contest_portal.judging.panels import PanelRule
from contest_portal.judging.plan_workbooks import works_workbook
from contest_portal.judging.queries import round_works as queries
from contest_portal.judging.services import panels as services
from contest_portal.judging.services import rounds
from contest_portal.judging.services.panels import PanelData
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.route("/office/rounds/<int:round_id>/panels", methods=["GET", "POST"])
@permission("judging.run_round", of=queries.round_to_plan)
def panels(row: Round) -> AnyResponse:
    """The panels of a round; those that the office draws up itself can be changed while it is planned."""
    form, round_id = PanelsForm(version=row.version), row.id
    if form.validate_on_submit():
        try:
            services.choose_panels(current_actor(), round_id, form.panels, form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("评审组已保存。"), "success")
            return redirect(url_for(".panels", round_id=round_id))
    if form.is_submitted():
        row = queries.round_to_plan(round_id)
    works = queries.works_of_round(row).works if row.state == "planned" else []
    return render_page(
        "judging/panels.html",
        round=row,
        form=form,
        panels=form.panels if form.is_submitted() else _as_they_are(row),
        counts=queries.panel_counts(row, works),
        stages=queries.stages_of(row),
        disciplines=[(name, name) for name in sorted({work.discipline for work in works if work.discipline})],
        categories=_categories(row),
        status=422 if form.is_submitted() else 200,
    )


def _categories(row: Round) -> list[tuple[int, str]]:
    return [(place.category_id, place.category.name) for place in row.categories]


def _as_they_are(row: Round) -> list[PanelData]:
    return [PanelData(panel.name, PanelRule.from_dict(panel.rule), panel.id) for panel in row.panels]


@bp.post("/office/rounds/<int:round_id>/panels/redraw")
@permission("judging.run_round", of=queries.round_to_plan)
def redraw_panels(row: Round) -> AnyResponse:
    """Draw the panels up anew from the works' stages or disciplines."""
    round_id = row.id
    services.redraw_panels(current_actor(), round_id)
    flash(_("已按现在的作品重新划分评审组。"), "success")
    return redirect(url_for(".panels", round_id=round_id))


@bp.get("/office/rounds/<int:round_id>/works")
@permission("judging.see_round", of=queries.round_to_plan)
def works(row: Round) -> Response:
    """The works of a round, each with why it takes part and its panel."""
    selection = queries.works_of_round(row) if row.state == "planned" else None
    return render_page(
        "judging/works.html",
        round=row,
        page=queries.works_page(row, _listing(), selection),
        stages=queries.stages_of(row),
        categories=_categories(row),
        panels=[(panel.id, panel.name) for panel in row.panels],
        can_choose=row.state == "planned" and row.source.get("take") in queries.CHOSEN,
        can_place=row.state == "planned" and row.panels_by == "free" and bool(row.panels),
        selection=selection,
    )


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=("q", "category", "stage", "panel", "part", "names"), sort="number")


@bp.get("/office/rounds/<int:round_id>/works/export")
@permission("judging.see_round", of=queries.round_to_plan)
def export_works(row: Round) -> Response:
    """The same list as a workbook."""
    selection = queries.works_of_round(row) if row.state == "planned" else None
    page = queries.works_page(row, _listing().whole(), selection)
    title = f"{row.contest.name} {row.name}"
    return workbook_response(works_workbook(title, page.rows), _("%(round)s参评作品.xlsx", round=row.name))


@bp.post("/office/rounds/<int:round_id>/works/take")
@permission("judging.run_round", of=queries.round_to_plan)
def take_works(row: Round) -> AnyResponse:
    """Take the ticked works into the round."""
    count = rounds.choose_works(current_actor(), row.id, WorksForm().entry_ids, take=True)
    flash(_("已选入 %(count)s 件作品。", count=count), "success")
    return _back(row)


@bp.post("/office/rounds/<int:round_id>/works/leave")
@permission("judging.run_round", of=queries.round_to_plan)
def leave_works(row: Round) -> AnyResponse:
    """Take the ticked works out of the round."""
    count = rounds.choose_works(current_actor(), row.id, WorksForm().entry_ids, take=False)
    flash(_("已移出 %(count)s 件作品。", count=count), "success")
    return _back(row)


@bp.post("/office/rounds/<int:round_id>/works/place")
@permission("judging.run_round", of=queries.round_to_plan)
def place_works(row: Round) -> AnyResponse:
    """Put the ticked works into a panel."""
    form = WorksForm()
    count = services.place_by_hand(current_actor(), row.id, form.entry_ids, form.panel_id)
    flash(_("已调整 %(count)s 件作品的评审组。", count=count), "success")
    return _back(row)


def _back(row: Round) -> AnyResponse:
    """To the list as it was filtered."""
    query = request.query_string.decode()
    return redirect(url_for(".works", round_id=row.id) + (f"?{query}" if query else ""))
