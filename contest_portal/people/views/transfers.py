"""Transfers of pupils between schools: both schools see them, the old one or the office decides."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from contest_portal.core.actor import OFFICE_ROLES, Actor, Role
from contest_portal.core.downloads import workbook_response
from contest_portal.core.listing import Listing
from contest_portal.core.navigation import Count, add_item
from contest_portal.core.pages import render_page
from contest_portal.core.permissions import current_actor, permission
from contest_portal.people.list_workbooks import transfers_workbook
from contest_portal.people.models import Transfer
from contest_portal.people.queries import transfers as queries
from contest_portal.people.services import transfers
from contest_portal.people.views.blueprint import bp
from contest_portal.people.views.roster_pages import grade_words
from contest_portal.people.views.words import words

TRANSFER_STATES: dict[str, Any] = {"pending": _l("待确认"), "confirmed": _l("已转学"), "refused": _l("未同意")}
STATE_TONES = {"pending": "pending", "confirmed": "done", "refused": "refused"}
DIRECTIONS: dict[str, Any] = {"in": _l("转入本校"), "out": _l("转出本校")}


def _waiting(actor: Actor) -> Count:
    return queries.waiting_transfers(office_id=actor.office_id or 0, school_id=actor.school_id)


add_item(
    _l("师生名册"), _l("转学"), "people.transfers", icon="arrow-left-right", roles=[Role.SCHOOL_MANAGER], order=640,
    badge=_waiting,
)  # fmt: skip
add_item(
    _l("学校与人员"), _l("转学"), "people.transfers", icon="arrow-left-right", roles=sorted(OFFICE_ROLES), order=720,
    badge=_waiting, badge_for=[Role.OFFICE],
)  # fmt: skip


@bp.get("/transfers", endpoint="transfers")
@permission("people.see_transfers")
def transfers_list() -> Response:
    """Those of the actor's school, or of all the office's schools."""
    actor = current_actor()
    return render_page(
        "people/transfers.html",
        page=queries.transfers_page(_listing(), office_id=actor.office_id or 0, school_id=actor.school_id),
        grades=grade_words(),
        states=words(TRANSFER_STATES),
        tones=STATE_TONES,
        directions=words(DIRECTIONS) if actor.school_id else {},
    )


@bp.get("/transfers/export")
@permission("people.see_transfers")
def export_transfers() -> Response:
    """The same list as a workbook."""
    actor = current_actor()
    page = queries.transfers_page(_listing().whole(), office_id=actor.office_id or 0, school_id=actor.school_id)
    return workbook_response(transfers_workbook(page.rows, words(TRANSFER_STATES)), _("转学名单.xlsx"))


def _listing() -> Listing:
    return Listing.from_url(request.args, filters=queries.FILTERS)


@bp.post("/transfers/<int:transfer_id>/confirm")
@permission("people.decide_transfer", of=queries.transfer)
def confirm_transfer(transfer: Transfer) -> Response:
    """Let the pupil go."""
    transfers.confirm_transfer(current_actor(), transfer.id)
    flash(_("已确认转学。"), "success")
    return redirect(url_for("people.transfers"))  # type: ignore[return-value]


@bp.post("/transfers/<int:transfer_id>/refuse")
@permission("people.decide_transfer", of=queries.transfer)
def refuse_transfer(transfer: Transfer) -> Response:
    """The pupil stays."""
    transfers.refuse_transfer(current_actor(), transfer.id)
    flash(_("已答复不同意转学，该生仍在原学校。"), "success")
    return redirect(url_for("people.transfers"))  # type: ignore[return-value]
