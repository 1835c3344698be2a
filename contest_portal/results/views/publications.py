"""The office drafts, looks at, and publishes the public list."""

from __future__ import annotations

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Contest
from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.forms import PublicationForm, PublishForm
from contest_portal.results.models import Publication
from contest_portal.results.public_list import changes, from_content
from contest_portal.results.queries import publications as queries
from contest_portal.results.queries.shortlists import category_states, contest_by_id
from contest_portal.results.services import publications as services
from contest_portal.results.views.blueprint import bp


@bp.get("/office/contests/<int:contest_id>/publication")
@permission("results.draft_publication", of=contest_by_id)
def publication_form(contest: Contest) -> Response:
    """What the next public list is called, says, and until when it stands open."""
    draft = queries.draft_of(contest.id)
    form = PublicationForm(formdata=None, obj=draft)
    if draft is None:
        earlier = queries.public_versions(contest.id)
        form.title.data = earlier[0].title if earlier else services.default_title(contest)
    return _form_page(contest, form)


@bp.post("/office/contests/<int:contest_id>/publication")
@permission("results.draft_publication", of=contest_by_id)
def draft_publication(contest: Contest) -> Response:
    """Make the draft and show it as the public would see it."""
    form = PublicationForm()
    if form.validate_on_submit():
        try:
            draft = services.draft_publication(
                current_actor(),
                contest.id,
                form.title.data or "",
                form.text.data or "",
                form.open_until.data,
                form.amendment_note.data or "",
            )
        except DomainError as error:
            form.show(error)
        else:
            return redirect(url_for("results.publication_preview", publication_id=draft.id))  # type: ignore[return-value]
    return _form_page(contest, form)


@bp.get("/office/publications/<int:publication_id>")
@permission("results.publish_preview", of=queries.publication_by_id)
def publication_preview(publication: Publication) -> Response:
    """The draft as the public will see it, with what it changes, before it is published."""
    form = PublishForm(formdata=None)
    form.content_sha256.data = publication.content_sha256
    sections = from_content(publication.content)
    earlier = next((row for row in queries.public_versions(publication.contest_id) if row.id != publication.id), None)
    return render_page(
        "results/publication_preview.html",
        publication=publication,
        contest=publication.contest,
        sections=sections,
        form=form,
        changes=changes(from_content(earlier.content), sections) if earlier else [],
        is_outdated=services.is_outdated(publication),
    )


@bp.post("/office/publications/<int:publication_id>/publish")
@permission("results.publish", of=queries.publication_by_id)
def publish(publication: Publication) -> Response:
    """Publish the draft that was seen."""
    form = PublishForm()
    publication_id, contest_id = publication.id, publication.contest_id
    try:
        services.publish_list(current_actor(), publication_id, form.content_sha256.data or "")
    except DomainError as error:
        flash(translate(error.message), "danger")
        return redirect(url_for("results.contest_lists", contest_id=contest_id))  # type: ignore[return-value]
    flash(_("名单已公示，公众现在可以看到。"), "success")
    return redirect(url_for("results.public_list", publication_id=publication_id))  # type: ignore[return-value]


def _form_page(contest: Contest, form: PublicationForm) -> Response:
    return render_page(
        "results/publication_form.html",
        status=422 if form.errors else 200,
        contest=contest,
        form=form,
        earlier=queries.public_versions(contest.id),
        states=category_states(contest),
    )
