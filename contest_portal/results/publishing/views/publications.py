"""The office drafts, looks at, publishes and confirms the public list."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.clock import today
from contest_portal.core.errors import DomainError, Invalid
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.core.working_days import unannounced_years, working_days_until
from contest_portal.people.queries.calendar import own_days
from contest_portal.results.awards.queries.fallen_merits import fallen_merits
from contest_portal.results.blueprint import bp
from contest_portal.results.cases import open_entry_ids, upheld_entry_ids
from contest_portal.results.lists.queries.shortlists import category_states
from contest_portal.results.loading import account_name, contest_by_id
from contest_portal.results.public_list.content import Change
from contest_portal.results.publishing import documents
from contest_portal.results.publishing.forms import DownForm, PublicationForm, PublishForm, TakeDownForm
from contest_portal.results.publishing.models import Publication, TakeDown
from contest_portal.results.publishing.queries import publications as queries
from contest_portal.results.publishing.queries.take_downs import take_down_by_id, take_downs_of
from contest_portal.results.publishing.services import publications as services
from contest_portal.results.publishing.services import taking_down
from contest_portal.results.publishing.states import PUBLICATION_KINDS


@bp.get("/office/contests/<int:contest_id>/publication")
@permission("results.draft_publication", of=contest_by_id)
def publication_form(contest: Contest) -> Response:
    """What the next public list is called, says, and until when it stands open."""
    kind = _kind(request.args.get("kind"))
    draft = queries.draft_of(contest.id, kind)
    form = PublicationForm(formdata=None, obj=draft)
    form.kind.data = kind
    if draft is None:
        earlier = queries.public_versions(contest.id, kind)
        form.title.data = earlier[0].title if earlier else services.default_title(contest, kind)
    elif not draft.closes_by_hand:
        form.open_until.data = None
    return _form_page(contest, form)


@bp.post("/office/contests/<int:contest_id>/publication")
@permission("results.draft_publication", of=contest_by_id)
def draft_publication(contest: Contest) -> Response:
    """Make the draft and show it as the public would see it."""
    form = PublicationForm()
    form.kind.data = _kind(form.kind.data)
    if form.validate_on_submit():
        try:
            draft = services.draft_publication(
                current_actor(),
                contest.id,
                form.title.data or "",
                form.text.data or "",
                form.open_until.data,
                form.amendment_note.data or "",
                kind=form.kind.data,
            )
        except DomainError as error:
            form.show(error)
        else:
            return redirect(url_for("results.publication_preview", publication_id=draft.id))  # type: ignore[return-value]
    return _form_page(contest, form)


@bp.get("/office/publications/<int:publication_id>")
@permission("results.publish_preview", of=queries.publication_by_id)
def publication_preview(publication: Publication) -> Response:
    """The list as the public sees it, or will see it, and above it what the office has to do with it next."""
    return _office_page(publication, DownForm(formdata=None, obj=publication))


@bp.post("/office/publications/<int:publication_id>/publish")
@permission("results.publish", of=queries.publication_by_id)
def publish(publication: Publication) -> Response:
    """Publish the draft that was seen."""
    form = PublishForm()
    publication_id, contest_id = publication.id, publication.contest_id
    try:
        services.publish_list(
            current_actor(), publication_id, form.content_sha256.data or "", form.notice_sha256.data or ""
        )
    except DomainError as error:
        flash(translate(error.message), "danger")
        return redirect(url_for("results.contest_lists", contest_id=contest_id))  # type: ignore[return-value]
    flash(_("名单已公示，公众现在可以看到。"), "success")
    return redirect(url_for("results.public_list", publication_id=publication_id))  # type: ignore[return-value]


@bp.post("/office/publications/<int:publication_id>/final")
@permission("results.confirm_final", of=queries.publication_by_id)
def confirm_final(publication: Publication) -> Response:
    """Confirm that the term is over and the list stands, but for the works whose cases are open."""
    publication_id = publication.id
    try:
        confirmed = services.confirm_final(current_actor(), publication_id)
    except DomainError as error:
        flash(translate(error.message), "danger")
    else:
        _tell_confirmed(confirmed)
    return redirect(url_for("results.publication_preview", publication_id=publication_id))  # type: ignore[return-value]


@bp.post("/office/publications/<int:publication_id>/down")
@permission("results.set_down_on", of=queries.publication_by_id)
def set_down_on(publication: Publication) -> Response:
    """Set the day on which the list comes down."""
    form, publication_id = DownForm(), publication.id
    if form.validate_on_submit() and form.down_on.data:
        try:
            services.set_down_on(current_actor(), publication_id, form.down_on.data)
        except DomainError as error:
            form.show(error)
        else:
            flash(_("下线日期已保存。"), "success")
            return redirect(url_for("results.publication_preview", publication_id=publication_id))  # type: ignore[return-value]
    return _office_page(publication, form)


@bp.post("/office/publications/<int:publication_id>/take-down")
@permission("results.propose_take_down", of=queries.publication_by_id)
def propose_take_down(publication: Publication) -> Response:
    """Propose to take the list down at once."""
    form, publication_id = TakeDownForm(), publication.id
    if form.validate_on_submit():
        try:
            taking_down.propose_take_down(current_actor(), publication_id, form.why.data or "", form.words.data or "")
        except Invalid as error:
            form.show(error)
        else:
            flash(_("已提出紧急下线，名单暂时还公开着。请另一位同志立即登录确认。"), "warning")
            return redirect(url_for("results.publication_preview", publication_id=publication_id))  # type: ignore[return-value]
    return _office_page(publication, DownForm(formdata=None, obj=publication), form)


@bp.post("/office/take-downs/<int:take_down_id>/confirm")
@permission("results.settle_take_down", of=take_down_by_id)
def confirm_take_down(proposal: TakeDown) -> Response:
    """The second person takes the list down."""
    publication = taking_down.confirm_take_down(current_actor(), proposal.id)
    flash(_("名单已提前下线，公众只能看到标题和说明。"), "success")
    return redirect(url_for("results.publication_preview", publication_id=publication.id))  # type: ignore[return-value]


@bp.post("/office/take-downs/<int:take_down_id>/withdraw")
@permission("results.settle_take_down", of=take_down_by_id)
def withdraw_take_down(proposal: TakeDown) -> Response:
    """Who proposed it takes it back."""
    publication_id = proposal.publication_id
    taking_down.withdraw_take_down(current_actor(), proposal.id)
    flash(_("已撤回提议，名单照常公开。"), "success")
    return redirect(url_for("results.publication_preview", publication_id=publication_id))  # type: ignore[return-value]


def _kind(given: str | None) -> str:
    return given if given in PUBLICATION_KINDS else "shortlist"


def _office_page(publication: Publication, down_form: DownForm, take_down_form: TakeDownForm | None = None) -> Response:
    shown = documents.shown(publication)
    take_down_form = take_down_form or TakeDownForm(formdata=None)
    return render_page(
        "results/publishing/preview.html",
        status=422 if down_form.errors or take_down_form.errors else 200,
        publication=publication,
        contest=publication.contest,
        shown=shown,
        renamed=_renamed(shown) if publication.state == "draft" else [],
        kind_name=PUBLICATION_KINDS[publication.kind],  # type: ignore[index]
        is_own_draft=publication.state == "draft" and publication.made_by == current_actor().account_id,
        drafter=account_name(publication.made_by),
        publisher=account_name(publication.published_by),
        is_outdated=services.is_outdated(publication),
        **_waiting(publication),
        is_over=publication.open_until is None or publication.open_until < today(),
        down_form=down_form,
        take_down_form=take_down_form,
        take_downs=take_downs_of(publication) if publication.state != "draft" else [],
        actor_id=current_actor().account_id,
        fallen=fallen_merits(publication.contest_id)
        if (publication.kind, publication.state) == ("award", "draft")
        else [],
        **_term_warnings(publication),
    )


def _tell_confirmed(publication: Publication) -> None:
    held = _waiting(publication)
    if held["waiting"]:
        flash(_("已确认公示期满。%(count)s 项还有异议没有办结，保持待定。", count=len(held["waiting"])), "warning")
    if held["to_amend"]:
        words = _("已确认公示期满。%(count)s 项异议已经成立，名单还没有更正，保持待定。", count=len(held["to_amend"]))
        flash(words, "warning")
    if not publication.pending:
        flash(_("已确认公示期满，名单全部生效。"), "success")


def _waiting(publication: Publication) -> dict[str, list[str]]:
    """The numbers of the works on it that cannot be final: `waiting` for the end of their case, `to_amend`: their objection was
    upheld and the list still has them."""
    if publication.state not in queries.PUBLISHED_STATES:
        return {"waiting": [], "to_amend": []}
    held = open_entry_ids(publication.contest_id, publication.kind)
    upheld = upheld_entry_ids(publication.contest_id)
    numbers = {number: one for number, one in queries.entries_on(publication).items() if one in held}
    return {
        "waiting": [number for number, one in numbers.items() if one not in upheld],
        "to_amend": [number for number, one in numbers.items() if one in upheld],
    }


def _renamed(shown: documents.Shown) -> list[Change]:
    """Of an amendment's draft: lines that stay and name people, school or title otherwise than the version before."""
    return [
        one
        for one in shown.changes
        if one.before is not None
        and one.after is not None
        and (one.before.names, one.before.school, one.before.title)
        != (one.after.names, one.after.school, one.after.title)
    ]


def _term_warnings(publication: Publication) -> dict[str, object]:
    """Of a draft: how many working days its term really has where that is too few, and years not announced yet."""
    last = publication.open_until
    if publication.state != "draft" or last is None:
        return {"short_days": None, "unannounced": []}
    days = working_days_until(today(), last, own_days(publication.contest.office_id))
    return {
        "short_days": days if days < publication.open_days else None,
        "unannounced": unannounced_years(today(), last),
    }


def _form_page(contest: Contest, form: PublicationForm) -> Response:
    kind = form.kind.data
    return render_page(
        "results/publishing/form.html",
        status=422 if form.errors else 200,
        contest=contest,
        form=form,
        kind_name=PUBLICATION_KINDS[kind],
        earlier=queries.public_versions(contest.id, kind),
        states=category_states(contest) if kind == "shortlist" else [],
        setting=queries.setting_of(contest.id),
        fallen=fallen_merits(contest.id) if kind == "award" else [],
    )
