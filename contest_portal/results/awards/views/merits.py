"""Awards of tutors and schools, by points."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.forms import typed_number
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.awards.forms import ConfirmMeritsForm, MeritForm
from contest_portal.results.awards.queries import merits as queries
from contest_portal.results.awards.queries.fallen_merits import fallen_of
from contest_portal.results.awards.services import merits as services
from contest_portal.results.blueprint import bp
from contest_portal.results.loading import contest_by_id


@bp.get("/office/contests/<int:contest_id>/awards/merits")
@permission("results.see_lists", of=contest_by_id)
def merits(contest: Contest) -> Response:
    """Points of tutors or schools, each sum line by line."""
    return _merit_page(contest, _kind())


@bp.post("/office/contests/<int:contest_id>/awards/merits/rule")
@permission("results.draft_publication", of=contest_by_id)
def save_merit_rule(contest: Contest) -> Response:
    """Save how points are counted."""
    form, contest_id, kind = MeritForm(prefix="rule"), contest.id, _kind()
    if form.validate_on_submit():
        try:
            services.save_merit_rule(current_actor(), contest_id, kind, form.seen_version, form.rule)
        except DomainError as error:
            form.show(error)
            return _merit_page(contest_by_id(contest_id), kind, form=form, status=error.status)
        flash(_("计分办法已保存，得分已重新计算。"), "success")
        return redirect(url_for("results.merits", contest_id=contest_id, kind=kind))  # type: ignore[return-value]
    return _merit_page(contest, kind, form=form, status=422)


@bp.post("/office/contests/<int:contest_id>/awards/merits")
@permission("results.draft_publication", of=contest_by_id)
def confirm_merits(contest: Contest) -> Response:
    """Confirm who is honoured."""
    form, contest_id, kind = ConfirmMeritsForm(prefix="confirm"), contest.id, _kind()
    rule, _version = queries.stored_merit_rule(contest_id, kind)
    form.chosen.choices = [(line.id, line.name) for line in queries.merit_lines(contest_id, kind, rule)]
    if form.validate_on_submit():
        try:
            count = services.confirm_merits(
                current_actor(),
                contest_id,
                kind,
                form.seen_version,
                form.chosen.data or [],
                seen_mark=typed_number(form.seen.data) or 0,
            )
        except DomainError as error:
            flash(translate(error.message), "danger")
            return _merit_page(contest_by_id(contest_id), kind, chosen=form.chosen.data or [], status=error.status)
        words = (
            _("已确认 %(count)s 人，列入获奖名单。", count=count)
            if kind == "tutor"
            else _("已确认 %(count)s 所学校，列入获奖名单。", count=count)
        )
        flash(words, "success")
        return redirect(url_for("results.merits", contest_id=contest_id, kind=kind))  # type: ignore[return-value]
    flash(_("勾选的名单与页面上的不一致，没有确认。请刷新页面，重新勾选。"), "danger")
    return _merit_page(contest, kind, status=422)


def _kind() -> str:
    """`tutor` or `school`. Raises NotFound."""
    kind = request.args.get("kind", "tutor")
    if kind not in queries.DEFAULTS:
        raise NotFound
    return kind


def _merit_page(
    contest: Contest, kind: str, *, form: MeritForm | None = None, chosen: list[int] | None = None, status: int = 200
) -> Response:
    rule, version = queries.stored_merit_rule(contest.id, kind)
    if form is None:
        form = MeritForm(formdata=None, prefix="rule")
        form.show_rule(rule, version)
    rows = [row for row in queries.merit_awards(contest.id) if (row.teacher_id if kind == "tutor" else row.school_id)]
    confirmed = [row.teacher_id if kind == "tutor" else row.school_id for row in rows]
    lines = queries.merit_lines(contest.id, kind, rule)
    fallen = fallen_of(kind, rows, lines)
    # Who has lost the points is unticked beforehand: confirming anew is one press.
    standing = [one for one in confirmed if one not in {row.id for row in fallen}]
    return render_page(
        "results/awards/merits.html",
        status=status,
        contest=contest,
        kind=kind,
        rule=rule,
        version=version,
        mark=queries.confirmed_mark(contest.id, kind),
        fallen=fallen,
        form=form,
        confirm_form=ConfirmMeritsForm(formdata=None, prefix="confirm"),
        lines=lines,
        confirmed=confirmed,
        chosen=chosen
        if chosen is not None
        else standing
        if confirmed
        else [line.id for line in lines if line.merit.state == "given"],
    )
