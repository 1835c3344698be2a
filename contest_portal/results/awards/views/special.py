"""Special awards."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.awards.forms import CancelForm, SpecialAwardForm
from contest_portal.results.awards.models import SpecialAward
from contest_portal.results.awards.queries import special as queries
from contest_portal.results.awards.services import special as services
from contest_portal.results.blueprint import bp
from contest_portal.results.loading import contest_by_id


@bp.get("/office/contests/<int:contest_id>/awards/special")
@permission("results.see_lists", of=contest_by_id)
def special_awards(contest: Contest) -> Response:
    """The special awards."""
    return _special_page(contest)


@bp.post("/office/contests/<int:contest_id>/awards/special")
@permission("results.draft_publication", of=contest_by_id)
def give_special(contest: Contest) -> Response:
    """Give a work a special award."""
    form, contest_id = SpecialAwardForm(), contest.id
    if form.validate_on_submit():
        try:
            services.give_special(
                current_actor(),
                contest_id,
                form.entry_number.data or "",
                form.name.data or "",
                form.sponsor.data or "",
                form.reason.data or "",
            )
        except DomainError as error:
            form.show(error)
            return _special_page(contest_by_id(contest_id), form, error.status)
        flash(_("已登记专项奖。"), "success")
        return redirect(url_for("results.special_awards", contest_id=contest_id))  # type: ignore[return-value]
    return _special_page(contest, form, 422)


@bp.post("/office/special-awards/<int:special_award_id>/cancel")
@permission("results.cancel_special", of=queries.special_award_by_id)
def cancel_special(row: SpecialAward) -> Response:
    """Take a special award back."""
    contest_id = row.contest_id
    try:
        services.cancel_special(current_actor(), row.id, CancelForm().why.data or "")
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        flash(_("已取消这个专项奖，记录仍然保留。"), "success")
    return redirect(url_for("results.special_awards", contest_id=contest_id))  # type: ignore[return-value]


def _special_page(contest: Contest, form: SpecialAwardForm | None = None, status: int = 200) -> Response:
    return render_page(
        "results/awards/special.html",
        status=status,
        contest=contest,
        rows=queries.special_awards(contest.id),
        form=form or SpecialAwardForm(formdata=None),
    )
