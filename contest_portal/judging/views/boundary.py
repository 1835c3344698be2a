"""The boundary round from a ranking: how many more reads, whom they go to, what they are expected to bring."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.clock import local, now
from contest_portal.core.errors import DomainError
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.judging.forms.boundary import BoundaryForm
from contest_portal.judging.forms.moments import aware
from contest_portal.judging.models import Ranking
from contest_portal.judging.queries.boundary import preview_boundary
from contest_portal.judging.queries.rankings import ranking as ranking_by_id
from contest_portal.judging.services.boundary_rounds import MOST_READS, plan_boundary_round
from contest_portal.judging.views.blueprint import bp

AnyResponse = Any


@bp.get("/office/rankings/<int:ranking_id>/boundary")
@permission("judging.plan_boundary", of=ranking_by_id)
def boundary(row: Ranking) -> Response:
    """What further reads (`?reads=`) would be given to."""
    typed = request.args.get("reads", "").strip()
    asked = typed_number(typed)
    begin = local(now()).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    form = BoundaryForm(
        formdata=None, reads=asked, name=_("加评"), opens_at=begin, closes_at=begin + timedelta(days=3)
    )  # fmt: skip
    if typed and asked is None:
        form.reads.raw_data = [typed]  # stands in its field again, beside what is wrong with it
        form.reads.errors = [_("加评次数应为 1–%(most)s 的整数，现为「%(typed)s」。", most=MOST_READS, typed=typed)]
        return _boundary_page(row, form, None, status=422)
    return _boundary_page(row, form, asked)


@bp.post("/office/rankings/<int:ranking_id>/boundary")
@permission("judging.plan_boundary", of=ranking_by_id)
def plan_boundary(row: Ranking) -> AnyResponse:
    """Plan the round."""
    form, ranking_id = BoundaryForm(), row.id
    try:
        made = plan_boundary_round(
            current_actor(),
            ranking_id,
            form.reads.data or 0,
            form.name.data or "",
            aware(form.opens_at.data),
            aware(form.closes_at.data),
        )
    except DomainError as error:
        form.show(error)
        return _boundary_page(ranking_by_id(ranking_id), form, form.reads.data, status=error.status)
    flash(_("加评轮次已建立，请核对评委，再试分配并开始评审。"), "success")
    return redirect(url_for(".seats", round_id=made.id))


def _boundary_page(row: Ranking, form: BoundaryForm, asked: int | None, *, status: int = 200) -> Response:
    usable = asked is None or 1 <= asked <= MOST_READS
    if not usable and not form.reads.errors:
        form.reads.errors = [_("加评次数应为 1–%(most)s。", most=MOST_READS)]
    preview = preview_boundary(row, asked if usable else None)
    if form.reads.data is None and not form.reads.errors:
        form.reads.data = preview.asked
    return render_page(
        "judging/boundary.html",
        ranking=row,
        form=form,
        preview=preview,
        obstacle=translate(preview.obstacle) if preview.obstacle else "",
        status=status if usable else 422,
    )
