"""After an objection was upheld: the list filled anew, the amendment drafted; both are then approved by another person."""

from __future__ import annotations

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from contest_portal.core.errors import DomainError
from contest_portal.core.i18n import translate
from contest_portal.core.permissions import current_actor, permission
from contest_portal.results.blueprint import bp
from contest_portal.results.objections.queries.cases import Case, case_by_id
from contest_portal.results.objections.services import remedies as services
from contest_portal.results.publishing.states import PUBLICATION_KINDS


@bp.post("/office/objections/<int:objection_id>/strike")
@permission("results.open_objection", of=case_by_id)
def strike_from_list(case: Case) -> Response:
    """Take the work off the recommendation list; then the list waits for another person's approval."""
    objection_id, category_id = case.objection.id, case.objection.entry.category_id
    filling = request.form.get("filling", "")
    try:
        services.strike_from_list(current_actor(), objection_id, filling if filling in services.FILLINGS else "next")
    except DomainError as error:
        flash(translate(error.message), "danger")
        return _back(objection_id)
    flash(_("已取消推荐并重新生成名单，请由另一人审定新的一版。"), "success")
    return redirect(url_for("results.category_list", category_id=category_id))  # type: ignore[return-value]


@bp.post("/office/objections/<int:objection_id>/amendment")
@permission("results.open_objection", of=case_by_id)
def draft_amendment(case: Case) -> Response:
    """Draft the next version of a public list with the decision as its reason."""
    objection_id, kind = case.objection.id, request.form.get("kind", "")
    try:
        kind = kind if kind in PUBLICATION_KINDS else "shortlist"
        draft = services.prepare_amendment(current_actor(), objection_id, kind)
    except DomainError as error:
        flash(translate(error.message), "danger")
        return _back(objection_id)
    flash(_("更正公示已起草，请核对后由另一人公示。"), "success")
    return redirect(url_for("results.publication_preview", publication_id=draft.id))  # type: ignore[return-value]


def _back(objection_id: int) -> Response:
    return redirect(url_for("results.objection_case", objection_id=objection_id))  # type: ignore[return-value]
