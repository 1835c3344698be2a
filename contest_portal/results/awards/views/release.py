"""What schools see of the awards, and from when."""

from __future__ import annotations

from datetime import datetime, time

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.clock import local, now, timezone
from contest_portal.core.errors import DomainError
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.awards.forms import ReleaseForm
from contest_portal.results.awards.queries.release import release_of
from contest_portal.results.awards.services import release as services
from contest_portal.results.blueprint import bp
from contest_portal.results.loading import contest_by_id


@bp.get("/office/contests/<int:contest_id>/release")
@permission("results.see_lists", of=contest_by_id)
def release(contest: Contest) -> Response:
    """From when schools see their results, and which parts."""
    return _release_page(contest)


@bp.post("/office/contests/<int:contest_id>/release")
@permission("results.draft_publication", of=contest_by_id)
def set_release(contest: Contest) -> Response:
    """Set it."""
    form, contest_id = ReleaseForm(), contest.id
    if form.validate_on_submit() and form.on.data is not None:
        moment = datetime.combine(form.on.data, time(form.hour.data or 0), tzinfo=timezone())
        try:
            services.set_release(
                current_actor(),
                contest_id,
                form.seen_version,
                moment,
                rank=bool(form.shows_rank.data),
                score=bool(form.shows_score.data),
                comments=bool(form.shows_comments.data),
                at_once=bool(form.at_once.data),
                why=form.why.data or "",
            )
        except DomainError as error:
            form.show(error)
            return _release_page(contest_by_id(contest_id), form, error.status)
        flash(_("成绩发布设置已保存。"), "success")
        return redirect(url_for("results.awards", contest_id=contest_id))  # type: ignore[return-value]
    return _release_page(contest, form, 422)


def _release_page(contest: Contest, form: ReleaseForm | None = None, status: int = 200) -> Response:
    row = release_of(contest.id)
    if form is None:
        form = ReleaseForm(formdata=None)
        moment = local(row.released_at) if row else local(now())
        form.on.data, form.hour.data = moment.date(), moment.hour if row else 9
        if row:
            form.shows_rank.data, form.shows_score.data = row.shows_rank, row.shows_score
            form.shows_comments.data = row.shows_comments
    form.version.data = str(row.version if row else 0)
    return render_page(
        "results/awards/release.html",
        status=status,
        contest=contest,
        form=form,
        row=row,
        is_released=row is not None and row.released_at <= now(),
    )
