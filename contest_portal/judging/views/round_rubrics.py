"""A round's rubric for one of its categories."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.rubrics import RubricForm
from contest_portal.judging.models import Round, RoundCategory
from contest_portal.judging.queries.round_works import round_to_plan
from contest_portal.judging.services import round_rubrics as services
from contest_portal.judging.services.round_rubrics import CriterionData
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.route("/office/rounds/<int:round_id>/rubric/<int:category_id>", methods=["GET", "POST"])
@permission("judging.run_round", of=round_to_plan)
def rubric(row: Round, category_id: int) -> AnyResponse:
    """Change the rubric of a planned round: names, points, descriptions, what points stand for."""
    place, round_id = _place(row, category_id), row.id
    form = RubricForm(version=row.version)
    if form.validate_on_submit():
        try:
            services.choose_rubric(current_actor(), round_id, category_id, form.criteria, form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("本轮的评分标准已保存。"), "success")
            return redirect(url_for(".show_round", round_id=round_id))
    row = round_to_plan(round_id)
    place = _place(row, category_id)
    return render_page(
        "judging/rubric.html",
        round=row,
        place=place,
        form=form,
        criteria=form.criteria if form.is_submitted() else _as_it_is(place),
        most=services.MOST_CRITERIA,
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/office/rounds/<int:round_id>/rubric/<int:category_id>/default")
@permission("judging.run_round", of=round_to_plan)
def default_rubric(row: Round, category_id: int) -> AnyResponse:
    """Mark by the category's rubric again."""
    form, round_id = RubricForm(), row.id
    services.choose_rubric(current_actor(), round_id, category_id, None, form.seen_version)
    flash(_("本轮改用类别的评分标准。"), "success")
    return redirect(url_for(".show_round", round_id=round_id))


def _place(row: Round, category_id: int) -> RoundCategory:
    place = next((one for one in row.categories if one.category_id == category_id), None)
    if place is None:
        raise NotFound
    return place


def _as_it_is(place: RoundCategory) -> list[CriterionData]:
    return [
        CriterionData(one.name, str(one.max_points), one.description, one.anchors, one.code)
        for one in services.current_rubric(place)
    ]
