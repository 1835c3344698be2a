"""A round's rubric for one of its categories."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.rubrics import RubricForm
from contest_portal.judging.models import RoundCategory
from contest_portal.judging.queries.round_works import JudgedCategory, current_rubric, judged_category
from contest_portal.judging.services import round_rubrics as services
from contest_portal.judging.services.round_rubrics import CriterionData
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.route("/office/rounds/<int:round_id>/rubric/<int:category_id>", methods=["GET", "POST"])
@permission("judging.edit_rubric", of=judged_category)
def rubric(judged: JudgedCategory) -> AnyResponse:
    """Change the rubric of a planned round: names, points, descriptions, what points stand for."""
    form = RubricForm(version=judged.round.version)
    round_id, category_id = judged.round.id, judged.place.category_id
    if form.validate_on_submit():
        try:
            services.choose_rubric(current_actor(), round_id, category_id, form.criteria, form.seen_version)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("本轮的评分标准已保存。"), "success")
            return redirect(url_for(".show_round", round_id=round_id))
    if form.is_submitted():
        judged = judged_category(round_id, category_id)
    return render_page(
        "judging/rubric.html",
        round=judged.round,
        place=judged.place,
        form=form,
        criteria=form.criteria if form.is_submitted() else _as_it_is(judged.place),
        most=services.MOST_CRITERIA,
        status=422 if form.is_submitted() else 200,
    )


@bp.post("/office/rounds/<int:round_id>/rubric/<int:category_id>/default")
@permission("judging.edit_rubric", of=judged_category)
def default_rubric(judged: JudgedCategory) -> AnyResponse:
    """Mark by the category's rubric again."""
    form, round_id = RubricForm(), judged.round.id
    services.choose_rubric(current_actor(), round_id, judged.place.category_id, None, form.seen_version)
    flash(_("本轮改用类别的评分标准。"), "success")
    return redirect(url_for(".show_round", round_id=round_id))


def _as_it_is(place: RoundCategory) -> list[CriterionData]:
    return [
        CriterionData(one.name, str(one.max_points), one.description, one.anchors, one.code)
        for one in current_rubric(place)
    ]
