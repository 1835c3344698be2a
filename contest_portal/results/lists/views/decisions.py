"""What the committee decides about a category's list, recorded on its page."""

from __future__ import annotations

from collections.abc import Callable

from flask import Response, flash, redirect, url_for
from flask_babel import gettext as _

from contest_portal.contests.models import Category
from contest_portal.core.errors import DomainError
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.lists.forms import DecisionForm, EmptyForm, TieForm, VerdictForm
from contest_portal.results.lists.queries.shortlists import entry_choices
from contest_portal.results.lists.services import decisions as services
from contest_portal.results.lists.views.decision_forms import EMPTY, TIE, DecisionForms
from contest_portal.results.lists.views.shortlists import category_page
from contest_portal.results.loading import category_by_id


@bp.post("/office/categories/<int:category_id>/decisions")
@permission("results.make_list", of=category_by_id)
def decide(category: Category) -> Response:
    """Record a named decision on one work."""
    form = DecisionForm()
    form.entry_id.choices = entry_choices(category.id)

    def save() -> None:
        verdict = form.verdict
        services.decide_place(
            current_actor(),
            category.id,
            form.entry_id.data,
            form.decision.data,
            verdict.why,
            verdict.decided_by,
            decided_on=verdict.decided_on,
            vote=verdict.vote,
            seen_version=form.seen_version,
        )

    return _recorded(category, form, save)


@bp.post("/office/categories/<int:category_id>/decisions/tie")
@permission("results.make_list", of=category_by_id)
def resolve_tie(category: Category) -> Response:
    """Record which of the works that are tied come in."""
    form = TieForm(prefix=TIE)
    form.ahead.choices = entry_choices(category.id)
    return _recorded(
        category,
        form,
        lambda: services.resolve_tie(
            current_actor(), category.id, form.ahead.data or [], form.verdict, form.seen_version
        ),
    )


@bp.post("/office/categories/<int:category_id>/decisions/empty")
@permission("results.make_list", of=category_by_id)
def leave_empty(category: Category) -> Response:
    """Record how many places stay unused."""
    form = EmptyForm(prefix=EMPTY)
    return _recorded(
        category,
        form,
        lambda: services.leave_empty(current_actor(), category.id, form.places.data, form.verdict, form.seen_version),
    )


def _recorded(category: Category, form: VerdictForm, save: Callable[[], object]) -> Response:
    category_id = category.id
    if form.validate_on_submit():
        try:
            save()
        except DomainError as error:
            form.show(error)
        else:
            flash(_("决定已记入，名单已重新生成。"), "success")
            return redirect(url_for("results.category_list", category_id=category_id))  # type: ignore[return-value]
    return category_page(category_by_id(category_id), DecisionForms(form))
