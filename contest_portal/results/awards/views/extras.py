"""Special awards, tutors' and schools' awards by points, the release to schools; and the schools' own page."""

from __future__ import annotations

from datetime import datetime, time

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Role
from contest_portal.core.clock import local, now, timezone
from contest_portal.core.downloads import workbook_response
from contest_portal.core.errors import DomainError, NotFound
from contest_portal.core.i18n import translate
from contest_portal.core.list_documents import ListColumn, ListDocument, ListSection, list_workbook
from contest_portal.core.navigation import add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.entries.states import STATE_NAMES
from contest_portal.results.awards.forms import CancelForm, ConfirmMeritsForm, MeritForm, ReleaseForm, SpecialAwardForm
from contest_portal.results.awards.models import SpecialAward
from contest_portal.results.awards.queries import merits as queries
from contest_portal.results.awards.queries.own_results import OwnContest, own_results
from contest_portal.results.awards.services import merits as services
from contest_portal.results.blueprint import bp
from contest_portal.results.loading import contest_by_id

add_item(
    _l("参赛"),
    _l("评审结果"),
    "results.school_results",
    icon="trophy",
    roles=[Role.SCHOOL_MANAGER, Role.TEACHER],
    order=430,
)

STATE_WORDS = {str(state): words for state, words in STATE_NAMES.items()}
LISTED = {"in": _l("列入推荐名单"), "reserve": _l("候补"), "out": _l("未列入推荐名单"), "tied": _l("未列入推荐名单")}


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
                current_actor(), contest_id, kind, form.seen_version, form.chosen.data or []
            )
        except DomainError as error:
            flash(translate(error.message), "danger")
            return _merit_page(contest_by_id(contest_id), kind, chosen=form.chosen.data or [], status=error.status)
        flash(_("已确认 %(count)s 个，列入获奖名单。", count=count), "success")
        return redirect(url_for("results.merits", contest_id=contest_id, kind=kind))  # type: ignore[return-value]
    return _merit_page(contest, kind, status=422)


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


@bp.get("/school/results")
@permission("results.own_results")
def school_results() -> Response:
    """What became of each of the school's works, as far as it was released."""
    return render_page(
        "results/awards/school_results.html",
        contests=own_results(current_actor()),
        listed_words=LISTED,
        state_words=STATE_WORDS,
    )


@bp.get("/school/results/export")
@permission("results.own_results")
def export_school_results() -> Response:
    """The same as a workbook, a sheet a contest."""
    return workbook_response(list_workbook(_own_document(own_results(current_actor()))), _("本校评审结果.xlsx"))


def _kind() -> str:
    """`tutor` or `school`. Raises NotFound."""
    kind = request.args.get("kind", "tutor")
    if kind not in queries.DEFAULTS:
        raise NotFound
    return kind


def _special_page(contest: Contest, form: SpecialAwardForm | None = None, status: int = 200) -> Response:
    return render_page(
        "results/awards/special.html",
        status=status,
        contest=contest,
        rows=queries.special_awards(contest.id),
        form=form or SpecialAwardForm(formdata=None),
    )


def _merit_page(
    contest: Contest, kind: str, *, form: MeritForm | None = None, chosen: list[int] | None = None, status: int = 200
) -> Response:
    rule, version = queries.stored_merit_rule(contest.id, kind)
    if form is None:
        form = MeritForm(formdata=None, prefix="rule")
        form.show_rule(rule, version)
    confirmed = [
        row.teacher_id if kind == "tutor" else row.school_id
        for row in queries.merit_awards(contest.id)
        if (row.teacher_id if kind == "tutor" else row.school_id)
    ]
    lines = queries.merit_lines(contest.id, kind, rule)
    return render_page(
        "results/awards/merits.html",
        status=status,
        contest=contest,
        kind=kind,
        rule=rule,
        version=version,
        form=form,
        confirm_form=ConfirmMeritsForm(formdata=None, prefix="confirm"),
        lines=lines,
        confirmed=confirmed,
        chosen=chosen
        if chosen is not None
        else confirmed or [line.id for line in lines if line.merit.state == "given"],
    )


def _release_page(contest: Contest, form: ReleaseForm | None = None, status: int = 200) -> Response:
    row = queries.release_of(contest.id)
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


def _own_document(contests: list[OwnContest]) -> ListDocument:
    columns = (
        ListColumn(_("编号"), 10),
        ListColumn(_("作品名称"), 18),
        ListColumn(_("类别"), 10),
        ListColumn(_("审核"), 6),
        ListColumn(_("奖项"), 8),
        ListColumn(_("推荐"), 9),
        ListColumn(_("名次"), 4, is_number=True),
        ListColumn(_("得分"), 5, is_number=True),
        ListColumn(_("评委评语"), 24),
    )
    sections = [
        ListSection(
            one.contest.name,
            columns,
            [
                (
                    work.number,
                    work.title,
                    work.category,
                    translate(STATE_WORDS[work.state]),
                    "、".join((*([work.award] if work.award else []), *work.special)),
                    str(LISTED.get(work.listed, "")) if work.listed else "",
                    work.rank,
                    work.score,
                    "；".join(work.comments),
                )
                for work in one.works
            ],
            note="" if one.is_released else _("评审结果尚未发布"),
        )
        for one in contests
    ]
    return ListDocument(title=_("本校评审结果"), sections=sections, landscape=True)
